"""When a place must be open, as said in a question for places: "open now", 现在开着的, 还开门的, "at 8 pm", 24小时."""

from __future__ import annotations

import datetime as dt

from backend.services.answers.asking import Asking
from backend.services.values import TimeMention, say_date, say_time
from backend.services.values.reading import Pattern, plain
from backend.wording import t

# 开门 and 开放 are said of places, 开车 and 开药 are not. "Open-air" is no question, and "not open" another one.
_OPEN = Pattern(
    r"(?<!不)(?:开着|开门|开放|营业|没关门|没有关门|不打烊|还开(?![车药会始心])|开着门)|通宵"
    r"|\b(?:open|opened|opens)\b(?![ -]?(?:air|space))"
)
# Whoever needs it round the clock is asked about the hour at which nothing else is open.
_ROUND_THE_CLOCK = Pattern(
    r"(?:24|二十四)\s?个?小时|全天|通宵|昼夜|\b24[ -]?(?:hours?|hrs?|h|/7)\b|\bround[ -]the[ -]clock\b|\ball[ -]night\b"
)
_NIGHT = dt.time(3)
# The hour that stands for a part of the day; the answer says which hour it is about.
_HOURS = {
    "morning": dt.time(9),
    "noon": dt.time(12),
    "afternoon": dt.time(15),
    "evening": dt.time(20),
    "night": dt.time(23),
}


def open_at(asking: Asking) -> dt.datetime | None:
    """The moment at which the places asked for must be open, in the city's time zone; None where any will do.

    A clock time says it alone; a day or a part of it only together with a word for "open".
    """
    words = plain(asking.text)
    said = next((time for time in asking.times if time.time is not None), None)
    if said is not None:
        return _moment(said, asking.now)
    if _ROUND_THE_CLOCK.search(words):
        return _next(_NIGHT, asking.now)
    if not _OPEN.search(words):
        return None
    dated = next((time for time in asking.times if time.date is not None or time.part is not None), None)
    return _moment(dated, asking.now) if dated is not None else asking.now


def say_when(moment: dt.datetime, asking: Asking) -> str:
    """The moment in words: "now", "at 8:00 pm", with the day where it is not today."""
    lang = asking.lang
    if moment == asking.now:
        return t(lang, "nearest-now")
    time = say_time(moment.time(), lang)
    if moment.date() == asking.now.date():
        return t(lang, "nearest-at", time=time)
    return t(lang, "nearest-on", date=say_date(moment.date(), lang, asking.now.date()), time=time)


def _moment(said: TimeMention, now: dt.datetime) -> dt.datetime:
    time = said.time or _HOURS.get(said.part or "")
    if time is None:  # a day alone: at this hour of it
        time = now.time() if said.date != now.date() else None
    if time is None:
        return now
    if said.date is not None:
        return dt.datetime.combine(said.date, time, now.tzinfo)
    return _next(time, now)


def _next(time: dt.time, now: dt.datetime) -> dt.datetime:
    """The next moment with this time of day."""
    moment = dt.datetime.combine(now.date(), time, now.tzinfo)
    return moment if moment >= now else moment + dt.timedelta(days=1)
