"""How days are said in English.

A weekday alone, or with "this", is the coming one, today included. People differ on "next Saturday": here it is the
coming Saturday when said from Monday to Thursday, and that of the next calendar week when said on Friday, Saturday or
Sunday; where the two readings differ the answer is approximate. "Next weekend" is that of the next calendar week.
"""

from __future__ import annotations

import datetime as dt
import re

from backend.services.values.holidays import holiday, holiday_day, school_summer
from backend.services.values.pieces import Part, Piece, Reader, Rule
from backend.services.values.reading import ORDINAL, WORD, Pattern, number
from backend.services.values.spans import (
    UNKNOWN,
    Span,
    coming,
    day_number,
    from_now_on,
    monday,
    month_day,
    named_month,
    plus,
    relative_month,
    weekend,
)

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_NTH = r"[0-9]{1,2}(?:st|nd|rd|th)"
_SHORT_WEEKDAY = r"(?P<day>mon|tues?|wed|thur?s?|fri|sat|sun)\b"
_TO = r"\s*(?:-+|~|to|until|till|through)\s*(?:the\s+)?"
_YEAR = r"(?:,?\s+(?P<year>20[0-9]{2}))?(?![0-9])"
# "Oct 3 people" counts people, "Oct 3 pm" is no day.
_NOT_COUNTED = r"(?!\s*(?:[:.][0-9]|[ap]\.?m\b|people|persons?|adults?|kids?|child|guests?|tickets?))"
# After "the 3rd", or it is the 3rd floor.
_DAY_ENDS = (
    r"(?=\s*(?:$|[^\w\s]|[0-9]|(?:at|in|of|to|till|until|through|and|or|morning|afternoon|evening|night|noon|for|please|is"
    r"|if|around|with|we|i|from|by|before|after|open)\b))"
)
_COUNT = rf"(?:[0-9]{{1,3}}|{WORD}|an?)"
_UNIT = r"(?P<unit>minute|min|hour|hr|day|week|month|year)s?\b(?:'s?)?"
_MINUTES = {"minute": 1, "min": 1, "hour": 60, "hr": 60}
_DAYS = {"day": 1, "week": 7}

_HOLIDAYS = [
    (r"chinese new year'?s eve|lunar new year'?s eve", "eve"),
    (r"new year'?s eve", "new_years_eve"),
    (r"chinese new year|lunar new year|spring festival|cny", "spring"),
    (r"new year(?:'?s)?(?: day)?", "new_year"),
    (r"lantern festival", "lantern"),
    (r"tomb[- ]?sweeping(?: day| festival)?|qing ?ming(?: festival| day)?", "qingming"),
    (r"may day|labou?r day|(?:international )?workers'? day", "labour"),
    (r"children'?s day", "children"),
    (r"dragon boat(?: festival)?", "dragon"),
    (r"mid[- ]?autumn(?: festival| day)?|moon festival", "autumn"),
    (r"(?:china'?s |chinese )?national day", "national"),
    (r"golden week", "golden_week"),
    (r"christmas eve|xmas eve", "christmas_eve"),
    (r"christmas(?: day)?|xmas", "christmas"),
]
_HOLIDAY_NAME = "|".join(expression for expression, _ in _HOLIDAYS)
_HOLIDAY_OF = [(Pattern(expression), name) for expression, name in _HOLIDAYS]
_MONTH_PARTS = {
    "early": "early", "beginning": "early", "start": "early", "beginning of": "early", "the beginning of": "early",
    "mid": "mid", "middle": "mid", "late": "late", "end": "end", "end of": "end", "the end of": "end",
}  # fmt: skip
_PARTS: dict[str, Part] = {"morning": "morning", "afternoon": "afternoon", "evening": "evening", "night": "night"}


def _month_number(said: str) -> int:
    return _MONTHS.index(said[:3]) + 1


def _day_value(said: str) -> int:
    return int(re.sub("[a-z]", "", said)) if said[0].isdigit() else number(said) or 0


def _said_day(offset: int, part: Part | None = None, approximate: bool = False) -> Reader:
    def read(match: re.Match[str]) -> Piece:
        return Piece(
            *match.span(), days=lambda today, _: Span(plus(today, offset), None, approximate=approximate), part=part
        )

    return read


def _part_of_today(match: re.Match[str]) -> Piece:
    return Piece(*match.span(), days=lambda today, _: Span(today), part=_PARTS[match["part"]])


def _weekday(match: re.Match[str]) -> Piece:
    weekday, which = _WEEKDAYS.index(match["day"][:3]), match["which"]

    def days(today: dt.date, base: dt.date) -> Span:
        if which == "last":
            return Span(plus(coming(weekday, today), -7))
        if which == "next":
            soon, later = coming(weekday, plus(today, 1)), plus(monday(today), 7 + weekday)
            return Span(later if today.weekday() >= 4 else soon, None, approximate=soon != later)
        return Span(coming(weekday, base))

    return Piece(*match.span(), days=days)


def _weekend(match: re.Match[str]) -> Piece:
    weeks = {"next": 1, "last": -1}.get(match["which"] or "", 0)

    def days(today: dt.date, _: dt.date) -> Span:
        span = weekend(plus(monday(today), 7 * weeks), today)
        return Span(span.first, span.last, approximate=weeks == 1 and today.weekday() < 5)

    return Piece(*match.span(), days=days)


def _week(match: re.Match[str]) -> Piece:
    weeks = {"next": 1, "last": -1, "this": 0}[match["which"]]

    def days(today: dt.date, _: dt.date) -> Span:
        first = plus(monday(today), 7 * weeks)
        return from_now_on(first, plus(first, 6), today)

    return Piece(*match.span(), days=days)


def _relative_month(match: re.Match[str]) -> Piece:
    months = {"next": 1, "last": -1}.get(match["which"] or "", 0)
    part = _MONTH_PARTS[match["part"]] if match["part"] else ""
    return Piece(*match.span(), days=lambda today, _: relative_month(months, today, part))


def _named_month(match: re.Match[str]) -> Piece:
    month, part = _month_number(match["month"]), _MONTH_PARTS[match["part"]] if match["part"] else ""
    year = number(match["year"] or "")
    return Piece(*match.span(), days=lambda _, base: named_month(month, base, part, year))


def _month_and_day(match: re.Match[str]) -> Piece | None:
    month, day = _month_number(match["month"]), _day_value(match["day"])
    last = _day_value(match["last"]) if match["last"] else None
    last_month = _month_number(match["last_month"]) if match["last_month"] else month
    year = number(match["year"] or "")
    if day > 31:
        return None

    def days(_: dt.date, base: dt.date) -> Span:
        span = month_day(month, day, base, year)
        if last is None or span.first is None:
            return span
        return Span(span.first, month_day(last_month, last, span.first).first)

    return Piece(*match.span(), days=days)


def _day_of_month(match: re.Match[str]) -> Piece | None:
    day = _day_value(match["day"])
    if not 1 <= day <= 31:
        return None
    return Piece(*match.span("said"), days=lambda _, base: day_number(day, base))


def _ahead(match: re.Match[str]) -> Piece | None:
    said, unit = match["count"], match["unit"]
    if said.startswith("half"):
        count: float = 0.5
    elif said == "a few":
        return Piece(*match.span(), days=lambda *_: UNKNOWN)
    else:
        count = number(said.replace("a couple of", "two")) or 0
    count += 0.5 if match["half"] or match["half_behind"] else 0
    count *= -1 if match["way"] == "ago" else 1
    if unit in _MINUTES:
        return Piece(*match.span(), ahead=dt.timedelta(minutes=count * _MINUTES[unit]))

    def days(today: dt.date, _: dt.date) -> Span:
        if unit in _DAYS:
            return Span(plus(today, int(count * _DAYS[unit])), None, approximate=said == "a couple of")
        last = relative_month(int(count) * (12 if unit == "year" else 1), today).last
        return Span(last.replace(day=min(last.day, today.day))) if last else UNKNOWN

    return Piece(*match.span(), days=days)


def _holiday(match: re.Match[str]) -> Piece:
    said = match["name"]
    name = next(name for expression, name in _HOLIDAY_OF if expression.fullmatch(said))
    year = number(match["year"] or match["year_before"] or "")
    nth = _day_value(match["nth"]) if match["nth"] else None
    golden = name == "golden_week"
    # There are golden weeks in spring as well.
    name = "national" if golden else name
    days_off = golden or match["off"] is not None or match["during"] is not None

    def days(today: dt.date, base: dt.date) -> Span:
        if nth is not None:
            return holiday_day(name, nth - 1, today, year)
        span = holiday(name, today, base, year, days_off)
        return Span(span.first, span.last, approximate=span.approximate or golden)

    return Piece(*match.span(), days=days)


def _summer(match: re.Match[str]) -> Piece:
    return Piece(*match.span(), days=lambda _, base: school_summer(base))


def _whole_word(expression: str) -> Pattern:
    return Pattern(rf"\b(?:{expression})\b")


RULES: list[Rule] = [
    (_whole_word("the day after tomorrow|day after tomorrow|day after tmrw?"), _said_day(2)),
    # What is left of "not tomorrow, the day after".
    (_whole_word("the day after|the next day|the following day"), _said_day(2, approximate=True)),
    (_whole_word("the day before yesterday"), _said_day(-2)),
    (_whole_word("today"), _said_day(0)),
    (_whole_word("tomorrow|tommorow|tomorow|tommorrow|tmrw|tmr|2moro"), _said_day(1)),
    (_whole_word("yesterday"), _said_day(-1)),
    (_whole_word("tonight|tonite|this night"), _said_day(0, "evening")),
    (_whole_word("last night"), _said_day(-1, "night")),
    (_whole_word("this (?P<part>morning|afternoon|evening)"), _part_of_today),
    (
        Pattern(
            r"\b(?:(?P<which>next|this|last|coming)\s+)?(?<!every )(?<!each )"
            r"(?P<day>monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
        ),
        _weekday,
    ),
    # Short forms that are words as well need company: "Sat 3pm", "on Sun", not "in the sun" or "we sat there".
    (Pattern(rf"\b(?:(?P<which>next|this|last|coming)\s+){_SHORT_WEEKDAY}\.?"), _weekday),
    (
        Pattern(
            rf"(?<!the )(?<!every )\b(?P<which>){_SHORT_WEEKDAY}(?=\s*(?:$|[,.?!;)~-]|[0-9]|[^\x00-\x7f]"
            r"|(?:to|till|until|through|and|or|at|morning|afternoon|evening|night|noon)\b))"
        ),
        _weekday,
    ),
    (Pattern(rf"(?:(?<=on )|(?<=by )|(?<=until )|(?<=for ))(?P<which>){_SHORT_WEEKDAY}"), _weekday),
    (_whole_word(r"(?<!every )(?:(?P<which>next|this|the|last|coming) )?weekend"), _weekend),
    (_whole_word(r"(?P<which>next|this|last) week"), _week),
    (
        _whole_word(r"(?:the )?(?:(?P<part>end|middle|beginning|start) of )?(?P<which>next|this|last) month"),
        _relative_month,
    ),
    (_whole_word(r"(?:the )?(?P<part>end|middle|beginning|start) of (?:the )?(?P<which>)month"), _relative_month),
    (
        Pattern(
            r"\b(?:(?P<part>early|mid|late|(?:the )?(?:end|beginning) of)[ -]|(?<=in )|(?<=next )|(?<=this )"
            rf"|(?<=during ))(?P<month>{_MONTH})\b(?!\s+[0-9]{{1,2}}\b){_YEAR}"
        ),
        _named_month,
    ),
    (
        Pattern(
            rf"\b(?P<month>{_MONTH})\b\.?\s*(?:the\s+)?(?P<day>{_DAY})(?![0-9])"
            rf"(?:{_TO}(?:(?P<last_month>{_MONTH})\.?\s+)?(?P<last>{_DAY})(?![0-9:])(?!\s*[ap]\.?m\b))?{_NOT_COUNTED}{_YEAR}"
        ),
        _month_and_day,
    ),
    (
        Pattern(
            rf"(?<![0-9:.])\b(?:the\s+)?(?P<day>{_DAY}|(?:{ORDINAL})(?=\s+of))(?:{_TO}(?P<last>{_DAY}))?\s*(?:of\s+)?"
            rf"(?P<month>{_MONTH})\b(?P<last_month>)(?!\s+(?:be|i|we|you|not|have)\b){_YEAR}"
        ),
        _month_and_day,
    ),
    (Pattern(rf"(?P<said>\bthe\s+(?P<day>{_NTH}))\b{_DAY_ENDS}"), _day_of_month),
    (Pattern(rf"\bon\s+(?P<said>(?P<day>{_NTH}))\b{_DAY_ENDS}"), _day_of_month),
    (
        Pattern(rf"\bon\s+(?P<said>the\s+(?P<day>{ORDINAL}))\b(?=\s*(?:$|[^\w\s]|(?:at|in|or|and|please)\b))"),
        _day_of_month,
    ),
    (
        # "In one day" is how long, not when.
        Pattern(
            r"\bin\s+(?:about\s+|around\s+)?(?!(?:an?|one|1)\s+day\b)"
            rf"(?P<count>half(?:\s+an?)?|a couple of|a few|{_COUNT})(?P<half>\s+and\s+a\s+half)?(?P<way>)"
            rf"\s*{_UNIT}(?:\s+time\b)?(?P<half_behind>\s+and\s+a\s+half)?"
        ),
        _ahead,
    ),
    (
        Pattern(
            rf"\b(?P<count>half\s+an?|a couple of|a few|{_COUNT})(?P<half>\s+and\s+a\s+half)?\s*{_UNIT}"
            r"(?P<half_behind>\s+and\s+a\s+half)?\s+(?P<way>from now|later|ago)\b"
        ),
        _ahead,
    ),
    (
        Pattern(
            r"(?<!happy )(?<!merry )\b(?:(?P<during>during|over)\s+(?:the\s+)?)?(?:the\s+)?"
            rf"(?:(?P<nth>{ORDINAL}|{_NTH})\s+day\s+of\s+(?:the\s+)?)?(?:(?P<year_before>20[0-9]{{2}})\s+)?"
            rf"(?P<name>{_HOLIDAY_NAME})\b(?P<off>\s+(?:holidays?|week|period|break|vacation))?{_YEAR}"
        ),
        _holiday,
    ),
    (_whole_word(r"(?:the )?(?:summer|school) (?:holidays?|vacation|break)"), _summer),
]
