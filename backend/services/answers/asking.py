"""What an answer is made from, and what it leaves behind for the next turn."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from backend.geo import Point
from backend.services.city_words import CityWords
from backend.services.emergency import EmergencyWords
from backend.services.places import Places
from backend.services.replies import Reply


@dataclass(frozen=True)
class Desk:
    """What every answer may look things up in."""

    places: Places
    emergency: EmergencyWords
    city: CityWords
    zone: ZoneInfo


@dataclass(frozen=True)
class Asking:
    """One question: the intent, the record ids named in it by type, and what the conversation is about.

    `now` is aware, in the city's time zone. `bare` says that the message is a name and nothing else.
    """

    intent: str
    text: str
    lang: str
    now: dt.datetime
    city: CityWords
    named: dict[str, list[str]] = field(default_factory=dict)
    same_name: list[list[str]] = field(default_factory=list)  # record ids that share one mention
    bare: bool = False
    location: Point | None = None
    focus: str | None = None
    results: list[str] = field(default_factory=list)
    offset: int = 0
    pending: dict[str, Any] | None = None

    def unknown_name(self) -> str:
        """What looks like the name of a place we do not know, as typed; empty where a known place is named."""
        found = self.named.get("unknown_name", [])
        return found[0] if found and not self.places() else ""

    def places(self) -> list[str]:
        """Ids of the places named, in order, whatever their kind."""
        return [place_id for kind in ("attraction", "beach", "clinic", "hub") for place_id in self.named.get(kind, [])]


@dataclass(frozen=True)
class Answered:
    """The replies and the memory for the next turn. What is left None here is forgotten."""

    replies: list[Reply]
    focus: str | None = None
    results: list[str] = field(default_factory=list)
    offset: int = 0
    pending: dict[str, Any] | None = None
