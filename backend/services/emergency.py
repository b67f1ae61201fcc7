"""Cries for help, recognised without the bot: the numbers must come at once, whatever else is down."""

from __future__ import annotations

from collections.abc import Collection

from backend.city_pack.emergency import find_emergencies, without_harmless
from backend.city_pack.model import EmergencyGroup, EmergencyLexicon, Hotline
from backend.services.replies import Card, Choice, Link, Reply
from backend.services.triage import EMERGENCY
from backend.wording import LANGUAGES, t

DEFAULT_GROUP = "ambulance"
# Offered with every answer that names the ambulance. While it stands, a message that tells where somebody is asks for
# the nearest emergency room.
NEAREST_ROOM = "emergency_room"


class EmergencyWords:
    """The city pack's emergency lexicon with the numbers it gives."""

    def __init__(self, lexicon: EmergencyLexicon, hotlines: tuple[Hotline, ...]) -> None:
        self._lexicon = lexicon
        self._hotlines = {hotline.id: hotline for hotline in hotlines}
        self._groups = {group.id: group for group in lexicon.groups}

    def match(self, text: str) -> tuple[EmergencyGroup, ...]:
        """The groups whose phrases the text holds, most urgent first; none for ordinary questions."""
        return find_emergencies(self._lexicon, text)

    def serious(self, text: str) -> str:
        """The text without the phrases that only look like a cry for help, as 防止中暑."""
        return without_harmless(self._lexicon, text)

    def groups(self, text: str) -> tuple[EmergencyGroup, ...]:
        """As `match`, with the ambulance where the words do not tell which help is needed."""
        return self.match(text) or (self._groups.get(DEFAULT_GROUP) or self._lexicon.groups[0],)

    def named(self, group_ids: Collection[str]) -> tuple[EmergencyGroup, ...]:
        """The groups with these ids, most urgent first."""
        return tuple(group for group in self._lexicon.groups if group.id in group_ids)

    def reply(self, groups: tuple[EmergencyGroup, ...], lang: str) -> Reply:
        """The numbers of every group and the first advice of the most urgent, in the person's language and then in the
        other: whoever holds the phone must understand.
        """
        other = next(code for code in LANGUAGES if code != lang)
        ids = dict.fromkeys(hotline_id for group in groups for hotline_id in group.hotlines)
        numbers = [hotline for hotline in (self._hotlines[hotline_id] for hotline_id in ids) if hotline.phone]
        urgent = groups[0]
        lines = [*_advice(urgent, lang), *_others(numbers, lang), _call(numbers[0], other), *_advice(urgent, other)]
        cards = [
            Card(
                title=f"{hotline.phone} {_name(hotline, lang)}",
                lines=[_name(hotline, other)],
                links=[Link(t(lang, "link-call", number=hotline.phone or ""), f"tel:{hotline.phone}")],
            )
            for hotline in numbers
        ]
        medical = not ids.keys().isdisjoint(self._groups[DEFAULT_GROUP].hotlines)
        room = Choice(t(lang, "choice-emergency-room"), NEAREST_ROOM, "find_clinic", {"department": EMERGENCY})
        return Reply(
            code="emergency",
            lang=lang,
            headline=_call(numbers[0], lang),
            lines=lines,
            cards=cards,
            choices=[room] if medical else [],
        )


def _call(hotline: Hotline, lang: str) -> str:
    return t(lang, "emergency-headline", number=hotline.phone or "", name=_name(hotline, lang))


def _advice(group: EmergencyGroup, lang: str) -> tuple[str, ...]:
    return group.advice_zh if lang == "zh" else group.advice_en


def _others(numbers: list[Hotline], lang: str) -> list[str]:
    """The further numbers in one line."""
    further = [f"{hotline.phone} {_name(hotline, lang)}" for hotline in numbers[1:]]
    return [t(lang, "emergency-also", numbers=t(lang, "list-join").join(further))] if further else []


def _name(hotline: Hotline, lang: str) -> str:
    return hotline.name_zh if lang == "zh" else hotline.name_en
