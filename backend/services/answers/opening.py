"""What is said of opening hours: now, at another moment, on another day; for places and hotlines alike."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from backend.models import Hotline, Place
from backend.services.answers.asking import Asking
from backend.services.city_calendar import CityCalendar, DayInfo, calendar_of
from backend.services.content import closed_on
from backend.services.opening import OpenState, hours_on, open_state
from backend.services.opening_week import Day
from backend.services.values import say_date
from backend.wording import t

# What stays open longer than this is simply open.
_LONG = dt.timedelta(days=2)
# A sure opening further away than this is no help to somebody who asks about today.
_SOON = dt.timedelta(days=14)
_NOW = re.compile(
    r"现在|这会儿|此刻|目前|开着|开门了?[吗没么]|关门了?[吗没么]|还开|营业[中吗]|\bnow\b|\bcurrently\b|\bstill open\b"
    r"|\bright now\b|\bat the moment\b",
    re.IGNORECASE,
)


def asks_now(asking: Asking) -> bool:
    """Whether the question is about this very moment and not about hours as such."""
    return not asking.times and bool(_NOW.search(asking.text))


def status_line(record: Place | Hotline, asking: Asking) -> str:
    """Open or closed now, as far as known; empty where nothing at all is known of the hours."""
    state = open_state(record, asking.now, asking.calendar)
    return _status(record, asking, state)


def day_line(record: Place | Hotline, asking: Asking, day: dt.date) -> str:
    """The hours of another day, "tomorrow (Mon 23 Nov): 08:00-17:30"; empty where nothing at all is known of them."""
    lang = asking.lang
    calendar = _calendar(asking)
    said = _named(say_date(day, lang, asking.now.date()), calendar.day(day), lang)
    if isinstance(record, Place):
        if closed_on(record, day):
            return t(lang, "day-closed", day=said)
        if record.status in ("closed", "suspended"):
            return ""
    hours = hours_on(record, day, _zone(asking), calendar)
    if hours is None:
        return ""
    if any(not span.certain for span in hours.spans):
        return _unknown(record, asking, said)
    return _sentences(_day_hours(hours, said, lang), _doubt(hours.doubt, day, asking))


def moment_line(record: Place | Hotline, asking: Asking) -> str:
    """How it is at the time of day asked about, "Sat 28 Nov 20:00: closed; open 08:00-17:00 that day"; empty where no
    time was said, or nothing at all is known of the hours.
    """
    when = _moment(asking)
    if when is None:
        return ""
    lang = asking.lang
    state = open_state(record, when, asking.calendar)
    day = _named(say_date(when.date(), lang, asking.now.date()), _calendar(asking).day(when.date()), lang)
    said = t(lang, "opening-moment", day=day, time=f"{when:%H:%M}")
    if state.kind == "unknown":
        return _unknown(record, asking, said) if record.opening_hours else ""
    if state.kind == "out_of_service":
        return ""
    if state.kind == "open":
        until = _until(state, when, lang)
        line = t(lang, "opening-then-open", when=said, until=until or "none")
    else:
        hours = hours_on(record, when.date(), _zone(asking), asking.calendar) if state.kind == "closed" else None
        spans = _spans(hours, lang) if hours and hours.certain else ""
        line = t(lang, "opening-then-closed", when=said, hours=spans or "none")
    # What is doubtful of the days after was not asked.
    return _sentences(line, _doubt(state.doubt, state.doubt_day, asking) if state.doubt_day == when.date() else "")


def is_shut(place: Place, asking: Asking) -> bool:
    """Whether the place is closed today against its rule, or out of service."""
    return open_state(place, asking.now, asking.calendar).kind in ("closed_by_staff", "out_of_service")


def _status(record: Place | Hotline, asking: Asking, state: OpenState) -> str:
    lang, now = asking.lang, asking.now
    if state.kind == "closed_by_staff":
        return _sentences(_closure(record, asking), _again(state, asking))
    if state.kind == "out_of_service":
        return t(lang, "out-of-service")
    if state.kind == "unknown":
        if not record.opening_hours:
            return ""
        info = _calendar(asking).day(now.date())
        name = _named(t(lang, "day-today"), info, lang) if state.doubt == "holiday" else ""
        return _unknown(record, asking, name)
    if state.kind == "open":
        until = _until(state, now, lang)
        line = t(lang, "open-until", time=until) if until else t(lang, "open-always")
    elif state.next_unknown is not None:
        day = _named(_day(state.next_unknown, asking), _calendar(asking).day(state.next_unknown.date()), lang)
        sure = state.next_open if state.next_open and state.next_open - now <= _SOON else None
        return _sentences(t(lang, "closed-now"), _unknown(record, asking, day), _sure(sure, asking))
    elif state.next_open is not None:
        time = _about(f"{state.next_open:%H:%M}", state, lang)
        line = t(lang, "closed-until", day=_day(state.next_open, asking), time=time)
    else:
        line = t(lang, "closed-now")
    comment = t(lang, "opening-comment", text=state.comment) if state.comment else ""
    return _sentences(line, comment, _doubt(state.doubt, state.doubt_day, asking))


def _closure(record: Place | Hotline, asking: Asking) -> str:
    assert isinstance(record, Place)
    lang = asking.lang
    reason = getattr(record, f"closed_reason_{lang}") or record.closed_reason_zh
    last = record.closed_to.isoformat() if record.closed_to and record.closed_to != asking.now.date() else ""
    return t(lang, "closed-by-staff", reason=reason or "none", until=last or "none")


def _again(state: OpenState, asking: Asking) -> str:
    if state.next_open is None or state.next_unknown is not None:
        return ""
    line = t(asking.lang, "opening-again", day=_day(state.next_open, asking), time=f"{state.next_open:%H:%M}")
    return _sentences(line, _doubt(state.doubt, state.doubt_day, asking))


def _sure(time: dt.datetime | None, asking: Asking) -> str:
    return t(asking.lang, "opening-sure", day=_day(time, asking), time=f"{time:%H:%M}") if time else ""


def _unknown(record: Place | Hotline, asking: Asking, day: str) -> str:
    """Hours not confirmed, and whom to phone."""
    lang = asking.lang
    phones = record.phones if isinstance(record, Place) else [record.phone] if record.phone else []
    line = t(lang, "opening-unknown-day", day=day) if day else t(lang, "opening-unknown")
    if phones:
        return _sentences(line, t(lang, "opening-phone", phone=phones[0]))
    return _sentences(line, t(lang, "opening-phone", phone=asking.city.service_number))


def _doubt(doubt: str | None, day: dt.date | None, asking: Asking) -> str:
    """Why the hours may be others; empty where they are certain."""
    lang = asking.lang
    if doubt is None or day is None:
        return ""
    return t(lang, f"opening-doubt-{doubt.replace('_', '-')}", year=str(day.year))


def _until(state: OpenState, now: dt.datetime, lang: str) -> str:
    """When it closes, as said after "until"; empty where that is far away or never."""
    until = state.until
    if until is None or until - now > _LONG or state.doubt == "open_end":
        return ""
    days = (until.date() - now.date()).days
    if days == 0:
        return _about(f"{until:%H:%M}", state, lang)
    if days == 1 and until.time() == dt.time.min:
        return "24:00"
    time = _about(f"{until:%H:%M}", state, lang)
    return t(lang, "opening-time-on", day=say_date(until.date(), lang, now.date()), time=time)


def _about(time: str, state: OpenState, lang: str) -> str:
    return t(lang, "opening-about", time=time) if state.approximate else time


def _day_hours(hours: Day, said: str, lang: str) -> str:
    if hours.all_day:
        return t(lang, "day-all-day", day=said)
    if not hours.spans:
        return t(lang, "day-closed", day=said)
    return t(lang, "day-hours", day=said, hours=_spans(hours, lang))


def _spans(hours: Day, lang: str) -> str:
    return t(lang, "list-join").join(f"{span.start:%H:%M}-{_end(span.end)}" for span in hours.spans)


def _end(time: dt.datetime) -> str:
    return "24:00" if time.time() == dt.time.min else f"{time:%H:%M}"


def _day(time: dt.datetime, asking: Asking) -> str:
    lang, today = asking.lang, asking.now.date()
    days = (time.date() - today).days
    if days in (0, 1):
        return t(lang, "day-today" if days == 0 else "day-tomorrow")
    return say_date(time.date(), lang, today)


def _named(day: str, info: DayInfo, lang: str) -> str:
    """A day with what it is, where that matters: a holiday by name, or a weekend that is worked."""
    if info.kind == "makeup_workday":
        return t(lang, "opening-day-makeup", day=day)
    name = info.name_zh if lang == "zh" else info.name_en or info.name_zh
    if info.kind != "public_holiday" or not name:
        return day
    return t(lang, "opening-day-holiday", day=day, name=name)


def _moment(asking: Asking) -> dt.datetime | None:
    """The time asked about, today where no day was said."""
    said = next((one for one in asking.times if one.time is not None), None)
    if said is None or said.time is None:
        return None
    date = said.date or asking.day() or asking.now.date()
    return dt.datetime.combine(date, said.time, _zone(asking))


def _zone(asking: Asking) -> ZoneInfo:
    zone = asking.now.tzinfo
    if not isinstance(zone, ZoneInfo):
        raise ValueError("the time must be in the city's time zone")
    return zone


def _calendar(asking: Asking) -> CityCalendar:
    return asking.calendar or calendar_of(_zone(asking))


def _sentences(*parts: str) -> str:
    """Sentences in a row; after a Latin one comes a blank."""
    line = ""
    for part in parts:
        line += f" {part}" if line and part and line[-1] in ".)" else part
    return line
