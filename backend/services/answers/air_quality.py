"""How the air is: the national index from the latest readings of the stations asked about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import fmean

from backend.services.air_quality import Aqi, Report, Standard, air_quality_index, standard_at
from backend.services.answers import environment
from backend.services.answers.asking import Answered, Asking, Desk
from backend.services.quantities import AIR
from backend.services.readings import Observed
from backend.services.replies import Reply
from backend.wording import t

_ASKED = (
    ("pm2_5", re.compile(r"pm\s*2[.。]?5|细颗粒", re.I)),
    ("pm10", re.compile(r"pm\s*10|可吸入", re.I)),
    ("o3", re.compile(r"臭氧|ozone|\bo3\b", re.I)),
    ("no2", re.compile(r"二氧化氮|nitrogen dioxide|\bno2\b", re.I)),
    ("so2", re.compile(r"二氧化硫|sul(?:f|ph)ur dioxide|\bso2\b", re.I)),
    ("co", re.compile(r"一氧化碳|carbon monoxide|\bco\b", re.I)),
)
_MAX_STATIONS = 6


def answer(desk: Desk, asking: Asking) -> Answered:
    """The index of the district or of the city: of the mean of its stations' latest readings."""
    if asking.not_found():
        return environment.unknown(asking)
    district = _district(desk, asking)
    found = [
        observed for observed in desk.readings.latest(AIR) if not district or observed.station.district == district
    ]
    scope = desk.places.word(district, asking.lang) if district else desk.city.name[asking.lang]
    reply = environment.of_now(asking, _reply(desk, asking, scope, found))
    return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset)


def _district(desk: Desk, asking: Asking) -> str:
    """The district named, or that of the place named; empty for the whole city."""
    named = asking.districts()
    places = desk.places.by_ids(asking.places()[:1])
    return named[0] if named else places[0].district if places else ""


def _reply(desk: Desk, asking: Asking, scope: str, found: Sequence[Observed]) -> Reply:
    lang, standard = asking.lang, standard_at(asking.now)
    if not found:
        headline = t(lang, "environment-air-none", scope=scope)
        return Reply(code="air_none", lang=lang, headline=headline, lines=[environment.ask_line(desk, lang)])
    fresh = [observed for observed in found if observed.is_fresh(asking.now)]
    hourly, daily = _index(fresh, "hourly", standard), _index(fresh, "daily", standard)
    # One value of this hour does not hide the index of the day.
    whole_day = daily is not None and daily.publishable and not (hourly is not None and hourly.publishable)
    report: Report = "daily" if hourly is None or whole_day else "hourly"
    aqi = daily if report == "daily" else hourly
    if aqi is None:
        last = environment.newest(found)
        said = _concentration(last.reading.quantity, last.reading.value or 0, lang)
        old = environment.age(last.reading.observed_at, asking)
        headline = t(lang, "environment-air-stale", scope=scope, said=said, age=old)
        return Reply(
            code="air_quality",
            lang=lang,
            headline=headline,
            lines=[environment.ask_line(desk, lang)],
            source=environment.source(last, asking),
        )
    used = [observed for observed in fresh if observed.reading.quantity in aqi.indices]
    return _graded(asking, scope, used, aqi, report, standard)


def _graded(
    asking: Asking, scope: str, used: Sequence[Observed], aqi: Aqi, report: Report, standard: Standard
) -> Reply:
    lang = asking.lang
    old = environment.age(environment.oldest(used).reading.observed_at, asking)
    means = _means(used)
    said = {name.rpartition("_")[0]: _concentration(name, means[name], lang) for name in aqi.indices}
    values = t(lang, "list-join").join(said.values())
    if aqi.publishable:
        primary = t(lang, "list-join").join(_pollutant(name, lang) for name in aqi.primary) or "none"
        grade = t(lang, f"environment-band-{aqi.band}")
        headline = t(lang, "environment-air", scope=scope, band=grade, aqi=str(aqi.value), primary=primary, age=old)
        lines = [t(lang, f"environment-advice-{aqi.band}"), values]
    else:
        missing = t(lang, "list-join").join(_pollutant(name, lang) for name in aqi.missing)
        headline = t(lang, "environment-air-partial", scope=scope, missing=missing, said=values, age=old)
        lines = []
    asked = next((name for name, pattern in _ASKED if name in said and pattern.search(asking.text)), "")
    if asked:
        lines.insert(0, headline)
        headline = t(lang, "environment-air-asked", scope=scope, said=said[asked], age=old)
    stations = sorted({observed.station.id for observed in used})
    if aqi.publishable:
        count = len(stations)
        lines.append(t(lang, "environment-air-basis", report=report, standard=standard.name, count=count))
        lines += _station_lines(used, report, standard, lang)
    else:
        names = sorted({environment.station_name(observed.station, lang) for observed in used})
        lines.append(t(lang, "environment-source", station=t(lang, "list-join").join(names)))
    return Reply(
        code="air_quality",
        lang=lang,
        headline=headline,
        lines=lines,
        source=environment.source(environment.oldest(used), asking),
    )


def _station_lines(used: Sequence[Observed], report: Report, standard: Standard, lang: str) -> list[str]:
    """What each of several stations says alone, where its own readings suffice."""
    by_station: dict[str, list[Observed]] = {}
    for observed in used:
        by_station.setdefault(observed.station.id, []).append(observed)
    lines = []
    for group in by_station.values():
        aqi = _index(group, report, standard)
        if aqi is not None and aqi.publishable:
            grade = t(lang, f"environment-band-{aqi.band}")
            name = environment.station_name(group[0].station, lang)
            lines.append(t(lang, "environment-air-station", name=name, band=grade, aqi=str(aqi.value)))
    return lines[:_MAX_STATIONS]


def _means(found: Sequence[Observed]) -> dict[str, float]:
    """The mean over the stations of each quantity, as HJ 663 takes a city by the mean of its points."""
    values: dict[str, list[float]] = {}
    for observed in found:
        if observed.reading.value is not None:
            values.setdefault(observed.reading.quantity, []).append(observed.reading.value)
    return {name: fmean(numbers) for name, numbers in values.items()}


def _index(found: Sequence[Observed], report: Report, standard: Standard) -> Aqi | None:
    return air_quality_index(_means(found), report, standard)


def _concentration(quantity: str, value: float, lang: str) -> str:
    pollutant = quantity.rpartition("_")[0]
    unit = "mg" if pollutant == "co" else "ug"
    number = f"{value:.1f}" if unit == "mg" else f"{value:.0f}"
    return t(lang, "environment-concentration", name=_pollutant(pollutant, lang), value=number, unit=unit)


def _pollutant(name: str, lang: str) -> str:
    return t(lang, f"environment-pollutant-{name.replace('_', '-')}")
