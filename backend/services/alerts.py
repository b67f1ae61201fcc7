"""Alerts: taken in as CAP messages, from other systems and from our staff alike, and what holds now and where.

Each message is a row that is never changed; a later one supersedes or ends those it names, whichever comes first. What
the public may know of is an event, in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from backend.database import Database, record_event
from backend.geo import Point
from backend.models import Alert, AlertRecipient, AlertReference, Division, new_uuid, utcnow
from backend.services import due
from backend.services.alert_areas import Ground
from backend.services.alert_kinds import kind_of
from backend.services.alerts_here import DISTRICT_OF_NEAREST_M, AlertHere, Spot, here
from backend.services.audit import record_audit
from backend.services.cap import Message, read, write
from backend.services.cap.message import CERTAINTY, SEVERITY, URGENCY
from backend.services.clients import Client
from backend.services.editing import Editor, actor_of
from backend.services.notices import withdraw
from backend.services.places import Places, Wanted

# What a message that does not say how long it holds is taken to mean (the standard leaves it to who takes it in).
HOLDS_FOR = dt.timedelta(hours=24)
ALERTS_LOCK = 0x414C5254  # any number, the same for every writer
BEGIN, EXPIRE = "alert.begin", "alert.expire"
RAISED, UPDATED, CLEARED = "alert.raised", "alert.updated", "alert.cleared"


class Refused(Exception):
    """A good CAP message that we do not take in: `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Taken:
    """What became of a message; `new` is False where it was here already."""

    alert: Alert
    new: bool


class Alerts:
    """Takes alerts in and lets them begin and end."""

    def __init__(self, db: Database, places: Places) -> None:
        self._db = db
        self._places = places

    # taking in

    def take_in(self, xml: bytes, client: Client) -> Taken:
        """Takes in a CAP message of another system. Raises InvalidCap, Refused."""
        message = read(xml)
        if client.senders and message.sender not in client.senders:
            raise Refused("alert_sender")
        return self.store(message, client_id=client.id)

    def store(self, message: Message, *, client_id: int | None = None, editor: Editor | None = None) -> Taken:
        """Stores a message with all that follows from it, in one transaction. `editor` is the member of staff who wrote
        it. Raises InvalidCap for one that cannot be written, Refused.
        """
        if message.scope != "Public":
            raise Refused("alert_not_public")
        if message.msg_type in ("Alert", "Update") and not message.infos:
            raise Refused("alert_without_info")
        row = self.row_of(message)
        row.client_id, row.author = client_id, editor.name[:80] if editor is not None else ""
        with self._db.write() as session:
            _take_turns(session)
            known = session.scalars(
                select(Alert).where(Alert.sender == row.sender, Alert.identifier == row.identifier)
            ).one_or_none()
            if known is not None:
                if read(known.xml.encode()) != message:
                    raise Refused("alert_identifier_taken")
                return Taken(known, False)
            named = self._named(session, message)
            if any(other.client_id != client_id for other in named) and client_id is not None:
                raise Refused("alert_of_another")
            self._add(session, row, message, named)
            if editor is not None:
                detail = {"summary": f"{row.kind} {row.severity}", "type": row.msg_type}
                record_audit(session, actor_of(editor), f"alert.{row.msg_type.lower()}", f"alert:{row.id}", detail)
        return Taken(row, True)

    def row_of(self, message: Message) -> Alert:
        """The row a message would be, not stored: what it touches, how grave it is, how long it holds. Raises
        InvalidCap for one that cannot be written.
        """
        infos, ground = message.infos, self.ground()
        begins = [info.effective or message.sent for info in infos] or [message.sent]
        ends = [info.expires or (info.effective or message.sent) + HOLDS_FOR for info in infos] or [message.sent]
        id_ = new_uuid()
        return Alert(
            id=id_,
            thread_id=id_,
            sender=message.sender[:200],
            identifier=message.identifier[:200],
            sent=message.sent,
            status=message.status,
            msg_type=message.msg_type,
            kind=kind_of(message),
            severity=_gravest((info.severity for info in infos), SEVERITY),
            urgency=_gravest((info.urgency for info in infos), URGENCY),
            certainty=_gravest((info.certainty for info in infos), CERTAINTY),
            reach=[ground.reach_of(info) for info in infos],
            effective_at=min(begins),
            expires_at=max(ends),
            state="recorded",
            xml=write(message).decode(),
        )

    def _named(self, session: Session, message: Message) -> list[Alert]:
        """The messages it names, as far as we have them, locked."""
        keys = [(one.sender, one.identifier) for one in message.references]
        if not keys:
            return []
        query = select(Alert).where(tuple_(Alert.sender, Alert.identifier).in_(keys)).order_by(Alert.id)
        return list(session.scalars(query.with_for_update()))

    def _add(self, session: Session, row: Alert, message: Message, named: list[Alert]) -> None:
        now = utcnow()
        if named:
            row.thread_id = named[0].thread_id
            _join_threads(session, row.thread_id, {other.thread_id for other in named})
        session.add(row)
        session.flush()
        session.add_all(
            AlertReference(alert_id=row.id, sender=sender, identifier=identifier)
            for sender, identifier in dict.fromkeys((one.sender, one.identifier) for one in message.references)
        )
        if message.status != "Actual" or message.msg_type in ("Ack", "Error"):
            return
        ends = message.msg_type == "Cancel" or _says_all_clear(message)
        running = [other for other in named if other.state in ("waiting", "current")]
        for other in running:
            _end(session, other, "cancelled" if ends else "superseded", row.id, now)
        if ends:
            if any(other.effective_at <= now for other in running):
                record_event(session, CLEARED, f"alert/{row.id}", event_data(row, reason="all_clear"))
            return
        follower = self._later_one(session, row)
        if follower is not None:
            # What came late has been overtaken: whoever was told was told of the later one.
            row.state = "cancelled" if follower.msg_type == "Cancel" else "superseded"
            row.ended_at, row.ended_by, row.thread_id = now, follower.id, follower.thread_id
            return
        if row.expires_at <= now:
            row.state, row.ended_at = "expired", row.expires_at
        elif row.effective_at > now:
            row.state = "waiting"
            due.plan(session, BEGIN, f"alert/{row.id}", row.effective_at, expires_at=row.expires_at)
        else:
            self._begin(session, row)

    def _later_one(self, session: Session, row: Alert) -> Alert | None:
        """An actual message that came before and names this one as updated or cancelled."""
        return session.scalars(
            select(Alert)
            .join(AlertReference, AlertReference.alert_id == Alert.id)
            .where(
                AlertReference.sender == row.sender,
                AlertReference.identifier == row.identifier,
                Alert.status == "Actual",
                Alert.msg_type.in_(("Update", "Cancel")),
                Alert.client_id == row.client_id if row.client_id is not None else Alert.client_id.is_(None),
            )
            .order_by(Alert.sent.desc())
        ).first()

    # beginning and ending

    def begin(self, subject: str, _due_at: dt.datetime) -> None:
        """Lets a waiting alert begin, at its time; a due job."""
        with self._db.write() as session:
            row = _locked(session, subject)
            if row is not None and row.state == "waiting":
                self._begin(session, row)

    def expire(self, subject: str, _due_at: dt.datetime) -> None:
        """Ends an alert whose time is over; a due job. Nobody is told that the danger is over: nobody said so."""
        with self._db.write() as session:
            row = _locked(session, subject)
            if row is not None and row.state == "current" and row.expires_at <= utcnow():
                row.state, row.ended_at = "expired", row.expires_at
                record_event(session, CLEARED, f"alert/{row.id}", event_data(row, reason="expired"))

    def _begin(self, session: Session, row: Alert) -> None:
        row.state = "current"
        due.plan(session, EXPIRE, f"alert/{row.id}", row.expires_at)
        type_ = UPDATED if row.msg_type == "Update" else RAISED
        record_event(session, type_, f"alert/{row.id}", event_data(row))

    # giving out

    def get(self, alert_id: str) -> Alert | None:
        """A message by id, which comes from an address: PostgreSQL cannot even be asked for one with a zero in it."""
        with self._db.read() as session:
            return session.get(Alert, alert_id) if "\x00" not in alert_id else None

    def current(self, now: dt.datetime) -> list[Alert]:
        """What holds at an aware time, the gravest first, then the newest."""
        query = select(Alert).where(Alert.state == "current", Alert.expires_at > now, Alert.effective_at <= now)
        with self._db.read() as session:
            return sorted(session.scalars(query), key=_gravity)

    def at(self, spot: Spot, now: dt.datetime, lang: str) -> list[AlertHere]:
        """What holds at a spot at an aware time, the gravest first, in a language or, where a message does not have
        it, another.
        """
        rows = self.current(now)
        if not rows:
            return []
        if spot.point is not None:
            spot = replace(spot, district_of_point=self.district_of(spot.point))
        return here(rows, spot, lang)

    def district_of(self, point: Point) -> str:
        """The id of the district a point probably lies in; "" where no place is near."""
        near = self._places.nearest(point, Wanted(), within_m=DISTRICT_OF_NEAREST_M, limit=1)
        return near[0].place.district if near else ""

    def listed(self, limit: int = 100) -> list[Alert]:
        """The latest messages of all states, newest first, for staff."""
        with self._db.read() as session:
            return list(session.scalars(select(Alert).order_by(Alert.created_at.desc(), Alert.id).limit(limit)))

    def ground(self) -> Ground:
        """What areas are looked up in, as of now."""
        query = select(Division).where(Division.level.in_(("city", "county"))).order_by(Division.id)
        with self._db.read() as session:
            divisions = list(session.scalars(query))
        return Ground(divisions, self._places.every())


def event_data(row: Alert, reason: str = "") -> dict[str, object]:
    """What an event says about an alert; `reason` why it is over: all_clear or expired."""
    data: dict[str, object] = {
        "alert": row.id,
        "thread": row.thread_id,
        "kind": row.kind,
        "severity": row.severity,
        "urgency": row.urgency,
        "certainty": row.certainty,
        "districts": districts_of(row),
        "effective_at": row.effective_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
    }
    return {**data, "reason": reason} if reason else data


def districts_of(row: Alert) -> list[str]:
    """Ids of the districts an alert names or reaches, sorted; CITY among them where it holds for all of the city."""
    return sorted({district for reach in row.reach for districts in reach.values() for district in districts})


def _take_turns(session: Session) -> None:
    """One message at a time until the commit: it and one that names it, or the same twice, must see each other."""
    if session.get_bind().dialect.name == "postgresql":  # on SQLite every write takes turns
        session.execute(select(func.pg_advisory_xact_lock(ALERTS_LOCK)))


def _end(session: Session, row: Alert, state: str, by: str, now: dt.datetime) -> None:
    row.state, row.ended_at, row.ended_by = state, now, by
    withdraw(session, f"alert/{row.id}")  # whoever has not heard of it yet need not any more
    due.drop(session, BEGIN, f"alert/{row.id}")
    due.drop(session, EXPIRE, f"alert/{row.id}")


def _join_threads(session: Session, thread_id: str, others: set[str]) -> None:
    """Makes one thread of several: whoever was told of one of them hears how it goes on, once."""
    for other in sorted(others - {thread_id}):
        for row in session.scalars(select(Alert).where(Alert.thread_id == other)):
            row.thread_id = thread_id
        here = set(session.scalars(select(AlertRecipient.contact_id).where(AlertRecipient.thread_id == thread_id)))
        for recipient in session.scalars(select(AlertRecipient).where(AlertRecipient.thread_id == other)):
            if recipient.contact_id not in here:
                session.add(AlertRecipient(thread_id=thread_id, contact_id=recipient.contact_id))
            session.delete(recipient)
        session.flush()


def _locked(session: Session, subject: str) -> Alert | None:
    return session.get(Alert, subject.removeprefix("alert/"), with_for_update=True)


def _says_all_clear(message: Message) -> bool:
    """Whether every part of it says that there is no danger any more (responseType AllClear)."""
    return message.msg_type == "Update" and all("AllClear" in info.response_types for info in message.infos)


def _gravest(values: Iterable[str], ranking: tuple[str, ...]) -> str:
    return min(values, key=ranking.index, default="Unknown")


def _gravity(row: Alert) -> tuple[int, int, float]:
    return SEVERITY.index(row.severity), URGENCY.index(row.urgency), -row.sent.timestamp()
