"""The versions of templates: staff edits are new versions over the shipped one; none is ever lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.database import Database, record_event
from backend.models import TemplateVersion, utcnow
from backend.services.audit import record_audit
from backend.services.editing import EditConflict, Editor, actor_of
from backend.services.ports import Channel
from backend.services.replies import Reply
from backend.services.templates import TEMPLATES, Filler, check_texts, shipped, template_of
from backend.wording import LANGUAGES

Texts = dict[str, dict[str, str]]
# The part of a template that a channel uses; push has the title above it.
PART = {"sms": "sms", "push": "sms"}


def texts_in_force(session: Session, key: str) -> Texts:
    """The texts of a template as they are now. Raises UnknownTemplate."""
    newest = session.scalar(_versions(key).limit(1))
    return newest.texts if newest is not None else shipped(key)


def reply_of(filler: Filler, key: str, texts: Texts, facts: Mapping[str, str], channel: str, lang: str) -> Reply:
    """Texts filled in for a channel, as of today in the city. Raises MissingValue."""
    today = utcnow().astimezone(filler.zone).date()
    own = texts[lang]
    text = filler.fill(key, own[PART.get(channel, "text")], lang, facts, today)
    if channel == "push":
        return Reply("notice", lang, headline=filler.fill(key, own["title"], lang, facts, today), lines=[text])
    headline, *lines = [text] if channel == "sms" else text.split("\n")
    return Reply("notice", lang, headline=headline, lines=lines)


@dataclass(frozen=True)
class Shown:
    """What a person would read. `segments` is the number of SMS parts and `price` theirs in yuan; None on other
    channels, and where the price is not known.
    """

    lang: str
    channel: str
    title: str
    text: str
    segments: int | None = None
    price: float | None = None


@dataclass(frozen=True)
class Version:
    """One version of a template; 0 is the shipped one, of which nobody is the author."""

    key: str
    number: int
    texts: Texts
    note: str = ""
    author: str = ""
    created_at: dt.datetime | None = None


class Templates:
    """Edits and shows templates. `segment_price` is what an SMS part costs in yuan, 0 where nobody knows."""

    def __init__(
        self,
        db: Database,
        channels: Mapping[str, Channel],
        filler: Filler,
        count_segments: Callable[[str], int],
        segment_price: float,
    ) -> None:
        self._db = db
        self._channels = channels
        self._filler = filler
        self._count_segments = count_segments
        self._price = segment_price

    def history(self, key: str) -> list[Version]:
        """Every version, the one in force first. Raises UnknownTemplate."""
        with self._db.read() as session:
            rows = session.scalars(_versions(key)).all()
        found = [Version(key, row.version, row.texts, row.note, row.author, row.created_at) for row in rows]
        return [*found, Version(key, 0, shipped(key))]

    def edited(self) -> dict[str, int]:
        """How many versions each template has that staff wrote."""
        with self._db.read() as session:
            newest: dict[str, int] = {}
            for key, number in session.execute(select(TemplateVersion.key, TemplateVersion.version)):
                newest[key] = max(number, newest.get(key, 0))
        return {key: newest.get(key, 0) for key in TEMPLATES}

    def save(self, key: str, base: int, texts: Mapping[str, Mapping[str, str]], note: str, editor: Editor) -> int:
        """Puts texts in force; the number of their version. `base` is the version the editor saw.

        Raises UnknownTemplate, InvalidText and EditConflict.
        """
        checked = check_texts(key, texts)
        try:
            with self._db.write() as session:
                newest = session.scalar(_versions(key).limit(1))
                if base != (newest.version if newest is not None else 0):
                    raise EditConflict
                row = TemplateVersion(
                    key=key, version=base + 1, texts=checked, note=note.strip()[:300], author=actor_of(editor)
                )
                session.add(row)
                session.flush()
                detail = {"version": row.version, "comment": row.note}
                record_audit(session, actor_of(editor), "template.edited", f"template:{key}", detail)
                record_event(session, "template.edited", f"template/{key}", {"version": row.version})
                return row.version
        except IntegrityError as error:  # two at the same moment
            raise EditConflict from error

    def restore(self, key: str, number: int, base: int, editor: Editor) -> int:
        """Puts the texts of an earlier version in force again, as a new version. Raises as `save`, and KeyError."""
        texts = {version.number: version.texts for version in self.history(key)}[number]
        return self.save(key, base, texts, f"= {number}", editor)

    def preview(self, key: str, texts: Texts | None = None, facts: Mapping[str, str] | None = None) -> list[Shown]:
        """What people would read in each language on each channel: the texts in force with the sample values, unless
        others are given. Raises UnknownTemplate and MissingValue.
        """
        facts = template_of(key).sample if facts is None else facts
        with self._db.read() as session:
            texts = texts or texts_in_force(session, key)
        return [
            self._shown(key, texts, facts, channel, lang) for lang in LANGUAGES for channel in self._channels.values()
        ]

    def _shown(self, key: str, texts: Texts, facts: Mapping[str, str], channel: Channel, lang: str) -> Shown:
        reply = reply_of(self._filler, key, texts, facts, channel.name, lang)
        title = reply.headline if channel.name == "push" else ""
        text = channel.render(reply)
        if channel.name != "sms":
            return Shown(lang, channel.name, title, text)
        parts = self._count_segments(text)
        return Shown(lang, channel.name, title, text, parts, parts * self._price if self._price else None)


def _versions(key: str) -> Select[TemplateVersion]:
    return select(TemplateVersion).where(TemplateVersion.key == key).order_by(TemplateVersion.version.desc())
