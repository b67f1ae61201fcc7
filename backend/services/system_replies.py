"""Replies the message path itself gives, without the bot: holding, apology, consent, welcome."""

from __future__ import annotations

from backend.services.city_words import CityWords
from backend.services.replies import Reply
from backend.wording import t


def _simple(code: str, lang: str) -> Reply:
    return Reply(code=code, lang=lang, headline=t(lang, code.replace("_", "-")))


def holding(lang: str, city: CityWords) -> Reply:
    """We have the message and cannot answer yet."""
    return Reply(code="holding", lang=lang, headline=t(lang, "holding", emergency=city.emergency_numbers[lang]))


def apology(lang: str, city: CityWords) -> Reply:
    """We could not answer this message, and will not."""
    return Reply(code="apology", lang=lang, headline=t(lang, "apology", service=city.service_number))


def media_unread(lang: str) -> Reply:
    """A picture, voice or video that nobody here can read."""
    return _simple("media_unread", lang)


def empty(lang: str) -> Reply:
    """A message without words."""
    return _simple("empty_message", lang)


def welcome(lang: str, city: CityWords) -> Reply:
    """To a person who just followed the account."""
    return Reply(code="welcome", lang=lang, headline=t(lang, "welcome", city=city.name[lang]))


def stopped(lang: str) -> Reply:
    """The one confirmation after STOP."""
    return _simple("consent_stopped", lang)


def started(lang: str) -> Reply:
    """After START."""
    return _simple("consent_started", lang)
