"""How parts of the day and clock times are said, in both languages, and which hour is meant.

An hour from 1 to 6 without a part of the day means the afternoon, one from 7 to 12 is as said; 05:30 with its nought is
as said as well. Twelve at night is the beginning of the next day, and so are one to five o'clock of the night.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

from backend.services.values.pieces import MIDNIGHT, Clock, Part, Piece, Rule
from backend.services.values.reading import HAN, SMALL, WORD, Pattern, number

_PARTS: list[tuple[Part, str, str]] = [
    ("dawn", "凌晨", "early hours"),
    ("morning", "大?清早|清晨|一?大早|早晨|早上|上午|早间", "morning"),
    ("noon", "正午|中午|午间|晌午", "lunch ?time"),
    ("afternoon", "下午|午后", "afternoon"),
    ("evening", "傍晚|黄昏|大?晚上|晚间|夜晚|夜间", "evening"),
    ("night", "大?半夜|夜里|深夜|午夜", "night"),
]
# 早上好 and "good evening" are greetings, 一晚上 and "two nights" are how long.
_NO_GREETING = r"(?!好(?:[^玩吃看]|$))"
_NOT_ONE = r"(?<![^周期拜十初]一)(?<!^一)"
_NO_COUNT = r"(?<!good )(?<!\ba )(?<!\bper )(?<!\bone )(?<!\btwo )(?<!\bthree )(?<!\beach )(?<!\bevery )(?<![0-9] )"
_LEAD = r"(?P<lead>(?:in|at|during|for|to)\s+(?:the\s+)?)?"

_ONE_TO_NINE = "一二三四五六七八九"
_MINUTES = (
    r"(?:(?P<half>半)|(?P<quarter>[一三])刻|整"
    rf"|[过零〇]?(?P<minute>[0-5][0-9](?![0-9])|[0-9](?=分)|[二三四五]?十[{_ONE_TO_NINE}]?|(?<=[零〇])[{_ONE_TO_NINE}]"
    rf"|[{_ONE_TO_NINE}](?=分))分?(?![钟个位名张人块元公千米大口]))"
)
# 三点五公里 and 4点5分 are no times, 8点3个人 holds one.
_NO_DECIMAL = rf"(?!(?:[0-9]|[{HAN}])(?![0-9十个位名张人大小口]))(?![建意要疑评儿])"
_BEFORE_ONE = Pattern(
    r"[午晨里间天号日到至在约是们末,。，\s-]$|(?<!马)上$|[今明昨][早晚]$|[周期拜][一二三四五六]$|半夜$"
)
_BEHIND_ONE = Pattern(r"\s*(?:$|[,.!?;。，！？；吧呢吗开到])")
_HALF = r"(?P<half>a\.?m\b\.?|p\.?m\b\.?)"
_HOUR = rf"(?:[0-9]{{1,2}}|{WORD})"
# What follows "at 5" when it is an hour and not a house number or a count.
_HOUR_ENDS = (
    r"(?=\s*(?:$|[^\w\s%/:.$¥-]|\.(?![0-9])|-\s*[0-9]|[^\x00-\x7f]|(?:sharp|in|on|at|to|till|until|and|or|today|tomorrow"
    r"|tmrw?|tonight|this|next|please|for|if|is|with|when|every|we|i|the day after"
    r"|mon|tues?|wed|thur?s?|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b))"
)
_PAST = {"half": 30, "quarter": 15, "a quarter": 15, "twenty five": 25, "twenty-five": 25}


def _minute_said(match: re.Match[str]) -> int:
    if match["half"]:
        return 30
    if match["quarter"]:
        return 15 if match["quarter"] == "一" else 45
    return number(match["minute"]) or 0 if match["minute"] else 0


def _valid(hour: int | None, minute: int = 0) -> bool:
    return hour is not None and 0 <= hour <= 24 and minute < 60 and not (hour == 24 and minute)


def _named_part(part: Part, chinese: str, english: str) -> Rule:
    def read(match: re.Match[str]) -> Piece:
        # "Night market", "evening all": alone it says when only with "at" or "the".
        weak = match["english"] is not None and match["lead"] is None
        start = match.start("english") if match["english"] else match.start()
        return Piece(start, match.end(), part=part, weak=weak)

    expression = (
        rf"{_NOT_ONE}(?:{chinese}){_NO_GREETING}|{_NO_COUNT}\b{_LEAD}(?P<english>(?:early\s+|late\s+)?(?:{english}))\b"
    )
    return Pattern(expression), read


def _short_part(match: re.Match[str]) -> Piece:
    return Piece(*match.span(), part="morning" if match[0] == "早" else "evening")


def _chinese(match: re.Match[str]) -> Piece | None:
    hour, minute = number(match["hour"]), _minute_said(match)
    if hour is None or not _valid(hour, minute) or _a_bit(match):
        return None
    minus = match.groupdict().get("minus")
    if minus:
        minute = -15 if minus == "一刻" else -(number(minus.rstrip("分")) or 0)
    exact = hour == 0 or hour > 12 or match["hour"][0] == "0"
    return Piece(*match.span(), clock=Clock(hour, minute, exact=exact))


def _a_bit(match: re.Match[str]) -> bool:
    """Whether 一点 is "a bit" and 两点 is "two points": 便宜一点, 有两点."""
    before, behind = match.string[: match.start()], match.string[match.end() :]
    if match[0] == "两点":
        return before.endswith(("有", "这", "那", "提", "说"))
    if match[0] != "一点":
        return False
    # It is a time behind a day, a part of the day or "at", or as the whole answer.
    return not (_BEFORE_ONE.search(before) or (not before and _BEHIND_ONE.match(behind)))


def _chinese_hours(match: re.Match[str]) -> Piece | None:
    first, last = number(match["first"]), number(match["hour"])
    if first is None or last is None or not (_valid(first) and _valid(last, _minute_said(match))):
        return None
    return Piece(*match.span(), clock=_bare(first), until_clock=_bare(last, _minute_said(match)))


def _one_or_two(match: re.Match[str]) -> Piece | None:
    first, last = number(match["first"]) or 0, number(match["hour"]) or 0
    if last != first + 1:
        return None
    return Piece(*match.span(), clock=_bare(first), until_clock=_bare(last), approximate=True)


def _bare(hour: int, minute: int = 0, half: str | None = None) -> Clock:
    return Clock(hour, minute, _half(half), exact=hour == 0 or hour > 12)


def _half(said: str | None) -> Literal["am", "pm"] | None:
    return ("am" if said[0] == "a" else "pm") if said else None


def _digital(match: re.Match[str]) -> Piece | None:
    hour, minute, half = int(match["hour"]), int(match["minute"] or 0), _half(match["half"])
    if not _valid(hour, minute):
        return None
    # 17:30 pm says it twice, 05:30 says that it is the morning.
    exact = hour == 0 or hour > 12 or (match["hour"][0] == "0" and not half)
    return Piece(*match.span(), clock=Clock(hour, minute, half if hour <= 12 else None, exact))


def _digital_word(match: re.Match[str]) -> Piece | None:
    hour = number(match["hour"])
    return Piece(*match.span(), clock=_bare(hour, 0, match["half"])) if hour else None


def _english(match: re.Match[str]) -> Piece | None:
    hour = number(match["hour"])
    if hour is None or not _valid(hour):
        return None
    return Piece(match.start("hour"), match.end(), clock=_bare(hour))


def _english_words(match: re.Match[str]) -> Piece | None:
    hour = number(match["hour"])
    minute = {"thirty": 30, "fifteen": 15}.get(match["minute"], 45)
    return Piece(*match.span(), clock=_bare(hour, minute)) if hour else None


def _past_or_to(match: re.Match[str]) -> Piece | None:
    said, hour = match["count"], number(match["hour"])
    minutes = _PAST.get(said) or number(said)
    if hour is None or not 1 <= hour <= 12 or not minutes or minutes >= 60:
        return None
    return Piece(*match.span(), clock=Clock(hour, minutes if match["way"] in ("past", "after") else -minutes))


def _english_hours(match: re.Match[str]) -> Piece | None:
    first, last = number(match["first"]), number(match["hour"])
    minutes = int(match["first_minute"] or 0), int(match["minute"] or 0)
    if first is None or last is None or not (_valid(first, minutes[0]) and _valid(last, minutes[1])):
        return None
    return Piece(
        match.start("first"),
        match.end(),
        clock=_bare(first, minutes[0]),
        until_clock=_bare(last, minutes[1], match["half"]),
    )


def _named(clock: Clock) -> Rule:
    words = "12 midnight|twelve midnight|midnight" if clock.hour == 24 else "12 noon|twelve noon|high noon|noon|midday"
    return Pattern(rf"\b(?:{words})\b"), lambda match: Piece(*match.span(), clock=clock)


_LONE = r"(?<![0-9.:第])"
_WORD_HOUR = rf"(?P<hour>[0-9]{{1,2}}|{WORD})"
_TO = r"\s*(?:-|~|to|till|until|and)\s*"
# So that one reader serves expressions with and without minutes.
_NO_MINUTES = "(?P<half>)(?P<quarter>)(?P<minute>)"

RULES: list[Rule] = [
    *(_named_part(*named) for named in _PARTS),
    # 晚8点, but not 晚一点: a bit later.
    (Pattern(rf"[早晚](?!一点(?![半钟0-9{HAN}]))(?={SMALL}(?:点|:))"), _short_part),
    # 两三点
    (Pattern(rf"{_LONE}(?P<first>[两{_ONE_TO_NINE}])(?P<hour>[{_ONE_TO_NINE}])点{_NO_MINUTES}钟?"), _one_or_two),
    # 8点到10点, 8到10点
    (
        Pattern(
            rf"{_LONE}(?P<first>{SMALL})点?钟?\s?(?:到|至|-|~)\s?(?P<hour>{SMALL})(?:点|时(?![间候]))钟?"
            rf"{_MINUTES}?{_NO_DECIMAL}"
        ),
        _chinese_hours,
    ),
    # 八点二十五分, 差五分三点
    (
        Pattern(
            rf"(?:差(?P<minus>一刻|{SMALL}分)(?:钟|到)?)?{_LONE}(?<![{HAN}])(?P<hour>{SMALL})"
            rf"(?:点钟?|时(?![间候尚段代机节]))(?:{_MINUTES}|{_NO_DECIMAL})"
        ),
        _chinese,
    ),
    (Pattern(rf"{_LONE}(?P<hour>{SMALL})点{_NO_MINUTES}差(?P<minus>一刻|{SMALL}分)"), _chinese),
    (
        Pattern(rf"(?<![0-9:.])(?P<hour>[0-9]{{1,2}}):(?P<minute>[0-9]{{2}})(?::[0-9]{{2}})?(?![0-9:])(?:\s*{_HALF})?"),
        _digital,
    ),
    (Pattern(rf"(?<![0-9:.¥$])(?P<hour>[0-9]{{1,2}})(?:\.(?P<minute>[0-9]{{2}}))?\s*{_HALF}"), _digital),
    (Pattern(rf"\b(?P<hour>{WORD})\s*{_HALF}"), _digital_word),
    (Pattern(rf"\b{_WORD_HOUR}\s*o'?\s?clock\b"), _english),
    (
        Pattern(rf"\b(?:at|by|before|after|until|till|from)\s+(?:about\s+|around\s+)?{_WORD_HOUR}\b{_HOUR_ENDS}"),
        _english,
    ),
    (Pattern(rf"(?<!for )\b{_WORD_HOUR}(?=\s+(?:tonight|in the (?:morning|afternoon|evening))\b)"), _english),
    (Pattern(rf"\b(?P<hour>{WORD})[ -](?P<minute>thirty|fifteen|forty[- ]five)\b"), _english_words),
    # from 8 to 10, 3-5 pm
    (
        Pattern(
            rf"\b(?:from|between)\s+(?P<first>{_HOUR})(?:[:.](?P<first_minute>[0-9]{{2}}))?{_TO}"
            rf"{_WORD_HOUR}(?:[:.](?P<minute>[0-9]{{2}}))?(?P<half>)\b{_HOUR_ENDS}"
        ),
        _english_hours,
    ),
    (
        Pattern(
            rf"(?<![0-9:.])\b(?P<first>{_HOUR})(?:[:.](?P<first_minute>[0-9]{{2}}))?{_TO}"
            rf"{_WORD_HOUR}(?:[:.](?P<minute>[0-9]{{2}}))?\s*{_HALF}"
        ),
        _english_hours,
    ),
    # half past three, ten minutes to nine
    (
        Pattern(
            r"\b(?P<count>half|a quarter|quarter|five|ten|twenty(?:[- ]five)?|[0-9]{1,2}(?=\s+(?:past|minutes?\b)))"
            rf"(?:\s+minutes?)?\s+(?P<way>past|after|to|till)\s+{_WORD_HOUR}\b(?!\s*(?:people|persons?|adults?|kids?|-))"
        ),
        _past_or_to,
    ),
    _named(MIDNIGHT),
    _named(Clock(12, exact=True)),
]


def settle(clock: Clock, part: Part | None) -> tuple[dt.time, int, bool]:
    """The time of day, how many days after the day named it is (0 or 1), and whether people differ on it."""
    hour, shift, approximate = clock.hour, 0, clock.approximate
    if hour == 24:
        hour, shift, approximate = 0, 1, approximate and part not in ("evening", "night")
    elif clock.half is not None:
        hour = hour % 12 + (12 if clock.half == "pm" else 0)
        shift = int(part in ("evening", "night") and hour < 6)
    elif clock.exact:
        shift = int(part in ("evening", "night") and hour < 6)
    elif part is not None:
        hour, shift, approximate = _in_part(hour, part)
    elif 1 <= hour <= 6:
        hour += 12
    minutes = (hour * 60 + clock.minute) % (24 * 60)
    # Five to twelve at night is still today.
    shift -= int(hour == 0 and clock.minute < 0 and shift > 0)
    return dt.time(minutes // 60, minutes % 60), shift, approximate


def _in_part(hour: int, part: Part) -> tuple[int, int, bool]:
    """Hour 1 to 12 within the part of the day, days after, whether people differ."""
    if part == "dawn":
        return hour % 12, 0, False
    if part == "morning" or (part == "noon" and hour > 6):
        return hour, 0, False
    if part in ("noon", "afternoon"):
        return hour % 12 + 12, 0, False
    if hour == 12:
        return 0, 1, False
    if hour <= (3 if part == "evening" else 5):
        return hour, 1, True
    return hour + 12, 0, False


def settle_until(
    first: Clock, last: Clock, part: Part | None, last_part: Part | None
) -> tuple[dt.time, dt.time, int, bool]:
    """Both ends of a time range, how many days after the day named it begins, and whether people differ.

    What one end says of the half of the day counts for the other: 下午两点到四点, 3-5 pm.
    """
    begin, shift, approximate = settle(first, part)
    end, _, _ = settle(last, last_part or part)
    if last.half and not (first.half or first.exact or part):
        begin, shift, approximate = settle(Clock(first.hour, first.minute, last.half), part)
        if begin > end:  # 11-1 pm
            begin = begin.replace(hour=(begin.hour + 12) % 24)
    elif end <= begin and not (last.half or last.exact or last_part) and end.hour < 12:
        later = end.replace(hour=end.hour + 12)
        # 5点到8点 is an afternoon; 晚上10点到2点 ends after midnight.
        end = later if later > begin and part not in ("evening", "night") else end
    return begin, end, shift, approximate
