"""What somebody changes about a plan by talking: "不要爬山", "换成下午", "drop the second stop", "cheaper"."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.services.answers.ordinals import position_in_list
from backend.services.plans.reading import PLACES_TO_VISIT, denied, joined, read, without
from backend.services.plans.wishes import Said, Wishes
from backend.services.values.reading import Pattern, plain

_ANOTHER = Pattern(
    r"换一?[批个种套份组]|换换|换一?下|另[外排找]|其他的?方案|别的方案|再[排来]一[个份]|重新[安排来规]|都不[想喜要]|不喜欢这"
    r"|\b(?:another (?:plan|one|option|version|idea)|something else|other (?:ideas|places|options|plans?)"
    r"|(?:a )?different (?:plan|places|one|idea)|try again|new plan|don'?t like (?:it|this|that|these|them))\b"
)
_REPLACED = Pattern(r"换掉?|替换|\b(?:replace|swap|change)\b")
_DROPPED = Pattern(
    r"不[要去想看爬逛用]|去掉|删|拿掉|取消|跳过|别去"
    r"|\b(?:drop|skip|remove|delete|leave out|without|no|not|cut|don'?t)\b"
)
_STOP_NUMBER = Pattern(r"第\s?(?P<han>[一二三四五1-5])\s?[站个处]|\bstop (?:no\.? ?|number )?(?P<digit>[1-5])\b")
_CHEAPER = Pattern(
    r"便宜|省钱|省点|少花|太贵|贵了|实惠"
    r"|\b(?:cheap(?:er)?|less expensive|too expensive|save money|lower (?:cost|price|budget)|cost less)\b"
)
_FEWER = Pattern(
    r"少(?:去|排|安排|走)?一?[个站处点]|太[赶满多紧]|别[太排]那?么?满|松[一快]?点|悠闲"
    r"|\b(?:fewer|too (?:many|much|packed|rushed|busy|tight)|less (?:packed|rushed|busy)|slower)\b"
)
_MORE = Pattern(r"多(?:去|排|安排|加)一?[个站处点]|再加一?[个站处]|\b(?:more stops|one more|another stop)\b")
_LATER = Pattern(r"晚[一]?点|晚些|睡个?懒觉|\b(?:later|sleep in)\b")
_EARLIER = Pattern(r"早[一]?点|早些|\bearlier\b")
_ADDED = Pattern(r"加上?|再去|还想|还要|也?想去|\b(?:add|include|also|plus)\b")
# What is good stays: "第一站不错，不用改", "stop 2 is fine".
_KEPT = Pattern(
    r"(?:不用|不要|不必|无需|别)再?(?:改|换|删|动|去掉|取消)|不错|很好|挺好|保留|留着"
    r"|\b(?:don'?t|do not|no need to) (?:change|drop|remove|swap|replace|skip|delete)\b|\bkeep\b"
    r"|(?:\b(?:is|are)|'s) (?:fine|good|great|nice|ok|okay|perfect|lovely)\b"
)
_CLAUSE_END = re.compile(r"[,，;；。.!！?？\n]+")
# Before a wish it says that it is none: "不要便宜的", "don't want it later". What is not cheap (不便宜) is a complaint.
_UNWANTED = re.compile(
    r"(?:不要|不用|不必|不需要|别)太?$|\b(?:don'?t (?:want|need)|do not (?:want|need)|no)(?: it| a| to be)? $"
)
_NEED_NOT = re.compile(r"^.{0,4}也(?:行|可以|没关系|无所谓)")
_HAN = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_SHIFT = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Shown:
    """The plan in talk, as it was shown: its stops in order, when it began, what its tickets cost in yuan."""

    stops: tuple[str, ...] = ()
    begin: dt.time | None = None
    cost: int = 0


def changed(wishes: Wishes, said: Said, shown: Shown) -> Wishes | None:
    """The wishes as the message changes them, or None where it changes nothing. Never raises."""
    words = plain(said.text)
    chosen = _numbered(words, shown)
    if chosen is not None:
        gone = without(wishes, chosen)
        # What is dropped leaves a gap, what is replaced does not.
        return gone if _REPLACED.search(words) else replace(gone, most=_one_fewer(wishes, shown))
    found = read(said, wishes)
    named = [record for _, record in said.names]
    if _ANOTHER.search(words) and not named and found == wishes:
        return commanded(wishes, "another", shown)
    if _wants(_CHEAPER, words) and found.budget == wishes.budget:
        found = _cheaper(found, shown)
    # 少走一点 asks for less walking, which is read already.
    if _FEWER.search(words) and found.gentle == wishes.gentle:
        found = replace(found, most=_one_fewer(wishes, shown))
    elif _MORE.search(words) and not named:
        found = replace(found, most=None)
    if shown.begin is not None and found.begin == wishes.begin and not said.times:
        if _wants(_LATER, words):
            found = replace(found, begin=_shifted(shown.begin, _SHIFT), end=None)
        elif _wants(_EARLIER, words):
            found = replace(found, begin=_shifted(shown.begin, -_SHIFT))
    return found if found != wishes else None


def commanded(wishes: Wishes, command: str, shown: Shown) -> Wishes | None:
    """The wishes after a button: another, cheaper, fewer, day, morning, afternoon, evening; or `without:` and the id of
    a tag, a category or a place. None for anything else.
    """
    if command == "another":
        return replace(wishes, skip=joined(wishes.skip, shown.stops))
    if command == "cheaper":
        return _cheaper(wishes, shown)
    if command == "fewer":
        return replace(wishes, most=_one_fewer(wishes, shown))
    if command in ("morning", "afternoon", "evening"):
        return replace(wishes, window=command, half=True, days=1, begin=None, end=None, minutes=None)  # type: ignore[arg-type]
    if command == "day":
        return replace(wishes, window="day", half=False, days=1, begin=None, end=None, minutes=None)
    kind, _, record = command.partition(":")
    if kind != "without":
        return None
    if record.startswith(("tag:", "category:")):
        likes = tuple(known for known in wishes.likes if known != record)
        return replace(wishes, likes=likes, dislikes=joined(wishes.dislikes, [record]))
    return without(wishes, record) if record.startswith(tuple(f"{kind}:" for kind in PLACES_TO_VISIT)) else None


def is_change(wishes: Wishes, said: Said, shown: Shown) -> bool:
    """Whether a message that was read as something else plainly changes the plan: it denies, adds or replaces."""
    words = plain(said.text)
    if changed(wishes, said, shown) is None:
        return False
    about = _ANOTHER.search(words) or _wants(_CHEAPER, words) or _FEWER.search(words) or _REPLACED.search(words)
    if about or _ADDED.search(words) or _numbered(words, shown):
        return True
    return any(denied(words, position, len(words)) for position, _ in said.names)


def _numbered(words: str, shown: Shown) -> str | None:
    """The stop named by its number, where something is to be done with it."""
    if _KEPT.search(words):
        doing = (clause for clause in _CLAUSE_END.split(words) if not _KEPT.search(clause))
        return next((found for clause in doing if (found := _numbered(clause, shown))), None)
    if not (_DROPPED.search(words) or _REPLACED.search(words)):
        return None
    match = _STOP_NUMBER.search(words)
    if match:
        number: int | None = int(match["digit"]) if match["digit"] else _HAN.get(match["han"]) or int(match["han"])
    else:
        number = position_in_list(words)
    if number is None or not shown.stops or number > len(shown.stops):
        return None
    return shown.stops[number - 1 if number > 0 else -1]


def _wants(pattern: Pattern, words: str) -> bool:
    """Whether a wish is said, and not that it is none."""
    match = pattern.search(words)
    if match is None:
        return False
    if match[0].startswith("太"):  # 不要太贵 is a wish
        return True
    return not (_UNWANTED.search(words[: match.start()]) or _NEED_NOT.search(words[match.end() :]))


def _one_fewer(wishes: Wishes, shown: Shown) -> int:
    """How many stops a day may have, one fewer than the fullest of those shown."""
    return max(1, math.ceil(len(shown.stops) / max(1, wishes.days)) - 1)


def _cheaper(wishes: Wishes, shown: Shown) -> Wishes:
    if shown.cost == 0:
        return replace(wishes, budget=0)
    return replace(wishes, budget=max(0, shown.cost - 1))


def _shifted(time: dt.time, by: dt.timedelta) -> dt.time:
    moved = dt.datetime.combine(dt.date(2000, 1, 2), time) + by
    return moved.time() if moved.day == 2 else time


def shown_of(stops: Sequence[str], begin: str, cost: int) -> Shown:
    """What a conversation remembered of a plan. Raises ValueError for a begin that is no time."""
    return Shown(tuple(stops), dt.time.fromisoformat(begin) if begin else None, cost)
