"""The booking in talk: what is kept of it between turns, and which messages answer a question of ours about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from backend.services.answers import booking_reading as reading
from backend.services.answers.asking import Asking
from backend.services.answers.booking_wishes import Wish
from backend.services.answers.ordinals import position_in_list
from backend.services.answers.plans import PLANS
from backend.services.replies import Choice, Reply
from backend.wording import t

# What we asked last: what to book, the day or how many, which time, who comes, whether it is right as read back;
# whether a booking is to be cancelled, what is to be changed of it, which one is meant. `done`: nothing is asked.
Step = Literal["what", "open", "slot", "guests", "yes", "cancel", "change", "which", "done"]
# One of what was offered by number: the name and the value it stands for, and its title.
Option = tuple[str, str, str]

# What a message may have been read as that in truth answers our question, where it says a day, a time or a number.
_VALUES = frozenset({"correction", "plan_change", "day_plan", "change_booking", "more", "choose_from_list", "fallback"})
BOOKINGS = frozenset({"book", "my_bookings", "change_booking", "cancel_booking"})
# What ends a question of ours without being a question itself.
_ENDS = frozenset({"cancel", "cancel_booking"})
_FILLING = re.compile(
    r"[\W_]|[吧啊呀呢了的嘛哈噢哦嗯就要是改成换到去来和跟带那我们个人位张票份点半给再大小孩老]"
    r"|\b(?:a|an|the|at|on|in|for|to|of|us|we|are|it|is|and|with|please|pls|make|just|only|people|persons?|adults?|child"
    r"|children|kids?|seniors?|tickets?|one|two|three|four|five|six|seven|eight|nine|ten|no|not|sorry|actually|maybe"
    r"|then|ok|okay|that|one's|instead|i|mean|meant|said)\b|\d",
    re.IGNORECASE,
)
# So many characters beside days, numbers and particles make a message one of its own.
_MORE_THAN_VALUES = 4


@dataclass(frozen=True)
class Talk:
    """A booking in talk. `code` is that of the place held, or of the booking meant; `moves` says that the wish is a
    change of that booking. `slot` is the id of the slot held.
    """

    step: Step = "done"
    wish: Wish = field(default_factory=Wish)
    code: str = ""
    moves: str = ""
    slot: str = ""
    options: tuple[Option, ...] = ()

    @property
    def open(self) -> bool:
        """Whether a question of ours waits for an answer."""
        return self.step != "done"

    @classmethod
    def of(cls, asking: Asking) -> Talk:
        """The booking in talk; an empty one where there is none. What was asked long ago waits no more."""
        kept = asking.booking or (asking.asked or {}).get("booking") or {}
        try:
            wish = Wish.from_dict(kept.get("wish", {}))
        except (TypeError, ValueError):
            return cls()
        waits = (asking.pending or {}).get("intent") == "book"
        return cls(
            step=kept.get("step", "done") if waits else "done",
            wish=wish,
            code=kept.get("code", ""),
            moves=kept.get("moves", ""),
            slot=kept.get("slot", ""),
            options=tuple((name, value, title) for name, value, title in kept.get("options", [])),
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON values, only what is set."""
        data = {**vars(self), "wish": self.wish.to_dict(), "options": list(self.options)}
        return {name: value for name, value in data.items() if value}

    def kept(self, asking: Asking) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """What the next turn has to know: the slots `asked` and `pending`."""
        # Asked again, it is shown again: nothing is booked twice by "say that again".
        asked = {"intent": "book", "named": {"again": ["yes"]}, "text": "", "time_text": ""}
        plan = (asking.asked or {}).get("plan")
        pending = {"intent": "book", "step": self.step} if self.open else None
        return {**asked, "booking": self.to_dict(), **({"plan": plan} if plan else {})}, pending


def goes_on(asking: Asking) -> Asking:
    """The message as the answer to our question about a booking, or as a change to the one just made."""
    talk = Talk.of(asking)
    if talk.open:
        return replace(asking, intent="book") if _answers(asking, talk) else asking
    before = asking.before()
    if asking.intent == "change_booking" and before.get("intent") in PLANS and not reading.code(asking.text):
        return replace(asking, intent="plan_change")
    if not talk.code or before.get("intent") != "book":
        return asking
    if asking.intent == "cancel":
        return replace(asking, intent="cancel_booking")
    if asking.intent in _VALUES and _says_values(asking):
        return replace(asking, intent="change_booking")
    return asking


def _answers(asking: Asking, talk: Talk) -> bool:
    text = asking.text
    if asking.named.get("code"):
        return False  # one of several bookings was picked: what is to be done with it goes with the choice
    if asking.intent in ("book", *_ENDS) or reading.yes(text) or reading.no(text):
        return not (asking.intent == "cancel_booking" and reading.code(text))
    if talk.step == "guests" and any(number for _, number in reading.guests(text)):
        return True
    if talk.step == "what" and asking.bare:
        return True
    if talk.step == "slot" and (asking.intent == "more" or position_in_list(text) or reading.direction(text)):
        return True
    if asking.intent == "place_price" and not asking.places():
        return talk.step in ("slot", "yes")
    if asking.intent in _VALUES and (_says_values(asking) or (asking.intent == "correction" and asking.places())):
        return True
    if talk.step == "guests" and asking.intent in ("fallback", "out_of_scope", "greet"):
        return True  # a name is read as anything
    return _says_values(asking) and _nothing_else(asking)


def _says_values(asking: Asking) -> bool:
    text = asking.text
    return bool(asking.times or reading.party(text, alone=True) or reading.more_or_fewer(text))


def _nothing_else(asking: Asking) -> bool:
    """Whether a message is a day, a time or a number and hardly anything else."""
    text = asking.text
    for said in reversed(asking.times):
        text = text[: said.start] + text[said.end :]
    return len(_FILLING.sub("", text)) <= _MORE_THAN_VALUES


def asked_again(asking: Asking, reply: Reply) -> Reply:
    """An answer in between, with our question about the booking at its end and its choices by number again."""
    talk = Talk.of(asking)
    lang = asking.lang
    line = t(lang, "booktalk-still", ask=t(lang, f"booktalk-still-{talk.step}"))
    choices = [
        Choice(title, f"book:{name}:{value}", "book", {name: value}) for name, value, title in talk.options if title
    ]
    return replace(reply, lines=[*reply.lines, line], choices=choices or reply.choices)
