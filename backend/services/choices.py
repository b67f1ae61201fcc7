"""Choices offered with an answer, resolved when the person takes one: by button payload, by its title, or by number on
SMS.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from backend.services.replies import Choice

_NUMBER = re.compile(r"[(\[]?([1-9])[)\].、。]?$")


def offered(choices: list[dict[str, Any]] | None, payload: str) -> bool:
    """Whether the choice with this payload was offered with the last answer."""
    return any(data["payload"] == payload for data in choices or [])


def resolve(choices: list[dict[str, Any]] | None, text: str, payload: str) -> Choice | None:
    """The choice a message takes, or None.

    Only what was offered with the last answer can be taken, so nothing a person types reaches the bot as a command.
    """
    if not choices:
        return None
    word = unicodedata.normalize("NFKC", text).strip()
    number = _NUMBER.match(word)
    for position, data in enumerate(choices, start=1):
        if payload and payload == data["payload"]:
            return Choice(**data)
        if word and word.casefold() == unicodedata.normalize("NFKC", data["title"]).strip().casefold():
            return Choice(**data)
        if number and int(number.group(1)) == position:
            return Choice(**data)
    return None
