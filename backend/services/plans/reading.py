"""Reads what somebody wants of a day from the message; what it does not speak of stays as it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backend.city_pack.plan_rules import Company, Window
from backend.services.plans.wishes import Said, Wishes
from backend.services.values import find_money, find_party
from backend.services.values.reading import Pattern, number, plain

MAX_DAYS = 2
# More than anybody keeps in mind; it bounds what a conversation remembers.
MAX_NAMED = 10
PLACES_TO_VISIT = ("attraction", "beach")

_COUNT = r"[0-9]{1,2}|[一二两俩三四五六七八九十]|a couple of|one|two|three|four|five|six|seven|eight|nine|ten|an?"
_TWO_DAYS = Pattern(r"(?:[两俩2二][天日](?!后|前|内)|周末两|\b(?:two|2|a couple of)[ -]days?\b|\bboth days\b)")
_HALF_DAY = Pattern(r"半[天日]|半个白天|\bhalf[ -]?(?:a[ -])?day\b")
_WHOLE_DAY = Pattern(r"[一整全][天日](?!后|前)|\b(?:whole|full|all|one|entire|a)[ -]day\b|\bday trip\b|\bfor the day\b")
_HOURS = Pattern(rf"(?P<said>{_COUNT})\s?个?半?(?:小时|钟头)|\b(?P<english>{_COUNT})\s+(?:hours?|hrs?)\b")
_PARTS: tuple[tuple[Window, Pattern], ...] = (
    ("morning", Pattern(r"上午|早上|早晨|清早|一大早|\bmornings?\b")),
    ("afternoon", Pattern(r"下午|午后|\bafternoons?\b")),
    ("evening", Pattern(r"晚上|傍晚|今晚|夜里|\b(?:evenings?|tonight|at night)\b")),
)
_ENDS_BEHIND = Pattern(r"\s*(?:之前|以前|前|就?要?(?:回|结束|走|离开)|为止)")
_ENDS_BEFORE = Pattern(
    r"(?:到|玩到|逛到|\b(?:until|till|by|before|back (?:by|at)|end(?:ing)? (?:by|at)|finish(?:ing)? (?:by|at)))\s*$"
)

_COMPANY: tuple[tuple[Company, Pattern], ...] = (
    (
        "children",
        Pattern(
            r"孩子|小孩|小朋友|宝宝|儿童|[带遛溜]娃|娃娃?们?|亲子|儿子|女儿"
            r"|\b(?:kids?|child(?:ren)?|toddlers?|bab(?:y|ies)|son|daughter|family)\b"
        ),
    ),
    (
        "seniors",
        Pattern(
            r"老人|老年人|长辈|爸妈|父母|爸爸妈妈|爷爷|奶奶|姥姥|姥爷|外公|外婆|岳父|岳母|公公|婆婆"
            r"|\b(?:seniors?|elderly|parents|grand(?:parents?|ma|pa|mother|father)|pensioners?|old(?:er)? people)\b"
        ),
    ),
    (
        "couple",
        Pattern(
            r"情侣|女朋友|男朋友|对象|老婆|老公|妻子|丈夫|约会|蜜月|两口子|二人世界"
            r"|\b(?:couple|girlfriend|boyfriend|wife|husband|partner|honeymoon|romantic)\b"
        ),
    ),
)
_ALONE = Pattern(r"不带|没带|没有|不用带|without|no\b")
# What is denied stands behind the word that denies it, in the same clause.
_DENIES = Pattern(
    r"(?:不要|不想|不去|不看|不用|不爱|不喜欢|不安排|不逛|不爬|不坐|不含|不能|不必|别去|别安排|别看|别|去掉|删掉|删除|去除|除了|拿掉|取消"
    r"|没兴趣|跳过|免了|不"
    r"|\b(?:no|not|without|skip|avoid|avoiding|except|drop|remove|delete|leave out|don'?t|do not|hate|dislike"
    r"|rather not|instead of|cut|minus)\b)"
)
# 不超过, 不错 and 不贵 deny nothing that follows.
_NO_DENIAL = Pattern(
    r"不超过|不错|不贵|不知道|不过|不同|差不多|不限|能不能|要不要|可不可以|好不好|行不行|是不是"
    r"|\b(?:no more than|not more than|why not)\b"
)
_DENIED_BEHIND = Pattern(r"\s*(?:就?不[去要看爬逛]|就?算了|去掉|删掉|不想|没兴趣|太|免了|换掉)")
_CLAUSE = Pattern(
    r"[,.，。;；!！?？\n]|但是?|不过|而是|改[成去看为]|换成?|加上?|(?<![不别没想需])要(?:去|看)?|(?<![不没别])想[去看]"
    r"|\b(?:but|instead(?! of)|then|add|(?<!n't )(?<!not )want|would like)\b"
)
_GENTLE = Pattern(
    r"少走|走不[动了远]|不想走|不要走太|别走太|别太累|不累|不要太累|轻松|腿脚|轮椅|休闲"
    r"|\b(?:(?:less|little|not (?:much|too much|a lot of)|no long|without much) walk(?:ing|s)?|can'?t walk"
    r"|easy(?:going)?|relax(?:ed|ing)|wheelchair|not (?:too )?tiring|take it easy)\b"
)
_NO_MEALS = Pattern(
    r"不用?吃饭|自己解决吃|不安排[吃午晚]|不吃[午晚]?饭|\b(?:no|skip|without) (?:meals?|lunch|dinner|food stops?)\b"
)
_FROM = Pattern(
    r"(?:从|在|住在?|由|\b(?:from|starting (?:at|from)|staying (?:at|in|near)|start (?:at|from)))\s*(?:the\s*)?$"
)
_FROM_BEHIND = Pattern(r"\s*(?:出发|开始走|附近|周边|旁边)")
_EACH = Pattern(r"每人|人均|一个人|每位|\b(?:per (?:person|head)|each|a head|pp)\b")


def read(said: Said, before: Wishes | None = None) -> Wishes:
    """The wishes of a message, on top of those before; what it does not speak of stays as it was. Never raises."""
    wishes = before or Wishes()
    words = plain(said.text)
    wishes = _with_length(wishes, said, words)
    wishes = _with_times(wishes, said, words)
    wishes = _with_company(wishes, words)
    wishes = _with_names(wishes, said, words)
    wishes = _with_budget(wishes, said.text, words)
    if _GENTLE.search(words):
        wishes = replace(wishes, gentle=True)
    if _NO_MEALS.search(words):
        wishes = replace(wishes, meals=False)
    return wishes


def denied(words: str, position: int, end: int | None = None) -> bool:
    """Whether what stands at a position of a plain text is what the person does not want."""
    before = words[:position]
    for match in list(_NO_DENIAL.finditer(before)):
        before = f"{before[: match.start()]}{' ' * len(match[0])}{before[match.end() :]}"
    clause = 0
    for match in _CLAUSE.finditer(before):
        clause = match.end()
    before = before[clause:]
    return bool(_DENIES.search(before)) or (end is not None and _DENIED_BEHIND.match(words, end) is not None)


def joined(known: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """Both without repeats, the newest kept where there are too many."""
    return tuple(dict.fromkeys((*known, *more)))[-MAX_NAMED:]


def _with_length(wishes: Wishes, said: Said, words: str) -> Wishes:
    if _TWO_DAYS.search(words):
        wishes = replace(wishes, days=MAX_DAYS, half=False, minutes=None, window=None, end=None)
    elif _HALF_DAY.search(words):
        wishes = replace(
            wishes, half=True, days=1, minutes=None, window=None if wishes.window == "day" else wishes.window
        )
    elif _WHOLE_DAY.search(words):
        wishes = replace(wishes, half=False, days=1, minutes=None, window="day", end=None)
    hours = _HOURS.search(words)
    if hours:
        told = hours["said"] or hours["english"]
        count = 2 if told == "a couple of" else number(told)
        if count:
            more = 30 if "半" in hours[0] else 0
            wishes = replace(wishes, minutes=min(count * 60 + more, 14 * 60), days=1, half=False, end=None)
    if wishes.days > 1 or _WHOLE_DAY.search(words):
        return wishes
    for window, expression in _PARTS:
        match = expression.search(words)
        if match and not denied(words, match.start(), match.end()) and not _in_clock_time(match.start(), said):
            # The afternoon asked for instead of the morning takes the hours with it.
            moved = wishes.window not in (None, window) or wishes.begin is not None
            wishes = replace(wishes, window=window, days=1, half=True)
            if moved:
                wishes = replace(wishes, begin=None, end=None)
            break
    return wishes


def _in_clock_time(position: int, said: Said) -> bool:
    """Whether a part of the day belongs to a clock time: 晚上八点前 says when to be back, not when to go."""
    return any(mention.time is not None and mention.start <= position < mention.end for mention in said.times)


def _with_times(wishes: Wishes, said: Said, words: str) -> Wishes:
    for mention in said.times:
        if mention.date is not None and mention.date >= said.now.date():
            wishes = replace(wishes, day=mention.date)
        if mention.time is None:
            continue
        time = mention.time.replace(minute=mention.time.minute // 5 * 5, second=0, microsecond=0)
        if mention.until_time is not None and mention.until_time > mention.time:
            end = mention.until_time.replace(minute=mention.until_time.minute // 5 * 5, second=0, microsecond=0)
            wishes = replace(wishes, begin=time, end=end, minutes=None)
        elif _ENDS_BEHIND.match(words, mention.end) or _ENDS_BEFORE.search(words, 0, mention.start):
            wishes = replace(wishes, end=time, minutes=None)
        else:
            # Beginning after the end that was known: the length stays, the end goes.
            end_kept = wishes.end if wishes.end is None or wishes.end > time else None
            wishes = replace(wishes, begin=time, end=end_kept)
    return wishes


def _with_company(wishes: Wishes, words: str) -> Wishes:
    company = list(wishes.company)
    for name, expression in _COMPANY:
        match = expression.search(words)
        if match is None:
            continue
        if _ALONE.search(words, max(0, match.start() - 8), match.start()):
            company = [known for known in company if known != name]
        elif name not in company:
            company.append(name)
    return replace(wishes, company=tuple(company))


def _with_names(wishes: Wishes, said: Said, words: str) -> Wishes:
    for position, record in said.names:
        kind = record.partition(":")[0]
        unwanted = denied(words, position, _end_of_name(said, position, words))
        if kind in ("tag", "category"):
            wishes = _with_term(wishes, record, unwanted)
        elif kind in PLACES_TO_VISIT:
            if unwanted:
                wishes = without(wishes, record)
            elif _is_origin(words, position, _end_of_name(said, position, words)):
                wishes = replace(wishes, origin=record)
            else:
                wishes = replace(
                    wishes,
                    must=joined(wishes.must, [record]),
                    without=tuple(known for known in wishes.without if known != record),
                    skip=tuple(known for known in wishes.skip if known != record),
                )
        elif kind == "hub" and not unwanted:
            wishes = replace(wishes, origin=record)
        elif kind == "district" and not unwanted:
            wishes = replace(wishes, area=record)
    return wishes


def without(wishes: Wishes, place_id: str) -> Wishes:
    """The wishes without a place, for good."""
    return replace(
        wishes,
        without=joined(wishes.without, [place_id]),
        must=tuple(known for known in wishes.must if known != place_id),
        origin="" if wishes.origin == place_id else wishes.origin,
    )


def _with_term(wishes: Wishes, term: str, unwanted: bool) -> Wishes:
    likes = tuple(known for known in wishes.likes if known != term)
    dislikes = tuple(known for known in wishes.dislikes if known != term)
    if unwanted:
        return replace(wishes, likes=likes, dislikes=joined(dislikes, [term]))
    return replace(wishes, likes=joined(likes, [term]), dislikes=dislikes)


def _end_of_name(said: Said, position: int, words: str) -> int:
    """Roughly where a name ends: at the next name, sign or negation; the gazetteer gives only where it begins."""
    later = [other for other, _ in said.names if other > position]
    match = _NAME_ENDS.search(words, position + 1)
    ends = [match.start()] if match else []
    return min([*later, *ends, len(words)])


_NAME_ENDS = Pattern(r"就?不[去要看爬逛想]|就?算了|去掉|删掉|没兴趣|太|免了|换掉|出发|附近|周边|旁边|[,.，。;；!！?？]")


def _is_origin(words: str, position: int, end: int) -> bool:
    return bool(_FROM.search(words, 0, position) or _FROM_BEHIND.match(words, end))


def _with_budget(wishes: Wishes, text: str, words: str) -> Wishes:
    sums = [money for money in find_money(text) if money.currency == "CNY"]
    if not sums:
        return wishes
    amount = max(money.amount for money in sums)
    party = find_party(text)
    if party is not None and party.total and not _EACH.search(words):
        amount /= party.total
    return replace(wishes, budget=int(amount))
