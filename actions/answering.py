"""One action for each intent. All of them do the same: read the turn, ask the answer's function, hand on reply and
memory.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from backend.geo import Datum, Point
from backend.services.answers import lists, place_facts, talk
from backend.services.answers.asking import Answered, Asking, Desk
from backend.wiring import container

Answer = Callable[[Desk, Asking], Answered]

ANSWERS: dict[str, Answer] = {
    **dict.fromkeys(place_facts.QUESTIONS, place_facts.answer),
    **dict.fromkeys(("greet", "help", "thanks", "goodbye"), talk.small_talk),
    "switch_language": talk.switch_language,
    "attraction_search": lists.search,
    "find_nearby": lists.nearby,
    "find_clinic": lists.clinics,
    "more": lists.more,
    "share_location": lists.shared_location,
    "hotline": talk.hotline,
    "emergency": talk.emergency,
    "human": talk.human,
    "out_of_scope": talk.out_of_scope,
    "fallback": talk.fallback,
}


def read_turn(tracker: Tracker, intent: str, desk: Desk) -> Asking:
    """The question as the services see it."""
    message = tracker.latest_message or {}
    meta = message.get("metadata") or {}
    text = message.get("text") or ""
    entities = message.get("entities") or []
    named: dict[str, list[str]] = {}
    mentions: dict[tuple[int, int], list[str]] = {}
    for entity in entities:
        ids = named.setdefault(entity["entity"], [])
        if entity["value"] not in ids:
            ids.append(entity["value"])
        mentions.setdefault((entity.get("start") or 0, entity.get("end") or 0), []).append(entity["value"])
    location = meta.get("location")
    return Asking(
        intent=intent,
        text=text,
        lang=meta.get("lang") or "zh",
        now=dt.datetime.fromisoformat(meta["now"]).astimezone(desk.zone),
        city=desk.city,
        named=named,
        same_name=list(mentions.values()),
        bare=_is_bare(text, list(mentions)),
        location=Point(location["lat"], location["lon"], Datum(location["datum"])) if location else None,
        focus=tracker.get_slot("focus"),
        results=tracker.get_slot("results") or [],
        offset=int(tracker.get_slot("offset") or 0),
        pending=tracker.get_slot("pending"),
    )


def _is_bare(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether the message is one name, give or take punctuation."""
    if len(spans) != 1:
        return False
    start, end = spans[0]
    return not any(char.isalnum() for char in text[:start] + text[end:])


class Answering(Action, ABC):
    """Answers one intent. Abstract, since rasa-sdk registers every concrete class it finds."""

    @property
    @abstractmethod
    def intent(self) -> str:
        """The intent this action answers."""

    def name(self) -> str:
        """As in bot/domain."""
        return f"action_{self.intent}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Looks the answer up now; a failure fails the turn, which is then tried again."""
        parts = container()
        asking = read_turn(tracker, self.intent, parts.desk)
        answered = ANSWERS[self.intent](parts.desk, asking)
        for reply in answered.replies:
            dispatcher.utter_message(json_message=reply.to_dict())
        return [
            SlotSet("focus", answered.focus or asking.focus),
            SlotSet("results", answered.results or None),
            SlotSet("offset", answered.offset or None),
            SlotSet("pending", answered.pending),
        ]


ACTIONS = [type(f"Answer_{intent}", (Answering,), {"intent": intent, "__module__": __name__}) for intent in ANSWERS]
