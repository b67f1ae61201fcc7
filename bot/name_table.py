"""Numbers of names by the hash of a text, millions of them in a few bytes each; and where in a message to look."""

from __future__ import annotations

from array import array
from itertools import repeat
from typing import Any, Callable, Dict, Iterable, List, Sequence, Tuple

import numpy as np

# Names looked at for one text; more have nothing in common but a word everybody uses.
MOST_ALIKE = 32


class NameTable:
    """Takes texts with a number each, then gives the numbers of a text: 16 bytes where a dict of lists takes 200.

    Texts are not kept: two of one hash (52 bits of it) would get each other's numbers.
    """

    def __init__(self) -> None:
        self._keys, self._values = array("q"), array("I")
        # The numbers of what has a hash, MOST_ALIKE at most.
        self.get: Callable[[int], Sequence[int]] = _not_yet

    def add(self, texts: Iterable[str], number: int) -> None:
        """Each of the texts stands for the number too."""
        before = len(self._keys)
        self._keys.extend(map(hash, texts))
        self._values.extend(repeat(number, len(self._keys) - before))

    def add_key(self, key: int, number: int) -> None:
        """Something that was hashed by the caller stands for the number too."""
        self._keys.append(key)
        self._values.append(number)

    def freeze(self) -> None:
        """To be called once, after the last text and before the first question."""
        keys, values = np.array(self._keys, np.int64), np.array(self._values, np.uint32)
        del self._keys, self._values
        mask = (1 << max(len(keys), 8).bit_length()) - 1
        slots = keys & mask
        order = np.argsort(slots, kind="stable")
        starts = np.zeros(mask + 2, np.uint32)
        np.cumsum(np.bincount(slots, minlength=mask + 1), out=starts[1:])
        # A single number comes out of a memoryview in a third of the time an array takes.
        checks, numbers = (keys >> 32).astype(np.uint32)[order], values[order]
        self.get = _getter(mask, memoryview(starts), memoryview(checks), memoryview(numbers))


def _not_yet(_key: int) -> Sequence[int]:
    raise RuntimeError("the table is not frozen yet")


def _getter(mask: int, starts: memoryview, checks: memoryview, numbers: memoryview) -> Callable[[int], Sequence[int]]:
    """A function with everything at hand: it is called some hundred times for a message."""

    def get(key: int) -> Sequence[int]:
        slot = key & mask
        first, last = starts[slot], starts[slot + 1]
        if first == last:
            return ()
        check = key >> 32 & 0xFFFFFFFF
        if last - first == 1:
            return (numbers[first],) if checks[first] == check else ()
        return [numbers[at] for at in range(first, last) if checks[at] == check][:MOST_ALIKE]

    return get


def code_points(text: str) -> Any:
    """The characters of a text as an array of numbers."""
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


class Gate:
    """Says where in a text one of very many pieces of a few characters may begin: everywhere at once, so that most of a
    message costs nothing. It may say so of a place in twenty where none does.

    `step` is how far apart the characters of a piece are. Pieces have marks, bits of a number.
    """

    _BITS = 21

    def __init__(self, width: int, step: int = 1) -> None:
        self._width, self._step = width, step
        self._pieces: Dict[str, int] = {}

    def add(self, piece: str, mark: int = 1) -> None:
        """One more piece, `width` characters long."""
        self._pieces[piece] = self._pieces.get(piece, 0) | mark

    def freeze(self) -> None:
        """To be called once, after the last piece and before the first question."""
        points = code_points("".join(self._pieces)).reshape(-1, self._width)
        marks = np.fromiter(self._pieces.values(), np.uint8, len(self._pieces))
        self._marks = np.zeros(1 << self._BITS, np.uint8)
        np.bitwise_or.at(self._marks, self._hashes([points[:, at] for at in range(self._width)]), marks)
        del self._pieces

    def places(self, points: Any) -> List[Tuple[int, int]]:
        """Positions at which a piece may begin, each with the marks of the pieces."""
        count = len(points) - (self._width - 1) * self._step
        if count <= 0:
            return []
        firsts = range(0, self._width * self._step, self._step)
        marks = self._marks[self._hashes([points[first : first + count] for first in firsts])]
        (places,) = marks.nonzero()
        return list(zip(places.tolist(), marks[places].tolist(), strict=True))

    def _hashes(self, columns: List[Any]) -> Any:
        key = columns[0]
        for column in columns[1:]:
            key = key * _BASE + column
        return key * _GOLDEN >> _TO_BITS


_BASE, _GOLDEN, _TO_BITS = np.uint32(0x1003F), np.uint32(0x9E3779B1), np.uint32(32 - Gate._BITS)
