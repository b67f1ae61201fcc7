"""What an answer is made from, and what it leaves behind for the next turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from backend.city_pack.plan_rules import PlanRules
from backend.geo import Point
from backend.services.alerts import Alerts
from backend.services.answers.ordinals import position_in_list
from backend.services.bookings import Bookings
from backend.services.city_calendar import CalendarDays, CityCalendar
from backend.services.city_words import CityWords
from backend.services.conversations import Conversations
from backend.services.emergency import EmergencyWords
from backend.services.geocoding import PlaceFinder
from backend.services.inventory import Inventory
from backend.services.party_changes import PartyChanges
from backend.services.places import Places
from backend.services.readings import Readings
from backend.services.replies import Reply
from backend.services.subscriptions import Subscriptions
from backend.services.transit.service import Transit
from backend.services.triage import Triage
from backend.services.values import TimeMention, find_times
from backend.services.waiting import Waiting

PAGE = 5
# So much of a message is kept for the turns to come.
MAX_TEXT_KEPT = 200
# The kinds of record that are a place one can ask about.
PLACE_KINDS = ("attraction", "beach", "clinic", "hub")


@dataclass(frozen=True)
class Desk:
    """What every answer may look things up in."""

    places: Places
    emergency: EmergencyWords
    city: CityWords
    zone: ZoneInfo
    readings: Readings
    calendar_days: CalendarDays
    finder: PlaceFinder
    triage: Triage
    plans: PlanRules
    transit: Transit
    alerts: Alerts
    conversations: Conversations
    inventory: Inventory
    bookings: Bookings
    party_changes: PartyChanges
    waiting: Waiting
    subscriptions: Subscriptions


@dataclass(frozen=True)
class Asking:
    """One question: the intent, the record ids named in it by type, and what the conversation is about.

    `now` is aware, in the city's time zone. `bare` says that the message is a name and nothing else. `positions` are
    the beginnings of the names in the text with their record ids. `ranking` holds the likeliest intents with their
    confidence, best first. `foreign` is the language of a message that is neither in Chinese nor in English.
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
    asked: dict[str, Any] | None = None  # the question before, see conversation.py
    positions: list[tuple[int, str]] = field(default_factory=list)
    times: list[TimeMention] = field(default_factory=list)
    time_text: str = ""  # the words the times were said in
    ranking: list[tuple[str, float]] = field(default_factory=list)
    foreign: str | None = None
    calendar: CityCalendar | None = None  # as of this turn; None knows nothing of what staff have entered
    plan: dict[str, Any] | None = None  # the plan to show again, see plans.py
    booking: dict[str, Any] | None = None  # the booking in talk, see booking_talk.py
    conversation_id: str = ""  # whose bookings and alerts; empty in a preview
    turn_id: str = ""  # what a turn writes is written once, under this key
    after_help: bool = False  # the answer before was the ambulance's number

    def times_in(self, text: str) -> list[TimeMention]:
        """The dates and times said in a text, as of now."""
        return find_times(text, self.now)

    def day(self) -> dt.date | None:
        """The day asked about; None where none was said, or it is not known for sure which."""
        return next((said.date for said in self.times if said.date is not None), None)

    def before(self) -> dict[str, Any]:
        """The question before, as `meaning.remembered` keeps it; empty where there was none."""
        return self.asked if self.asked and self.asked.get("intent") else {}

    def list_around(self) -> dict[str, Any] | None:
        """Where the distances of the list in talk are measured from, None where it has none: `place` is an id, or None
        for the person's own location; `open_at` "now" or a time, where the list was asked for by that.
        """
        return (self.asked or {}).get("around")

    def shown(self) -> list[str]:
        """Ids of the part of the list that was shown last, as it was numbered; a plan is shown whole."""
        plan = (self.asked or {}).get("plan")
        if plan and plan.get("stops") == self.results:
            return self.results
        end = min(self.offset or PAGE, len(self.results))
        return self.results[max(0, (end - 1) // PAGE * PAGE) : end]

    def nth_shown(self) -> str | None:
        """The place named by its position in the list shown last; None where none is named or the list is shorter."""
        shown, position = self.shown(), position_in_list(self.text)
        if position is None or not shown or position > len(shown):
            return None
        return shown[-1] if position == -1 else shown[position - 1]

    def unknown_name(self) -> str:
        """What looks like the name of a place we do not know, as typed; empty where a known place is named."""
        found = self.named.get("unknown_name", [])
        return found[0] if found and not self.places() else ""

    def not_found(self) -> str:
        """What was typed as the name of a place that is none of ours; empty where a place is named, if only nearly."""
        guessed = self.named.get("guessed_name", [])
        return self.unknown_name() or (guessed[0] if guessed and not self.places() else "")

    def districts(self) -> list[str]:
        """Ids of the districts named, in order. The city itself, which the gazetteer knows as one, is no district."""
        return [id_ for id_ in self.named.get("district", []) if id_.startswith("district:")]

    def places(self) -> list[str]:
        """Ids of the places named, in order, whatever their kind."""
        return [place_id for kind in PLACE_KINDS for place_id in self.named.get(kind, [])]


@dataclass(frozen=True)
class Answered:
    """The replies and the memory for the next turn. What is left None here is forgotten; but the focus stays unless
    `forget` says that nothing may.
    """

    replies: list[Reply]
    focus: str | None = None
    results: list[str] = field(default_factory=list)
    offset: int = 0
    pending: dict[str, Any] | None = None
    asked: dict[str, Any] | None = None
    around: dict[str, Any] | None = None  # see Asking.list_around
    forget: bool = False


Answer = Callable[[Desk, Asking], Answered]
