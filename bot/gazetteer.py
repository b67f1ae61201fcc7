"""The names of the city, as the backend last sent them: found in what people type, swapped between two messages."""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Container, Dict, Iterator, List, Optional, Sequence, Tuple

import ahocorasick_rs

from bot import chinese_names, sounds
from bot.characters import is_han, is_latin
from bot.name_index import NameIndex, is_word

# Left out on both sides, so that 山海关·天下第一关 and "pigeon's nest" match however they are typed.
_DROPPED = frozenset("·•・‧'’‘`´")
_AS_SPACE = frozenset("-‐‑–—_/,，")
# Kinds whose names are proper names. The others are words of the language: they are found as they are written, and a
# proper name that holds one of them may be found inexactly.
PROPER = frozenset({"attraction", "beach", "clinic", "hub", "hotline", "district"})
_MAY_BE_PART = frozenset({"district", "department", "category", "tag", "symptom"})
# Characters of a message in which inexact names are looked for: what a person asks stands at the beginning, and the
# time for one message stays bounded. Exact names are found anywhere.
INEXACT_LENGTH = 300
# Making an automaton holds up every other thread: less than a tenth of a second for so many names.
_NAMES_AT_ONCE = 20_000
_ARTICLE = "the "
_SPACES = re.compile(" +")

Record = Tuple[str, str]


@dataclass(frozen=True)
class Mention:
    """A name found in a text; `start` and `end` count characters of the text as it was typed.

    `score` is 1 for a name as it is written, less for one that only sounds so or has a slip.
    """

    start: int
    end: int
    id: str
    type: str
    score: float = 1.0


@dataclass(frozen=True)
class _Names:
    """One snapshot, ready to search. `records` are those of each name, shortened names after the others."""

    version: int = 0
    content: Optional[int] = None
    automatons: Sequence[Any] = ()
    records: Sequence[Tuple[Record, ...]] = field(default_factory=list)
    inexact: Optional[NameIndex] = None

    @classmethod
    def of(cls, snapshot: Dict[str, Any], content: int) -> "_Names":
        by_name: Dict[str, List[Record]] = {}
        for entry in snapshot["entries"]:
            record = (entry["id"], entry["type"])
            for name in entry["names"]:
                key, _ = normalise(name)
                owners = by_name.setdefault(key, [])
                if record not in owners:
                    owners.append(record)
        by_name.pop("", None)
        if not by_name:
            return cls(snapshot["version"], content)
        names, records = list(by_name), [tuple(owners) for owners in by_name.values()]
        automatons = [
            ahocorasick_rs.AhoCorasick(names[first : first + _NAMES_AT_ONCE], store_patterns=False)
            for first in range(0, len(names), _NAMES_AT_ONCE)
        ]
        kinds = [{kind for _, kind in owners} for owners in records]
        inexact = NameIndex(
            names,
            records,
            proper=[number for number, of in enumerate(kinds) if of <= PROPER],
            ordinary=[name for name, of in zip(names, kinds, strict=True) if not of <= PROPER],
            districts=[name for name, of in zip(names, kinds, strict=True) if "district" in of],
        )
        return cls(snapshot["version"], content, automatons, records + inexact.shortened, inexact)

    def exact(self, normal: str) -> Iterator[Tuple[int, int, int]]:
        """Start, end and number of the names in a normal text, the leftmost and of these the longest."""
        matches = []
        for at, automaton in enumerate(self.automatons):
            for number, start, end in automaton.find_matches_as_indexes(normal, overlapping=True):
                end = _plural(normal, end)
                if is_word(normal, start, end):
                    # "the Great Wall" begins where Great Wall Winery begins.
                    begins = start + len(_ARTICLE) if normal.startswith(_ARTICLE, start) else start
                    matches.append((begins, -end, start, at * _NAMES_AT_ONCE + number))
        free = 0
        for _, minus_end, start, number in sorted(matches):
            if start >= free:
                free = -minus_end
                yield start, free, number


class LiveGazetteer:
    """The snapshot in use. `swap` replaces it by one assignment, so a search sees the old names or the new ones, never
    both.
    """

    def __init__(self) -> None:
        self._names = _Names()
        self._swapping = threading.Lock()

    @property
    def version(self) -> int:
        """Version of the snapshot in use; 0 before the first."""
        return self._names.version

    def swap(self, snapshot: Dict[str, Any]) -> None:
        """Takes a snapshot (data/schemas/gazetteer.json) unless a newer one, or the same, is in use.

        Takes seconds for a hundred thousand names, so it may be called from any thread: the newest snapshot stays.
        """
        content = hash(tuple((entry["id"], entry["type"], *entry["names"]) for entry in snapshot["entries"]))
        with self._swapping:
            names = self._names
            if snapshot["version"] < names.version:
                return
            if (snapshot["version"], content) != (names.version, names.content):
                self._names = _Names.of(snapshot, content)

    def find(self, text: str) -> List[Mention]:
        """Names in a text, leftmost and longest, in order. A name of several records gives a mention for each.

        Names that are not typed exactly are looked for beside the exact ones, in the first INEXACT_LENGTH characters;
        of those that overlap the surest is taken, then the longest.
        """
        names = self._names
        if names.inexact is None:
            return []
        normal, positions = normalise(text)
        found = [(start, end, 1.0, names.records[number]) for start, end, number in names.exact(normal)]
        exact = [
            (
                start + len(_ARTICLE) if normal.startswith(_ARTICLE, start) else start,
                end,
                any(kind in _MAY_BE_PART for _, kind in owners) or chinese_names.is_generic(normal[start:end]),
            )
            for start, end, _, owners in found
        ]
        inexact = names.inexact.find(normal[:INEXACT_LENGTH], exact)
        if inexact:
            found = [one for one in found if not any(one[0] < other.end and other.start < one[1] for other in inexact)]
            for start, end, score, numbers in inexact:
                owners = tuple(dict.fromkeys(record for number in numbers for record in names.records[number]))
                found.append((start, end, score, owners))
            found.sort()
        return [
            Mention(positions[start], positions[end - 1] + 1, id_, type_, score)
            for start, end, score, owners in found
            for id_, type_ in owners
        ]

    def guess(self, text: str, ordinary: Container[str]) -> List[Mention]:
        """What a text without a proper name may name all the same: one stretch of it, and the records it may mean.

        `ordinary` are the pairs of Chinese characters and the words of other languages that people type beside names.
        """
        names = self._names
        if names.inexact is None:
            return []
        normal, positions = normalise(text)
        exact = [
            (start, end, all(kind == "district" for _, kind in names.records[number]))
            for start, end, number in names.exact(normal)
        ]
        return [
            Mention(positions[start], positions[end - 1] + 1, id_, type_, chinese_names.GUESS)
            for start, end, _, numbers in names.inexact.guess(normal[:INEXACT_LENGTH], exact, ordinary)
            for id_, type_ in dict.fromkeys(record for number in numbers for record in names.records[number])
            # The names of districts are short, and those of other cities are often like them: only by their sound.
            if type_ != "district" or (end - start == 2 and is_han(normal[start]))
        ]


def normalise(text: str) -> Tuple[str, List[int]]:
    """The form names are compared in, and for each of its characters the position in `text`.

    NFKC, lower case, simplified characters; typographic marks dropped; runs of white space and hyphens become one
    space, none beside a Han character.
    """
    forms = [_plain(char) for char in text]
    plain = "".join(forms)
    if max(map(len, forms), default=0) == 1 and len(plain) == len(text):
        positions = list(range(len(text)))
    else:
        positions = [position for position, form in enumerate(forms) for _ in form]
    kept, places, done = [], [], 0
    for run in _SPACES.finditer(plain):
        start, end = run.span()
        alone = start == 0 or end == len(plain) or is_han(plain[start - 1]) or is_han(plain[end])
        stays = start if alone else start + 1
        if stays < end:
            kept.append(plain[done:stays])
            places += positions[done:stays]
            done = end
    return "".join([*kept, plain[done:]]), places + positions[done:]


@lru_cache(maxsize=8192)
def _plain(char: str) -> str:
    """A character in the form names are compared in: mostly one character again, a space, or nothing."""
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"  # half a character: nothing that reads text takes it
    simple = sounds.simple_forms()
    return "".join(
        " " if plain.isspace() or plain in _AS_SPACE else simple.get(plain, plain)
        for plain in unicodedata.normalize("NFKC", char).lower()
        if plain not in _DROPPED
    )


def _plural(text: str, end: int) -> int:
    """The end of the match with an English plural s taken in."""
    if (
        end < len(text)
        and text[end] == "s"
        and is_latin(text[end - 1])
        and (end + 1 == len(text) or not is_latin(text[end + 1]))
    ):
        return end + 1
    return end


# One per process: the channel swaps it, the pipeline's extractor reads it.
live = LiveGazetteer()
