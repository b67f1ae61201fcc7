"""What lines and stops are called, for the gazetteer: people say more than the signs do."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any

from backend.services.transit.feed import STATION, Route, Stop
from backend.services.transit.lines import name_of_line
from backend.services.transit.network import LINE, STOP, Network

# What people put after the name of a stop to say that they mean the stop.
STOP_WORDS_ZH = ("站", "公交站", "公交车站", "车站")
STOP_WORDS_EN = ("stop", "bus stop")
_NUMBER_ROAD = re.compile(r"^(?P<number>[0-9A-Z/]+)路$")
MAX_NAME = 100


def names_of(network: Network) -> list[dict[str, Any]]:
    """Every line and stop as `{type, id, names, common}`: `common` are names that may mean something else as well."""
    entries: list[dict[str, Any]] = []
    for key, route in zip(network.line_keys, network.feed.routes, strict=True):
        names = _line_names(route)
        if names:
            entries.append({"type": LINE, "id": key, "names": names, "common": []})
    for key, stop in zip(network.stop_keys, network.feed.stops, strict=True):
        if stop.location_type <= STATION and stop.name and (stop.location_type == STATION or stop.parent < 0):
            entries.append({"type": STOP, "id": key, **_stop_names(stop)})
    return entries


def _line_names(route: Route) -> list[str]:
    zh, en = name_of_line(route, "zh"), name_of_line(route, "en")
    names = [zh, en, route.long_name, *route.aliases]
    found = _NUMBER_ROAD.match(zh)
    if found:
        number = found["number"]
        names += [f"{zh}公交", f"{zh}公交车", f"{zh}车", f"公交{zh}", f"{number}号公交"]
        # Not "No. 3" alone, nor "the 34": most who say so pick from a list, or mean something else.
        names += [f"bus {number}", f"line {number}", f"bus No. {number}"]
        names += [f"route {number}", f"number {number} bus", f"No. {number} bus", f"the {number} bus"]
    return _clean(names)


def _stop_names(stop: Stop) -> dict[str, list[str]]:
    """The name and its second names, plainly (`common`) and with the words that say it is a stop (`names`)."""
    local = [stop.name, *stop.aliases]
    english = [stop.name_en] if stop.name_en and stop.name_en != stop.name else []
    said = [f"{name}{word}" for name in local for word in STOP_WORDS_ZH if not name.endswith(word)]
    said += [f"{name} {word}" for name in english for word in STOP_WORDS_EN]
    return {"names": _clean(said), "common": _clean([*local, *english])}


def _clean(names: list[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if 1 < len(name) <= MAX_NAME]


def gazetteer_entries(stored: list[dict[str, Any]], taken: Container[str]) -> list[dict[str, Any]]:
    """Gazetteer entries from stored names, without those that are the name of another record already.

    `taken` holds names in lower case. A stop named as a place stays reachable by the words that say it is a stop.
    """
    entries = []
    for one in stored:
        names = [name for name in (*one["common"], *one["names"]) if name.lower() not in taken]
        if names:
            entries.append({"id": one["id"], "type": one["type"], "names": names})
    return entries
