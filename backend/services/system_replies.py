"""Replies the message path itself gives, without the bot: holding, apology, consent, welcome."""

from __future__ import annotations

from backend.services.replies import Reply
from backend.wording import t


def _simple(code: str, lang: str) -> Reply:
    return Reply(code=code, lang=lang, headline=t(lang, code.replace("_", "-")))


def holding(lang: str) -> Reply:
    """We have the message and cannot answer yet."""
    return _simple("holding", lang)


def apology(lang: str) -> Reply:
    """We could not answer this message, and will not."""
    return _simple("apology", lang)


def media_unread(lang: str) -> Reply:
    """A picture, voice or video that nobody here can read."""
    return _simple("media_unread", lang)


def empty(lang: str) -> Reply:
    """A message without words."""
    return _simple("empty_message", lang)


def welcome(lang: str, city: dict[str, str]) -> Reply:
    """To a person who just followed the account; `city` is the city's name by language."""
    return Reply(code="welcome", lang=lang, headline=t(lang, "welcome", city=city[lang]))


def stopped(lang: str) -> Reply:
    """The one confirmation after STOP."""
    return _simple("consent_stopped", lang)


def started(lang: str) -> Reply:
    """After START."""
    return _simple("consent_started", lang)
