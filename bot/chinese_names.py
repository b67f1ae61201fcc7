"""Chinese names as people type them: with characters that sound the same, with a slip, without the word for the kind.

What is found is weighed before it counts: 鸽 and 螺 prove a name, 大 and 山 do not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Container, Dict, FrozenSet, Iterable, Iterator, List, Sequence, Tuple

from bot import sounds
from bot.characters import count_han, is_han
from bot.name_table import Gate, NameTable, code_points
from bot.ordinary import (
    COMMON_HAN,
    ELSEWHERE_HAN,
    FUNCTION_HAN,
    GENERIC_HAN,
    KINDS_HAN,
    LANDSCAPE_HAN,
    ORDINARY_HAN,
    SCENIC_KINDS_HAN,
    TELLING_HAN,
)

SOUND, CLOSE_SOUND, SLIP, GUESS = 0.9, 0.85, 0.8, 0.6
# Characters of a name that is found by its sound or with a slip. People shorten longer ones, and the lengths of names
# and of their halves fit in the 32 bits of a number.
LONGEST = 20
_NAME_BIT = 11

# What a character proves when it is typed as it is in the name, and when it only sounds so.
_RARE, _COMMON, _HEARD = 1.0, 0.5, 0.25
_WEIGHTS: Dict[str, float] = dict.fromkeys(COMMON_HAN | TELLING_HAN, _COMMON)
_ENOUGH_HEARD, _ENOUGH_CLOSE = 1.25, 1.5
_ENOUGH_SLIP, _ENOUGH_SLIP_AT_EDGE, _ENOUGH_SLIP_BEFORE_KIND, _ENOUGH_TWICE = 2.0, 3.0, 1.5, 1.5
_ENOUGH_GUESS, _ENOUGH_GUESS_AT_EDGE = 1.0, 1.5

# Marks what a text in the table is, so that none is taken for another.
_HEARD_NAME, _HEARD_START, _ODD, _GAPPED = "\1\2\3\4"
_FRONT_START, _FRONT, _FRONT_AND, _BACK_END, _BACK, _BACK_AND = "\5\6\7\x0e\x0f\x10"
_TWO_OF_THREE, _TWO_HEARD = "\x13\x14"

_AT_FRONT, _AT_BACK = 1, 2


def _reversed_end(words: Iterable[str]) -> str:
    return "|".join(word[::-1] for word in words)


_GENERIC_END = re.compile(f"(?:{_reversed_end(GENERIC_HAN)})*")
_KIND_END = re.compile(_reversed_end(KINDS_HAN))
_ORDINARY = re.compile("|".join(sorted(ORDINARY_HAN, key=len, reverse=True)))
_PLACE_LIKE = frozenset(word for word in (*GENERIC_HAN, *ELSEWHERE_HAN, *LANDSCAPE_HAN) if len(word) == 1)


def without_kind(name: str, districts: FrozenSet[str]) -> str:
    """A name without the word for the kind of place; empty where too little would be left or it would mean another."""
    kind = _KIND_END.match(name[::-1])
    core = name[: -kind.end()] if kind else ""
    if len(core) < 3 or core.endswith(ELSEWHERE_HAN):
        return ""
    if core.endswith(LANDSCAPE_HAN) and name[len(core) :] not in SCENIC_KINDS_HAN:
        return ""
    district = next((end for end in range(min(len(core), 8), 1, -1) if core[:end] in districts), 0)
    return core if sum(weigh(_ORDINARY.sub("", core[district:]))) >= _ENOUGH_SLIP else ""


def weigh(text: str) -> List[float]:
    """What each character proves."""
    return [_WEIGHTS.get(char, _RARE) if char >= "\u3400" else 0.0 for char in text]


@lru_cache(maxsize=4096)
def _core(name: str) -> int:
    """Where the words for the kind of place begin that a name ends in; 0 when it is made of nothing else."""
    end = _GENERIC_END.match(name[::-1])
    return len(name) - (end.end() if end else 0)


class ChineseNames:
    """Takes names by their numbers in `names`, once, and finds them by a text that is not quite the name."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._table = NameTable()
        self._heard, self._ends, self._gaps = Gate(3), Gate(2), Gate(2, step=2)

    def add(self, numbers: Iterable[int], shortened: Iterable[int]) -> None:
        """Takes the names with these numbers; `shortened` are not looked for with a slip."""
        # Sets of lengths, as bits, by mark and text: what may follow, so that most of a message is passed over.
        lengths: Dict[str, int] = {}
        for number in numbers:
            name = self._names[number]
            if 3 <= len(name) <= LONGEST and count_han(name) >= 3:
                self._add_sound(name, number, lengths)
                if _core(name):
                    self._add_slips(name, number, lengths)
            elif len(name) == 2 == count_han(name):
                self._table.add([_TWO_HEARD + heard for heard in sounds.codes(name)], number)
        for number in shortened:
            name = self._names[number]
            if len(name) <= LONGEST and count_han(name) >= 3:
                self._add_sound(name, number, lengths)
        for text, bits in lengths.items():
            self._table.add_key(hash(text), bits)
            if text[0] == _HEARD_START:
                self._heard.add(text[1:])
            elif text[0] in (_FRONT_START, _BACK_END):
                self._ends.add(text[1:], _AT_FRONT if text[0] == _FRONT_START else _AT_BACK)
        for gate in (self._heard, self._ends, self._gaps):
            gate.freeze()
        self._table.freeze()

    def _add_sound(self, name: str, number: int, lengths: Dict[str, int]) -> None:
        for heard in sounds.codes(name):
            self._table.add_key(hash(_HEARD_NAME + heard), number)
            _put(lengths, _HEARD_START + heard[:3], len(heard))

    def _add_slips(self, name: str, number: int, lengths: Dict[str, int]) -> None:
        """With one slip one half of a name is as it should be: the other is looked up by it. Where the characters
        beside the middle have changed places, no half is left: that text itself is looked up; so is a name of three
        with the middle one typed twice.
        """
        length = len(name)
        middle = length // 2
        for at in (middle,) if length > 3 else (1, 2):
            swapped = name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]
            if swapped != name:
                _put(lengths, _FRONT_START + swapped[:2], length + _NAME_BIT)
                self._table.add_key(hash(_ODD + swapped), number)
        if length == 3:
            twice = name[0] + name[1] + name[1] + name[2]
            _put(lengths, _FRONT_START + twice[:2], len(twice) + _NAME_BIT)
            self._table.add_key(hash(_ODD + twice), number)
            self._table.add([f"{_TWO_OF_THREE}{at}{name[:at]}{name[at + 1 :]}" for at in range(3)], number)
            if sum(weigh(name[0] + name[2])) >= _ENOUGH_SLIP:
                self._gaps.add(name[0] + name[2])
                self._table.add_key(hash(_GAPPED + name[0] + name[2]), number)
            return
        front, back = name[:middle], name[middle:]
        _put(lengths, _FRONT_START + front[:2], len(front))
        _put(lengths, _FRONT + front, len(back))
        _put(lengths, _BACK_END + back[-2:], len(back))
        _put(lengths, _BACK + back, len(front))
        self._table.add([f"{_FRONT_AND}{front}\0{rest}" for rest in [back, *_without_one(back)]], number)
        self._table.add([f"{_BACK_AND}{back}\0{rest}" for rest in [front, *_without_one(front)]], number)

    def find_sounds(self, text: str, taken: bytearray) -> Iterator[Tuple[int, int, Sequence[int]]]:
        """Start, end and names of everything that sounds like a name."""
        get = self._table.get
        heard = sounds.code(text)
        for start, _ in self._heard.places(code_points(heard)):
            if not taken[start]:
                for bits in get(hash(_HEARD_START + heard[start : start + 3])):
                    for length in _lengths(bits):
                        numbers = get(hash(_HEARD_NAME + heard[start : start + length]))
                        if numbers and start + length <= len(text):
                            yield start, start + length, numbers

    def find_slips(self, text: str, taken: bytearray) -> Iterator[Tuple[int, int, Sequence[int]]]:
        """Start, end and names of everything that may be a name with a slip."""
        get = self._table.get
        points = code_points(text)
        for at, marks in self._ends.places(points):
            pair = text[at : at + 2]
            if marks & _AT_FRONT and not taken[at]:
                for bits in get(hash(_FRONT_START + pair)):
                    for length in _lengths(bits >> _NAME_BIT):
                        numbers = get(hash(_ODD + text[at : at + length]))
                        if numbers:
                            yield at, at + length, numbers
                    for half in _lengths(bits & (1 << _NAME_BIT) - 1):
                        yield from self._after(text, at, at + half)
            if marks & _AT_BACK and not taken[at + 1]:
                for bits in get(hash(_BACK_END + pair)):
                    for half in _lengths(bits):
                        if half < at + 2:
                            yield from self._before(text, at + 2 - half, at + 2)
        for at, _ in self._gaps.places(points):
            numbers = get(hash(_GAPPED + text[at] + text[at + 2]))
            if numbers:
                yield at, at + 3, numbers

    def find_guesses(self, text: str) -> Iterator[Tuple[int, int, Sequence[int]]]:
        """Start, end and names of everything that has one character other than a name, of names of three as well, or
        sounds like one; names of two are found by their sound alone.
        """
        yield from self.find_slips(text, bytearray(len(text)))
        yield from self.find_sounds(text, bytearray(len(text)))
        get, heard = self._table.get, sounds.code(text)
        for at in range(len(text) - 1):
            numbers = get(hash(_TWO_HEARD + heard[at : at + 2]))
            if numbers:
                yield at, at + 2, numbers
        for at in range(len(text) - 2):
            three = text[at : at + 3]
            for wrong in range(3):
                numbers = get(hash(f"{_TWO_OF_THREE}{wrong}{three[:wrong]}{three[wrong + 1 :]}"))
                if numbers:
                    yield at, at + 3, numbers

    def _after(self, text: str, start: int, middle: int) -> Iterator[Tuple[int, int, Sequence[int]]]:
        """Where a front half may stand before a back half with a slip."""
        get, front = self._table.get, text[start:middle]
        key = f"{_FRONT_AND}{front}\0"
        for bits in get(hash(_FRONT + front)):
            for half in _lengths(bits | bits << 1 | bits >> 1):
                end = middle + half
                rest = text[middle:end]
                if len(rest) == half:
                    for variant in _variants(rest, bits):
                        numbers = get(hash(key + variant))
                        if numbers:
                            yield start, end, numbers

    def _before(self, text: str, middle: int, end: int) -> Iterator[Tuple[int, int, Sequence[int]]]:
        """Where a back half may stand behind a front half with a slip."""
        get, back = self._table.get, text[middle:end]
        key = f"{_BACK_AND}{back}\0"
        for bits in get(hash(_BACK + back)):
            for half in _lengths(bits | bits << 1 | bits >> 1):
                start = middle - half
                if start >= 0:
                    rest = text[start:middle]
                    for variant in _variants(rest, bits):
                        numbers = get(hash(key + variant))
                        if numbers:
                            yield start, end, numbers


def _put(lengths: Dict[str, int], text: str, bit: int) -> None:
    lengths[text] = lengths.get(text, 0) | 1 << bit


def _lengths(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _variants(rest: str, lengths: int) -> List[str]:
    """What a half of one of these lengths and this one with a slip have in common: either, with a character less."""
    missing = [rest] if lengths >> len(rest) + 1 & 1 else []
    return missing + _without_one(rest) if lengths >> len(rest) - 1 & 3 else missing


def _without_one(text: str) -> List[str]:
    return [text[:at] + text[at + 1 :] for at in range(len(text))]


def sound_score(typed: str, name: str, weights: List[float]) -> float:
    """How sure it is that a name is meant by a text of the same sounds; 0 when it is not sure enough, 1 when equal."""
    if typed == name:
        return 1.0
    if len(typed) != len(name):
        return 0.0
    core = _core(name)
    proof, same, close = 0.0, 0, False
    for at, (char, named) in enumerate(zip(typed, name, strict=True)):
        if char == named:
            same += 1
            proof += weights[at] if at < core and weights[at] else _HEARD
        elif not is_han(char) or char in TELLING_HAN or (char in FUNCTION_HAN and at in (0, len(name) - 1)):
            return 0.0
        elif sounds.sounds_like(char, named):
            proof += _HEARD
        else:
            close = True
    if same < 2 or proof < (_ENOUGH_CLOSE if close else _ENOUGH_HEARD):
        return 0.0
    return CLOSE_SOUND if close else SOUND


def is_slip(typed: str, name: str, weights: List[float], begins: bool) -> bool:
    """Whether a text is a name with one character missing, added, replaced or changed places with the next.

    `begins`: nothing stands before the text that could belong to the name.
    """
    shorter, longer = sorted((len(typed), len(name)))
    front = _same(typed, name, shorter)
    back = _same(typed[::-1], name[::-1], shorter - front)
    if len(typed) == len(name) and front + back == len(name) - 2:
        swapped = typed[front] == name[front + 1] and typed[front + 1] == name[front]
        return swapped and sum(weigh(name)) >= _ENOUGH_SLIP
    if front + back != longer - 1:
        return False
    if len(typed) > len(name) and typed[front] in typed[front - 1 : front]:
        return sum(weigh(name)) >= _ENOUGH_TWICE
    changed = typed[front : len(typed) - back] + name[front : len(name) - back]
    if not TELLING_HAN.isdisjoint(changed):
        return False
    if len(changed) == 2 and _PLACE_LIKE.issuperset(changed):
        return False  # 翡翠湾 is another place than 翡翠岛
    core = _core(name)
    # What is the same and no word for the kind, as positions in the text.
    same = [*range(min(front, core)), *range(len(typed) - back, len(typed) - (len(name) - core))]
    proof = sum(weights[at] for at in same)
    if back == 0 or (front == 0 and core == len(name)):
        return proof >= _ENOUGH_SLIP_AT_EDGE  # what stands beside a name is easily taken for its end
    ends_in_kind = len(name) - core >= 2 and back >= len(name) - core
    return proof >= (_ENOUGH_SLIP_BEFORE_KIND if front and begins and ends_in_kind else _ENOUGH_SLIP)


def guess_score(typed: str, name: str, within: Sequence[int], ordinary: Container[str]) -> float:
    """How sure a guess at a name is, which only counts where no name was found: less is enough for it than for a slip,
    if what is typed otherwise is no word. 0 when it is none.

    `within`: for each character typed, whether it stands in the name of a district, which proves nothing. `ordinary`:
    the pairs of characters people type beside names.
    """
    if len(name) == 2:
        # Too short for a slip, but one of the two may be typed as another of the same sound: 昌离 for 昌黎.
        other = [at for at in (0, 1) if typed[at] != name[at]]
        heard = len(other) == 1 and sounds.sounds_like(typed[other[0]], name[other[0]])
        return GUESS if heard and typed not in ordinary and TELLING_HAN.isdisjoint(typed) else 0.0
    if _is_heard(typed, name, within, ordinary):
        return GUESS
    shorter, longer = sorted((len(typed), len(name)))
    front = _same(typed, name, shorter)
    back = _same(typed[::-1], name[::-1], shorter - front)
    wrong = typed[front : len(typed) - back]
    swapped = len(typed) == len(name) and front + back == len(name) - 2 and wrong == name[front : front + 2][::-1]
    if not swapped:
        changed = wrong + name[front : len(name) - back]
        if front + back != longer - 1 or not TELLING_HAN.isdisjoint(changed):
            return 0.0
        if not wrong and (front == 0 or back == 0):
            return 0.0  # 山公园 is the end of 景山公园 as well as of 角山公园
        if len(changed) == 2 and _PLACE_LIKE.issuperset(changed):
            return 0.0
    if not all(is_han(char) and char not in FUNCTION_HAN for char in wrong):
        return 0.0
    if sum(not each for each in [*within[:front], *within[len(typed) - back :]]) < 2 and not swapped:
        return 0.0
    first, last = max(0, front - 1), len(typed) - back
    if any(typed[at : at + 2] in ordinary for at in range(first, last) if at + 2 <= len(typed)):
        return 0.0
    core = _core(name)
    weights = weigh(name)
    same = [*range(front), *range(len(name) - back, len(name)), *(range(front, front + 2) if swapped else ())]
    # The word for the kind proves nothing: 凤山公园 is as near to 角山公园 as to a park in any city.
    proof = sum(weights[at] for at in same if at < core)
    at_edge = core == len(name) and (front == 0 or back == 0)
    return GUESS + proof / 100 if proof >= (_ENOUGH_GUESS_AT_EDGE if at_edge else _ENOUGH_GUESS) else 0.0


def _is_heard(typed: str, name: str, within: Sequence[int], ordinary: Container[str]) -> bool:
    """Whether a name of three characters or more has one of them typed as another of the same sound, or two: 植物院,
    常受山. That proves names as well that are made of words for kinds alone.
    """
    other = [at for at, char in enumerate(typed) if char != name[at]] if len(typed) == len(name) else []
    if not 1 <= len(other) <= (2 if _core(name) else 1):
        return False
    for at in other:
        if not sounds.sounds_like(typed[at], name[at]) or typed[at] in FUNCTION_HAN:
            return False
        if typed[at] in TELLING_HAN and (name[at] in TELLING_HAN or len(other) > 1):
            return False
        if any(typed[start : start + 2] in ordinary for start in (at - 1, at) if 0 <= start < len(typed) - 1):
            return False
        # 洗浴场 is a word, with as much of 西浴场 in it as of 东浴场.
        proof = sum(each for at, each in enumerate(weigh(name[: _core(name)])) if at not in other)
        if name[at] in TELLING_HAN and proof < _ENOUGH_GUESS:
            return False
    if other == [0] and len(name) == 3 and not _core(name):
        return False
    return sum(not within[at] for at in range(len(typed)) if at not in other) >= min(2, len(name) - len(other))


def is_generic(name: str) -> bool:
    """Whether a Chinese name is made of ordinary words alone, as 中医院 may be part of 昌黎中医院."""
    rest = _ORDINARY.sub("", name)
    return is_han(name[-1]) and not (rest and _core(rest))


def _same(one: str, other: str, most: int) -> int:
    count = 0
    while count < most and one[count] == other[count]:
        count += 1
    return count
