"""All places in memory, ordered by what they are and by where they lie. An index is never changed: an edit makes a new
one, which shares with the old all that the edit did not touch.

Why ours: an R-tree library (rtree) cannot go on from the nearest to the next while somebody asks whether it is open;
the k-d trees (pykdtree, scipy) and kdbush cannot take one place out. All know points, and neither kinds nor tags.
"""

from __future__ import annotations

import datetime as dt
import heapq
import math
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from backend.geo import Datum, Point, cartesian, convert
from backend.models import Place
from backend.services.city_calendar import CityCalendar
from backend.services.editing import plain
from backend.services.opening_rules import follows_sun

Coordinates = tuple[float, float, float]
# A cube of space: its level, and where it lies in the grid of that level.
Cube = tuple[int, int, int, int]
# Edge of the smallest cubes in metres: in a dense city centre one holds a few hundred places of all kinds.
CUBE_METRES = 512.0
# A cube holds four to the third of the next smaller, of which the ground crosses about twenty.
_STEP = 4
# The cubes of the last level are longer than the earth's radius: eight of them hold it.
_TOP = 7
_EDGES = [CUBE_METRES * _STEP**level for level in range(_TOP + 1)]
_ROOT: Cube = (_TOP + 1, 0, 0, 0)
# A value that a place has, with the field that holds it; every place has ALL.
Trait = tuple[str, str]
ALL: Trait = ("", "")


# The fields of what is wanted, by the name of the trait.
_FIELDS = {
    "kinds": "kind",
    "categories": "category",
    "tags": "tag",
    "districts": "district",
    "departments": "department",
}


@dataclass(frozen=True)
class Wanted:
    """What a search asks for; empty means "any". Ids as in the gazetteer."""

    kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


class Opening:
    """How a place is open, as `nearest` last worked it out: `known` is from when, until when, the
    kind, and the calendar it was read by.
    """

    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: tuple[dt.datetime, dt.datetime, str, CityCalendar | None] | None = None


class Entry:
    """A place with its point in WGS-84 and in earth-centred metres; both None where it cannot be gone to or is not
    known where it is.
    """

    __slots__ = ("at", "id", "opening", "place", "point")

    def __init__(self, place: Place, openings: dict[Hashable, Opening]) -> None:
        self.id = place.id
        self.place = place
        point = position(place) if place.status != "closed" else None
        self.point: Point | None = convert(point, Datum.WGS84) if point else None
        self.at: Coordinates | None = cartesian(self.point) if self.point else None
        self.opening = openings.setdefault(_opening_facts(place), Opening())


class Facet:
    """The places with one trait, in cubes of space."""

    __slots__ = ("below", "cubes", "size", "unplaced")

    def __init__(self) -> None:
        self.size = 0
        self.unplaced: dict[str, Entry] = {}
        self.cubes: dict[Cube, tuple[Entry, ...]] = {}
        self.below: dict[Cube, tuple[Cube, ...]] = {}

    def copy(self) -> Facet:
        """A facet that can be changed without changing this one."""
        made = Facet()
        made.size, made.unplaced = self.size, self.unplaced.copy()
        made.cubes, made.below = self.cubes.copy(), self.below.copy()
        return made

    def __iter__(self) -> Iterator[Entry]:
        yield from self.unplaced.values()
        for entries in self.cubes.values():
            yield from entries

    def add(self, entries: Iterable[Entry]) -> None:
        """Takes entries up; their places must not be in it."""
        in_cubes: dict[Cube, list[Entry]] = {}
        for entry in entries:
            self.size += 1
            if entry.at is None:
                self.unplaced[entry.id] = entry
            else:
                in_cubes.setdefault(_cube(entry.at), []).append(entry)
        for cube, new in in_cubes.items():
            known = self.cubes.get(cube)
            self.cubes[cube] = (*(known or ()), *new)
            if known is None:
                self._hang(cube)

    def remove(self, entry: Entry) -> None:
        """Takes an entry out."""
        self.size -= 1
        if entry.at is None:
            del self.unplaced[entry.id]
            return
        cube = _cube(entry.at)
        left = tuple(one for one in self.cubes[cube] if one is not entry)
        if left:
            self.cubes[cube] = left
            return
        del self.cubes[cube]
        while cube != _ROOT:
            above = _above(cube)
            rest = tuple(one for one in self.below[above] if one != cube)
            if rest:
                self.below[above] = rest
                return
            del self.below[above]
            cube = above

    def _hang(self, cube: Cube) -> None:
        """Makes a new cube known to those that hold it."""
        while cube != _ROOT:
            above = _above(cube)
            known = self.below.get(above)
            self.below[above] = (*(known or ()), cube)
            if known is not None:
                return
            cube = above


@dataclass(frozen=True)
class PlaceIndex:
    """The places that exist, by id and by trait."""

    by_id: dict[str, Entry] = field(default_factory=dict)
    facets: dict[Trait, Facet] = field(default_factory=dict)
    # By what decides them: a city has many places with the same hours. All its indexes share it.
    openings: dict[Hashable, Opening] = field(default_factory=dict)

    def changed(self, changes: Mapping[str, Place | None]) -> PlaceIndex:
        """An index with these places instead of those that had the same ids; None takes a place out."""
        by_id, facets = self.by_id.copy(), self.facets.copy()
        fresh: set[Trait] = set()

        def own(trait: Trait) -> Facet:
            if trait not in fresh:
                fresh.add(trait)
                facets[trait] = facets[trait].copy() if trait in facets else Facet()
            return facets[trait]

        added: dict[Trait, list[Entry]] = {}
        for place_id, place in changes.items():
            old = by_id.pop(place_id, None)
            if old is not None:
                for trait in _traits(old.place):
                    own(trait).remove(old)
            if place is not None:
                by_id[place_id] = entry = Entry(place, self.openings)
                for trait in _traits(place):
                    added.setdefault(trait, []).append(entry)
        for trait, entries in added.items():
            own(trait).add(entries)
        return PlaceIndex(by_id, {trait: facet for trait, facet in facets.items() if facet.size}, self.openings)

    def fitting(self, wanted: Wanted) -> tuple[list[Facet], Wanted]:
        """The facets that hold all that fit and the fewest others, and what remains to be asked of the places in them.

        A place may be in several of them.
        """
        everything = [self.facets[ALL]] if ALL in self.facets else []
        chosen = [(everything, wanted)]
        for field_name, kind in _FIELDS.items():
            values = getattr(wanted, field_name)
            if values:
                facets = [self.facets[kind, value] for value in values if (kind, value) in self.facets]
                chosen.append((facets, replace(wanted, **{field_name: ()})))
        return min(chosen, key=lambda one: sum(facet.size for facet in one[0]))

    def all_fitting(self, wanted: Wanted) -> dict[str, Entry]:
        """Every place that fits, by id, in no order."""
        facets, rest = self.fitting(wanted)
        return {entry.id: entry for facet in facets for entry in facet if fits(entry.place, rest)}


def fits(place: Place, wanted: Wanted) -> bool:
    """Whether a place is of a wanted kind, category, district and department and has a wanted tag."""
    return (
        (not wanted.kinds or place.kind in wanted.kinds)
        and (not wanted.categories or place.category in wanted.categories)
        and (not wanted.districts or place.district in wanted.districts)
        and (not wanted.departments or not _departments(place).isdisjoint(wanted.departments))
        and (not wanted.tags or not set(place.tags).isdisjoint(wanted.tags))
    )


def called(place: Place, text: str) -> bool:
    """Whether one of the names of a place holds the text, by the form in which names are compared; any for none."""
    searched = plain(text)
    return not searched or any(searched in plain(name) for name in (place.name_zh, place.name_en, *place.aliases))


def position(place: Place) -> Point | None:
    """The point of a place, or None where it or its datum is not known."""
    if place.lat is None or place.lon is None or place.datum == Datum.UNKNOWN:
        return None
    return Point(place.lat, place.lon, Datum(place.datum))


def outward(facets: list[Facet], origin: Point) -> Iterator[tuple[float, Entry]]:
    """The placed entries of facets from a point on, each once, with the length in metres of the straight line to it
    through the ground; the shortest first. Best first over the cubes, so that what is far away costs nothing.
    """
    here = x, y, z = cartesian(origin)
    number = count()
    # Entries wait among the cubes, by the same measure and then by id, so that those at one spot come in a fixed order;
    # the number keeps what is alike from being compared.
    waiting: list[tuple[float, str, int, Facet, Cube | Entry]] = [
        (0.0, "", next(number), facet, _ROOT) for facet in facets
    ]
    seen: set[str] = set()
    while waiting:
        length, _, _, facet, nearest = heapq.heappop(waiting)
        if isinstance(nearest, Entry):
            if len(facets) > 1:
                if nearest.id in seen:
                    continue
                seen.add(nearest.id)
            yield length, nearest
        elif nearest[0] == 0:
            for entry in facet.cubes[nearest]:
                assert entry.at is not None
                length = math.dist(here, entry.at)
                heapq.heappush(waiting, (length, entry.id, next(number), facet, entry))
        else:
            for cube in facet.below.get(nearest, ()):
                heapq.heappush(waiting, (_reach(cube, x, y, z), "", next(number), facet, cube))


def _opening_facts(place: Place) -> Hashable:
    """All that `opening.open_state` may look at. What only one kind of place has is not compared: it stands alone."""
    if place.extra:
        return place.id, place.version, place.updated_at
    if place.opening_hours and follows_sun(place.opening_hours):
        return place.opening_hours, place.status, place.closed_from, place.closed_to, place.lat, place.lon, place.datum
    return place.opening_hours, place.hours_confidence, place.status, place.closed_from, place.closed_to, place.kind


def _traits(place: Place) -> set[Trait]:
    return {
        ALL,
        ("kind", place.kind),
        ("category", place.category),
        ("district", place.district),
        *(("tag", tag) for tag in place.tags),
        *(("department", department) for department in _departments(place)),
    }


def _departments(place: Place) -> set[str]:
    return {*place.departments, *place.extra.get("departments_likely", [])}


def _cube(at: Coordinates) -> Cube:
    return (0, int(at[0] // CUBE_METRES), int(at[1] // CUBE_METRES), int(at[2] // CUBE_METRES))


def _above(cube: Cube) -> Cube:
    level, x, y, z = cube
    return (level + 1, x // _STEP, y // _STEP, z // _STEP) if level < _TOP else _ROOT


def _reach(cube: Cube, x: float, y: float, z: float) -> float:
    """The least length of a straight line from x, y, z to the cube. Written out, since it is asked most often."""
    level, i, j, k = cube
    edge = _EDGES[level]
    squares = 0.0
    low = i * edge
    if x < low:
        squares += (low - x) ** 2
    elif x > low + edge:
        squares += (x - low - edge) ** 2
    low = j * edge
    if y < low:
        squares += (low - y) ** 2
    elif y > low + edge:
        squares += (y - low - edge) ** 2
    low = k * edge
    if z < low:
        squares += (low - z) ** 2
    elif z > low + edge:
        squares += (z - low - edge) ** 2
    return math.sqrt(squares)
