"""The names of the city, as the backend last sent them: matching in one pass, swapped whole between two messages."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any, Dict, List, Tuple

import ahocorasick_rs

# Left out on both sides, so that 山海关·天下第一关 and "pigeon's nest" match however they are typed.
_DROPPED = frozenset("·•・‧'’‘`´")
_AS_SPACE = frozenset("-‐‑–—_/,，")


@dataclass(frozen=True)
class Mention:
    """A name found in a text; `start` and `end` count characters of the text as it was typed."""

    start: int
    end: int
    id: str
    type: str


@dataclass(frozen=True)
class _Names:
    """One snapshot, ready to search."""

    version: int = 0
    automaton: Any = None
    records: List[List[Tuple[str, str]]] = field(default_factory=list)


class LiveGazetteer:
    """The snapshot in use. `swap` replaces it by one assignment, so a search sees the old names or the new ones, never
    both.
    """

    def __init__(self) -> None:
        self._names = _Names()

    @property
    def version(self) -> int:
        """Version of the snapshot in use; 0 before the first."""
        return self._names.version

    def swap(self, snapshot: Dict[str, Any]) -> None:
        """Takes a snapshot (data/schemas/gazetteer.json) unless a newer one is in use."""
        if snapshot["version"] < self._names.version:
            return
        by_name: Dict[str, List[Tuple[str, str]]] = {}
        for entry in snapshot["entries"]:
            for name in entry["names"]:
                key, _ = normalise(name)
                owners = by_name.setdefault(key, [])
                if key and (entry["id"], entry["type"]) not in owners:
                    owners.append((entry["id"], entry["type"]))
        by_name.pop("", None)
        automaton = (
            ahocorasick_rs.AhoCorasick(list(by_name), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
            if by_name
            else None
        )
        self._names = _Names(snapshot["version"], automaton, list(by_name.values()))

    def find(self, text: str) -> List[Mention]:
        """Names in a text, leftmost and longest, in order. A name of several records gives a mention for each."""
        names = self._names
        if names.automaton is None:
            return []
        normal, positions = normalise(text)
        mentions = []
        for index, start, end in names.automaton.find_matches_as_indexes(normal):
            end = _plural(normal, end)
            if not _is_word(normal, start, end):
                continue
            first, last = positions[start], positions[end - 1] + 1
            mentions.extend(Mention(first, last, id_, type_) for id_, type_ in names.records[index])
        return mentions


def normalise(text: str) -> Tuple[str, List[int]]:
    """The form names are compared in, and for each of its characters the position in `text`.

    NFKC and lower case; typographic marks dropped; runs of white space and hyphens become one space, none beside a Han
    character.
    """
    out: List[str] = []
    positions: List[int] = []
    for position, char in enumerate(text):
        for plain in unicodedata.normalize("NFKC", char).lower():
            if plain in _DROPPED:
                continue
            if plain.isspace() or plain in _AS_SPACE:
                if not out or out[-1] == " " or _is_han(out[-1]):
                    continue
                plain = " "
            elif _is_han(plain) and out and out[-1] == " ":
                out.pop()
                positions.pop()
            out.append(plain)
            positions.append(position)
    while out and out[-1] == " ":
        out.pop()
        positions.pop()
    return "".join(out), positions


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff"


def _is_latin(char: str) -> bool:
    return char.isalnum() and ord(char) < 0x250


def _plural(text: str, end: int) -> int:
    """The end of the match with an English plural s taken in."""
    if (
        end < len(text)
        and text[end] == "s"
        and _is_latin(text[end - 1])
        and (end + 1 == len(text) or not _is_latin(text[end + 1]))
    ):
        return end + 1
    return end


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin match stands alone: "ktv" is not in "ktvs1", "sea" is not in "search"."""
    if start > 0 and _is_latin(text[start]) and _is_latin(text[start - 1]):
        return False
    return not (end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end]))


# One per process: the channel swaps it, the pipeline's extractor reads it.
live = LiveGazetteer()
