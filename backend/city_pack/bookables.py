"""What can be booked: from a document that fits its schema to records, with the checks the schema cannot make."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from backend.city_pack.checks import Checks
from backend.city_pack.documents import Document, FieldPath
from backend.city_pack.errors import PackError
from backend.city_pack.model import Bookable

_TUPLES = ("aliases", "documents", "schedules")


def bookables_of(
    document: Document,
    places: Collection[str] | None,
    departments: Collection[str] | None,
    errors: list[PackError],
) -> list[Bookable]:
    """The things of `bookables.yml`; adds an error for an id given twice, for a place or a department there is not, and
    for hours that hold no slot.
    """
    checks = Checks(document, errors)
    found = []
    for index, raw in enumerate(document.value["bookables"]):
        path: FieldPath = ("bookables", index)
        checks.once((*path, "id"), raw["id"])
        if "place" in raw:
            checks.known((*path, "place"), raw["place"], places, "the id of a place of this pack")
        if "department" in raw:
            checks.known((*path, "department"), raw["department"], departments, "the id of a department in terms.yml")
        for number, schedule in enumerate(raw["schedules"]):
            if _minutes(schedule["ends"]) - _minutes(schedule["begins"]) < schedule["slot_minutes"]:
                checks.problem((*path, "schedules", number, "ends"), "no slot ends before; write a later time")
        given: dict[str, Any] = {name: tuple(value) if name in _TUPLES else value for name, value in raw.items()}
        place, department = given.pop("place", None), given.pop("department", None)
        given |= {"id": f"bookable:{raw['id']}", "place_id": place, "line": checks.line(path)}
        found.append(Bookable(**given, department=f"department:{department}" if department else None))
    return found


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
