"""The words that name a place in what people type: what stands before 附近, after "near", between 我在 and 旁边."""

from __future__ import annotations

import re
import unicodedata

_PARTS = re.compile(r"[，。！？；：、,!?;:\n]+|\.(?=\s|$)")
_BESIDE = (
    r"附近|旁边|周边|周围|边上|一带|门口|对面|隔壁|跟前|不远|这边|那边|这块|那块|这一片|那一片|这片|那片|这儿|那儿|这里|那里"
    r"|这头|那头"
)
_WE = r"(?:我们?|俺们?|咱们?|人)"
_NOW = r"(?:现在|目前|刚刚?|已经|正|就|都|又|还)*"
_AT = r"(?:住在|待在|呆在|停在|位于|来到|到了|住|在|到)"
_ZH = (
    re.compile(rf"(?P<name>.+?)的?(?:{_BESIDE})"),
    re.compile(r"(?:距离|离|距)(?P<name>.+?)(?:最近|较近|比较近|很近|近一?点|近的|近|不远|有多远|多远)"),
    re.compile(rf"{_WE}{_NOW}{_AT}(?P<name>.+)$"),
    re.compile(r"从(?P<name>.+?)(?:出发|过去|走|怎么|坐车|坐公交|打车|到|去)"),
)
_LEAD_ZH = re.compile(
    rf"^(?:(?:请问|你好|您好|麻烦|想问一?下?|问一?下|我想|帮我|找一?下|查一?下|看看|有没有|那么?|呃|嗯)\s*)*"
    rf"(?:{_WE}?{_NOW}{_AT}|{_WE}(?=家|的)|(?:距离|离|距|从|在))?"
)
_TAIL_ZH = re.compile(
    rf"(?:的?(?:{_BESIDE})|的|呢|吗|啊|呀|吧|了|哦|哈|最近|有什么.*|有啥.*|有没有.*|有哪.*|哪里.*|哪儿.*|怎么.*|想.*)+$"
)
_EN = (
    re.compile(
        r"\b(?:near(?:by)?(?: to)?|around|close to|closest to|nearest to|next to|beside|opposite|across from|outside"
        r"|in front of|not far from|in the area of|by)\s+(?P<name>.+)"
    ),
    re.compile(
        r"\b(?:i'?m|i am|im|we'?re|we are|staying|stay|live|living|standing|waiting|based)"
        r"(?: (?:now|currently|right now|just|here|staying|living|standing|waiting))*"
        r" (?:at|in|on|near|by|around)\s+(?P<name>.+)"
    ),
    re.compile(r"\bfrom\s+(?P<name>.+?)(?:\s+to\b.*)?$"),
)
_CUT_EN = re.compile(
    r"\s+(?:and|but|what|where|how|is|are|any|do|does|can|could|which|please|pls|now|right now|that|there|i|we|today"
    r"|tonight|tomorrow|area|thanks|thank you)\b.*$"
)
_LEAD_EN = re.compile(r"^(?:(?:the|a|an|my|our|hi|hello|excuse me|please|i'?m|im|i am|at|in|near|around|by)\s+)+")
_FRAMES = re.compile(rf"{_BESIDE}|{_WE}{_NOW}{_AT}|\b(?:near(?:by)?|around|closest|nearest|next to|close to)\b")
# Where the person is, or a place that only they know: nothing to look up.
_OWN = re.compile(
    r"^(?:我|我们|俺|咱|咱们|你|你们|这|那|家|我家|家里|我们?家|酒店|宾馆|旅馆|民宿|我们?酒店|我们?住的?(?:地方|酒店|宾馆)?|单位|公司|学校"
    r"|me|us|here|this|there|my place|home|hotel|my hotel|the hotel|our hotel|where i am|my location|you|work|it|myself"
    r"|this place|town|the city|city|foot|bus|car|taxi|train|myself|now)$"
)


def place_words(text: str) -> list[str]:
    """The words that a message frames as a place, the likeliest first; empty where it frames none.

    What stands for the person ("near me", 我附近) is left out.
    """
    found: list[str] = []
    for part in _parts(text):
        for pattern in (*_ZH, *_EN):
            match = pattern.search(part)
            if match and (words := _stripped(match["name"])):
                found.append(words)
    return list(dict.fromkeys(found))


def bare_words(text: str) -> str:
    """A whole message as the name of a place, without the words around it; empty where it frames a place (then that
    is the name, or the place is the person's own) or where nothing is left.
    """
    if any(_FRAMES.search(part) for part in _parts(text)):
        return ""
    return next((words for part in _parts(text) if (words := _stripped(part))), "")


def _parts(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    return [part.strip() for part in _PARTS.split(plain) if part.strip()]


def _stripped(words: str) -> str:
    words = _CUT_EN.sub("", words.strip())
    words = _LEAD_EN.sub("", words)
    words = _TAIL_ZH.sub("", words)
    lead = _LEAD_ZH.match(words)
    words = (words[lead.end() :] if lead else words).strip(" '\"“”‘’()[]《》<>-")
    return "" if _OWN.match(words) or len(words) < 2 else words
