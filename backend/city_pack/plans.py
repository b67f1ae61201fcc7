"""From the validated `plans.yml` to the rules of planning, with the checks the schema cannot make."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from backend.city_pack.checks import Checks
from backend.city_pack.documents import Document, FieldPath
from backend.city_pack.errors import PackError
from backend.city_pack.plan_rules import COMPANY, MEALS, WINDOWS, CompanyRules, Meal, PlanRules, Span, TravelRules


def rules_of(document: Document, terms: Mapping[str, Collection[str]], errors: list[PackError]) -> PlanRules:
    """The rules. `terms` are by kind the ids that may be referred to; a kind that is missing is not checked."""
    checks = Checks(document, errors)
    for path, span in _spans(document.value):
        if span["from"] >= span["to"]:
            checks.problem(path, f"{span['from']} is not before {span['to']}; a plan does not go past midnight")
    for path, kind, name in _terms(document.value):
        checks.known(path, name, terms.get(kind), f"the id of a {kind} in terms.yml")
    return _rules(document.value)


def _spans(raw: Mapping[str, Any]) -> Iterator[tuple[FieldPath, Mapping[str, str]]]:
    """Every pair of times, with its path in the document."""
    for section in ("windows", "meals"):
        for name, span in raw[section].items():
            yield (section, name), span


def _terms(raw: Mapping[str, Any]) -> Iterator[tuple[FieldPath, str, str]]:
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


def _rules(raw: Mapping[str, Any]) -> PlanRules:
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


def _span(raw: Mapping[str, Any]) -> Span:
    return Span(dt.time.fromisoformat(raw["from"]), dt.time.fromisoformat(raw["to"]))


def _company(raw: Mapping[str, Any]) -> CompanyRules:
    return CompanyRules(_tags(raw["likes"]), _tags(raw["dislikes"]), raw.get("walk_up_to_metres"))


def _tags(names: list[str]) -> tuple[str, ...]:
    return tuple(f"tag:{name}" for name in names)
