"""What somebody takes back, and what they say instead."""

from __future__ import annotations

from backend.services.values.reading import Pattern, plain

# What is denied or meant is short; a comma or a stop ends it.
_DENIED = r"(?P<denied>[^,.，。;；!！?？、]{1,40}?)"
_MEANT = r"(?P<meant>[^,.，。;；!！?？、]{1,40}?)"
_STOP = r"[,.，。;；:!！?？、\s]{1,5}"
_END = r"\s*(?:$|[.。!！?？,，;；])"
_SAY = "(?:说|想说|要说|想问|问|指|要|想要|想去|要去)"
_MEAN = r"i mean(?:t)?(?: to say)?"
_SORRY = r"(?:(?:no|nope|sorry|oops|wait|actually|oh|i'm sorry)[,.!\s]+){0,3}"

_CHINESE = [
    # 不是明天，是后天 / 不是明天，我说的是后天; not the question 是不是
    rf"(?<!是)不是{_DENIED}(?:{_STOP}|(?=而?是))(?:而是|应该是|我?{_SAY}的是|是){_MEANT}{_END}",
    # 是后天，不是明天 / 我说的是后天，不是明天 / 我是说后天，不是明天
    rf"(?:(?:^|我{_SAY}的?|应该|{_STOP})是|我是说){_MEANT}(?:{_STOP})?而?不是{_DENIED}{_END}",
    # 我没说后天，我说大后天
    rf"我没说(?:是|要)?{_DENIED}{_STOP}我?说的?是?{_MEANT}{_END}",
    # 我说的是后天 / 我是说后天
    rf"我(?:刚才|刚刚)?(?:{_SAY}的(?:应该)?是|是说){_MEANT}{_END}",
    # 说错了，是后天 / 不对，后天 / 更正：后天; not 没错, 不错 and 对不对
    rf"(?:(?<![不没])错了?|(?<!对)不对|口误|笔误|更正一?下?|纠正一?下?){_STOP}(?:应该|改成|换成|改为)?是?{_MEANT}{_END}",
    # 不，周日 / 不是，是周日
    rf"^(?:不不?|不是的?){_STOP}(?:应该)?是?{_MEANT}{_END}",
    rf"(?:改成|换成|改到|改为|应该是){_MEANT}{_END}",
]
_NOT = rf"(?:\s*,?\s+(?:and )?not {_DENIED})?"
_ENGLISH = [
    # not tomorrow, the day after / not tomorrow but Sunday
    rf"(?:^|[,.;]\s*){_SORRY}(?:i said |it's |it is )?not {_DENIED}(?:\s*[,;]\s*(?:but |it's )?|\s+but\s+|\s+-+\s+)"
    rf"(?:{_MEAN} )?{_MEANT}{_END}",
    # I meant Sunday, not Saturday
    rf"\b(?:{_MEAN}|what i meant was)[,:]? {_MEANT}{_NOT}{_END}",
    # sorry, Tiger Rock I mean
    rf"^{_SORRY}{_MEANT},?\s+{_MEAN}{_END}",
    # Sunday, not Saturday
    rf"^{_SORRY}{_MEANT}\s*,\s*not {_DENIED}{_END}",
    # my mistake, Biluota / the wrong date, it's the 15th / make that Tuesday
    r"(?:\b(?:my (?:mistake|bad)|typo|correction|scratch that|make (?:it|that)|change (?:it|that) to|the wrong \w+)"
    rf"|^(?:or )?rather|^{_SORRY}wrong \w+)[,:. -]{{1,3}}(?:it's |it should be |{_MEAN} )?{_MEANT}{_NOT}{_END}",
    # no, on Sunday / no wait, Friday / sorry, Sunday
    r"^(?:(?:no|nope|sorry|oops)[,.!]\s*|(?:no|nope),?\s+(?:sorry|wait)[,.!]?\s+|no\s+(?=(?:on|at|for|to|from)\b))"
    rf"{_MEANT}{_END}",
]
_PATTERNS = [Pattern(expression) for expression in (*_CHINESE, *_ENGLISH)]

# What stands in these places without being a value: 不是，谢谢; "no, thanks"; "not sure, can you help".
_NO_VALUE = Pattern(
    r"(?:谢|不|没|你|您|我|怎么|什么|为什么|这样|那个意思|算了|请问|有没有|能不能|可以|知道|好|行|别|取消|[的啦啊呀哦吗嘛]$)"
    r"|(?:.*(?:吗|嘛|么|了)$)"
    r"|(?:thanks?|thank|thx|i|i'm|i'll|it|it's|its|that|thats|that's|this|these|there|we|you|they|he|she|no|not|nothing|never"
    r"|problem|need|needed|worr(?:y|ies)|way|idea|please|is|are|am|was|do|does|did|didn't|don't|can|can't|could|will|would"
    r"|what|where|when|why|how|who|which|then|but|because|sorry|ok|okay|more|longer|one|sure|really|yet|now|bad|at all"
    r"|true|much|interested|working|good|clear|correct|right|satisfied|worth|open|closed|wait|if|so|just|let|help|stop"
    r"|call|about|cancel|ignore|wrong|typo|my|made|mistake)\b"
)
_POLITE = Pattern(r"(?:\s*(?:吧|啊|哦|呀|啦|哈|please|thanks|pls|it is))+$")


def corrected(text: str) -> tuple[str | None, str | None]:
    """What the first 500 characters of a text deny and what they mean instead, as written there; None where not said.

    ("明天", "后天") for "不是明天，是后天"; (None, "on Sunday") for "no, on Sunday"; (None, None) where nothing is
    corrected. Meant for messages known to put something right: "sorry, Sunday" counts. Never raises.
    """
    words = plain(text)
    for expression in _PATTERNS:
        match = expression.search(words)
        if match is None:
            continue
        said = {name: _trimmed(text, words, *match.span(name)) for name, found in match.groupdict().items() if found}
        if "" in said.values() or any(_NO_VALUE.match(plain(value)) for value in said.values()):
            continue
        return said.get("denied"), said["meant"]
    return None, None


def _trimmed(text: str, words: str, begin: int, end: int) -> str:
    """What stands there in the text, without the particles behind it."""
    polite = _POLITE.search(words[begin:end])
    return text[begin : begin + polite.start() if polite else end].strip()
