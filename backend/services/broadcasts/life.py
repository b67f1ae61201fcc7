"""The life of a broadcast: who may do what with it, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.database import Database, record_event
from backend.models import Broadcast, ChannelIdentity, new_uuid, utcnow
from backend.services import due
from backend.services.addresses import AddressBook
from backend.services.audit import record_audit
from backend.services.broadcasts.audience import Audience, Audiences
from backend.services.broadcasts.preparing import END, PREPARE, subject_of
from backend.services.broadcasts.progress import Progress, progress_of
from backend.services.editing import EditConflict, Editor, NoSuchRecord, actor_of
from backend.services.notices import LANES, Urgency, tell
from backend.services.templates import check_values

ENDED = ("done", "cancelled")
# From which states each step leads on, and to which.
STEPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "pause": (("running",), "paused"),
    "resume": (("paused",), "running"),
    "cancel": (("draft", "submitted", "approved", "preparing", "running", "paused"), "cancelled"),
    "withdraw": (("submitted",), "draft"),
}


class NotNow(Exception):
    """A step that the broadcast's state does not allow. `state` is the present one."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the broadcast is {state}")
        self.state = state


class OwnBroadcast(Exception):
    """Who wrote or sent in a broadcast cannot approve it."""


class NobodyThere(Exception):
    """A test was to go to an address that never wrote to us."""


@dataclass(frozen=True)
class Draft:
    """What staff write. Times are aware; `urgency` may be `bulk`, `urgent` or `life_safety`."""

    name: str
    template: str
    values: Mapping[str, str]
    audience: Audience
    urgency: Urgency = "bulk"
    starts_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None

    def columns(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "name": self.name,
            "template": self.template,
            "facts": dict(self.values),
            "audience": self.audience.to_dict(),
            "lane": LANES[self.urgency],
            "starts_at": self.starts_at,
            "expires_at": self.expires_at,
        }


class Broadcasts:
    """Writes, approves and steers broadcasts. `approval_above`: more recipients need a second person's approval."""

    def __init__(self, db: Database, audiences: Audiences, addresses: AddressBook, approval_above: int) -> None:
        self._db = db
        self._audiences = audiences
        self._addresses = addresses
        self.approval_above = approval_above

    def create(self, draft: Draft, editor: Editor) -> int:
        """A new draft; its id. Raises InvalidAudience, UnknownTemplate and MissingValue."""
        self._check(draft)
        with self._db.write() as session:
            row = Broadcast(**draft.columns(), author=actor_of(editor))
            session.add(row)
            session.flush()
            self._note(session, row, "created", editor)
            return row.id

    def edit(self, broadcast_id: int, version: int, draft: Draft, editor: Editor) -> None:
        """Changes a draft; whoever changes it is its author now.

        Raises as `create`, and EditConflict where it is not the version the editor saw.
        """
        self._check(draft)
        with self._db.write() as session:
            row = self._locked(session, broadcast_id, "draft")
            if row.version != version:
                raise EditConflict
            for name, value in draft.columns().items():
                setattr(row, name, value)
            row.version += 1
            row.author = actor_of(editor)
            self._note(session, row, "edited", editor)

    def _check(self, draft: Draft) -> None:
        check_values(draft.template, draft.values)
        self._audiences.check(draft.audience, urgent=draft.urgency != "bulk")
        if draft.expires_at and draft.expires_at <= max(draft.starts_at or utcnow(), utcnow()):
            raise ValueError("expires_at: a broadcast ends after it has begun")

    def count(self, audience: Audience) -> int:
        """How many people an audience has now. Raises InvalidAudience."""
        self._audiences.check(audience)
        with self._db.read() as session:
            return self._audiences.count(session, audience)

    def test(self, broadcast_id: int, channel: str, address: str, editor: Editor) -> None:
        """Sends what a broadcast says to one person who has written from an address. Raises NobodyThere."""
        with self._db.write() as session:
            row = session.get_one(Broadcast, broadcast_id)
            key = self._addresses.hash(channel, address.strip())
            found = (ChannelIdentity.channel == channel, ChannelIdentity.address_hash == key)
            contact_id = session.scalar(select(ChannelIdentity.contact_id).where(*found))
            if contact_id is None:
                raise NobodyThere
            dedupe = f"test/{broadcast_id}/{new_uuid()}"
            tell(
                session,
                contact_id=contact_id,
                template=row.template,
                values=row.facts,
                subject=subject_of(broadcast_id),
                dedupe=dedupe,
                expires_at=utcnow() + dt.timedelta(hours=1),
            )
            self._note(session, row, "tested", editor)

    def submit(self, broadcast_id: int, version: int, editor: Editor) -> str:
        """Sends a draft off, or to a second person where it has many recipients; the state it is in then.

        Raises EditConflict and NotNow.
        """
        with self._db.write() as session:
            row = self._locked(session, broadcast_id, "draft")
            if row.version != version:
                raise EditConflict
            recipients = self._audiences.count(session, Audience.from_dict(row.audience))
            row.author = actor_of(editor)
            row.state = "submitted" if recipients > self.approval_above else "approved"
            self._note(session, row, row.state, editor)
            if row.state == "approved":
                self._plan(session, row)
            return row.state

    def approve(self, broadcast_id: int, version: int, editor: Editor) -> None:
        """A second person lets a broadcast go. Raises OwnBroadcast, EditConflict and NotNow."""
        with self._db.write() as session:
            row = self._locked(session, broadcast_id, "submitted")
            if row.version != version:
                raise EditConflict
            if row.author == actor_of(editor):
                raise OwnBroadcast
            row.state, row.approver = "approved", actor_of(editor)
            self._note(session, row, "approved", editor)
            self._plan(session, row)

    def _plan(self, session: Session, row: Broadcast) -> None:
        due.plan(session, PREPARE, subject_of(row.id), row.starts_at or utcnow(), expires_at=row.expires_at)

    def step(self, broadcast_id: int, name: str, editor: Editor) -> None:
        """`pause`, `resume`, `cancel` or `withdraw` (take back what was sent in for approval). Raises NotNow."""
        before, after = STEPS[name]
        with self._db.write() as session:
            row = self._locked(session, broadcast_id, *before)
            row.state = after
            if name == "cancel":
                row.ended_at = utcnow()
                due.drop(session, PREPARE, subject_of(row.id))
                due.plan(session, END, subject_of(row.id), utcnow())
            self._note(session, row, name, editor)
            if name == "resume":
                record_event(session, "notice.created", subject_of(row.id), {})

    def _locked(self, session: Session, broadcast_id: int, *states: str) -> Broadcast:
        row = session.get(Broadcast, broadcast_id, with_for_update=True)
        if row is None:
            raise NoSuchRecord(subject_of(broadcast_id))
        if row.state not in states:
            raise NotNow(row.state)
        return row

    def _note(self, session: Session, row: Broadcast, action: str, editor: Editor) -> None:
        object_id, detail = f"broadcast:{row.id}", {"version": row.version, "comment": row.name}
        record_audit(session, actor_of(editor), f"broadcast.{action}", object_id, detail)
        record_event(session, f"broadcast.{action}", subject_of(row.id), {"state": row.state})

    def get(self, broadcast_id: int) -> Broadcast | None:
        """A broadcast."""
        with self._db.read() as session:
            return session.get(Broadcast, broadcast_id)

    def newest(self, limit: int = 50) -> list[Broadcast]:
        """The last ones that were written."""
        with self._db.read() as session:
            return list(session.scalars(select(Broadcast).order_by(Broadcast.id.desc()).limit(limit)))

    def progress(self, broadcast_id: int) -> Progress:
        """How far a broadcast has come."""
        with self._db.read() as session:
            return progress_of(session, broadcast_id, reasons=True)
