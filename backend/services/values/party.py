"""How many people come, and of which age."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.services.values.reading import Pattern, number, plain

_HAN = "一二两俩仨三四五六七八九十百"
_SAID = rf"[0-9]{{1,3}}|[{_HAN}]{{1,4}}"
_LONE = rf"(?<![0-9.:第每{_HAN}])"
_WORD = r"[0-9]{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|a couple of"
# "With a baby" is one, "is it good for a child" is nobody.
_ONE = r"(?:(?<=with )|(?<=and )|(?<=plus ))an?"


def _counted(chinese: str, english: str) -> Pattern:
    """三个小孩, 儿童票三张, "three kids"."""
    return Pattern(
        rf"{_LONE}(?P<front>{_SAID})[个位名张]?(?:{chinese})|(?:{chinese})票?(?P<behind>{_SAID})[个位名张]"
        rf"|\b(?P<english>{_WORD}|{_ONE})\s+(?:{english})\b(?!')"
    )


_KINDS = {
    "adults": _counted("大人|成人|成年人", "adults?|grown[- ]?ups?"),
    "children": _counted(
        "小孩子?|孩子|儿童|小朋友|娃娃?|宝宝|婴儿",
        "(?:small |little |young )?(?:kids?|child(?:ren)?|toddlers?|bab(?:y|ies)|infants?)",
    ),
    "seniors": _counted("老人家?|老年人|长辈", "seniors?|pensioners?|elderly|(?:old|older) people|grandparents?"),
}
# 两大一小, 3大2小1老: only together, as 大 alone is "big".
_BIG_AND_SMALL = Pattern(
    rf"{_LONE}(?P<adults>{_SAID})个?大[,和带 ]?(?P<children>{_SAID})个?小(?!时)(?:[,和带 ]?(?P<seniors>{_SAID})个?老)?"
)
_TOTALS = [
    Pattern(rf"[一全]家({_SAID})口"),
    Pattern(rf"{_LONE}({_SAID})(?:口[人子]|[个名]?人(?![民工均次份大山类员气间房])|位(?![数于置大成老小儿]))"),
    Pattern("(?:我们|咱们|我|咱|他们|她们|夫妻|两口子|情侣|父子|母女|母子|姐妹|兄弟)([俩仨])"),
    Pattern(
        r"\b(?:(?:family|party|group|team) of|(?:tickets?|table|room|seats?|booking|reservation|book|reserve|^) ?for"
        rf"|we are|we're|us) ({_WORD})\b"
        r"(?=\s*(?:$|[^\w\s%:.]|\.(?![0-9])|(?:people|persons?|on|at|in|and|please|tonight|today|tomorrow)\b))"
    ),
    Pattern(rf"\b({_WORD})\s+(?:people|persons?|guests?|of us|pax|travell?ers|visitors|tourists)\b"),
]
_TICKETS = Pattern(
    rf"{_LONE}(?P<front>{_SAID})张(?:门票|票|入场券|全价票|普通票)|票(?P<behind>{_SAID})张"
    rf"|\b(?P<english>{_WORD})\s+(?:entrance |entry |regular )?tickets?\b"
)
_ALONE = Pattern(
    r"(?:就|只有|只|仅)我(?:自己|一个|1个|一人)|我(?:一个人|1个人|自己(?=去|来|玩|逛))|独自|单独一人"
    r"|\b(?:(?:just|only) me|by myself|on my own|alone|solo)\b"
)
_PARTNER = "(?:wife|husband|partner|girlfriend|boyfriend|friend)"
_PAIR = Pattern(
    r"夫妻二人|两口子|小两口|老两口|我[和跟]我?(?:老婆|老公|妻子|丈夫|女朋友|男朋友|对象|朋友)"
    rf"|\b(?:my {_PARTNER} and (?:i|me)|me and my {_PARTNER}|both of us|(?:are|as|for) a couple)\b(?! of)"
)
# "Five of us, two of them children", or else "two of us and a child".
_INCLUDED = Pattern(r"其中|包括|包含|里面?有|含|\bincluding\b|\bof (?:them|whom)\b|\bincl\b")
_ADDED = Pattern(r"带|加上?|还有|外加|另外|和|跟|\+|\b(?:and|with|plus)\b")


@dataclass(frozen=True)
class Party:
    """How many come. None is what was not said: a family of four has a `total` only, "a child" has no total."""

    adults: int | None = None
    children: int | None = None
    seniors: int | None = None
    total: int | None = None


def find_party(text: str) -> Party | None:
    """The people or tickets counted in the first 500 characters of a text; None where nobody is counted.

    Tickets count as people. Children said with a number of people are among them ("我们五个人，两个小孩"), unless a
    word adds them ("two of us and a child"). Never raises.
    """
    words = plain(text)
    counts, first, words = _by_age(words)
    total, end = _total(words)
    tickets = sum(_count(match) for match in _TICKETS.finditer(words)) if total is None else 0
    known = sum(counts.values())
    if total is None:
        if not (counts or tickets):
            return None
        # Children and old people do not come alone, but their tickets are bought alone.
        whole = "adults" in counts or tickets or "票" in words or "ticket" in words
        return Party(**counts, total=known + tickets if whole else None)
    if counts and "adults" not in counts:
        included = _INCLUDED.search(words) is not None
        if not included and end <= first and _ADDED.search(words[end:first]):
            return Party(**counts | {"adults": total}, total=total + known)
        if included and known < total:
            return Party(**counts | {"adults": total - known}, total=total)
    return Party(**counts, total=max(total, known))


def _by_age(words: str) -> tuple[dict[str, int], int, str]:
    """The counts by age, where the first stands, and the text with what was read blanked out."""
    counts: dict[str, int] = {}
    first = len(words)
    together = _BIG_AND_SMALL.search(words)
    if together:
        counts = {kind: number(said) or 0 for kind, said in together.groupdict().items() if said}
        first, words = together.start(), _without(words, together)
    for kind, expression in _KINDS.items():
        for match in list(expression.finditer(words)):
            counts[kind] = counts.get(kind, 0) + _count(match)
            first, words = min(first, match.start()), _without(words, match)
    return {kind: count for kind, count in counts.items() if count}, first, words


def _total(words: str) -> tuple[int | None, int]:
    """The number of people said, and where it ends."""
    for expression in _TOTALS:
        match = expression.search(words)
        if match and _number(match[1]):
            return _number(match[1]), match.end()
    for expression, count in ((_ALONE, 1), (_PAIR, 2)):
        match = expression.search(words)
        if match:
            return count, match.end()
    return None, 0


def _count(match: re.Match[str]) -> int:
    return _number(next(said for said in match.groups() if said))


def _number(said: str) -> int:
    return 2 if said == "a couple of" else number(said) or 0


def _without(words: str, match: re.Match[str]) -> str:
    return words[: match.start()] + "\x00" * len(match[0]) + words[match.end() :]
