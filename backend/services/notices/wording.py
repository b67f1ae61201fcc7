"""What a notice says to its person on a channel: the template in force, filled in in their language."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from backend.models import Broadcast, Notice
from backend.services.replies import Reply
from backend.services.template_versions import Texts, reply_of, texts_in_force
from backend.services.templates import Filler
from backend.wording import LANGUAGES


class Wording:
    """Fills templates in. What is looked up is kept for the session: of a slice of notices most say the same."""

    def __init__(self, filler: Filler) -> None:
        self._filler = filler

    def reply(self, session: Session, row: Notice, channel: str, lang: str) -> Reply:
        """The notice as a reply: its headline is all that a channel without room shows. Raises MissingValue."""
        lang = lang if lang in LANGUAGES else "en"
        if row.facts is not None:
            return self._say(session, row.template, row.facts, channel, lang)
        said: dict[tuple[int | None, str, str], Reply] = session.info.setdefault("broadcasts", {})
        key = (row.broadcast_id, channel, lang)
        if key not in said:
            broadcast = session.get(Broadcast, row.broadcast_id)
            assert broadcast is not None
            said[key] = self._say(session, row.template, broadcast.facts, channel, lang)
        return said[key]

    def _say(self, session: Session, template: str, facts: Mapping[str, str], channel: str, lang: str) -> Reply:
        known: dict[str, Texts] = session.info.setdefault("templates", {})
        if template not in known:
            known[template] = texts_in_force(session, template)
        return reply_of(self._filler, template, known[template], facts, channel, lang)
