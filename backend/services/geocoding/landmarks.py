"""What people say where they are by: our places, the districts, the streets that our places stand on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from backend.geo import Point, distance_m, middle
from backend.models import Division, Place
from backend.services.geocoding.streets import Door, doors_in
from backend.services.places import Places, position

# A street whose places lie farther from their middle is too long to stand for a place.
STREET_RADIUS_M = 2_000.0


@dataclass(frozen=True)
class Landmark:
    """Something with a name and, where it is known, a position.

    `id` is the record's id (`street:…` for streets, which have no record), `point` is in the datum it was published
    in. `approximate` says that the point is a middle of other points. `doors` are the streets and house numbers of its
    address, `same_as` the id of another record of the same real place.
    """

    id: str
    kind: str  # attraction beach clinic hub district street stop
    name_zh: str
    name_en: str
    names: tuple[str, ...]
    point: Point | None = None
    approximate: bool = False
    confidence: str = "medium"
    same_as: str = ""
    doors: tuple[Door, ...] = ()

    def label(self, lang: str) -> str:
        """The name in a language, the Chinese one where there is no other."""
        return self.name_zh if lang == "zh" else self.name_en or self.name_zh


class Landmarks(Protocol):
    """A source of landmarks: the city's places, the bus stops of a timetable."""

    def landmarks(self) -> Sequence[Landmark]:
        """All of them; the very same object for as long as nothing has changed."""
        ...


class CityLandmarks:
    """The landmarks that follow from our own places: themselves, their districts, their streets."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._of: tuple[Sequence[Place], tuple[Landmark, ...]] = ((), ())

    def landmarks(self) -> Sequence[Landmark]:
        """All of them, as the database has the places now."""
        places = self._places.every()
        known, landmarks = self._of
        if places is not known:
            own = [_of_place(place) for place in places if place.status != "closed"]
            landmarks = (*own, *_districts(self._places.districts(), places), *_streets(own))
            self._of = (places, landmarks)
        return landmarks


def _of_place(place: Place) -> Landmark:
    doors_zh, doors_en = doors_in(place.address_zh), doors_in(place.address_en)
    return Landmark(
        id=place.id,
        kind=place.kind,
        name_zh=place.name_zh,
        name_en=place.name_en,
        names=_names(place),
        point=position(place),
        confidence=place.coord_confidence or place.confidence,
        same_as=place.extra.get("same_as") or "",
        doors=(*doors_zh, *doors_en),
    )


def _districts(divisions: Iterable[Division], places: Sequence[Place]) -> list[Landmark]:
    """Districts, each in the middle of its places; those without any are left out."""
    points: dict[str, list[Point]] = {}
    for place in places:
        point = position(place)
        if point is not None:
            points.setdefault(place.district, []).append(point)
    return [
        Landmark(
            id=division.id,
            kind="district",
            name_zh=division.name_zh,
            name_en=division.name_en,
            names=_names(division),
            point=middle(points[division.id]),
            approximate=True,
            confidence="low",
        )
        for division in divisions
        if division.id in points
    ]


def _streets(places: Iterable[Landmark]) -> list[Landmark]:
    """Streets, each in the middle of the places on it; those without a position, or too long, have none.

    A Chinese address and its English twin name the same streets in the same order, which gives a street both names.
    """
    points: dict[str, list[Point]] = {}
    english: dict[str, str] = {}
    for place in places:
        zh = list(dict.fromkeys(door.street for door in place.doors if _is_han(door.street)))
        en = list(dict.fromkeys(door.street for door in place.doors if not _is_han(door.street)))
        for at, street in enumerate(zh):
            points.setdefault(street, []).extend([place.point] if place.point else [])
            if len(zh) == len(en):
                english.setdefault(street, en[at])
    return [
        Landmark(
            id=f"street:{street}",
            kind="street",
            name_zh=street,
            name_en=english.get(street, ""),
            names=tuple(filter(None, (street, english.get(street, "")))),
            point=_middle_of_street(on_it),
            approximate=True,
            confidence="low",
        )
        for street, on_it in points.items()
    ]


def _middle_of_street(points: list[Point]) -> Point | None:
    if not points:
        return None
    centre = middle(points)
    return centre if all(distance_m(centre, point) <= STREET_RADIUS_M for point in points) else None


def _is_han(text: str) -> bool:
    return "\u4e00" <= text[0] <= "\u9fff"


def _names(record: Place | Division) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (record.name_zh, record.name_en, *record.aliases))))
