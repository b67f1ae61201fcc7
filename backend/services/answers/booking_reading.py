"""What messages about bookings say beside names: yes and no, how many, when, codes, and who comes. Pure functions."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from backend.services.booking_codes import read_code
from backend.services.values import Party, TimeMention, corrected, find_party
from backend.services.values.reading import HAN, Pattern, number, plain

# Hours of the day that a part of the day means for a visit.
_HOURS = {"morning": (0, 12), "noon": (11, 14), "afternoon": (12, 18), "evening": (17, 24), "night": (18, 24)}
_WORD = "[0-9]{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_SAID = rf"(?:[0-9]{{1,3}}|[{HAN}俩仨]{{1,3}}|{_WORD})"

_YES = Pattern(
    r"(?:(?:嗯+|好+|行|可以|确[认定]|对|是|没问题|成|妥|要|订|约|挂|预[订定约]|就(?:这个|它|这样|订|要)|下单|ok|okay)"
    r"(?:[的了吧啊呀哈哒嘞滴]|这个|它|一下)*[,。.!！~ ]*)+(?:谢谢|多谢)?[你您啦了]*"
    r"|(?:(?:yes|yeah|yep|yup|y|sure|confirm(?:ed)?|ok(?:ay)?|right|correct|perfect|great|fine|good|go ahead|do it"
    r"|book (?:it|them|that)|please(?: do)?|that'?s (?:right|fine|ok)|sounds good|thanks?(?: you)?)[,.! ]*)+"
)
_NO = Pattern(
    r"(?:(?:不+|不[要用订约去行了是对好]|别|算了|没有|取消|先不|否|no+|nope|n|nah|not now|don'?t|stop|cancel"
    r"|never ?mind|forget it)(?:[了吧啊的订]|这个|谢谢|[, ]*(?:it|thanks?|thank you))*[,。.!！ ]*)+"
)
_BARE_COUNT = Pattern(
    rf"(?:就|要|来|一共|总共|我们|for |just |only |we are |there are |make it |it's )*({_SAID})"
    r"(?:张|个人|个|位|口人|人|份|名|票| ?(?:people|persons?|tickets?|of us|places?|seats?|spots?|pax|please))*"
    r"[吧啊呢。.!！ ]*"
)
_COUNT = Pattern(
    rf"({_SAID})(?:张(?!床|桌)|份|个?名额|个?座|个?位(?:子|置)| ?(?:tickets?|places|seats|spots|passes|slots)\b)"
)
# "Three not two" has no comma, and what is counted goes without saying.
_NOT = Pattern(
    rf"(?:no |sorry |actually )*({_SAID}) ?(?:张|个|位|人|people|tickets?)*,? ?(?:不是|not) ?{_SAID}"
    r" ?(?:张|个|位|人|people|tickets?)*[.。!！]*"
)
_KIND_WORDS = (
    ("children", r"小孩|孩子|儿童|小朋友|娃|宝宝|child(?:ren)?|kids?|boy|girl|\bson\b|daughter|baby"),
    ("seniors", "老人|长辈|爷爷|奶奶|senior|pensioner|elderly"),
    ("adults", "大人|成人|adult|grown"),
)
_MORE = Pattern(
    rf"(?:加|添|多)(?:了|来|上|一?下)?({_SAID})?(?:个|位|张|名|(?=小孩|大人|老人|孩|娃))"
    rf"|\badd (?:another )?(an?|{_WORD})\b|\b(an?|{_WORD}) more\b"
    rf"|\bplus ({_WORD})\b"
)
_FEWER = Pattern(
    rf"(?:减|少|去掉)(?:去|了|来|掉)?({_SAID})?(?:个|位|张|名)|\b({_WORD}) (?:less|fewer)\b"
    rf"|\b(?:take|drop|remove|minus) (an?|{_WORD})\b"
)
_QUESTION = Pattern(
    r"[?？]|[吗么嘛]|能不能|可不可以|有没有|还有[没票号]|怎么|咋|如何|多少|几点|哪|行不|可以不|成不"
    r"|\b(?:how|can|could|is there|are there|any|do|does|what|when|which|where)\b"
)
_WAITS = Pattern(r"候补|排队|排上|等位|等着|有人退|wait(?:ing)? ?list|wait for|queue|in line|if someone cancels")
_EARLIER = Pattern(r"早[一]?点|早些|提前|往前|\bearlier\b|\bsooner\b|\bbefore that\b")
_LATER = Pattern(r"晚[一]?点|晚些|往后|推迟|延后|\blater\b|\bafter that\b|\bpostpone\b")
_CODE = Pattern(
    r"(?<![a-z0-9])(?![0-9]{1,2}(?:am|pm|st|nd|rd|th)\b)(?=[a-z0-9-]*[0-9])(?=[a-z0-9-]*[a-z])"
    r"[a-z0-9]{2,5}-?[a-z0-9]{0,5}(?![a-z0-9])"
)
_GROUPS = Pattern(r"(?<![a-z0-9])(?=([a-z0-9]{2,4}[- ][a-z0-9]{2,4})(?![a-z0-9]))")
_DOCUMENT = re.compile(r"(?<![A-Za-z0-9])(?:[0-9]{15}|[0-9]{17}[0-9Xx]|[A-Za-z]{1,3}[0-9]{6,9})(?![A-Za-z0-9])")
_AROUND_NAME = re.compile(
    r"姓名|名字|叫|身份证号?码?|护照号?码?|证件号?码?|证号|\b(?:name|is|id|card|passport|number|no)\b|[:：，,；;、。\s]+",
    re.IGNORECASE,
)

Direction = Literal["earlier", "later"]


@dataclass(frozen=True)
class When:
    """When somebody wants to come, as far as said: the day (or days up to `until`), a part of it, or a time of it."""

    day: dt.date | None = None
    until: dt.date | None = None
    part: str | None = None
    time: dt.time | None = None

    def then(self, said: When) -> When:
        """This with what was said after it: a new time of day takes the place of the one before, as does a new day."""
        when = self
        if said.day is not None:
            when = replace(when, day=said.day, until=said.until)
        if said.time is not None or said.part is not None:
            when = replace(when, time=said.time, part=said.part)
        return when

    def holds(self, moment: dt.datetime) -> bool:
        """Whether a moment, in the city's time zone, is at the time of day that was said; any is, where none was."""
        if self.time is not None:
            return moment.time() == self.time
        if self.part is not None:
            first, last = _HOURS.get(self.part, (0, 24))
            return first <= moment.hour < last
        return True

    def to_dict(self) -> dict[str, Any]:
        """JSON values, only what is set."""
        return {name: value.isoformat() if not isinstance(value, str) else value
                for name, value in vars(self).items() if value is not None}  # fmt: skip

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> When:
        """Reads what `to_dict` gave. Raises ValueError where a date or time is none."""
        return cls(
            day=dt.date.fromisoformat(data["day"]) if "day" in data else None,
            until=dt.date.fromisoformat(data["until"]) if "until" in data else None,
            part=data.get("part"),
            time=dt.time.fromisoformat(data["time"]) if "time" in data else None,
        )


def yes(text: str) -> bool:
    """Whether a whole message agrees: 好的, 确认, "yes please"."""
    return _YES.fullmatch(_trimmed(text)) is not None


def no(text: str) -> bool:
    """Whether a whole message declines: 不要了, "no thanks"."""
    return _NO.fullmatch(_trimmed(text)) is not None


def asks(text: str) -> bool:
    """Whether a message is worded as a question, and so is no order yet."""
    return _QUESTION.search(plain(text)) is not None


def wants_to_wait(text: str) -> bool:
    """Whether a message asks for the waiting list."""
    return _WAITS.search(plain(text)) is not None


def direction(text: str) -> Direction | None:
    """Whether somebody wants an earlier or a later time than the one in talk."""
    words = plain(text)
    if _EARLIER.search(words):
        return "earlier"
    return "later" if _LATER.search(words) else None


def when(times: Sequence[TimeMention]) -> When:
    """The day and the time of day in what was said."""
    day = next((said for said in times if said.date is not None), None)
    hour = next((said for said in times if said.time is not None), None)
    part = next((said.part for said in times if said.part is not None), None) if hour is None else None
    return When(
        day.date if day else None,
        day.until if day and day.until != day.date else None,
        part,
        hour.time if hour else None,
    )


def party(text: str, alone: bool = False) -> Party | None:
    """How many a message counts. `alone`: the message answers the question how many, so that a bare number counts."""
    words = _trimmed(text)
    fixed = _NOT.fullmatch(words)
    if fixed:
        return _total(fixed[1])
    _, meant = corrected(text)
    said = meant or text
    found = find_party(said)
    if found is not None:
        return found
    counted = _COUNT.search(plain(said))
    if counted:
        return _total(counted[1])
    bare = _BARE_COUNT.fullmatch(_trimmed(said)) if alone or meant else None
    return _total(bare[1]) if bare else None


def more_or_fewer(text: str) -> tuple[str | None, int] | None:
    """The kind of guest (None where not said) and by how many there are more, or fewer where negative."""
    words = plain(text)
    for pattern, sign in ((_MORE, 1), (_FEWER, -1)):
        match = pattern.search(words)
        if match:
            said = next((group for group in match.groups() if group), "一")
            kind = next((name for name, of in _KIND_WORDS if re.search(of, words)), None)
            return kind, sign * (1 if said in ("a", "an") else number(said) or 1)
    return None


def code(text: str) -> str:
    """The booking code in a message as typed; empty where none stands there. A good one counts before what only looks
    like one.
    """
    words = plain(text)
    found = [match[0] for match in _CODE.finditer(words)]
    # In two groups, as codes are shown and read out.
    found += [match[1] for match in _GROUPS.finditer(words) if read_code(match[1])]
    good = next((read for read in map(read_code, found) if read), None)
    return good or next((said.upper() for said in found), "")


def without_code(text: str) -> str:
    """The text without the booking codes in it: some of them look like a time, as K7M-3PM does."""
    words = plain(text)
    spans = [match.span() for match in _CODE.finditer(words)] + [match.span(1) for match in _GROUPS.finditer(words)]
    for start, end in spans:
        if read_code(words[start:end]):
            text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def guests(text: str) -> list[tuple[str, str]]:
    """Names with the numbers of their documents, in order; the number is empty where a name stands alone."""
    normal = unicodedata.normalize("NFKC", text)
    found, begin = [], 0
    for match in _DOCUMENT.finditer(normal):
        names = [part for part in _AROUND_NAME.split(normal[begin : match.start()]) if part]
        found.append((" ".join(names), match[0].upper()))
        begin = match.end()
    if found:
        return found
    names = [part.strip() for part in re.split(r"[,，、;；\n]+|\s+(?:和|and)\s+|(?<=[\u3400-\u9fff])\s+", normal)]
    return [(name, "") for name in names if name]


def _total(said: str) -> Party | None:
    count = number(said)
    return Party(total=count) if count else None


def _trimmed(text: str) -> str:
    return plain(unicodedata.normalize("NFKC", text)).strip(" \t\r\n.。!！,，")
