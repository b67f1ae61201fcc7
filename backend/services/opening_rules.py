"""An opening-hours expression, made ready to be read one day at a time.

The library evaluates times, seasons, weeks, years, sun events and how rules override each other. It knows nothing of
days off and make-up workdays, and its public holidays are the festivals alone. So the weekday and holiday selectors
are taken out of its hands: for a given day each is decided here and stands in the text as that day's own weekday where
it matches, and as a weekday three days off where it does not. A rule without such a selector gets the day's weekday.
What the library then says of the day and the night after it are the hours of that day and of no other.

Syntax: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, cast
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]

from backend.geo import Datum, Point, convert

SpanState = Literal["open", "closed", "unknown"]
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_NUMBER = {name: number for number, name in enumerate(WEEKDAYS)}
# A weekday that is neither the day itself nor next to it.
_ELSEWHERE = 3
# Beyond this no change is looked for.
HORIZON_DAYS = 400

_WEEKDAY = rf"\b(?:{'|'.join(WEEKDAYS)})\b"
_OFFSET = r"(?:\s[+-]\d+\s?days?\b)?"
_ITEM = rf"(?:{_WEEKDAY}(?:-{_WEEKDAY})?(?:\[[-\d,\s]+\])?{_OFFSET}|\b[PS]H\b{_OFFSET})"
_SELECTOR = re.compile(rf"{_ITEM}(?:,{_ITEM})*(?: {_ITEM}(?:,{_ITEM})*)*", re.IGNORECASE)
_PARTS = re.compile(
    rf"(?P<first>{_WEEKDAY})(?:-(?P<last>{_WEEKDAY}))?(?:\[(?P<nth>[-\d,\s]+)\])?(?P<offset>{_OFFSET})"
    rf"|\b(?P<holiday>[PS]H)\b(?P<after>{_OFFSET})",
    re.IGNORECASE,
)
# People write "Sa, Su 9-12"; to the grammar that is Saturday all day long, and another rule.
_LOOSE_LIST = re.compile(rf"({_WEEKDAY}|\b[PS]H\b),\s+(?={_WEEKDAY}|\b[PS]H\b)", re.IGNORECASE)
_COMMENT = re.compile(r'"[^"]*"')
_ALWAYS = re.compile(r"^\s*24/7\b")
_SUN = re.compile(r"\b(?:sunrise|sunset|dawn|dusk)\b", re.IGNORECASE)
_OPEN_END = re.compile(r"(?:\d\d:\d\d|\b(?:sunrise|sunset|dawn|dusk)\b)\)?\+(?!\d)", re.IGNORECASE)
_STATE = re.compile(r"\b(?:open|closed|off|unknown)\b", re.IGNORECASE)
_TIME = re.compile(r"\(?(?:\b\d{1,2}:\d{2}|\b(?:sunrise|sunset|dawn|dusk)\b)", re.IGNORECASE)
# Where one rule ends. A comma begins a rule only where no time follows: else it goes on with the list of times.
_RULE_END = re.compile(rf"\s*;\s*|\s*\|\|\s*|,\s+(?!{_TIME.pattern})", re.IGNORECASE)


class Span(NamedTuple):
    """Hours that begin on a day: aware, in the city's time zone, `start` within the day, `end` at most a day later."""

    start: dt.datetime
    end: dt.datetime
    state: SpanState
    comment: str = ""
    doubt: str = ""  # why an unknown is one, where it is not the expression that says so


@dataclass(frozen=True, slots=True)
class _Item:
    """One item of a selector: weekdays (perhaps the n-th of the month), or public or school holidays."""

    first: int = 0
    last: int = 0
    nth: tuple[int, ...] = ()
    holiday: str = ""
    offset: int = 0  # the selected day lies so many days after what is named

    def matches(self, reading: Reading) -> bool:
        """Whether a day, read in a certain way, is selected."""
        base = reading.date - dt.timedelta(days=self.offset)
        if self.holiday == "PH":
            return reading.public(base)
        if self.holiday:
            return reading.school
        if (reading.weekday - self.offset - self.first) % 7 > (self.last - self.first) % 7:
            return False
        if not self.nth:
            return True
        from_end = (calendar.monthrange(base.year, base.month)[1] - base.day) // 7 + 1
        return (base.day - 1) // 7 + 1 in self.nth or -from_end in self.nth


class Reading(NamedTuple):
    """How a day is to be read: as which weekday (0 is Monday), what is a public holiday, whether schools are out."""

    date: dt.date
    weekday: int
    public: Callable[[dt.date], bool]
    school: bool = False


# Items of one group are alternatives; all groups must match: "PH Mo-Fr" is a holiday on one of these days.
_Selector = tuple[tuple[_Item, ...], ...]


class Rules:
    """An expression in a time zone, at a position where it needs the sun. Raises ValueError for a bad expression.

    `point` is in any known datum, or None; without it the library takes sunrise for 7:00, sunset for 19:00.
    """

    def __init__(self, expression: str, zone: ZoneInfo, point: Point | None) -> None:
        self._zone, self._coords = zone, None
        if point is not None:
            wgs = convert(point, Datum.WGS84)
            self._coords = (wgs.lat, wgs.lon)
        self._texts: list[str] = []
        self._selectors: list[_Selector] = []
        self._made: dict[tuple[int, tuple[bool, ...]], OpeningHours] = {}
        whole = _LOOSE_LIST.sub(r"\1,", expression)
        self._raw = self._parse(whole)
        spoken = _COMMENT.sub("", whole)
        self.has_position = point is not None
        self.follows_sun = follows_sun(expression)
        self.open_end = bool(_OPEN_END.search(spoken))
        self.readable = self._take_apart(whole)
        """False where a weekday stands within a date ("Mar Su[-1]-Oct 3"): such an expression is read as it is."""
        items = [item for selector in self._selectors for group in selector for item in group]
        self.names_public = any(item.holiday == "PH" for item in items)
        self.names_school = any(item.holiday == "SH" for item in items)
        self.by_weekday = bool(items) or not self.readable

    def vector(self, reading: Reading) -> tuple[bool, ...]:
        """Which selectors match a day in a reading."""
        return tuple(
            all(any(item.matches(reading) for item in group) for group in selector) for selector in self._selectors
        )

    def spans(self, date: dt.date, vector: tuple[bool, ...]) -> tuple[Span, ...]:
        """The hours that begin on a day, in order; what is closed is only there with a comment."""
        midnight = dt.datetime.combine(date, dt.time.min, self._zone)
        hours, days = (self._for(date.weekday(), vector), 2) if self.readable else (self._raw, 1)
        found = []
        for start, end, state, comment in hours.intervals(midnight, midnight + dt.timedelta(days=days)):
            said = cast("SpanState", str(state))
            # Of a night whose evening another rule took away, the library leaves the hours after midnight.
            if start.date() == date and (said != "closed" or comment):
                found.append(Span(_minute(start), _minute(end), said, comment))
        return tuple(found)

    @property
    def everything(self) -> tuple[bool, ...]:
        """The vector of an expression that selects no weekdays and no holidays."""
        return (True,) * len(self._selectors)

    def constant(self, now: dt.datetime) -> bool:
        """Whether nothing changes for a year to come whatever the days are, as with "24/7" and "off"."""
        return not self.by_weekday and self._raw.next_change(now) is None

    def _parse(self, text: str) -> OpeningHours:
        try:
            return OpeningHours(
                text,
                timezone=self._zone,
                coords=self._coords,
                auto_country=False,  # but not auto_timezone: without it the library forgets where the sun is
                max_interval_days=HORIZON_DAYS,
            )
        except (ParserError, ValueError) as error:
            raise ValueError(f"not opening hours: {text!r}") from error

    def _for(self, weekday: int, vector: tuple[bool, ...]) -> OpeningHours:
        """The expression as it reads on such a day."""
        made = self._made.get((weekday, vector))
        if made is None:
            here, elsewhere = WEEKDAYS[weekday], WEEKDAYS[(weekday + _ELSEWHERE) % 7]
            pieces = [self._texts[0]]
            for matches, text in zip(vector, self._texts[1:], strict=True):
                pieces += [here if matches else elsewhere, text]
            made = self._made[weekday, vector] = self._parse("".join(pieces))
        return made

    def _take_apart(self, expression: str) -> bool:
        """Splits the text at its selectors; False where it cannot be."""
        # Comments are blanked, not cut, so that positions stay.
        blank = _COMMENT.sub(lambda found: '"' + "\0" * (len(found[0]) - 2) + '"', expression)
        self._texts = [""]
        position = 0
        for end in [*_RULE_END.finditer(blank), None]:
            stop = end.start() if end else len(blank)
            if not self._rule(expression[position:stop], blank[position:stop]):
                return False
            if end:
                self._texts[-1] += expression[end.start() : end.end()]
                position = end.end()
        try:
            self._for(0, self.everything)
        except ValueError:
            return False
        return True

    def _rule(self, rule: str, blank: str) -> bool:
        if not blank.strip():
            self._texts[-1] += rule
            return True
        always = _ALWAYS.match(blank)
        if always:
            rule, blank = f" 00:00-24:00{rule[always.end() :]}", f" 00:00-24:00{blank[always.end() :]}"
        if '"' in blank and not _TIME.search(blank) and not _STATE.search(blank):
            # A comment alone says that it depends: "by appointment". The library takes it for open.
            at = blank.index('"')
            rule, blank = f"{rule[:at]}unknown {rule[at:]}", f"{blank[:at]}unknown {blank[at:]}"
        found = list(_SELECTOR.finditer(blank))
        if any(blank[one.end() : one.end() + 1] == "-" or blank[one.start() - 1 : one.start()] == "-" for one in found):
            return False
        if not found:
            starts = [one.start() for one in (_TIME.search(blank), _STATE.search(blank)) if one]
            at = min(starts, default=len(blank))
            self._texts[-1] += f"{rule[:at].rstrip()} "
            self._selectors.append(())
            self._texts.append(f" {rule[at:]}")
            return True
        position = 0
        for one in found:
            self._texts[-1] += rule[position : one.start()]
            self._selectors.append(_selector(one[0]))
            self._texts.append("")
            position = one.end()
        self._texts[-1] += rule[position:]
        return len(found) == 1


@lru_cache(maxsize=4096)
def follows_sun(expression: str) -> bool:
    """Whether the hours depend on where the place is."""
    return bool(_SUN.search(_COMMENT.sub("", expression)))


@lru_cache(maxsize=4096)
def rules_of(expression: str, zone: ZoneInfo, point: Point | None = None) -> Rules | None:
    """The rules of an expression; None for one nobody can read."""
    try:
        return Rules(expression, zone, point)
    except ValueError:
        return None


def _selector(text: str) -> _Selector:
    """Groups are separated by a blank; one before an offset ("PH +1 day") belongs to its item."""
    groups: list[list[_Item]] = [[]]
    end = 0
    for found in _PARTS.finditer(text):
        if text[end : found.start()] == " ":
            groups.append([])
        end = found.end()
        groups[-1].append(_item(found))
    return tuple(tuple(group) for group in groups)


def _item(found: re.Match[str]) -> _Item:
    offset = re.search(r"[+-]\d+", found["offset"] or found["after"] or "")
    days = int(offset[0]) if offset else 0
    if found["holiday"]:
        return _Item(holiday=found["holiday"].upper(), offset=days)
    first = _NUMBER[found["first"].capitalize()]
    last = _NUMBER[(found["last"] or found["first"]).capitalize()]
    nth: list[int] = []
    for part in (found["nth"] or "").replace(" ", "").split(","):
        ends = [int(number) for number in re.findall(r"(?<!\d)-?\d|\d", part)] if part else []
        nth += range(ends[0], abs(ends[1]) + 1) if len(ends) == 2 else ends
    return _Item(first, last, tuple(nth), offset=days)


def _minute(time: dt.datetime) -> dt.datetime:
    return time.replace(second=0, microsecond=0)
