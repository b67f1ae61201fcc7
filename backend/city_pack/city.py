"""From the validated `city.yml` to the city itself, and whether positions lie in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from backend.city_pack.checks import Checks
from backend.city_pack.documents import Document
from backend.city_pack.errors import PackError
from backend.city_pack.model import City, Located
from backend.geo import Bounds, Datum, Point

_LINE = "the id of a hotline with a phone number in hotlines.csv"


def city_of(
    document: Document, divisions: Collection[str] | None, hotlines: Collection[str] | None, errors: list[PackError]
) -> City:
    """The city. `divisions` and `hotlines` are what may be referred to, None where that is not known."""
    value: dict[str, Any] = dict(document.value)
    checks = Checks(document, errors)
    checks.known(("division",), value["division"], divisions, "a code of divisions.csv")
    for field in ("service_line", "medical_line"):
        checks.known((field,), value[field], hotlines, _LINE)
    for number, name in enumerate(value["emergency_lines"]):
        checks.known(("emergency_lines", number), name, hotlines, _LINE)
    centre, bounds = value.pop("map_centre"), value.pop("bounds")
    plain: dict[str, Any] = {name: tuple(item) if isinstance(item, list) else item for name, item in value.items()}
    return City(
        map_centre=Point(centre["lat"], centre["lon"], Datum(centre["datum"])),
        bounds=Bounds((bounds["lat"][0], bounds["lat"][1]), (bounds["lon"][0], bounds["lon"][1])),
        **plain,
    )


def check_bounds(city: City, file: str, records: Iterable[Located], errors: list[PackError]) -> None:
    """Positions lie in the city; the shift between datums is far smaller than the margin a pack leaves."""
    for record in records:
        if (point := record.point) is None:
            continue
        for field, value, (low, high) in (("lat", point.lat, city.bounds.lat), ("lon", point.lon, city.bounds.lon)):
            if not low <= value <= high:
                message = f"{value} is outside the city ({low} to {high} in city.yml); check the number"
                errors.append(PackError(file, record.line, field, message))
