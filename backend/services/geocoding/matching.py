"""Which landmarks a few words may mean: by name, by street and number, by a part of the name, by a name with a slip."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from backend.geo import distance_m
from backend.services.geocoding.landmarks import Landmark
from backend.services.geocoding.streets import doors_in

# Two records this near to each other are one place to somebody who says where they are.
SAME_PLACE_M = 300.0
# Of a hundred (rapidfuzz.fuzz.ratio). One wrong character of four gives 75; what is below SURE is asked about.
ALIKE, ALIKE_LATIN, SURE = 75, 80, 90
_CONFIDENCE = {"high": 0, "medium": 1, "low": 2}
_KINDS = ("attraction", "clinic", "hub", "beach", "stop", "street", "district")
_DROPPED = re.compile(r"[·•・‧'’‘`´]")
_AS_SPACE = re.compile(r"[\W_]+")
_BESIDE_HAN = re.compile(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Matches:
    """Different places that the words may mean, the likeliest first.

    `sure` says that they are named so; `rest` that they are only a district in longer words that say more.
    """

    landmarks: tuple[Landmark, ...] = ()
    sure: bool = True
    rest: bool = False


def normal(text: str) -> str:
    """The form names are compared in: NFKC, lower case, no marks, no space beside a Chinese character, no article."""
    plain = _DROPPED.sub("", unicodedata.normalize("NFKC", text).casefold())
    plain = _BESIDE_HAN.sub("", _AS_SPACE.sub(" ", plain)).strip()
    return plain.removeprefix("the ")


class Index:
    """The landmarks by their names, ready to search."""

    def __init__(self, landmarks: Iterable[Landmark], generic: Iterable[str]) -> None:
        self._by_name: dict[str, list[Landmark]] = {}
        self._by_door: dict[tuple[str, str], list[Landmark]] = {}
        self.landmarks = tuple(landmarks)
        for landmark in self.landmarks:
            for name in dict.fromkeys(map(normal, landmark.names)):
                self._by_name.setdefault(name, []).append(landmark)
            for door in landmark.doors:
                if door.number:
                    self._by_door.setdefault((normal(door.street), door.number), []).append(landmark)
        self._by_name.pop("", None)
        self._long = [name for name in self._by_name if _is_telling(name)]
        self._generic = frozenset(map(normal, generic))

    def find(self, words: str) -> Matches:
        """The places the words may mean. Words for a kind of place (a park, a hospital) mean none."""
        wanted = normal(words)
        exact = self._by_name.get(wanted)
        if exact:
            return Matches(distinct(exact))
        if wanted in self._generic or not _is_telling(wanted):
            return Matches()
        for door in doors_in(words):
            at_door = self._by_door.get((normal(door.street), door.number))
            if at_door:
                return Matches(distinct(at_door))
        return self._within(wanted) or self._part(wanted) or self._alike(wanted)

    def _within(self, wanted: str) -> Matches | None:
        """The longest name that the words hold. A district counts only where no place is named."""
        held = [name for name in self._long if _holds(wanted, name)]
        named = [name for name in held if any(of.kind != "district" for of in self._by_name[name])]
        if not held:
            return None
        longest = max(map(len, named or held))
        found = [of for name in (named or held) if len(name) == longest for of in self._by_name[name]]
        districts_only = not named
        said_more = districts_only and len(wanted) - longest >= (2 if _HAN.search(wanted) else 4)
        return Matches(distinct(found), rest=said_more)

    def _part(self, wanted: str) -> Matches | None:
        """The places whose name holds the words, which have to say more than two characters can."""
        if len(wanted) < (3 if _HAN.search(wanted) else 5):
            return None
        found = [of for name in self._long if _holds(name, wanted) for of in self._by_name[name]]
        places = distinct(of for of in found if of.kind != "district")
        return Matches(places, sure=len(places) == 1) if places else None

    def _alike(self, wanted: str) -> Matches:
        """The places whose name the words are, but for a slip."""
        cutoff = ALIKE if _HAN.search(wanted) else ALIKE_LATIN
        found = process.extract(wanted, self._long, scorer=fuzz.ratio, score_cutoff=cutoff, limit=20)
        if not found:
            return Matches(sure=False)
        best = found[0][1]
        landmarks = distinct(of for name, score, _ in found if score >= best - 5 for of in self._by_name[name])
        return Matches(landmarks, sure=best >= SURE and len(landmarks) == 1)


def distinct(landmarks: Iterable[Landmark]) -> tuple[Landmark, ...]:
    """One landmark for each real place: records of the same place, or a few steps apart, count once.

    Those with a position come before those without; otherwise the order is kept.
    """
    kept: list[Landmark] = []
    for landmark in sorted(dict.fromkeys(landmarks), key=_merit):
        if not any(_is_same(landmark, other) for other in kept):
            kept.append(landmark)
    return tuple(kept)


def _merit(landmark: Landmark) -> tuple[bool, bool, int, int]:
    kind = _KINDS.index(landmark.kind) if landmark.kind in _KINDS else len(_KINDS)
    return (landmark.point is None, landmark.approximate, kind, _CONFIDENCE.get(landmark.confidence, 2))


def _is_same(one: Landmark, other: Landmark) -> bool:
    if one.id == other.id or one.same_as == other.id or other.same_as == one.id:
        return True
    if one.point is None or other.point is None:
        return False
    return distance_m(one.point, other.point) <= SAME_PLACE_M


def _is_telling(name: str) -> bool:
    """Whether a name is long enough to be recognised within other words."""
    return len(name) >= (2 if _HAN.search(name) else 4)


def _holds(text: str, name: str) -> bool:
    """Whether a name stands in a text, as whole words where it is in letters."""
    if name not in text or _HAN.search(name):
        return name in text
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None
