"""Open or not: 310 cases worked out by hand (opening_cases.csv), and checks against slow, plain readings.

The cases follow the OSM specification, the State Council's notices for 2025 and 2026 and
docs/adr/0009-opening-hours.md. In the table an empty `until` or `next_open` is None, `~` allows three minutes (the
sun). `place` has what differs from an open place at 39.83 N 119.52 E: `closed=FIRST..LAST`, `status=…`, `at=` for no
position.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from astral import Observer
from astral.sun import sun

from backend.geo import Datum, Point
from backend.models import Hotline, Place
from backend.services.city_calendar import CityCalendar, DayInfo
from backend.services.opening import open_state
from backend.services.opening_week import next_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).resolve().parents[2]
CALENDAR = CityCalendar("CN", Point(39.94, 119.60, Datum.WGS84))
SUN_MINUTES = 3


@dataclass(frozen=True)
class Case:
    line: int
    group: str
    hours: str
    place: str
    moment: str
    kind: str
    until: str
    next_open: str
    certain: str
    why: str


def cases() -> list[Case]:
    with (Path(__file__).parent / "opening_cases.csv").open(encoding="utf-8", newline="") as file:
        return [Case(number, **row) for number, row in enumerate(csv.DictReader(file), start=2)]


def at(text: str, zone: ZoneInfo = SHANGHAI) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def place(hours: str, given: str = "", **fields: Any) -> Place:
    made = Place(opening_hours=hours, status="open", lat=39.83, lon=119.52, datum="WGS-84", **fields)
    for part in filter(None, given.split(",")):
        name, _, value = part.partition("=")
        if name == "closed":
            first, _, last = value.partition("..")
            made.closed_from = dt.date.fromisoformat(first) if first else None
            made.closed_to = dt.date.fromisoformat(last) if last else None
        elif name == "at":
            made.lat = made.lon = None
        else:
            setattr(made, name, value)
    return made


def same(said: dt.datetime | None, expected: str) -> bool:
    if not expected:
        return said is None
    if expected.startswith("~"):
        return said is not None and abs(said - at(expected[1:])) <= dt.timedelta(minutes=SUN_MINUTES)
    return said == at(expected)


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.line}-{case.group}")
def test_case(case: Case) -> None:
    state = open_state(place(case.hours, case.place), at(case.moment), CALENDAR)
    found = (state.kind, same(state.until, case.until), same(state.next_open, case.next_open), state.certain)
    assert found == (case.kind, True, True, case.certain == "yes"), f"{case}\n{state}"


def test_there_are_cases_of_every_sort() -> None:
    assert len(cases()) >= 200
    assert len({(case.hours, case.place, case.moment) for case in cases()}) == len(cases())


# Days off and make-up workdays by the State Council's notices.
NOTICES = {
    2025: (
        "01-01..01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}
# By the law alone. 2027: Spring Festival 6 February, Qingming 5 April, Dragon Boat 9 June, Mid-Autumn 15 September.
LEGAL_2027 = [
    "01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02", "06-09", "09-15", "10-01", "10-02", "10-03",
]  # fmt: skip


class TestDays:
    """The calendar, day by day."""

    @pytest.mark.parametrize("year", NOTICES)
    def test_a_year(self, year: int) -> None:
        off = set()
        for span in NOTICES[year][0].split():
            first, last = (dt.date.fromisoformat(f"{year}-{end}") for end in span.split(".."))
            off |= {first + dt.timedelta(days=number) for number in range((last - first).days + 1)}
        worked = {dt.date.fromisoformat(f"{year}-{day}") for day in NOTICES[year][1].split()}
        day = dt.date(year, 1, 1)
        while day.year == year:
            plain = "weekend" if day.weekday() >= 5 else "workday"
            expected = "public_holiday" if day in off else "makeup_workday" if day in worked else plain
            assert CALENDAR.day(day).kind == expected, day
            day += dt.timedelta(days=1)

    def test_names(self) -> None:
        assert CALENDAR.day(dt.date(2026, 10, 1)) == DayInfo("public_holiday", "国庆节", "National Day")
        assert CALENDAR.day(dt.date(2026, 2, 14)) == DayInfo("makeup_workday", "春节", "Spring Festival")

    def test_a_year_without_a_notice_has_the_days_of_the_law(self) -> None:
        year = [dt.date(2027, 1, 1) + dt.timedelta(days=number) for number in range(365)]
        found = [f"{day:%m-%d}" for day in year if CALENDAR.day(day).kind == "public_holiday"]
        assert found == LEGAL_2027
        assert {CALENDAR.day(day).kind for day in year} == {"public_holiday", "unannounced"}

    def test_staff_go_before_the_library_and_complete_a_year(self) -> None:
        rows = {dt.date.fromisoformat(f"2027-{day}"): DayInfo("public_holiday", "节日") for day in LEGAL_2027}
        rows[dt.date(2027, 1, 30)] = DayInfo("makeup_workday")
        rows[dt.date(2026, 10, 10)] = DayInfo("weekend")
        calendar = CityCalendar("CN", None, rows)
        assert (CALENDAR.announced_until(), calendar.announced_until()) == (2026, 2027)
        assert calendar.day(dt.date(2027, 3, 3)).kind == "workday"
        office = place("Mo-Fr 08:30-17:30; PH off")
        assert open_state(office, at("2027-03-03 10:00"), calendar).certain
        assert open_state(office, at("2027-01-30 10:00"), calendar).kind == "open"
        assert open_state(office, at("2026-10-10 10:00"), calendar).kind == "closed"
        del rows[dt.date(2027, 6, 9)]
        assert not CityCalendar("CN", None, rows).announced(2027)


class TestDoubts:
    @pytest.mark.parametrize(
        ("hours", "moment", "doubt", "day"),
        [
            ("Mo-Fr 08:30-17:30", "2026-10-01 10:00", "holiday", "2026-10-01"),
            ("Mo-Fr 08:30-17:30", "2027-03-03 10:00", "unannounced", "2027-03-03"),
            ("Mo-Fr 08:30-17:30; PH off", "2026-12-31 18:00", "unannounced", "2027-01-02"),
            ("Mo-Fr 08:00-17:00; SH off", "2026-11-18 10:00", "school_holidays", "2026-11-18"),
            ("Mo-Th 08:30-17:30; Fr 08:30-17:00", "2026-10-10 10:00", "makeup_workday", "2026-10-10"),
            ("17:00+", "2026-11-22 18:00", "open_end", "2026-11-22"),
            ("Apr-Oct 08:00-17:00; Nov-Mar unknown", "2026-11-22 12:00", "unknown", "2026-11-22"),
            ("", "2026-11-22 12:00", "unknown", None),
        ],
    )
    def test_why(self, hours: str, moment: str, doubt: str, day: str | None) -> None:
        state = open_state(place(hours), at(moment), CALENDAR)
        said = state.doubt_day.isoformat() if state.doubt_day else None
        assert (state.certain, state.doubt, said) == (False, doubt, day)

    def test_a_country_without_a_table(self) -> None:
        lisbon = ZoneInfo("Europe/Lisbon")
        calendar = CityCalendar("PT")
        office, park = place("Mo-Fr 08:30-17:30"), place("08:00-17:00")
        new_year = open_state(office, at("2026-01-01 10:00", lisbon), calendar)
        assert (new_year.kind, new_year.certain, new_year.doubt) == ("open", False, "no_calendar")
        assert open_state(park, at("2026-01-01 10:00", lisbon), calendar).certain
        entered = CityCalendar("PT", None, {dt.date(2026, 1, 1): DayInfo("public_holiday", "元旦", "New Year")})
        closed = place("Mo-Fr 08:30-17:30; PH off")
        assert open_state(closed, at("2026-01-01 10:00", lisbon), entered).kind == "closed"

    def test_without_any_position_the_sun_is_a_doubt(self) -> None:
        state = open_state(place("sunrise-sunset", "at="), at("2026-11-22 12:00"))
        assert (state.kind, state.certain, state.doubt) == ("open", False, "no_position")

    def test_the_middle_of_the_city_is_approximate(self) -> None:
        assert open_state(place("sunrise-sunset", "at="), at("2026-11-22 12:00"), CALENDAR).approximate
        assert not open_state(place("sunrise-sunset"), at("2026-11-22 12:00"), CALENDAR).approximate


def test_sunrise_and_sunset_all_year() -> None:
    """Against astral."""
    park = place("sunrise-sunset")
    day = dt.date(2026, 1, 1)
    while day.year == 2026:
        expected = sun(Observer(39.83, 119.52), date=day, tzinfo=SHANGHAI)
        night = open_state(park, dt.datetime.combine(day, dt.time(0, 30), SHANGHAI), CALENDAR)
        noon = open_state(park, dt.datetime.combine(day, dt.time(12), SHANGHAI), CALENDAR)
        assert night.next_open is not None
        assert noon.until is not None
        assert abs(night.next_open - expected["sunrise"]) <= dt.timedelta(minutes=SUN_MINUTES), day
        assert abs(noon.until - expected["sunset"]) <= dt.timedelta(minutes=SUN_MINUTES), day
        day += dt.timedelta(days=1)


def test_a_hotline_has_hours_too() -> None:
    state = open_state(Hotline(opening_hours="Mo-Fr 08:00-12:00"), at("2026-11-18 10:00"), CALENDAR)
    assert (state.kind, state.until) == ("open", at("2026-11-18 12:00"))


def test_a_time_without_the_zone_of_the_city_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        open_state(place("24/7"), dt.datetime.now(dt.UTC))


def test_the_comment_is_told() -> None:
    assert open_state(place('Mo-Fr 08:00-12:00 "预约"'), at("2026-11-18 10:00"), CALENDAR).comment == "预约"
    assert open_state(place('"预约"'), at("2026-11-18 10:00"), CALENDAR).comment == "预约"


def test_the_order_of_questions_changes_nothing() -> None:
    """What is kept from one question must not answer another."""
    hours = "Mo-Fr 08:30-17:30; PH off"
    moments = [at("2026-09-18 00:00") + dt.timedelta(hours=number * 7) for number in range(100)]
    forward = [open_state(place(hours), moment, CALENDAR) for moment in moments]
    fresh = CityCalendar("CN", CALENDAR.centre)
    backward = [open_state(place(hours), moment, fresh) for moment in reversed(moments)]
    assert forward == backward[::-1]


def test_a_night_is_shown_with_the_day_it_begins_on() -> None:
    days = next_days("Mo-Fr 18:00-02:00; PH off", dt.date(2026, 9, 30), SHANGHAI, 11, CALENDAR)
    assert days is not None
    shown = {f"{day.date:%m-%d}": [f"{span.start:%H:%M}-{span.end:%H:%M}" for span in day.spans] for day in days}
    assert [day for day, spans in shown.items() if spans] == ["09-30", "10-08", "10-09", "10-10"]
    assert shown["10-10"] == ["18:00-02:00"]
    assert [days[1].info.name_zh, days[10].info.kind] == ["国庆节", "makeup_workday"]
    assert days[0].certain
    unsure = next_days("Mo-Fr 09:00-17:00", dt.date(2026, 10, 1), SHANGHAI, 1, CALENDAR)
    assert unsure is not None
    assert [span.certain for span in unsure[0].spans] == [False]
    assert next_days("whenever", dt.date(2026, 10, 1), SHANGHAI) is None


WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class PlainReading:
    """The sublanguage of the pack's own expressions, read rule by rule and minute by minute: dates, weekdays, PH,
    times within a day, off and unknown. Written from the specification, without the library.
    """

    def __init__(self, expression: str) -> None:
        self.rules = [rule.split() for rule in expression.split("; ")]

    def state(self, now: dt.datetime, holiday: bool, weekday: int) -> str:
        found = "closed"
        for words in self.rules:
            dates = [word for word in words if word[:3] in MONTHS or (word[0].isdigit() and ":" not in word)]
            days = [word for word in words if word[:2] in (*WEEKDAYS, "PH")]
            rest = [word for word in words if word not in dates and word not in days]
            if rest == ["24/7"] or words == ["24/7"]:
                found = "open"
            elif self._dated(" ".join(dates), now.date()) and self._selected(days, holiday, weekday):
                found = self._timed(rest[0], now.time())
        return found

    @staticmethod
    def _dated(text: str, day: dt.date) -> bool:
        if not text or text == "24/7":
            return True
        for part in text.split(","):
            first, _, last = part.partition("-")
            begin, end = PlainReading._edge(first, False), PlainReading._edge(last or first, True)
            here = (day.month, day.day)
            if (begin <= here <= end) if begin <= end else (here >= begin or here <= end):
                return True
        return False

    @staticmethod
    def _edge(text: str, end: bool) -> tuple[int, int]:
        month, _, day = text.strip().partition(" ")
        return MONTHS.index(month) + 1, int(day) if day else 31 if end else 1

    @staticmethod
    def _selected(days: list[str], holiday: bool, weekday: int) -> bool:
        if not days:
            return True
        for item in days[0].split(","):
            first, _, last = item.partition("-")
            if first == "PH":
                if holiday:
                    return True
            elif WEEKDAYS.index(first) <= weekday <= WEEKDAYS.index(last or first):
                return True
        return False

    @staticmethod
    def _timed(text: str, now: dt.time) -> str:
        if text in ("off", "unknown"):
            return "closed" if text == "off" else "unknown"
        here = now.hour * 60 + now.minute
        for span in text.split(","):
            begin, end = (int(edge[:2]) * 60 + int(edge[3:]) for edge in span.split("-"))
            if begin <= here < end:
                return "open"
        return "closed"


def pack_expressions() -> list[str]:
    found = set()
    for file in sorted((ROOT / "data" / "qinhuangdao").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            found |= {row.get("opening_hours") or "" for row in csv.DictReader(rows)}
    return sorted(found - {""})


def test_the_pack_all_year_hour_by_hour() -> None:
    """Every expression of the pack, every hour of 2026, against a plain reading on the same calendar."""
    expressions = pack_expressions()
    assert len(expressions) > 30
    for expression in expressions:
        plain, record = PlainReading(expression), place(expression)
        names_holidays = "PH" in expression
        changes, before = 0, ""
        for number in range(365 * 24):
            now = at("2026-01-01 00:00") + dt.timedelta(hours=number)
            info = CALENDAR.day(now.date()).kind
            weekday = 2 if info == "makeup_workday" else now.weekday()
            expected = plain.state(now, info == "public_holiday", weekday)
            if info == "public_holiday" and not names_holidays and expected != plain.state(now, True, 6):
                expected = "unknown"
            state = open_state(record, now, CALENDAR)
            assert state.kind == expected, (expression, now, state)
            # What is promised must come true.
            assert state.until is None or state.until > now
            changes += before != expected
            before = expected
        assert changes or expression in ("24/7", "off")


@pytest.mark.parametrize(
    "hours", ["Mo-Fr 08:30-17:30; PH off", "Mo-Fr 18:00-02:00; PH off", "Tu-Su 09:00-16:30; Mo off", "24/7; PH off"]
)
def test_what_is_promised_comes_true(hours: str) -> None:
    """`until` and `next_open` against asking every half hour, over the holidays and make-up days of an autumn."""
    record = place(hours)
    moments = [at("2026-09-15 00:15") + dt.timedelta(minutes=30 * number) for number in range(48 * 32)]
    kinds = [open_state(record, moment, CALENDAR).kind for moment in moments]
    for number, moment in enumerate(moments[: 48 * 20]):
        state = open_state(record, moment, CALENDAR)
        change = next(other for other in range(number, len(moments)) if kinds[other] != kinds[number])
        assert state.until is not None
        assert moments[change - 1] < state.until <= moments[change]
        if state.kind != "open":
            opens = next(other for other in range(number, len(moments)) if kinds[other] == "open")
            assert state.next_open is not None
            assert moments[opens - 1] < state.next_open <= moments[opens]


def test_hundreds_of_calls_are_cheap() -> None:
    """A search for the nearest open place asks for each place; what is the same is worked out once (calls counted, not
    time: time is in the figures).
    """
    now = at("2026-11-18 10:00")
    record = place("Mo-Fr 08:30-17:30; PH off")
    first = open_state(record, now, CALENDAR)
    assert all(open_state(record, now + dt.timedelta(minutes=number), CALENDAR) is first for number in range(60))
