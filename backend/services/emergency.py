"""Cries for help, recognised without the bot: the numbers must come at once, whatever else is down."""

from __future__ import annotations

from backend.city_pack.emergency import find_emergencies
from backend.city_pack.model import EmergencyGroup, EmergencyLexicon, Hotline
from backend.services.replies import Card, Link, Reply
from backend.wording import LANGUAGES, t

DEFAULT_GROUP = "ambulance"


class EmergencyWords:
    """The city pack's emergency lexicon with the numbers it gives."""

    def __init__(self, lexicon: EmergencyLexicon, hotlines: tuple[Hotline, ...]) -> None:
        self._lexicon = lexicon
        self._hotlines = {hotline.id: hotline for hotline in hotlines}
        self._groups = {group.id: group for group in lexicon.groups}

    def match(self, text: str) -> EmergencyGroup | None:
        """The most urgent group whose phrases the text holds, or None."""
        found = find_emergencies(self._lexicon, text)
        return found[0] if found else None

    def group(self, text: str) -> EmergencyGroup:
        """As `match`, with the ambulance where the words do not tell which help is needed."""
        return self.match(text) or self._groups.get(DEFAULT_GROUP) or self._lexicon.groups[0]

    def reply(self, group: EmergencyGroup, lang: str) -> Reply:
        """The numbers and the first advice, in the person's language and then in the other: whoever holds the phone
        must understand.
        """
        other = next(code for code in LANGUAGES if code != lang)
        numbers = [self._hotlines[hotline_id] for hotline_id in group.hotlines]
        first = numbers[0]
        headline = t(lang, "emergency-headline", number=first.phone or "", name=_name(first, lang))
        lines = list(group.advice_zh if lang == "zh" else group.advice_en)
        lines.append(t(other, "emergency-headline", number=first.phone or "", name=_name(first, other)))
        lines.extend(group.advice_en if lang == "zh" else group.advice_zh)
        cards = [
            Card(
                title=f"{hotline.phone} {_name(hotline, lang)}",
                lines=[_name(hotline, other)],
                links=[Link(t(lang, "link-call", number=hotline.phone or ""), f"tel:{hotline.phone}")],
            )
            for hotline in numbers
            if hotline.phone
        ]
        return Reply(code="emergency", lang=lang, headline=headline, lines=lines, cards=cards)


def _name(hotline: Hotline, lang: str) -> str:
    return hotline.name_zh if lang == "zh" else hotline.name_en
