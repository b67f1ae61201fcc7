"""A person's notices in the app, the newest first, with what they have read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, update

from backend.database import Database
from backend.models import ChannelOrder, Contact, Notice, utcnow
from backend.services.notices.routes import DEFAULT_ORDER
from backend.services.notices.wording import Wording
from backend.services.templates import MissingValue, UnknownTemplate

PAGE = 50
URGENCIES = ("life_safety", "urgent", "normal", "bulk")
# Taken back by whoever told it: nobody is to read it any more.
_TAKEN_BACK = ("withdrawn", "cancelled", "unworded")


@dataclass(frozen=True)
class Shown:
    """One notice as the app shows it. Times are UTC."""

    id: int
    title: str
    text: str
    lang: str
    urgency: str
    subject: str
    at: dt.datetime
    read_at: dt.datetime | None


class NoticeFeed:
    """Reads notices for their person, by contact id."""

    def __init__(self, db: Database, wording: Wording) -> None:
        self._db = db
        self._wording = wording

    def page(self, contact_id: str, lang: str | None = None, before: int | None = None) -> list[Shown]:
        """Up to PAGE notices older than the id `before`, in `lang` or the person's own language."""
        now = utcnow()
        with self._db.read() as session:
            lang = lang or session.get_one(Contact, contact_id).lang
            query = select(Notice).where(*self._visible(contact_id, now)).order_by(Notice.id.desc()).limit(PAGE)
            if before is not None:
                query = query.where(Notice.id < before)
            found = []
            for row in session.scalars(query):
                try:
                    title = self._wording.reply(session, row, "push", lang)
                    text = self._wording.reply(session, row, "web", lang)
                except (MissingValue, UnknownTemplate):
                    continue
                found.append(
                    Shown(
                        row.id,
                        title.headline,
                        text.plain_text(),
                        text.lang,
                        URGENCIES[row.lane],
                        row.subject,
                        row.not_before,
                        row.read_at,
                    )
                )
            return found

    def unread(self, contact_id: str) -> int:
        """How many notices a person has not read."""
        with self._db.read() as session:
            unread = (*self._visible(contact_id, utcnow()), Notice.read_at.is_(None))
            return session.scalar(select(func.count()).select_from(Notice).where(*unread)) or 0

    def _visible(self, contact_id: str, now: dt.datetime) -> tuple[ColumnElement[bool], ...]:
        return (
            Notice.contact_id == contact_id,
            Notice.not_before <= now,
            or_(Notice.error.is_(None), Notice.error.not_in(_TAKEN_BACK)),
            or_(Notice.broadcast_id.is_(None), Notice.placed_at.is_not(None), Notice.state == "dropped"),
        )

    def read(self, contact_id: str, notice_id: int, all_before: bool = False) -> bool:
        """Marks a notice as read, or it and all older ones; False where the person has none of this id."""
        with self._db.write() as session:
            if session.scalar(select(Notice.id).where(Notice.id == notice_id, Notice.contact_id == contact_id)) is None:
                return False
            which = Notice.id <= notice_id if all_before else Notice.id == notice_id
            session.execute(
                update(Notice)
                .where(Notice.contact_id == contact_id, which, Notice.read_at.is_(None))
                .values(read_at=utcnow())
            )
            return True

    def order(self, contact_id: str) -> Sequence[str]:
        """The channels by which a person wants notices, the first first."""
        with self._db.read() as session:
            row = session.get(ChannelOrder, contact_id)
            return row.channels if row else DEFAULT_ORDER

    def set_order(self, contact_id: str, channels: Sequence[str]) -> None:
        """Sets the order. Raises ValueError for a channel there is not, or one named twice."""
        if len(set(channels)) != len(channels) or not set(channels) <= set(DEFAULT_ORDER):
            raise ValueError(f"channels: each at most once, of {', '.join(DEFAULT_ORDER)}")
        with self._db.write() as session:
            session.merge(ChannelOrder(contact_id=contact_id, channels=list(channels), changed_at=utcnow()))
