"""All words a person reads, in two languages, from `zh/*.ftl` and `en/*.ftl` beside this file (Project Fluent)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle, FluentResource

LANGUAGES = ("zh", "en")
_LOCALE = {"zh": "zh-CN", "en": "en-GB"}
_FOLDER = Path(__file__).parent


@cache
def _bundle(lang: str) -> FluentBundle:
    # Isolation marks would show up as odd characters in SMS and count as units.
    bundle = FluentBundle([_LOCALE[lang]], use_isolating=False)
    for file in sorted((_FOLDER / lang).glob("*.ftl")):
        bundle.add_resource(FluentResource(file.read_text(encoding="utf-8")))
    return bundle


def t(lang: str, message_id: str, **values: Any) -> str:
    """The text of a message in `lang` (`zh` or `en`).

    Raises KeyError for an unknown message and ValueError for a missing value: a half-filled sentence must not reach a
    person.
    """
    bundle = _bundle(lang if lang in LANGUAGES else "en")
    message = bundle.get_message(message_id)
    if message.value is None:
        raise KeyError(message_id)
    text, errors = bundle.format_pattern(message.value, values)
    if errors:
        raise ValueError(f"{message_id} ({lang}): {errors}")
    return str(text)


def has(message_id: str) -> bool:
    """Whether the catalogue knows the message."""
    return _bundle("en").has_message(message_id)
