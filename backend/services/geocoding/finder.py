"""From words to a place: found, unsure between a few, or not found."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from backend.geo import Datum, Point, distance_m
from backend.services.geocoding.landmarks import Landmark, Landmarks
from backend.services.geocoding.matching import Index, Matches
from backend.services.geocoding.phrases import bare_words, place_words

MAX_CANDIDATES = 4


@dataclass(frozen=True)
class Found:
    """A place. `record_id` is empty for what an outside geocoder found; `approximate` says that the point is the middle
    of a street or a district.
    """

    point: Point
    label: str
    record_id: str
    approximate: bool = False
    kind: str = ""
    confidence: str = "medium"


@dataclass(frozen=True)
class Unsure:
    """The words may mean any of these: ask which. Not more than four; one means "do you mean this?"."""

    words: str
    candidates: tuple[Found, ...]


@dataclass(frozen=True)
class NotFound:
    """The words mean no place whose position we know. `record_id` and `label` are those of a place that we know all the
    same, only not where it is.
    """

    words: str
    record_id: str = ""
    label: str = ""


class Outside(Protocol):
    """An outside geocoder, asked as geopy's are. It speaks WGS-84, answers within the city only, and never raises."""

    def geocode(self, query: str, *, exactly_one: bool = True) -> Any:
        """A location with `latitude`, `longitude` and `address`, or None."""
        ...


class PlaceFinder:
    """Finds places in words. Reads its sources anew when they have changed, so an edit is in the next answer."""

    def __init__(
        self,
        sources: Sequence[Landmarks],
        generic: Callable[[], Iterable[str]] = tuple,
        outside: Outside | None = None,
    ) -> None:
        """`generic` gives the words for kinds of places, which name none by themselves."""
        self._sources = tuple(sources)
        self._generic = generic
        self._outside = outside
        self._lock = threading.Lock()
        self._built: tuple[tuple[Sequence[Landmark], ...], Index] = ((), Index((), ()))

    def find(self, text: str, lang: str = "zh") -> Found | Unsure | NotFound:
        """The place a message names: what it frames as a place (附近, "near"), else the whole of it."""
        return self.locate(place_words(text) or [bare_words(text)], lang)

    def locate(self, words: Sequence[str], lang: str = "zh") -> Found | Unsure | NotFound:
        """The place that the first of some words name that name any.

        What is not ours is asked of the outside geocoder, where there is one.
        """
        said = [each for each in words if each.strip()]
        if not said:
            return NotFound("")
        index = self._index()
        matched = [(each, index.find(each)) for each in said]
        for sure in (True, False):
            for each, matches in matched:
                placed = tuple(landmark for landmark in matches.landmarks if landmark.point is not None)
                if placed and matches.sure is sure and not matches.rest:
                    return _answer(each, placed, lang, sure)
        return self._elsewhere(matched, lang)

    def nearest(self, point: Point) -> tuple[Landmark, float] | None:
        """The landmark nearest to a point, with the metres to it; districts and streets do not count."""
        placed = [
            (landmark, distance_m(point, landmark.point))
            for landmark in self._index().landmarks
            if landmark.point is not None and not landmark.approximate
        ]
        return min(placed, key=lambda one: one[1], default=None)

    def _elsewhere(self, matched: Sequence[tuple[str, Matches]], lang: str) -> Found | Unsure | NotFound:
        """None of ours by itself: a place known without its position, what others know, at last the district named."""
        for each, matches in matched:
            if matches.landmarks and not matches.rest and matches.sure:
                landmark = matches.landmarks[0]
                return NotFound(each, landmark.id, landmark.label(lang))
        words = matched[0][0]
        location = self._outside.geocode(words) if self._outside is not None else None
        if location is not None:
            point = Point(location.latitude, location.longitude, Datum.WGS84)
            return Found(point, words, "", approximate=True, kind="outside", confidence="low")
        for each, matches in matched:
            if matches.rest:
                return _answer(each, matches.landmarks, lang, sure=True)
        return NotFound(words)

    def _index(self) -> Index:
        """The index of what the sources have now."""
        current = tuple(source.landmarks() for source in self._sources)
        with self._lock:
            built, index = self._built
            if len(current) != len(built) or any(new is not old for new, old in zip(current, built, strict=True)):
                index = Index((landmark for source in current for landmark in source), self._generic())
                self._built = (current, index)
        return index


def _answer(words: str, landmarks: Sequence[Landmark], lang: str, sure: bool) -> Found | Unsure:
    found = [_found(landmark, lang) for landmark in landmarks[:MAX_CANDIDATES]]
    return found[0] if sure and len(found) == 1 else Unsure(words, tuple(found))


def _found(landmark: Landmark, lang: str) -> Found:
    assert landmark.point is not None
    return Found(
        landmark.point, landmark.label(lang), landmark.id, landmark.approximate, landmark.kind, landmark.confidence
    )
