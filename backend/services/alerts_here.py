"""Which alerts hold where somebody asks, and which part of each: by where, and by the language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from backend.geo import Point
from backend.models import Alert, Place
from backend.services.alert_areas import CITY, in_shapes
from backend.services.cap import Info, Message, read
from backend.services.place_index import position

# The boundaries of districts are not known: a point is taken to be in that of the nearest place within so many metres.
DISTRICT_OF_NEAREST_M = 3_000.0


@dataclass(frozen=True)
class Spot:
    """Where somebody asks about: places, ids of districts, a point of their own with the district it probably lies in;
    all of them together. Nothing of these is the city as a whole, which only an alert for all of it touches.
    """

    places: tuple[Place, ...] = ()
    districts: frozenset[str] = frozenset()
    point: Point | None = None
    district_of_point: str = ""


@dataclass(frozen=True)
class AlertHere:
    """An alert that holds there: the part of it for that place, in the language wanted or in another."""

    alert: Alert
    info: Info
    own_language: bool


def touches(row: Alert, point: Point, district: str) -> bool:
    """Whether an alert holds at a point, which probably lies in a district ("" for none we know)."""
    return _part(row, Spot(point=point, district_of_point=district), "zh") is not None


def here(rows: Iterable[Alert], spot: Spot, lang: str) -> list[AlertHere]:
    """The alerts among `rows` that touch a spot, in their order."""
    found = (_part(row, spot, lang) for row in rows)
    return [one for one in found if one is not None]


@lru_cache(maxsize=512)
def message_of(xml: str) -> Message:
    """The message of a row's `xml`; rows are never changed."""
    return read(xml.encode())


def in_language(infos: Sequence[Info], lang: str) -> Info:
    """The part in a language (`zh`, `en`), else in the other of the product's languages, else the first."""
    for wanted in (lang, "zh", "en"):
        for info in infos:
            if speaks(info, wanted):
                return info
    return infos[0]


def speaks(info: Info, lang: str) -> bool:
    """Whether a part is in a language, whatever its country."""
    return info.language.partition("-")[0].casefold() == lang


def _part(row: Alert, spot: Spot, lang: str) -> AlertHere | None:
    message = message_of(row.xml)
    touching = [info for info, reach in zip(message.infos, row.reach, strict=True) if _touches(info, reach, spot)]
    if not touching:
        return None
    info = in_language(touching, lang)
    return AlertHere(row, info, speaks(info, lang))


def _touches(info: Info, reach: Mapping[str, Sequence[str]], spot: Spot) -> bool:
    """A place or a point is touched by a shape around it or a code of its district; a district also by a shape that
    reaches one of its places, and so is a place whose position nobody knows.
    """
    named, reached = set(reach["named"]), set(reach["reached"])
    if CITY in named or spot.districts & (named | reached):
        return True
    points = [spot.point] if spot.point is not None else []
    within = {spot.district_of_point}
    for place in spot.places:
        point = position(place)
        if point is not None:
            points.append(point)
            within.add(place.district)
        elif place.district in named | reached:
            return True
    return bool(within & named) or any(in_shapes(area, point) for area in info.areas for point in points)
