"""calendar.txt and calendar_dates.txt."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from backend.services.transit.reading import Source
from backend.services.transit.service_days import Service
from backend.services.transit.tables import Table
from backend.services.transit.validation import Report

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ADDED, _REMOVED = 1, 2  # exception_type


def read_services(source: Source, report: Report) -> tuple[list[Service], dict[str, int]]:
    """The services in the order of the files, and their index by id."""
    services: dict[str, Service] = {}
    if "calendar.txt" in source:
        _read_weeks(
            Table(source, "calendar.txt", report, ("service_id", *_WEEKDAYS, "start_date", "end_date")), services
        )
    if "calendar_dates.txt" in source:
        _read_exceptions(
            Table(source, "calendar_dates.txt", report, ("service_id", "date", "exception_type")), services
        )
    return list(services.values()), {id_: at for at, id_ in enumerate(services)}


def _read_weeks(table: Table, services: dict[str, Service]) -> None:
    lines: dict[str, int] = {}
    for line, (id_, *days, first, last) in table:
        if not table.needs(line, "service_id", id_):
            continue
        before = lines.setdefault(id_, line)
        if before != line:
            table.error(line, "service_id", f"“{id_}” stands in line {before} already: each service needs its own")
        weekdays = 0
        for bit, (name, value) in enumerate(zip(_WEEKDAYS, days, strict=True)):
            weekdays |= table.choice(line, name, value, (0, 1), None) << bit
        start, end = table.date(line, "start_date", first), table.date(line, "end_date", last)
        if start and end and start > end:
            table.error(line, "end_date", f"{end} is before start_date {start}")
        services[id_] = Service(id_, weekdays, start, end)


def _read_exceptions(table: Table, services: dict[str, Service]) -> None:
    added: dict[str, set[dt.date]] = {}
    removed: dict[str, set[dt.date]] = {}
    seen: dict[tuple[str, str], int] = {}
    for line, (id_, value, type_) in table:
        if not table.needs(line, "service_id", id_):
            continue
        before = seen.setdefault((id_, value), line)
        if before != line:
            table.error(line, "date", f"“{value}” for “{id_}” stands in line {before} already: keep one")
        day = table.date(line, "date", value)
        kind = table.choice(line, "exception_type", type_, (_ADDED, _REMOVED), None)
        if day is not None:
            (added if kind == _ADDED else removed).setdefault(id_, set()).add(day)
        services.setdefault(id_, Service(id_))
    for id_ in added.keys() | removed.keys():
        services[id_] = replace(
            services[id_], added=frozenset(added.get(id_, ())), removed=frozenset(removed.get(id_, ()))
        )
