"""From a validated row to a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.city_pack.model import AqiStation, Article, Division, Hotline, Place, PlaceKind, Station
from backend.city_pack.references import References
from backend.geo import Datum, Point

Values = Mapping[str, Any]
_TUPLES = ("aliases", "phones", "recalled_fields", "codes", "bus_lines", "quantities")
_POINT_COLUMNS = ("lat", "lon", "datum")


def point_of(values: Values) -> Point | None:
    """The published position of a row, in the datum the row states."""
    if "lat" not in values:
        return None
    return Point(values["lat"], values["lon"], Datum(values["datum"]))


def place_of(
    kind: PlaceKind, values: Values, line: int, references: References, likely: Mapping[str, tuple[str, ...]]
) -> Place:
    """A place; `likely` gives the departments that a specialty makes likely."""
    tags, departments = tuple(values.get("tags", ())), tuple(values.get("departments", ()))
    special = {
        "slug": values["id"],
        "id": f"{kind}:{values['id']}",
        "tags": references.ids("tag", tags),
        "tags_text": tags,
        "departments": references.ids("department", departments),
        "departments_text": departments,
        "departments_likely": likely.get(values.get("specialty", ""), ()),
    }
    return Place(kind=kind, line=line, point=point_of(values), **{"district": None, **_plain(values), **special})


def hotline_of(values: Values, line: int) -> Hotline:
    """A hotline, office or piece of dialling information."""
    special = {"slug": values["id"], "id": f"hotline:{values['id']}"}
    return Hotline(line=line, **{"district": None, **_plain(values), **special})


def division_of(values: Values, line: int) -> Division:
    """An administrative or statistical division."""
    special = {"id": f"division:{values['code']}", "line": line}
    return Division(**{**_plain(values), **special})


def aqi_station_of(values: Values, line: int) -> AqiStation:
    """An air-quality monitoring point."""
    return AqiStation(id=f"aqi_station:{values['code']}", line=line, point=point_of(values), **_plain(values, ()))


def station_of(values: Values, line: int) -> Station:
    """Something that reports readings."""
    special = {"slug": values["id"], "id": f"station:{values['id']}", "line": line, "point": point_of(values)}
    return Station(**{**_plain(values, ()), **special})


def article_of(values: Values, line: int) -> Article:
    """A rule or a service of the city."""
    return Article(line=line, **{**_plain(values, ()), "id": f"article:{values['id']}"})


def _plain(values: Values, tuples: tuple[str, ...] = _TUPLES) -> dict[str, Any]:
    """The columns that go over as they are; lists become tuples, an empty list of aliases is one too."""
    plain = {
        key: tuple(item) if isinstance(item, list) else item
        for key, item in values.items()
        if key not in _POINT_COLUMNS
    }
    if "aliases" in tuples:
        plain.setdefault("aliases", ())
    return plain
