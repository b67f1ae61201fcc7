"""How Chinese characters are written and sound: simplified forms and toneless pinyin, one character at a time."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from itertools import islice, product
from pathlib import Path
from typing import Dict, List, Pattern, Sequence, Tuple

# The dictionary's first reading is not always the one in names of places; these have two that are.
_OTHER_READING = {
    "长": "chang",
    "乐": "yue",
    "重": "chong",
    "行": "hang",
    "都": "du",
    "朝": "zhao",
    "曾": "zeng",
    "单": "shan",
    "泊": "bo",
    "藏": "zang",
    "柏": "bo",
    "堡": "pu",
    "壳": "qiao",
    "阿": "e",
    "卡": "qia",
    "校": "jiao",
    "降": "xiang",
    "露": "lou",
    "六": "lu",
    "番": "pan",
    "厦": "xia",
    "埔": "bu",
    "圩": "xu",
    "传": "zhuan",
    "参": "shen",
    "还": "huan",
    "弹": "tan",
    "盛": "cheng",
    "仇": "qiu",
    "解": "xie",
}
MAX_READINGS = 4
LONGEST_PINYIN = 30
# Typed for one another all over China: zh and z, ch and c, sh and s, ing and in, eng and en, ang and an, ü and u.
_MERGED = re.compile(r"(?<=[zcs])h|(?<=[aei]n)g")
_INTERJECTIONS = frozenset({"m", "n", "ng", "hm", "hng"})
_HIDDEN = "\0"
# Syllables stand for characters as single characters of a private area.
_FIRST_CODE = 0xE000
_LAST_CODE = 0xF8FF


@dataclass(frozen=True)
class _Sounds:
    """`spoken`: the syllable of a character; `codes`: the code of that, one for all that are typed for one another."""

    spoken: Dict[str, str]
    codes: Dict[int, str]
    code_of: Dict[str, str]
    syllables: Pattern[str]


@lru_cache(maxsize=1)
def simple_forms() -> Dict[str, str]:
    """Traditional character → simplified one. Made at the first call, which takes a twentieth of a second."""
    import opencc

    # One a line, so that no phrase is converted as a whole: positions stay.
    chars = [chr(code) for code in range(0x3400, 0xA000)]
    converter = opencc.OpenCC("t2s")
    once = converter.convert("\n".join(chars)).split("\n")
    twice = converter.convert("\n".join(once)).split("\n")
    return {
        char: simple
        for char, simple in zip(chars, twice, strict=True)
        if simple != char and len(simple) == 1 and "\u3400" <= simple <= "\u9fff"
    }


@lru_cache(maxsize=1)
def _sounds() -> _Sounds:
    # The package's own table without the package: importing it reads 47,000 phrases, which takes a second.
    table = Path(str(metadata.distribution("pypinyin").locate_file("pypinyin/pinyin_dict.json")))
    spoken: Dict[str, str] = {}
    syllables = {syllable: syllable for syllable in _OTHER_READING.values()}
    for number, readings in json.loads(table.read_text(encoding="utf-8")).items():
        if 0x3400 <= int(number) <= 0x9FFF:
            syllable = toneless(readings.partition(",")[0])
            spoken[chr(int(number))] = syllables.setdefault(syllable, syllable)
    code_of_merged = {each: chr(_FIRST_CODE + at) for at, each in enumerate(sorted({*map(merged, syllables)}))}
    code_of = {syllable: code_of_merged[merged(syllable)] for syllable in syllables}
    typed = {syllable.replace("v", "u") for syllable in syllables} | syllables.keys()
    longest_first = sorted((each for each in typed - _INTERJECTIONS if len(each) > 1), key=len, reverse=True)
    return _Sounds(
        spoken,
        # What looks like a code in a text is none.
        {
            **dict.fromkeys(range(_FIRST_CODE, _LAST_CODE + 1), _HIDDEN),
            **{ord(char): code_of[syllable] for char, syllable in spoken.items()},
        },
        code_of,
        # A syllable of one letter begins a word (Aranya) or is a slip (Qiqioa).
        re.compile("(?:[aoe]|(?=.))(?:" + "|".join(map(re.escape, longest_first)) + ")*"),
    )


@lru_cache(maxsize=4096)
def toneless(syllable: str) -> str:
    """`gē` as `ge`, `nǚ` as `nv`."""
    apart = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(char for char in apart if not unicodedata.combining(char))


def merged(pinyin: str) -> str:
    """Toneless pinyin with the pairs merged that people type for one another."""
    return _MERGED.sub("", pinyin).replace("v", "u")


def spoken(char: str) -> str:
    """The syllable of a character, or the character."""
    return _sounds().spoken.get(char, char)


def readings(char: str) -> Tuple[str, ...]:
    """All syllables a character of a name may be typed by."""
    other = _OTHER_READING.get(char)
    return (spoken(char),) if other is None else (spoken(char), other)


def sounds_like(char: str, named: str) -> bool:
    """Whether a typed character is read like one of a name, tones aside."""
    return spoken(char) in readings(named)


def code(text: str) -> str:
    """Each Chinese character as one character for its sound; all others stay. As long as the text."""
    return text.translate(_sounds().codes)


def codes(name: str) -> List[str]:
    """Every way a name may sound, as `code` has it."""
    if _OTHER_READING.keys().isdisjoint(name):
        return [code(name)]
    code_of = _sounds().code_of
    others = {char: code_of[syllable] for char, syllable in _OTHER_READING.items()}
    return _all_ways([code(char) + others.get(char, "") for char in name])


def pinyin(name: str) -> List[str]:
    """Every way a name may be spelled in toneless pinyin, without spaces; `ü` both as people type it, v and u."""
    if _OTHER_READING.keys().isdisjoint(name):
        known = _sounds().spoken
        spelled = ["".join([known.get(char, char) for char in name])]
    else:
        spelled = _all_ways([readings(char) for char in name])
    return spelled + [way.replace("v", "u") for way in spelled if "v" in way]


def _all_ways(choices: Sequence[Sequence[str]]) -> List[str]:
    return list(dict.fromkeys("".join(way) for way in islice(product(*choices), MAX_READINGS)))


def is_pinyin(word: str) -> bool:
    """Whether a word of Latin letters can be read as toneless pinyin."""
    # Many syllables can be parted in very many ways (fang'an, fan'gan), which must not be tried without end.
    return len(word) <= LONGEST_PINYIN and _sounds().syllables.fullmatch(word) is not None
