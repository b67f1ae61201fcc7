"""The rules by which days are planned in a city, from `plans.yml`: estimates all of them, and said to be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Window = Literal["day", "morning", "afternoon", "evening"]
MealName = Literal["lunch", "dinner"]
Company = Literal["children", "seniors", "couple"]
WINDOWS: tuple[Window, ...] = ("day", "morning", "afternoon", "evening")
MEALS: tuple[MealName, ...] = ("lunch", "dinner")
COMPANY: tuple[Company, ...] = ("children", "seniors", "couple")


@dataclass(frozen=True, slots=True)
class Span:
    """Two times of the city's clock, the first before the second."""

    begin: dt.time
    end: dt.time


@dataclass(frozen=True, slots=True)
class Meal:
    """A break that begins within `begins`; `minutes` long."""

    name: MealName
    begins: Span
    minutes: int


@dataclass(frozen=True, slots=True)
class TravelRules:
    """How a straight line becomes a time: `detour` is a factor, the rest carries its unit in its name."""

    detour: float
    walk_up_to_metres: int
    walk_metres_per_minute: int
    ride_kilometres_per_hour: int
    ride_wait_minutes: int


@dataclass(frozen=True, slots=True)
class CompanyRules:
    """What suits people who come together; tags are gazetteer ids. `walk_up_to_metres` where it is less than usual."""

    likes: tuple[str, ...]
    dislikes: tuple[str, ...]
    walk_up_to_metres: int | None


@dataclass(frozen=True, slots=True)
class PlanRules:
    """Everything of `plans.yml`; categories and tags are gazetteer ids (`category:beach`, `tag:hiking`), visits are in
    minutes, `seasons` gives the months a tag makes sense in.
    """

    source: str
    confidence: Literal["high", "medium", "low"]
    as_of: str
    default_visit: int
    visits: Mapping[str, int]
    windows: Mapping[Window, Span]
    meals: tuple[Meal, ...]
    travel: TravelRules
    max_stops: int
    company: Mapping[Company, CompanyRules]
    strenuous: frozenset[str]
    evening: frozenset[str]
    seasons: Mapping[str, frozenset[int]]
