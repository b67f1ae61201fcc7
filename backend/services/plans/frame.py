"""From when to when a plan goes, and on which day."""

from __future__ import annotations

import datetime as dt
import math

from backend.city_pack.plan_rules import PlanRules, Window
from backend.services.plans.wishes import Wishes

# What is left of today must be worth setting out for, if no day was named.
_WORTH_TODAY_MINUTES = 150
SHORTEST_MINUTES = 60
_HALF_DAY_MINUTES = 270
_LATEST = dt.time(23, 0)
_SET_OUT_MINUTES = 15


def first_day(wishes: Wishes, rules: PlanRules, now: dt.datetime) -> dt.date:
    """The day meant; where none was said, or it is past, today if enough of it is left, else tomorrow. Today means
    tomorrow when it is too late.
    """
    today = now.date()
    if wishes.day is not None and wishes.day > today:
        return wishes.day
    frame = frame_of(wishes, rules, today, now)
    if wishes.day == today and frame is not None:
        return today
    enough = min(_WORTH_TODAY_MINUTES, wishes.minutes or _WORTH_TODAY_MINUTES)
    if frame is not None and (frame[1] - frame[0]) >= dt.timedelta(minutes=enough):
        return today
    return today + dt.timedelta(days=1)


def frame_of(
    wishes: Wishes, rules: PlanRules, day: dt.date, now: dt.datetime
) -> tuple[dt.datetime, dt.datetime] | None:
    """Begin and end of a plan on a day, aware, in the city's time zone, in steps of five minutes; None where less than
    an hour is left of it.
    """
    window = wishes.window or _window(wishes, day, now)
    span = rules.windows[window]
    begin = _at(day, wishes.begin or span.begin, now)
    if wishes.half and wishes.end is not None and wishes.begin is None and wishes.window is None:
        begin = _at(day, wishes.end, now) - dt.timedelta(minutes=_HALF_DAY_MINUTES)
    if day == now.date():
        begin = max(begin, _rounded_up(now + dt.timedelta(minutes=_SET_OUT_MINUTES)))
    if wishes.minutes is not None:
        end = begin + dt.timedelta(minutes=wishes.minutes)
    elif wishes.end is not None:
        end = _at(day, wishes.end, now)
    elif wishes.begin is not None and (wishes.half or wishes.begin >= span.end):
        end = begin + dt.timedelta(minutes=_HALF_DAY_MINUTES)
    else:
        end = _at(day, span.end, now)
    end = min(end, _at(day, _LATEST, now))
    return (begin, end) if end - begin >= dt.timedelta(minutes=SHORTEST_MINUTES) else None


def _window(wishes: Wishes, day: dt.date, now: dt.datetime) -> Window:
    if not wishes.half or wishes.begin is not None:
        return "day"
    return "afternoon" if day == now.date() and now.hour >= 10 else "morning"


def _at(day: dt.date, time: dt.time, now: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=now.tzinfo)


def _rounded_up(moment: dt.datetime) -> dt.datetime:
    minutes = math.ceil((moment.hour * 60 + moment.minute + (1 if moment.second else 0)) / 5) * 5
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + dt.timedelta(minutes=minutes)
