"""One action for each intent. All of them do the same: read the turn, ask the answer's function, hand on reply and
memory.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from backend.geo import Datum, Point
from backend.services.answers.asking import Asking, Desk
from backend.services.answers.conversation import ANSWERS, answer
from backend.services.languages import foreign
from backend.services.values import find_times
from backend.wiring import container


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
        if entity["entity"] == "guessed_name":
            continue  # the words of a mention, not a record it means
        mentions.setdefault((entity.get("start") or 0, entity.get("end") or 0), []).append(entity["value"])
    location = meta.get("location")
    now = dt.datetime.fromisoformat(meta["now"]).astimezone(desk.zone)
    return Asking(
        intent=intent,
        text=text,
        lang=meta.get("lang") or "zh",
        now=now,
        city=desk.city,
        named=named,
        same_name=list(mentions.values()),
        bare=_is_bare(text, list(mentions)),
        location=Point(location["lat"], location["lon"], Datum(location["datum"])) if location else None,
        focus=tracker.get_slot("focus"),
        results=tracker.get_slot("results") or [],
        offset=int(tracker.get_slot("offset") or 0),
        pending=tracker.get_slot("pending"),
        asked=tracker.get_slot("asked"),
        positions=[(entity.get("start") or 0, entity["value"]) for entity in entities],
        times=find_times(text, now),
        time_text=text,
        ranking=[(one["name"], float(one["confidence"])) for one in message.get("intent_ranking") or []],
        foreign=foreign(text),
        calendar=desk.calendar_days.current(),
        conversation_id=str(tracker.sender_id or ""),
        turn_id=str(meta.get("turn_id") or ""),
        after_help=bool(meta.get("after_help")),
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
        answered = answer(parts.desk, asking)
        for reply in answered.replies:
            dispatcher.utter_message(json_message=reply.to_dict())
        return [
            SlotSet("focus", None if answered.forget else answered.focus or asking.focus),
            SlotSet("results", answered.results or None),
            SlotSet("offset", answered.offset or None),
            SlotSet("pending", answered.pending),
            SlotSet("asked", answered.asked),
        ]


ACTIONS = [type(f"Answer_{intent}", (Answering,), {"intent": intent, "__module__": __name__}) for intent in ANSWERS]
