"""What a day is in the city: workday, make-up workday, weekend, public holiday, or not announced yet.

China's State Council announces each autumn which days of the next year are off and which weekends are worked for them
(调休). The package `chinese_calendar` holds the notices up to a year; rows that staff enter go before it, and are all
there is for a year it does not have. Days are those of the city's own calendar.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel.core import get_global
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from backend.database import Database
from backend.geo import Point
from backend.models import CalendarDay
from backend.services.audit import record_audit
from backend.services.content_rules import InvalidEdit
from backend.services.editing import Editor, NoSuchRecord, actor_of
from backend.services.values.holidays import legal_holidays

DayKind = Literal["workday", "makeup_workday", "weekend", "public_holiday", "unannounced"]
STAFF_KINDS: tuple[DayKind, ...] = ("public_holiday", "makeup_workday", "workday", "weekend")
# The longest arrangement of a year is nine days; a mistyped month is caught by this.
MAX_DAYS_AT_ONCE = 16
_MAX_NAME = {"name_zh": 40, "name_en": 80, "source": 300}
# The time too: SQLite gives the id of a row that was deleted last to the next one.
_STATE = select(func.count(), func.coalesce(func.max(CalendarDay.id), 0), func.max(CalendarDay.created_at))


@dataclass(frozen=True, slots=True)
class DayInfo:
    """What a day is. The names are those of the holiday; a make-up workday has the name of the holiday it is for."""

    kind: DayKind
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True, eq=False)
class CityCalendar:
    """The calendar as it was at one moment. `centre` is where the sun is taken for a place without a position."""

    country: str  # ISO 3166-1 alpha-2, upper case
    centre: Point | None = None
    rows: Mapping[dt.date, DayInfo] = field(default_factory=dict)
    _known: dict[dt.date, DayInfo] = field(default_factory=dict, repr=False)

    @property
    def considers_holidays(self) -> bool:
        """Whether we have any table of holidays of this country; without one a day is only its weekday."""
        return self.country == "CN"

    def day(self, date: dt.date) -> DayInfo:
        """What a day is."""
        info = self._known.get(date)
        if info is None:
            info = self._known[date] = self.rows.get(date) or self._by_table(date)
        return info

    def announced(self, year: int) -> bool:
        """Whether the whole arrangement of a year is known: from the library, or because staff have entered every day
        that the law makes a holiday. False where the country has no table at all.
        """
        if not self.considers_holidays:
            return False
        if year in _tables()[0]:
            return True
        legal = legal_holidays(year)
        return bool(legal) and all(
            (info := self.rows.get(date)) is not None and info.kind == "public_holiday" for date in legal
        )

    def announced_until(self) -> int | None:
        """The last year known without a gap from the library's last one on; None without a table."""
        if not self.considers_holidays:
            return None
        year = max(_tables()[0])
        while self.announced(year + 1):
            year += 1
        return year

    def _by_table(self, date: dt.date) -> DayInfo:
        plain: DayKind = "weekend" if date.weekday() >= 5 else "workday"
        if not self.considers_holidays:
            return DayInfo(plain)
        years, holidays, workdays = _tables()
        if date.year in years:
            if date in holidays:
                return DayInfo("public_holiday", *holidays[date])
            # The tables of the older years also name workdays that fall on a weekday.
            if date in workdays and plain == "weekend":
                return DayInfo("makeup_workday", *workdays[date])
            return DayInfo(plain)
        english = _legal(date.year).get(date)
        if english is not None:
            return DayInfo("public_holiday", _chinese_name(english), english)
        return DayInfo(plain if self.announced(date.year) else "unannounced")


@lru_cache(maxsize=16)
def calendar_of(zone: ZoneInfo) -> CityCalendar:
    """The calendar of a zone's country without anything staff have entered, for callers that have no other."""
    return CityCalendar(get_global("zone_territories").get(zone.key) or "")


class CalendarDays:
    """The days that staff have entered, and the calendar made from them."""

    def __init__(self, db: Database, country: str, centre: Point | None) -> None:
        self._db = db
        self._empty = CityCalendar(country, centre)
        self._current: tuple[tuple[object, ...], CityCalendar] | None = None

    def current(self) -> CityCalendar:
        """The calendar as of now. It asks the database each time whether a row came or went, and is the same object
        as long as none did.
        """
        with self._db.read() as session:
            state = tuple(session.execute(_STATE).one())
            if self._current is None or self._current[0] != state:
                rows = {
                    row.date: DayInfo(row.kind, row.name_zh, row.name_en)  # type: ignore[arg-type]
                    for row in session.scalars(select(CalendarDay))
                }
                self._current = (state, CityCalendar(self._empty.country, self._empty.centre, rows))
            return self._current[1]

    def entered(self, year: int | None = None) -> list[CalendarDay]:
        """What staff have entered, of one year if given, by date."""
        query = select(CalendarDay).order_by(CalendarDay.date)
        if year is not None:
            query = query.where(CalendarDay.date.between(dt.date(year, 1, 1), dt.date(year, 12, 31)))
        with self._db.read() as session:
            return list(session.scalars(query))

    def add(
        self, first: dt.date, last: dt.date, kind: str, names: tuple[str, str], source: str, editor: Editor
    ) -> list[CalendarDay]:
        """Enters the days from `first` to `last`, both included; `names` are Chinese and English. Live with the next
        message. Raises InvalidEdit, also where one of the days is entered already.
        """
        days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
        problems = _problems(days, kind, names, source)
        if problems:
            raise InvalidEdit(problems)
        rows = [
            CalendarDay(date=day, kind=kind, name_zh=names[0], name_en=names[1], source=source, author=editor.name[:80])
            for day in days
        ]
        try:
            with self._db.write() as session:
                session.add_all(rows)
                session.flush()
                for row in rows:
                    record_audit(session, actor_of(editor), "calendar.added", f"calendar:{row.date}", _detail(row))
        except IntegrityError as error:
            raise InvalidEdit({"first": "calendar-taken"}) from error
        return rows

    def delete(self, date: dt.date, editor: Editor) -> None:
        """Takes an entered day back; what the library says holds again. Raises NoSuchRecord."""
        with self._db.write() as session:
            row = session.scalars(select(CalendarDay).where(CalendarDay.date == date).with_for_update()).one_or_none()
            if row is None:
                raise NoSuchRecord(f"calendar:{date}")
            record_audit(session, actor_of(editor), "calendar.deleted", f"calendar:{date}", _detail(row))
            session.delete(row)


def _problems(days: Sequence[dt.date], kind: str, names: tuple[str, str], source: str) -> dict[str, str]:
    problems = {}
    if not days:
        problems["last"] = "edit-dates-swapped"
    elif len(days) > MAX_DAYS_AT_ONCE:
        problems["last"] = "calendar-too-many-days"
    if kind not in STAFF_KINDS:
        problems["kind"] = "edit-choose"
    # A worked weekend on a Tuesday, or a weekend on one, is a slip of the clerk.
    weekends = [day.weekday() >= 5 for day in days]
    if kind in ("makeup_workday", "weekend") and not all(weekends):
        problems["kind"] = "calendar-not-a-weekend"
    if kind == "workday" and any(weekends):
        problems["kind"] = "calendar-not-a-weekday"
    if kind == "public_holiday" and not names[0].strip():
        problems["name_zh"] = "edit-required"
    if not source.strip():
        problems["source"] = "edit-required"
    given = {"name_zh": names[0], "name_en": names[1], "source": source}
    return problems | {name: "edit-too-long" for name, most in _MAX_NAME.items() if len(given[name]) > most}


def _detail(row: CalendarDay) -> dict[str, str]:
    return {"kind": row.kind, "summary": f"{row.date} {row.kind} {row.name_zh}".strip(), "source": row.source}


Names = tuple[str, str]


@cache
def _tables() -> tuple[frozenset[int], dict[dt.date, Names], dict[dt.date, Names]]:
    """The years the library has, its days off and its make-up workdays with their names, Chinese and English."""
    # Its tables take longer to import than everything else here.
    from chinese_calendar import holidays, workdays  # type: ignore[import-untyped]

    off, worked = (
        {date: (_chinese_name(english), english) for date, english in table.items()} for table in (holidays, workdays)
    )
    return frozenset(date.year for date in off), off, worked


@cache
def _chinese_name(english: str) -> str:
    from chinese_calendar import Holiday

    return next((one.chinese for one in Holiday if one.value == english), english)


@lru_cache(maxsize=16)
def _legal(year: int) -> dict[dt.date, str]:
    return legal_holidays(year)
