"""The parts a date or time is said in: a day, a part of the day, a clock time, a time from now."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from backend.services.values.reading import Pattern
from backend.services.values.spans import Span

# "dawn" is 凌晨: the small hours at the beginning of the day named, where "night" is at its end.
Part = Literal["dawn", "morning", "noon", "afternoon", "evening", "night"]

# The days meant, from today and the first day that can be meant: today, or where a range begins.
Days = Callable[[dt.date, dt.date], Span]


@dataclass(frozen=True)
class Clock:
    """An hour as said. `exact` needs no guess of the half of the day; `minute` may be negative: a quarter to nine."""

    hour: int
    minute: int = 0
    half: Literal["am", "pm"] | None = None
    exact: bool = False
    approximate: bool = False


MIDNIGHT = Clock(24, exact=True, approximate=True)


@dataclass(frozen=True)
class Piece:
    """What a grammar rule found at these positions."""

    start: int
    end: int
    days: Days | None = None
    part: Part | None = None
    clock: Clock | None = None
    until_clock: Clock | None = None
    ahead: dt.timedelta | None = None
    approximate: bool = False
    weak: bool = False  # says a time only together with other pieces


Reader = Callable[[re.Match[str]], Piece | None]
Rule = tuple[Pattern, Reader]


def found(rules: Iterable[Rule], text: str) -> list[Piece]:
    """What the rules find, in order and without overlaps: the earliest wins, then the longest, then the first rule."""
    pieces = [
        piece for expression, read in rules for match in expression.finditer(text) if (piece := read(match)) is not None
    ]
    pieces.sort(key=lambda piece: (piece.start, -piece.end))
    kept: list[Piece] = []
    for piece in pieces:
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
    return kept
