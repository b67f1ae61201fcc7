"""Fits a reply into a channel's limit: whole lines only, so no name and no number is ever cut."""

from __future__ import annotations

import re
from collections.abc import Callable

from backend.services.replies import Reply
from backend.wording import t

_LISTED = re.compile(r"\d+\. ")


def fit(reply: Reply, fits: Callable[[str], bool], numbered_choices: bool) -> str:
    """The headline, as many lines in order of importance as `fits` allows, the caution, the choices if all of them fit.

    The headline always goes out whole: it is the answer. So does the caution, in few words where room is short: a fact
    nobody vouches for is never told without it. A list that was cut short is not gone on with.
    """
    text, caution, cut = reply.headline, "", False
    if reply.caution:
        caution = f"\n{reply.caution}"
        if not fits(text + caution):
            caution = f"\n{t(reply.lang, 'caution-short')}"
    for line in reply.lines:
        listed = _LISTED.match(line) is not None
        if not (listed and cut) and fits(f"{text}\n{line}{caution}"):
            text = f"{text}\n{line}"
        else:
            cut = cut or listed
    text += caution
    if numbered_choices:
        # A choice that stands in the list above under its number is not said twice.
        numbered = [(number, choice.title) for number, choice in enumerate(reply.choices, start=1)]
        further = [f"{number}.{title}" for number, title in numbered if f"{number}. {title}" not in text]
        offered = "\n" + " ".join(further)
        if further and fits(text + offered):
            text += offered
    return text
