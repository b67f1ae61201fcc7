"""Names that are not typed as they are written, found in a message: which of them are meant, and how sure that is."""

from __future__ import annotations

from typing import Any, Container, Dict, FrozenSet, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from bot import chinese_names, latin_names
from bot.characters import count_han, is_han, is_latin
from bot.chinese_names import ChineseNames
from bot.latin_names import SLIPS, SPELLED, LatinNames
from bot.ordinary import FUNCTION_HAN, ORDINARY_ENGLISH, ROADS

# How sure a mention without the word for the kind is, compared with the whole name.
SHORTENED = 0.9
MOST_FOUND = 500  # candidates weighed in one message: a bound for texts made to be slow

# Letters that a name has more than the one within it: "Nandaihe Amusement Park" and Nandaihe.
_A_WORD = 4

Span = Tuple[int, int]


class Found(NamedTuple):
    """A stretch of a text, how sure it is, and the numbers of the names it stands for."""

    start: int
    end: int
    score: float
    names: List[int]


class NameIndex:
    """Finds inexact mentions of names. A name is a number: its position in `names`, which are normal forms.

    `owners` are the records of each name, `proper` the names that may be meant inexactly, `ordinary` those that are
    words of the language (beach, 医院), `districts` those that names of places begin with. `names` grows by shortened
    names, whose owners are `shortened`.
    """

    def __init__(
        self,
        names: List[str],
        owners: Sequence[Any],
        proper: Sequence[int],
        ordinary: Iterable[str],
        districts: Iterable[str],
    ) -> None:
        self._names = names
        self._first_short = len(names)
        words = ORDINARY_ENGLISH.union(word for name in ordinary for _, _, word in latin_names.words(name))
        districts = frozenset(districts)
        self.shortened = self._shorten(owners, proper, words, districts)
        self._by_word = self._words_of_one(owners, proper, words, districts)
        short = range(self._first_short, len(names))
        self._chinese = ChineseNames(names)
        self._chinese.add(proper, short)
        self._latin = LatinNames(names, words)
        self._latin.add(proper, short)

    def _shorten(
        self, owners: Sequence[Any], proper: Sequence[int], ordinary: FrozenSet[str], districts: FrozenSet[str]
    ) -> List[Any]:
        """Adds names without the word for the kind of place, where that is no name yet and leaves one owner."""
        district_words = frozenset(word for name in districts for _, _, word in latin_names.words(name))
        short: Dict[str, Any] = {}
        for number in proper:
            name = self._names[number]
            if is_han(name[-1]):
                core = chinese_names.without_kind(name, districts)
            else:
                core = latin_names.without_kind(name, ordinary, district_words)
            if core:
                short[core] = owners[number]
        # "Liuhe" is neither Liuhe Valley nor Liuhe Manor.
        for number in proper:
            name, owner = self._names[number], owners[number]
            for end in latin_names.ends_of_words(name) if name.isascii() else range(3, len(name) + 1):
                if short.get(name[:end], owner) != owner:
                    del short[name[:end]]
        for name in self._names:
            short.pop(name, None)
        self._names.extend(short)
        return list(short.values())

    def _words_of_one(
        self, owners: Sequence[Any], proper: Sequence[int], ordinary: FrozenSet[str], districts: FrozenSet[str]
    ) -> Dict[str, int]:
        """The pinyin that English names of one record begin with and no other has, each with one of its names."""
        district_words = frozenset(word for name in districts for _, _, word in latin_names.words(name))
        found: Dict[str, int] = {}
        for number in proper:
            word = latin_names.telling_word(self._names[number], ordinary, district_words)
            if word:
                found.setdefault(word, number)
        for number in proper:
            for _, _, word in latin_names.words(self._names[number]):
                if word in found and owners[found[word]] != owners[number]:
                    del found[word]
        return found

    def find(self, text: str, exact: Sequence[Tuple[int, int, bool]]) -> List[Found]:
        """Inexact mentions in a normal text, in no order, none overlapping: the surest first, then the longest.

        `exact` are the mentions found exactly: start, end and whether a longer name may take it in, as 北戴河 is in
        北戴河影视城.
        """
        taken = bytearray(len(text))
        for start, end, may_be_part in exact:
            if not may_be_part:
                taken[start:end] = b"\1" * (min(end, len(text)) - start)
        parts = [(start, end) for start, end, may_be_part in exact if may_be_part]
        best: Dict[Span, Found] = {}
        for count, found in enumerate(self._candidates(text, exact, taken, parts)):
            if count == MOST_FOUND:
                break
            known = best.get(found[:2])
            if known is None or found.score > known.score:
                best[found[:2]] = found
            elif found.score == known.score:
                known.names.extend(number for number in found.names if number not in known.names)
        chosen: List[Found] = []
        for found in sorted(best.values(), key=lambda one: (-one.score, one.start - one.end, one.start)):
            if not any(found.start < other.end and other.start < found.end for other in chosen):
                chosen.append(found)
        return chosen

    def guess(self, text: str, exact: Sequence[Tuple[int, int, bool]], ordinary: Container[str]) -> List[Found]:
        """What may be meant in a normal text in which no proper name was found: the likeliest stretch only.

        `exact` are the mentions in it: start, end and whether it is the name of a district. `ordinary` are the pairs of
        characters and the words that people type beside names.
        """
        best: Optional[Found] = None
        districts = [(first, last) for first, last, is_district in exact if is_district]
        for count, found in enumerate(self._guesses(text, districts, ordinary)):
            if count == MOST_FOUND:
                break
            # A name within a word of the language, or that only begins in it, is none.
            if any(first <= found.start and found.end <= last for first, last, _ in exact):
                continue
            if best is None or (found.score, found.end - found.start) > (best.score, best.end - best.start):
                best = found
            elif (found.start, found.end, found.score) == (best.start, best.end, best.score):
                best.names.extend(number for number in found.names if number not in best.names)
        return [best] if best else []

    def _guesses(self, text: str, districts: Sequence[Span], ordinary: Container[str]) -> Iterator[Found]:
        within = bytearray(len(text))
        for first, last in districts:
            within[first:last] = b"\1" * (min(last, len(text)) - first)
        typed = latin_names.words(text)
        for start, end, slips, number in self._latin.find_slips(text, typed, guess=True) if typed else ():
            wrong = [word for first, last, word in typed if start <= first and last <= end]
            of_the_name = {word for _, _, word in latin_names.words(self._names[number])}
            if slips and not any(word in ordinary for word in wrong if word not in of_the_name):
                yield Found(start, end, chinese_names.GUESS, [number])
        for start, end, word in typed:
            if word in self._by_word and word not in ordinary and not _names_road(text, end, typed):
                yield Found(start, end, chinese_names.GUESS, [self._by_word[word]])
        if count_han(text) >= 3:
            for start, end, numbers in self._chinese.find_guesses(text):
                for number in numbers if _stands_alone(text, start, end, ordinary) else ():
                    score = chinese_names.guess_score(text[start:end], self._names[number], within[start:end], ordinary)
                    if score:
                        yield Found(start, end, score, [number])

    def _candidates(
        self, text: str, exact: Sequence[Tuple[int, int, bool]], taken: bytearray, parts: List[Span]
    ) -> Iterator[Found]:
        typed = latin_names.words(text)
        if typed:
            yield from self._latin_candidates(text, typed, exact)
        if count_han(text) >= 3:
            yield from self._chinese_candidates(text, taken, parts)

    def _latin_candidates(
        self, text: str, typed: List[latin_names.Word], exact: Sequence[Tuple[int, int, bool]]
    ) -> Iterator[Found]:
        for start, end, numbers in self._latin.find_spelled(text, typed):
            if is_word(text, start, end) and _within_longer(start, end, exact) and not _names_road(text, end, typed):
                for number in numbers:
                    yield self._found(start, end, 1.0 if text[start:end] == self._names[number] else SPELLED, number)
        for start, end, slips, number in self._latin.find_slips(text, typed):
            if is_word(text, start, end) and _within_longer(start, end, exact):
                yield self._found(start, end, (SPELLED, latin_names.SLIP)[slips] if slips < 2 else SLIPS, number)

    def _chinese_candidates(self, text: str, taken: bytearray, parts: List[Span]) -> Iterator[Found]:
        for start, end, numbers in self._chinese.find_sounds(text, taken):
            if _is_free(start, end, taken, parts):
                weights = _weights(text, start, end, parts)
                for number in numbers:
                    score = chinese_names.sound_score(text[start:end], self._names[number], weights)
                    # A whole name that is equal was found exactly, or something better was.
                    short = number >= self._first_short and text[end : end + 1] not in ROADS
                    if 0 < score < 1 or (score == 1 and short):
                        yield self._found(start, end, score, number)
        for start, end, numbers in self._chinese.find_slips(text, taken):
            if numbers and _is_free(start, end, taken, parts):
                weights = _weights(text, start, end, parts)
                begins = start == 0 or text[start - 1] in FUNCTION_HAN or not is_han(text[start - 1])
                for number in numbers:
                    if chinese_names.is_slip(text[start:end], self._names[number], weights, begins):
                        yield self._found(start, end, chinese_names.SLIP, number)

    def _found(self, start: int, end: int, score: float, number: int) -> Found:
        return Found(start, end, round(score * SHORTENED, 3) if number >= self._first_short else score, [number])


def _is_free(start: int, end: int, taken: bytearray, parts: List[Span]) -> bool:
    """Whether a mention may be here: over no exact one, except over a shorter one that may be part of a name."""
    if end > len(taken) or taken.find(1, start, end) >= 0:
        return False
    for first, last in parts:
        if start < last and first < end and not (start <= first and last <= end and last - first < end - start):
            return False
    return True


def _stands_alone(text: str, start: int, end: int, ordinary: Container[str]) -> bool:
    """Whether what stands before and behind a guess are words of their own: 松岭公园 is no guess in 青松岭公园."""
    before, after = text[:start][-1:], text[end : end + 1]
    return (not is_han(before or " ") or before in FUNCTION_HAN or text[:start][-2:] in ordinary) and (
        not is_han(after or " ") or after in FUNCTION_HAN or text[end : end + 2] in ordinary
    )


def _within_longer(start: int, end: int, exact: Sequence[Tuple[int, int, bool]]) -> bool:
    """Whether a mention takes in every exact one it meets, and has a word more than it."""
    met = [(first, last) for first, last, _ in exact if start < last and first < end]
    return all(start <= first and last <= end and end - start >= last - first + _A_WORD for first, last in met)


def _names_road(text: str, end: int, typed: List[latin_names.Word]) -> bool:
    """Whether the word behind makes a road of it: Xigang Road is not Xigang Garden."""
    behind = next((word for start, _, word in typed if start >= end), "")
    return behind in ROADS and text[end : end + 1] == " "


def _weights(text: str, start: int, end: int, parts: List[Span]) -> List[float]:
    """What each character proves; those of a district or an ordinary word prove nothing."""
    weights = chinese_names.weigh(text[start:end])
    for first, last in parts:
        if start <= first and last <= end:
            weights[first - start : last - start] = [0.0] * (last - first)
    return weights


def is_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin match stands alone: "ktv" is not in "ktvs1", "sea" is not in "search"."""
    if start > 0 and is_latin(text[start]) and is_latin(text[start - 1]):
        return False
    return not (end < len(text) and is_latin(text[end - 1]) and is_latin(text[end]))
