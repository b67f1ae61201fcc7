"""STOP, START and HELP words, honoured before the bot is asked.

Twilio's words: https://www.twilio.com/docs/messaging/guides/advanced-opt-out ; the Chinese ones are those of mainland
operators.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

ConsentWord = Literal["stop", "start", "help"]

# Words Twilio acts on by itself: it blocks the number and answers, so we stay silent.
_PROVIDER_STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
_OUR_STOP = frozenset({"退订", "td", "t", "取消订阅"})
_START = frozenset({"start", "yes", "unstop", "订阅", "恢复订阅"})
_HELP = frozenset({"help", "info"})


def consent_word(text: str) -> ConsentWord | None:
    """The command a whole message is, if it is one; words inside a sentence do not count."""
    word = _normal(text)
    if word in _PROVIDER_STOP or word in _OUR_STOP:
        return "stop"
    if word in _START:
        return "start"
    if word in _HELP:
        return "help"
    return None


def may_answer(text: str) -> bool:
    """Whether a word that ends all messages may as well answer "shall we book it?": CANCEL alone does, STOP never."""
    return _normal(text) == "cancel"


def provider_answers(text: str) -> bool:
    """Whether the SMS provider itself answers this word by default."""
    return _normal(text) in _PROVIDER_STOP | {"start", "unstop", "yes"}


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip(" \t\r\n.!。！").casefold()
