"""Dates and times said in a message, resolved against the moment it was sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from backend.services.values import clock, days_en, days_zh
from backend.services.values.pieces import Piece, found
from backend.services.values.reading import Pattern, plain
from backend.services.values.spans import UNKNOWN, Span, plus

PartOfDay = Literal["morning", "noon", "afternoon", "evening", "night"]

_RULES = [*days_zh.RULES, *days_en.RULES, *clock.RULES]
# What may stand between the parts of one time, and between the ends of a range.
_WITHIN = Pattern(
    r"[\s,]*(?:的|在|大概|大约|差不多|约|从|at|on|in|in the|of|of the|on the|by|from|between|before|after|@)?"
    r"(?:\s*(?:about|around|the))?\s*"
)
_TO = Pattern(r"\s*(?:到|至|直到|-+|~|to|until|till|through)\s*(?:the\s*)?")
_AND = Pattern(r"\s*and\s*(?:the\s*)?")
_BETWEEN = Pattern(r"\bbetween\s*(?:the\s*)?$")
_ABOUT_BEFORE = Pattern(r"(?:大概|大约|差不多|约|左右|around|about|roughly|sometime)\s*(?:是|在|at|on)?\s*$")
_ABOUT_BEHIND = Pattern(r"\s*(?:左右|前后|上下|来钟|出头|(?<=点)多|or so|-?ish\b)")


@dataclass(frozen=True)
class TimeMention:
    """A date or time as said, and what it means in the city's time zone.

    `start` and `end` are positions in the text. `date` is the day, or the first of the days up to `until`; None where
    no day was said or nobody can know it. `time` and `until_time` are the clock times. `part` is set where only the
    part of the day was said; 凌晨 is a night of that date's first hours. `approximate` where people may differ, or the
    words are vague, or the days off of a year are not announced.
    """

    start: int
    end: int
    said: str
    date: dt.date | None = None
    until: dt.date | None = None
    time: dt.time | None = None
    until_time: dt.time | None = None
    part: PartOfDay | None = None
    approximate: bool = False


def find_times(text: str, now: dt.datetime) -> list[TimeMention]:
    """The dates and times in the first 500 characters of a text, in order.

    `now` is aware and in the city's time zone, and so is what is returned. Never raises: a day that does not exist or
    lies beyond what we know is a mention without a date. The rules are those of `days_zh`, `days_en` and `clock`; a
    range of hours past midnight ends on the next day.
    """
    words = plain(text)
    pieces = found(_RULES, words)
    mentions = []
    position = 0
    while position < len(pieces):
        first, position = _joined(pieces, position, words)
        last, position = _range_end(pieces, position, words, first)
        if last is not None:
            hours_end, position = _range_end(pieces, position, words, last)
            first, last = _paired(first, last, hours_end)
        # "Evening" as the whole answer says when, "evening all" does not.
        if first.weak and words.strip(" .!?") != words[first.start : first.end]:
            continue
        try:
            mention = _mention(first, last, now)
        except (OverflowError, ValueError):  # before the year 1 or after 9999
            mention = TimeMention(first.start, (last or first).end, "", approximate=True)
        vague = bool(_ABOUT_BEFORE.search(words, 0, mention.start) or _ABOUT_BEHIND.match(words, mention.end))
        mentions.append(
            replace(mention, said=text[mention.start : mention.end], approximate=mention.approximate or vague)
        )
    return mentions


def _joined(pieces: list[Piece], position: int, words: str) -> tuple[Piece, int]:
    """The piece there with those behind it that say more of the same time, and the position after them."""
    whole = pieces[position]
    position += 1
    while position < len(pieces):
        piece = pieces[position]
        if not _fits(whole, piece) or not _WITHIN.fullmatch(words, whole.end, piece.start):
            break
        whole = Piece(
            whole.start,
            piece.end,
            days=whole.days or piece.days,
            part=piece.part or whole.part,
            clock=whole.clock or piece.clock,
            until_clock=whole.until_clock or piece.until_clock,
            approximate=whole.approximate or piece.approximate,
        )
        position += 1
    return whole, position


def _fits(whole: Piece, piece: Piece) -> bool:
    if whole.ahead is not None or piece.ahead is not None:
        return False
    twice = (whole.days and piece.days) or (whole.clock and piece.clock)
    # 今晚半夜: the second part says it closer.
    closer = whole.part is None or piece.part is None or (whole.part == "evening" and piece.part == "night")
    return not twice and closer


def _leads_on(words: str, first: Piece, second: Piece) -> bool:
    """Whether the words between them make a range of two times."""
    if _TO.fullmatch(words, first.end, second.start):
        return True
    return bool(_AND.fullmatch(words, first.end, second.start) and _BETWEEN.search(words, 0, first.start))


def _range_end(pieces: list[Piece], position: int, words: str, first: Piece) -> tuple[Piece | None, int]:
    """The other end of a range that begins with `first`, and the position after it."""
    if position == len(pieces) or not _leads_on(words, first, pieces[position]):
        return None, position
    last, after = _joined(pieces, position, words)
    timed = first.ahead is not None or last.ahead is not None or first.until_clock is not None
    if timed or not ((first.days and last.days) or (first.clock and last.clock)):
        return None, position
    return last, after


def _paired(first: Piece, last: Piece, hours_end: Piece | None) -> tuple[Piece, Piece]:
    """Both ends of a range, with what is said once for both at its place."""
    if first.days is None:  # 3pm to 5pm tomorrow
        return replace(first, days=last.days), replace(last, days=None)
    if first.clock is None and hours_end is not None:  # Monday to Friday, 9 am to 5 pm
        first = replace(first, clock=last.clock, part=last.part, until_clock=hours_end.clock)
        return first, replace(last, clock=None, part=hours_end.part, end=hours_end.end)
    if first.clock is None and last.until_clock is not None:
        first = replace(first, clock=last.clock, part=last.part, until_clock=last.until_clock)
        return first, replace(last, clock=None, until_clock=None, part=None)
    return first, last


def _mention(first: Piece, last: Piece | None, now: dt.datetime) -> TimeMention:
    if first.ahead is not None:
        moment = (now.astimezone(dt.UTC) + first.ahead).astimezone(now.tzinfo)
        return TimeMention(
            first.start, first.end, "", moment.date(), None, moment.time().replace(second=0, microsecond=0)
        )
    today = now.date()
    days = first.days(today, today) if first.days else Span(None)
    approximate = days.approximate or first.approximate
    date, until = days.first, days.last
    if last and last.days:
        end = last.days(today, date or today) if date else UNKNOWN
        until = end.last or end.first
        approximate |= end.approximate
        if date and until and until < date:
            until, approximate = None, True
    time, until_time, shift, unsure = _times(first, last)
    if shift and date and not until:
        date = plus(date, shift)
    if time and until_time and until_time <= time and date and not until:
        until = plus(date, 1)
    return TimeMention(
        first.start,
        (last or first).end,
        "",
        date,
        until,
        time,
        until_time,
        # A day's first hours belong to its night, which is all that callers tell apart.
        None if time else "night" if first.part == "dawn" else first.part,
        approximate or unsure or (time is None and first.part == "dawn"),
    )


def _times(first: Piece, last: Piece | None) -> tuple[dt.time | None, dt.time | None, int, bool]:
    """Begin, end, days after the day named, whether people differ."""
    if first.clock is None:
        until = clock.settle(last.clock, last.part)[0] if last and last.clock else None
        return None, until, 0, False
    end = first.until_clock or (last.clock if last else None)
    if end is None:
        time, shift, unsure = clock.settle(first.clock, first.part)
        # Midnight is only doubtful where a day was named.
        return time, None, shift, unsure and first.days is not None
    return clock.settle_until(first.clock, end, first.part, last.part if last else None)
