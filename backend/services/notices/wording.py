"""What a notice says to its person on a channel: the template in force, filled in in their language."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from backend.models import Broadcast, Notice
from backend.services.replies import Reply
from backend.services.template_versions import texts_in_force
from backend.services.templates import Filler
from backend.wording import LANGUAGES

# The part of a template a channel uses; push has the title above it.
PARTS = {"sms": "sms", "push": "sms"}


class Wording:
    """Fills templates in."""

    def __init__(self, filler: Filler) -> None:
        self._filler = filler

    def reply(self, session: Session, row: Notice, channel: str, lang: str, now: dt.datetime) -> Reply:
        """The notice as a reply: its headline is all that a channel without room shows."""
        facts = row.facts
        if facts is None:
            broadcast = session.get(Broadcast, row.broadcast_id)
            assert broadcast is not None
            facts = broadcast.facts
        return self.say(session, row.template, facts, channel, lang, now)

    def say(
        self, session: Session, template: str, facts: dict[str, str], channel: str, lang: str, now: dt.datetime
    ) -> Reply:
        """A template filled in. Raises UnknownTemplate and MissingValue."""
        lang = lang if lang in LANGUAGES else "en"
        texts = self._texts(session, template)[lang]
        today = now.astimezone(self._filler.zone).date()
        said = {
            part: self._filler.fill(template, texts[part], lang, facts, today)
            for part in ("title", PARTS.get(channel, "text"))
        }
        text = said[PARTS.get(channel, "text")]
        if channel == "push":
            return Reply(code="notice", lang=lang, headline=said["title"], lines=[text])
        headline, *lines = text.split("\n") if channel != "sms" else [text]
        return Reply(code="notice", lang=lang, headline=headline, lines=lines)

    def _texts(self, session: Session, template: str) -> dict[str, dict[str, str]]:
        # Of a slice of two hundred notices most have the same template.
        known: dict[str, dict[str, dict[str, str]]] = session.info.setdefault("templates", {})
        if template not in known:
            known[template] = texts_in_force(session, template)
        return known[template]
