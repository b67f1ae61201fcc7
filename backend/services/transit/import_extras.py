"""transfers.txt, fares (version 1) and translations.txt: what a feed may leave out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from backend.services.transit.feed import Fare, FareRule, Ints, Route, Stop
from backend.services.transit.reading import Source
from backend.services.transit.tables import Table
from backend.services.transit.validation import Report

_TRANSFER_TYPES = range(6)
_BETWEEN_STOPS = range(4)  # 4 and 5 are about staying seated


def read_transfers(source: Source, report: Report, stop_index: dict[str, int]) -> Ints:
    """Rows of from stop, to stop, type and seconds (-1 where they are not given)."""
    rows: list[tuple[int, int, int, int]] = []
    if "transfers.txt" not in source:
        return np.zeros((0, 4), np.int32)
    optional = ("from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time", "from_trip_id", "from_route_id")
    table = Table(source, "transfers.txt", report, (), optional)
    narrower = 0
    for line, (from_, to, type_, least, trip, route) in table:
        kind = table.choice(line, "transfer_type", type_, _TRANSFER_TYPES, 0)
        seconds = table.whole(line, "min_transfer_time", least) if least else -1
        for field, value in (("from_stop_id", from_), ("to_stop_id", to)):
            if value and value not in stop_index:
                table.error(line, field, f"“{value}” is not a stop_id of stops.txt")
        if kind not in _BETWEEN_STOPS or trip or route:
            narrower = narrower or line
        elif from_ in stop_index and to in stop_index:
            rows.append((stop_index[from_], stop_index[to], kind, -1 if seconds is None else seconds))
        elif not (from_ and to):
            table.error(line, "from_stop_id", "from_stop_id and to_stop_id have to be given for this transfer_type")
    if narrower:
        table.warning(narrower, "transfer_type", "transfers for single routes or trips are not used here")
    return np.array(rows, np.int32).reshape(-1, 4)


def read_fares(source: Source, report: Report, route_index: dict[str, int]) -> list[Fare]:
    """The fares with their rules."""
    if "fare_attributes.txt" not in source:
        if "fare_rules.txt" in source:
            report.error("fare_rules.txt", 0, "", "stands without fare_attributes.txt: give both or neither")
        return []
    columns = ("fare_id", "price", "currency_type", "payment_method")
    table = Table(source, "fare_attributes.txt", report, columns, ("transfers",))
    fares: dict[str, Fare] = {}
    for line, (id_, price, currency, payment, transfers) in table:
        if id_ in fares:
            table.error(line, "fare_id", f"“{id_}” stands above already: each fare needs its own")
        amount = table.price(line, "price", price)
        if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            table.error(line, "currency_type", f"“{currency}” is not a currency: write a code such as CNY")
        table.choice(line, "payment_method", payment, (0, 1), None)
        changes = table.choice(line, "transfers", transfers, (0, 1, 2), None) if transfers else None
        fares[id_] = Fare(id_, amount or 0.0, currency, changes)
    if "fare_rules.txt" in source:
        optional = ("route_id", "origin_id", "destination_id", "contains_id")
        table = Table(source, "fare_rules.txt", report, ("fare_id",), optional)
        for line, (id_, route, origin, destination, contains) in table:
            if id_ not in fares:
                table.error(line, "fare_id", f"“{id_}” is not a fare_id of fare_attributes.txt")
                continue
            if route and route not in route_index:
                table.error(line, "route_id", f"“{route}” is not a route_id of routes.txt")
            rule = FareRule(route_index.get(route, -1), origin, destination, contains)
            fares[id_] = replace(fares[id_], rules=(*fares[id_].rules, rule))
    return list(fares.values())


def read_translations(
    source: Source, report: Report, stops: list[Stop], routes: list[Route], lang: str
) -> tuple[list[Stop], list[Route]]:
    """Stops and routes with their English names, from translations.txt or where the feed itself is in English."""
    english = lang.lower().startswith("en")
    names: dict[tuple[str, str], str] = {}
    by_value: dict[tuple[str, str], str] = {}
    if "translations.txt" in source:
        columns = ("table_name", "field_name", "language", "translation")
        table = Table(source, "translations.txt", report, columns, ("record_id", "field_value"))
        for _, (kind, field, language, text, record, value) in table:
            if language.lower().startswith("en") and (kind, field) in _TRANSLATED:
                if record:
                    names[kind, record] = text
                elif value:
                    by_value[kind, value] = text

    def english_name(kind: str, id_: str, name: str) -> str:
        return names.get((kind, id_)) or by_value.get((kind, name)) or (name if english else "")

    stops = [replace(stop, name_en=english_name("stops", stop.id, stop.name)) for stop in stops]
    routes = [replace(route, name_en=english_name("routes", route.id, route.long_name)) for route in routes]
    return stops, routes


_TRANSLATED = {("stops", "stop_name"), ("routes", "route_long_name")}
