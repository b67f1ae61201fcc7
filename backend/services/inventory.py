"""What can be booked and when: schedules become slots, some days ahead of the day they are for.

A slot that has its row stays; the calendar and the exceptions decide which slots a day should have. Where they change
their mind, slots that should be no more are closed and those booked are told (`closures`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session, selectinload

from backend.database import Database, insert_or_ignore
from backend.models import Bookable, Booking, Slot, WaitingEntry, utcnow
from backend.services.city_calendar import CalendarDays, CityCalendar
from backend.services.waiting_list import LAST_CALL

_SLOTS = cast("Table", Slot.__table__)
# Nobody is shown more of these at once.
MAX_SLOTS = 200


@dataclass(frozen=True)
class Offer:
    """A slot as it can be booked now. Times are aware, UTC; `left` counts places; prices are fen by kind of person."""

    slot_id: int
    bookable_id: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    left: int
    prices: dict[str, int]
    closed: bool = False
    reason_zh: str = ""
    reason_en: str = ""


@dataclass(frozen=True)
class Schedule:
    """Slots that come again: on these weekdays (0 is Monday), from `begins` to `ends` by the city's clock, end to end.

    `holidays`: "open", as on the weekday; "closed", never on public holidays, and on make-up workdays as on workdays.
    Days are ISO 8601, empty for no limit.
    """

    weekdays: tuple[int, ...]
    begins: str
    ends: str
    slot_minutes: int
    capacity: int
    first_day: str = ""
    last_day: str = ""
    holidays: Literal["open", "closed"] = "open"


@dataclass(frozen=True)
class Planned:
    """A slot that a schedule asks for."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    capacity: int


class Inventory:
    """What can be booked. Any number of processes may call it at once."""

    def __init__(self, db: Database, zone: ZoneInfo, calendar_days: CalendarDays) -> None:
        self._db = db
        self._zone = zone
        self._days = calendar_days

    def bookables(self, kind: str | None = None, place_id: str | None = None) -> list[Bookable]:
        """What can be booked at all, by kind and place, in the order of their ids."""
        wanted = select(Bookable).where(Bookable.state == "open").order_by(Bookable.id)
        if kind is not None:
            wanted = wanted.where(Bookable.kind == kind)
        if place_id is not None:
            wanted = wanted.where(Bookable.place_id == place_id)
        with self._db.read() as session:
            return list(session.scalars(wanted))

    def bookable(self, bookable_id: str) -> Bookable | None:
        """One of them, paused or not."""
        with self._db.read() as session:
            return session.get(Bookable, bookable_id)

    def slots(self, bookable_id: str, first: dt.date, last: dt.date) -> list[Offer]:
        """The slots of some days of the city's calendar, closed ones too, soonest first; those whose bookings have
        ended are left out. Empty for what there is not.
        """
        bookable = self.bookable(bookable_id)
        if bookable is None or bookable.state != "open":
            return []
        today = utcnow().astimezone(self._zone).date()
        horizon = today + dt.timedelta(days=bookable.ahead_days)
        if bookable.slots_until is None or bookable.slots_until < min(last, horizon):
            self.extend(bookable_id)
        now = utcnow()
        begin = max(_midnight(first, self._zone), now + dt.timedelta(minutes=bookable.lead_minutes))
        end = _midnight(min(last, horizon) + dt.timedelta(days=1), self._zone)
        with self._db.read() as session:
            rows = session.scalars(
                select(Slot)
                .where(Slot.bookable_id == bookable_id, Slot.starts_at >= begin, Slot.starts_at < end)
                .order_by(Slot.starts_at)
                .limit(MAX_SLOTS)
            ).all()
            lapsed = _lapsed(session, [row.id for row in rows], now)
            kept = _kept_for_others(session, rows, bookable, now)
        return [_offer(row, bookable, lapsed.get(row.id, 0), row.id in kept) for row in rows]

    def slot(self, slot_id: int) -> Slot | None:
        """One slot with its bookable."""
        with self._db.read() as session:
            return session.scalars(
                select(Slot).where(Slot.id == slot_id).options(selectinload(Slot.bookable))
            ).one_or_none()

    def extend(self, bookable_id: str) -> int:
        """Gives the days ahead the slots that their schedules ask for; how many are new."""
        now = utcnow()
        calendar = self._days.current()
        with self._db.write() as session:
            bookable = session.get(Bookable, bookable_id, with_for_update=True)
            if bookable is None:
                return 0
            today = now.astimezone(self._zone).date()
            last = today + dt.timedelta(days=bookable.ahead_days)
            rows = [
                {
                    "bookable_id": bookable_id,
                    "starts_at": planned.starts_at,
                    "ends_at": planned.ends_at,
                    "capacity": planned.capacity,
                    "taken": 0,
                    "scheduled": True,
                    "closed_by": "",
                    "reason_zh": "",
                    "reason_en": "",
                }
                for planned in planned_slots(bookable, today, last, calendar, self._zone)
                if planned.starts_at > now
            ]
            bookable.slots_until = last
            # SQLite takes some thousand values in a statement.
            return sum(insert_or_ignore(session, _SLOTS, rows[at : at + 100]) for at in range(0, len(rows), 100))

    def no_longer_planned(self, bookable_id: str) -> list[tuple[int, str, str]]:
        """The open slots to come that no schedule asks for any more, as a holiday came or a day was taken off: their
        ids, and the reason in both languages where one is known.
        """
        now = utcnow()
        calendar = self._days.current()
        with self._db.read() as session:
            bookable = session.get(Bookable, bookable_id)
            if bookable is None:
                return []
            today = now.astimezone(self._zone).date()
            open_slots = session.execute(
                select(Slot.id, Slot.starts_at)
                .where(
                    Slot.bookable_id == bookable_id,
                    Slot.scheduled,
                    Slot.starts_at > now,
                    Slot.closed_at.is_(None),
                )
                .order_by(Slot.starts_at)
            ).all()
            last = max((row.starts_at.astimezone(self._zone).date() for row in open_slots), default=today)
            planned = {each.starts_at for each in planned_slots(bookable, today, last, calendar, self._zone)}
            reasons = {each.day: (each.reason_zh, each.reason_en) for each in bookable.exceptions}
            gone = []
            for row in open_slots:
                if row.starts_at not in planned:
                    day = row.starts_at.astimezone(self._zone).date()
                    info = calendar.day(day)
                    gone.append((row.id, *reasons.get(day, (info.name_zh, info.name_en))))
            return gone


def planned_slots(
    bookable: Bookable, first: dt.date, last: dt.date, calendar: CityCalendar, zone: ZoneInfo
) -> Iterator[Planned]:
    """The slots that the schedules of a bookable ask for, day by day. A day off by exception has none."""
    exceptions = {each.day: each for each in bookable.exceptions}
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        exception = exceptions.get(day)
        if exception is not None and exception.capacity is None:
            continue
        for schedule in (Schedule(**each) for each in bookable.schedules):
            if _holds_on(schedule, day, calendar):
                capacity = exception.capacity if exception is not None and exception.capacity else schedule.capacity
                yield from _slots_of(schedule, day, capacity, zone)


def _holds_on(schedule: Schedule, day: dt.date, calendar: CityCalendar) -> bool:
    if day.isoformat() < schedule.first_day or (schedule.last_day and day.isoformat() > schedule.last_day):
        return False
    kind = calendar.day(day).kind
    if schedule.holidays == "closed":
        if kind == "public_holiday":
            return False
        if kind == "makeup_workday":
            # A weekend that is worked: as the workdays are, where there are any.
            return any(weekday < 5 for weekday in schedule.weekdays)
    return day.weekday() in schedule.weekdays


def _slots_of(schedule: Schedule, day: dt.date, capacity: int, zone: ZoneInfo) -> Iterable[Planned]:
    begin = dt.datetime.combine(day, dt.time.fromisoformat(schedule.begins), zone)
    end = dt.datetime.combine(day, dt.time.fromisoformat(schedule.ends), zone)
    step = dt.timedelta(minutes=schedule.slot_minutes)
    while begin + step <= end:
        yield Planned(begin.astimezone(dt.UTC), (begin + step).astimezone(dt.UTC), capacity)
        begin += step


def _lapsed(session: Session, slot_ids: list[int], now: dt.datetime) -> dict[int, int]:
    """The people of holds that have lapsed and are not released yet, by slot: their places are free."""
    if not slot_ids:
        return {}
    rows = session.execute(
        select(Booking.slot_id, func.sum(Booking.size))
        .where(Booking.slot_id.in_(slot_ids), Booking.state == "held", Booking.held_until <= now)
        .group_by(Booking.slot_id)
    )
    return {slot_id: int(size) for slot_id, size in rows}


def _kept_for_others(session: Session, rows: Sequence[Slot], bookable: Bookable, now: dt.datetime) -> set[int]:
    """The slots whose free places go to who waits, see `waiting_list`."""
    waiting = select(WaitingEntry.slot_id).where(
        WaitingEntry.slot_id.in_([row.id for row in rows]), WaitingEntry.state == "waiting"
    )
    strict = now + dt.timedelta(minutes=bookable.lead_minutes) + LAST_CALL
    soon = {row.id for row in rows if row.starts_at <= strict}
    return set(session.scalars(waiting)) - soon


def _offer(row: Slot, bookable: Bookable, lapsed: int, kept: bool) -> Offer:
    closed = row.closed_at is not None
    return Offer(
        slot_id=row.id,
        bookable_id=bookable.id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        left=0 if closed or kept else row.capacity - row.taken + lapsed,
        prices=bookable.prices,
        closed=closed,
        reason_zh=row.reason_zh,
        reason_en=row.reason_en,
    )


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
