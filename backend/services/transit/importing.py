"""Reads a GTFS feed and checks it: a feed, or every problem with file and line.

Follows the GTFS Schedule reference and, for what counts as an error, the rules of the canonical validator
(https://gtfs-validator.mobilitydata.org/rules.html). Not read: shapes, pathways, levels, fares v2, flexible trips.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from backend.services.transit.feed import About, Agency, Feed, Route
from backend.services.transit.import_calendar import read_services
from backend.services.transit.import_extras import read_fares, read_transfers, read_translations
from backend.services.transit.import_stops import read_stops
from backend.services.transit.import_trips import read_frequencies, read_stop_times, read_trips
from backend.services.transit.reading import Source
from backend.services.transit.tables import Table
from backend.services.transit.validation import Report

REQUIRED_FILES = ("agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt")
CALENDAR_FILES = ("calendar.txt", "calendar_dates.txt")
READ_FILES = frozenset(
    {*REQUIRED_FILES, *CALENDAR_FILES, "frequencies.txt", "transfers.txt", "fare_attributes.txt", "fare_rules.txt",
     "feed_info.txt", "translations.txt"}
)  # fmt: skip
# GTFS's own kinds of vehicle, and the extended ones (https://developers.google.com/transit/gtfs/reference/extended-route-types).
ROUTE_TYPES = frozenset({*range(8), 11, 12, *range(100, 1703)})

Progress = Callable[[str], None]


def import_feed(
    path: Path, report: Report | None = None, today: dt.date | None = None, progress: Progress = lambda _: None
) -> Feed:
    """The feed in a zip file or folder. Raises InvalidFeed, whose report names file, line and field of each error.

    `report` collects the findings, warnings too. `today` is the day by which a feed is out of date. `progress` is told
    the name of each file when its turn comes.
    """
    report = report if report is not None else Report()
    with Source(path, report) as source:
        _check_files(source, report)
        progress("agency.txt")
        agencies, timezone, lang = _read_agencies(source, report)
        progress("stops.txt")
        stops, stop_index = read_stops(source, report)
        progress("routes.txt")
        routes, route_index = _read_routes(source, report, agencies)
        progress("calendar.txt")
        services, service_index = read_services(source, report)
        progress("trips.txt")
        trips, trip_index = read_trips(source, report, route_index, service_index)
        report.refuse()
        progress("stop_times.txt")
        trips, stop_times = read_stop_times(source, report, trips, trip_index, stops, stop_index)
        progress("other files")
        frequencies = read_frequencies(source, report, trip_index)
        transfers = read_transfers(source, report, stop_index)
        fares = read_fares(source, report, route_index)
        stops, routes = read_translations(source, report, stops, routes, lang)
        report.refuse()
        about = _about(source, report, agencies, services, timezone, lang, today)
    report.refuse()
    return Feed(
        about=about,
        agencies=tuple(agencies),
        stops=tuple(stops),
        routes=tuple(routes),
        services=tuple(services),
        trips=trips,
        stop_times=stop_times,
        frequencies=frequencies,
        transfers=transfers,
        fares=tuple(fares),
    )


def _check_files(source: Source, report: Report) -> None:
    for name in REQUIRED_FILES:
        if name not in source:
            report.error(name, 0, "", "the file is missing: every feed needs it")
    if not any(name in source for name in CALENDAR_FILES):
        report.error("calendar.txt", 0, "", "the file is missing, and so is calendar_dates.txt: a feed needs one")
    for name in source.names:
        if name.endswith(".txt") and name not in READ_FILES:
            report.warning(name, 0, "", "is not used here")
    report.refuse()


def _read_agencies(source: Source, report: Report) -> tuple[list[Agency], str, str]:
    """The agencies, their time zone (one for the whole feed) and language."""
    columns = ("agency_name", "agency_url", "agency_timezone")
    table = Table(source, "agency.txt", report, columns, ("agency_id", "agency_lang", "agency_phone"))
    agencies: list[Agency] = []
    seen: dict[str, int] = {}
    timezone = lang = ""
    for line, (name, url, zone, id_, language, phone) in table:
        table.needs(line, "agency_name", name)
        table.needs(line, "agency_url", url)
        if table.needs(line, "agency_timezone", zone):
            _check_zone(table, line, zone)
            if timezone and zone != timezone:
                table.error(line, "agency_timezone", f"“{zone}” differs from “{timezone}” above: a feed has one zone")
            timezone = timezone or zone
        first = seen.setdefault(id_, line)
        if first != line:
            table.error(line, "agency_id", f"“{id_}” stands in line {first} already: each agency needs its own")
        lang = lang or language
        agencies.append(Agency(id_, name, url, phone))
    if not agencies and report.ok:
        table.error(1, "", "names no agency: a feed needs one")
    return agencies, timezone, lang


def _check_zone(table: Table, line: int, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        table.error(line, "agency_timezone", f"“{zone}” is no time zone: write a name such as Asia/Shanghai")


def _read_routes(source: Source, report: Report, agencies: list[Agency]) -> tuple[list[Route], dict[str, int]]:
    columns = ("route_id", "route_type")
    table = Table(source, "routes.txt", report, columns, ("agency_id", "route_short_name", "route_long_name"))
    known = {agency.id for agency in agencies}
    routes: list[Route] = []
    index: dict[str, int] = {}
    lines: dict[str, int] = {}
    for line, (id_, type_, agency, short, long) in table:
        if not table.needs(line, "route_id", id_):
            continue
        first = lines.setdefault(id_, line)
        if first != line:
            table.error(line, "route_id", f"“{id_}” stands in line {first} already: each route needs its own")
        if not short and not long:
            table.error(line, "route_short_name", "is empty, and so is route_long_name: give one of them")
        if agency not in known and (agency or len(agencies) > 1):
            table.error(line, "agency_id", f"“{agency}” is not an agency_id of agency.txt")
        kind = table.choice(line, "route_type", type_, ROUTE_TYPES, None)
        index[id_] = len(routes)
        routes.append(Route(id_, short, long, type=kind, agency=agency or (agencies[0].id if agencies else "")))
    return routes, index


def _about(
    source: Source,
    report: Report,
    agencies: list[Agency],
    services: list,
    timezone: str,
    lang: str,
    today: dt.date | None,
) -> About:
    """What feed_info.txt says, else the agency and the dates of the calendars."""
    days = [day for service in services for day in (service.start, service.end, *service.added) if day is not None]
    start, end = (min(days), max(days)) if days else (None, None)
    name, version, publisher_url = agencies[0].name, "", agencies[0].url
    if "feed_info.txt" in source:
        columns = ("feed_publisher_name", "feed_publisher_url", "feed_lang")
        optional = ("feed_start_date", "feed_end_date", "feed_version")
        table = Table(source, "feed_info.txt", report, columns, optional)
        for line, (publisher, url, feed_lang, first, last, number) in table:
            name, publisher_url, version = publisher or name, url or publisher_url, number
            lang = feed_lang if feed_lang not in ("", "mul") else lang
            start = table.date(line, "feed_start_date", first) if first else start
            end = table.date(line, "feed_end_date", last) if last else end
            if start and end and start > end:
                table.error(line, "feed_end_date", f"{end} is before feed_start_date {start}")
    if today is not None and end is not None and end < today:
        report.warning("calendar.txt", 0, "", f"the feed ended on {end}: no journey can be found after that day")
    if end is None:
        report.error("calendar.txt", 0, "", "no service runs on any day")
    return About(
        name=name,
        timezone=timezone,
        source=publisher_url,
        lang=lang,
        version=version,
        as_of=start.isoformat() if start else "",
        start=start.isoformat() if start else "",
        end=end.isoformat() if end else "",
    )
