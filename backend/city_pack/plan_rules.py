"""The rules by which days are planned in a city, from `plans.yml`: estimates all of them, and said to be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from backend.city_pack.documents import FieldPath

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


def plan_rules_of(raw: Mapping[str, Any]) -> PlanRules:
    """The rules of a document that fits its schema."""
    visits = raw["visits"]
    return PlanRules(
        source=raw["source"],
        confidence=raw["confidence"],
        as_of=raw["as_of"],
        default_visit=visits["default"],
        visits={f"category:{name}": minutes for name, minutes in visits["categories"].items()}
        | {f"tag:{name}": minutes for name, minutes in visits["tags"].items()},
        windows={name: _span(raw["windows"][name]) for name in WINDOWS},
        meals=tuple(Meal(name, _span(raw["meals"][name]), raw["meals"][name]["minutes"]) for name in MEALS),
        travel=TravelRules(**raw["travel"]),
        max_stops=raw["max_stops"],
        company={name: _company(raw["company"][name]) for name in COMPANY},
        strenuous=frozenset(_tags(raw["strenuous"])),
        evening=frozenset(_tags(raw["evening"])),
        seasons={f"tag:{season['tag']}": frozenset(season["months"]) for season in raw["seasons"]},
    )


def spans_of(raw: Mapping[str, Any]) -> Iterator[tuple[FieldPath, Mapping[str, str]]]:
    """Every pair of times, with its path in the document."""
    for section in ("windows", "meals"):
        for name, span in raw[section].items():
            yield (section, name), span


def terms_of(raw: Mapping[str, Any]) -> Iterator[tuple[FieldPath, str, str]]:
    """Every term the document names: its path, its kind and its id."""
    for kind, section in (("category", "categories"), ("tag", "tags")):
        for name in raw["visits"][section]:
            yield ("visits", section, name), kind, name
    for company, rules in raw["company"].items():
        for section in ("likes", "dislikes"):
            for index, name in enumerate(rules[section]):
                yield ("company", company, section, index), "tag", name
    for section in ("strenuous", "evening"):
        for index, name in enumerate(raw[section]):
            yield (section, index), "tag", name
    for index, season in enumerate(raw["seasons"]):
        yield ("seasons", index, "tag"), "tag", season["tag"]


def _span(raw: Mapping[str, Any]) -> Span:
    return Span(dt.time.fromisoformat(raw["from"]), dt.time.fromisoformat(raw["to"]))


def _company(raw: Mapping[str, Any]) -> CompanyRules:
    return CompanyRules(_tags(raw["likes"]), _tags(raw["dislikes"]), raw.get("walk_up_to_metres"))


def _tags(names: list[str]) -> tuple[str, ...]:
    return tuple(f"tag:{name}" for name in names)
