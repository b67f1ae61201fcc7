"""Fits a reply into a channel's limit: whole lines only, so no name and no number is ever cut."""

from __future__ import annotations

from collections.abc import Callable

from backend.services.replies import Reply


def fit(reply: Reply, fits: Callable[[str], bool], numbered_choices: bool) -> str:
    """The headline, then the caution, then as many lines in order of importance as `fits` allows, then the choices if
    they all fit.

    The headline always goes out whole: it is the answer.
    """
    text, caution = reply.headline, ""
    if reply.caution and fits(f"{text}\n{reply.caution}"):
        caution = f"\n{reply.caution}"
    for line in reply.lines:
        if fits(f"{text}\n{line}{caution}"):
            text = f"{text}\n{line}"
    text += caution
    if numbered_choices and reply.choices:
        offered = "\n" + " ".join(f"{number}.{choice.title}" for number, choice in enumerate(reply.choices, start=1))
        if fits(text + offered):
            text += offered
    return text
