"""Names in Latin letters as people type them: pinyin, words run together, slips, without the word for the kind."""

from __future__ import annotations

import re
from itertools import chain
from typing import Dict, FrozenSet, Iterable, Iterator, List, Sequence, Set, Tuple

from rapidfuzz.distance import OSA

from bot import sounds
from bot.characters import count_han
from bot.name_table import MOST_ALIKE, NameTable
from bot.ordinary import ABBREVIATIONS_ENGLISH, ELSEWHERE_ENGLISH, KINDS_ENGLISH, TELLING_HAN

SPELLED, SLIP, SLIPS = 0.95, 0.8, 0.7

MOST_WORDS = 12
LONGEST_SPELLED = 60  # letters
LEAST_SPELLED = 6  # letters of a name whose words are run together
# Fewer letters of pinyin are most often another word: "dayu" is 大雨 as often as 大峪.
LEAST_PINYIN = 5
# Letters of pinyin that stand for a name of several words: "baozi" is food before it is a valley.
LEAST_ALONE = 6
# Letters by which slips are looked up; the whole word is compared after that.
_PREFIX = 8

_WORD = re.compile(r"[a-z0-9\u00df-\u024f]+")
_CHINESE = re.compile(r"[\u3400-\u9fff0-9]+")
_BETWEEN = re.compile(r"[ .&()+]{1,3}")
_SPELLED, _SLIP = "\x11\x12"

Word = Tuple[int, int, str]  # start, end, letters without accents


def words(text: str) -> List[Word]:
    """The words of a text, abbreviations written out."""
    found = []
    for match in _WORD.finditer(text):
        word = fold(match.group())
        found.append((match.start(), match.end(), ABBREVIATIONS_ENGLISH.get(word, word)))
    return found


def ends_of_words(name: str) -> List[int]:
    """Where each word of a name ends."""
    return [match.end() for match in _WORD.finditer(name)]


def fold(text: str) -> str:
    """Without accents, which few type; ü is u. As long as the text."""
    if text.isascii():
        return text
    return "".join(
        sounds.toneless(char).replace("v", "u")[:1] if "\u00c0" <= char <= "\u024f" else char for char in text
    )


def without_kind(name: str, ordinary: FrozenSet[str], districts: FrozenSet[str]) -> str:
    """A name without the last words, those for the kind of place; empty where the rest does not name the place."""
    every = name.split()
    kind = next((count for count in (2, 1) if " ".join(every[-count:]) in KINDS_ENGLISH), 0)
    core = every[:-kind] if kind else []
    if not core or core[-1] in ELSEWHERE_ENGLISH:
        return ""
    telling = [word for word in core if len(word) >= 4 and word not in ordinary and word not in districts]
    # A single word that is left must be Chinese: Jinwu (Beach) is a name, orthopaedic (hospital) is not.
    if not telling or (len(core) == 1 and not (len(core[0]) >= 5 and sounds.is_pinyin(core[0]))):
        return ""
    return " ".join(core)


def telling_word(name: str, ordinary: FrozenSet[str], districts: FrozenSet[str]) -> str:
    """The pinyin a name begins with, where all else in it is English: Yansai of Yansai Lake; empty where none is."""
    every = [word for _, _, word in words(name)] if name.isascii() else []
    if len(every) < 2 or not ordinary.issuperset(every[1:]):
        return ""
    first = every[0]
    telling = len(first) >= LEAST_ALONE and first not in ordinary and first not in districts
    return first if telling and sounds.is_pinyin(first) else ""


class LatinNames:
    """Takes names by their numbers in `names`, once, and finds them by a text that is not quite the name.

    `ordinary` are words nobody mistypes a name as.
    """

    def __init__(self, names: Sequence[str], ordinary: FrozenSet[str]) -> None:
        self._names = names
        self._table = NameTable()
        self._ordinary = ordinary
        # How long what begins so may be, as bits: most of a message is passed over by it.
        self._lengths: Dict[str, int] = {}
        self._ids: Dict[str, int] = {}
        self._vocabulary: List[str] = []

    def add(self, numbers: Sequence[int], shortened: Iterable[int]) -> None:
        """Takes the names with these numbers; `shortened` are not looked for with a slip."""
        begun: Set[int] = set()
        whole = frozenset(numbers)
        for number in chain(numbers, shortened):
            name = self._names[number]
            every = [] if count_han(name) else [word for _, _, word in words(name)]
            for way in self._spellings(name, every, LEAST_SPELLED if number in whole else LEAST_PINYIN):
                self._table.add_key(hash(_SPELLED + way), number)
                start = way[:LEAST_PINYIN]
                self._lengths[start] = self._lengths.get(start, 0) | 1 << len(way)
            if number in whole:
                self._add_words(every, number, begun)
        self._vocabulary = list(self._ids)
        for word, number in self._ids.items():
            most = _slips_allowed(word)
            if most:
                self._table.add([_SLIP + each for each in _deletions(word[:_PREFIX], most)], number)
        self._table.freeze()

    def _spellings(self, name: str, every: List[str], least: int) -> List[str]:
        if every:
            spelled = ["".join(every)]
        elif not _CHINESE.fullmatch(name) or count_han(name) < 2:
            return []
        elif len(name) == 2 and not TELLING_HAN.isdisjoint(name):
            return []  # "yiyuan" is 医院, not 一院
        else:
            spelled, least = sounds.pinyin(name), LEAST_PINYIN
        return [way for way in spelled if least <= len(way) <= LONGEST_SPELLED and way not in self._ordinary]

    def _add_words(self, every: List[str], number: int, begun: Set[int]) -> None:
        """A name as the sequence of its words: each way into it is a key, its end has the name."""
        if len(every) > MOST_WORDS or not any(map(_slips_allowed, every)):
            return
        state = 0
        for at, word in enumerate(every):
            state = hash((state, self._ids.setdefault(word, len(self._ids))))
            if at + 1 == len(every):
                self._table.add_key(state, number + 1)
            elif state not in begun:
                begun.add(state)
                self._table.add_key(state, 0)

    def find_spelled(self, text: str, typed: List[Word]) -> Iterator[Tuple[int, int, List[int]]]:
        """Start, end and names of words that are a name when they are written together."""
        for first, (start, _, _) in enumerate(typed):
            joined, lengths = "", 0
            for at in range(first, min(first + MOST_WORDS, len(typed))):
                begin, end, word = typed[at]
                if at > first and text[typed[at - 1][1] : begin] not in (" ", ".", ". "):
                    break
                joined += word
                if len(joined) < LEAST_PINYIN:
                    continue
                lengths = lengths or self._lengths.get(joined[:LEAST_PINYIN], 0)
                if not lengths >> len(joined):
                    break
                if lengths >> len(joined) & 1:
                    for number in self._table.get(hash(_SPELLED + joined)):
                        if at == first or " " in self._names[number] or self._is_pinyin(typed[first : at + 1]):
                            yield start, end, [number]

    def _is_pinyin(self, typed: List[Word]) -> bool:
        """Whether words are pinyin: its spaces stand between syllables, and "can you" is English."""
        every = [word for _, _, word in typed]
        return all(map(sounds.is_pinyin, every)) and not self._ordinary.issuperset(every)

    def find_slips(self, text: str, typed: List[Word], guess: bool = False) -> Iterator[Tuple[int, int, int, int]]:
        """Start, end, number of slips and name of words that are a name when their slips are put right.

        `guess`: also where a short word has a slip, and where what is typed is pinyin of something else.
        """
        meant = [self._meant(word, guess) for _, _, word in typed]
        for first in range(len(typed)):
            states = [(0, 0)]
            for at in range(first, min(first + MOST_WORDS, len(typed))):
                if at > first and not _BETWEEN.fullmatch(text, typed[at - 1][1], typed[at][0]):
                    break
                following = []
                for state, slips in states:
                    for word, wrong in meant[at]:
                        longer = hash((state, word))
                        for number in self._table.get(longer):
                            if number == 0:
                                following.append((longer, slips + wrong))
                            elif at > first or _may_stand_alone(typed[at][2], self._vocabulary[word], wrong, guess):
                                yield typed[first][0], typed[at][1], slips + wrong, number - 1
                states = following[:MOST_ALIKE]
                if not states:
                    break

    def _meant(self, typed: str, guess: bool) -> List[Tuple[int, int]]:
        """The words of names that a typed one may be, each with its number of slips."""
        exact = self._ids.get(typed)
        if exact is not None:
            return [(exact, 0)]
        if not 4 <= len(typed) <= LONGEST_SPELLED or typed in self._ordinary or not typed.isalpha():
            return []
        found: Dict[int, int] = {}
        looked_up: Set[str] = set()
        # Two slips do not make another word of pinyin of one.
        for most in (1, 2) if len(typed) > 6 and not sounds.is_pinyin(typed) else (1,):
            for variant in _deletions(typed[:_PREFIX], most) - looked_up:
                looked_up.add(variant)
                for number in self._table.get(hash(_SLIP + variant)):
                    if number not in found:
                        found[number] = self._distance(typed, self._vocabulary[number], guess)
            meant = [(number, wrong) for number, wrong in found.items() if wrong <= most]
            if meant:
                break
        return meant

    def _distance(self, typed: str, word: str, guess: bool) -> int:
        if abs(len(typed) - len(word)) > 2 or (len(word) == 4 and sorted(typed) != sorted(word) and not guess):
            return 3
        wrong = OSA.distance(typed, word, score_cutoff=2)
        another = _another_word(typed, word, wrong) and not (guess and wrong == 1)
        return 3 if wrong > _slips_allowed(word) or another else wrong


def _slips_allowed(word: str) -> int:
    """Of a word of four letters two neighbours may have changed places; a longer one may have any slip, or two."""
    if len(word) < 4 or not word.isalpha():
        return 0
    return 2 if len(word) >= 9 else 1


def _deletions(word: str, most: int) -> Set[str]:
    """The word with up to `most` letters missing."""
    every = {word[:at] + word[at + 1 :] for at in range(len(word))}
    if most > 1:
        every |= {each[:at] + each[at + 1 :] for each in every for at in range(len(each))}
    every.add(word)
    return every


def _another_word(typed: str, word: str, wrong: int) -> bool:
    """Whether both are pinyin and sound different: Qianlong is not a slip of Qinglong."""
    return (
        (len(word) < 9 or wrong > 1)
        and sounds.is_pinyin(typed)
        and sounds.is_pinyin(word)
        and sounds.merged(typed) != sounds.merged(word)
    )


def _may_stand_alone(typed: str, word: str, wrong: int, guess: bool) -> bool:
    """A name of one word needs more letters, and its first one right or changed places with the second."""
    return wrong == 0 or (len(word) >= 6 and (guess or typed[0] == word[0] or typed[:2] == word[1::-1]))
