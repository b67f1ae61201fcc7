"""The actions as the bot calls them: through rasa-sdk's own executor, reply and memory as JSON."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from rasa_sdk import Tracker

import actions.answering as answering
from actions.answering import ACTIONS, ANSWERS, read_turn
from actions.server import Executor
from backend.models import Place
from tests.support.container import Parts

ROOT = Path(__file__).resolve().parents[2]
REPLY = Draft202012Validator(json.loads((ROOT / "data" / "schemas" / "reply.json").read_text(encoding="utf-8")))
GEZIWO = "attraction:geziwo"
NOW = "2025-07-16T04:00:00+00:00"


@pytest.fixture
def executor(city: Parts, monkeypatch: pytest.MonkeyPatch) -> Executor:
    """rasa-sdk's executor with our actions, on the loaded city."""
    monkeypatch.setattr(answering, "container", lambda: city)
    made = Executor()
    for action in ACTIONS:
        made.register_action(action)
    return made


def call(intent: str, text: str = "", entities: Any = (), **given: Any) -> dict[str, Any]:
    """What Rasa 3.6 sends."""
    meta = {"turn_id": "1", "lang": given.pop("lang", "zh"), "location": given.pop("location", None), "now": NOW}
    return {
        "next_action": f"action_{intent}",
        "sender_id": "4",
        "tracker": {
            "sender_id": "4",
            "slots": {
                "focus": None,
                "results": None,
                "offset": None,
                "pending": None,
                "asked": None,
                **given.pop("slots", {}),
            },
            "latest_message": {"text": text, "intent": {"name": intent}, "entities": list(entities), "metadata": meta},
            "events": [],
            "paused": False,
            "latest_input_channel": "concierge",
            "active_loop": {},
            "latest_action_name": "action_listen",
        },
        "domain": {},
        "version": "3.6.21",
        **given,
    }


def run(executor: Executor, **order: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """`(reply, slots)` of one call."""
    result = asyncio.run(executor.run(call(**order)))
    assert result is not None
    [said] = result.responses
    assert list(REPLY.iter_errors(said["custom"])) == []
    slots = {event["name"]: event["value"] for event in result.events if event["event"] == "slot"}
    return said["custom"], slots


def entity(kind: str, value: str, start: int = 0, end: int = 3) -> dict[str, Any]:
    return {"entity": kind, "value": value, "start": start, "end": end, "extractor": "GazetteerEntities"}


def test_there_is_an_action_for_every_intent_of_the_bot() -> None:
    domain: dict[str, list[Any]] = {"actions": [], "slots": []}
    for file in (ROOT / "bot" / "domain").glob("*.yml"):
        part = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        domain["actions"] += part.get("actions", [])
        domain["slots"] += list(part.get("slots", {}))
    named = {f"action_{intent}" for intent in ANSWERS}
    assert named == {name for name in domain["actions"] if name.startswith("action_")}
    assert {"focus", "results", "offset", "pending", "asked"} <= set(domain["slots"])
    assert len({action().name() for action in ACTIONS}) == len(ANSWERS)


def test_a_question_and_what_it_leaves_behind(executor: Executor) -> None:
    said, slots = run(executor, intent="place_hours", text="鸽子窝几点开门", entities=[entity("attraction", GEZIWO)])
    assert (said["code"], said["lang"]) == ("place_hours", "zh")
    asked = slots.pop("asked")
    assert (asked["intent"], asked["named"]) == ("place_hours", {"attraction": [GEZIWO]})
    assert slots == {"focus": GEZIWO, "results": None, "offset": None, "pending": None}
    price, slots = run(executor, intent="place_price", text="门票多少", slots=slots)
    assert price["source"]["record"] == GEZIWO


def test_a_list_is_remembered_and_gone_on_with(executor: Executor) -> None:
    said, slots = run(executor, intent="attraction_search", text="有什么好玩的")
    assert slots["offset"] == len(said["cards"]) == 5
    more, after = run(executor, intent="more", text="还有呢", slots=slots)
    assert after["offset"] == 10
    assert {card["title"] for card in more["cards"]}.isdisjoint({card["title"] for card in said["cards"]})


def test_asking_back_keeps_what_was_talked_about(executor: Executor, city: Parts) -> None:
    first, second, focus = [row.id for row in city.rows(Place, kind="attraction")[:3]]
    twins = [entity("attraction", first), entity("attraction", second)]
    said, after = run(executor, intent="place_price", text="石头的门票", entities=twins, slots={"focus": focus})
    assert (said["code"], len(said["choices"])) == ("ask_which", 2)
    assert (after["pending"], after["focus"]) == ({"intent": "place_price"}, focus)


def test_the_turn_is_read_whole(city: Parts) -> None:
    location = {"lat": 39.8, "lon": 119.5, "datum": "GCJ-02"}
    entities = [
        entity("attraction", GEZIWO, 0, 3),
        entity("beach", "beach:x", 0, 3),
        entity("attraction", GEZIWO, 4, 7),
    ]
    body = call("place_hours", "鸽子窝?", entities, location=location, lang="en", slots={"offset": 5.0, "focus": "x"})
    tracker = Tracker.from_dict(body["tracker"])
    asking = read_turn(tracker, "place_hours", city.desk)
    assert asking.named == {"attraction": [GEZIWO], "beach": ["beach:x"]}
    assert asking.same_name == [[GEZIWO, "beach:x"], [GEZIWO]]
    assert (asking.lang, asking.offset, asking.focus, asking.bare) == ("en", 5, "x", False)
    assert asking.now == dt.datetime(2025, 7, 16, 12, 0, tzinfo=city.time_zone)
    assert asking.location is not None
    assert str(asking.location.datum) == "GCJ-02"


@pytest.mark.parametrize(("text", "bare"), [("鸽子窝", True), ("鸽子窝？", True), ("鸽子窝呢", False)])
def test_a_name_and_nothing_else(city: Parts, text: str, bare: bool) -> None:
    body = call("place_details", text, [entity("attraction", GEZIWO, 0, 3)])
    asking = read_turn(Tracker.from_dict(body["tracker"]), "place_details", city.desk)
    assert asking.bare == bare


@pytest.mark.parametrize("intent", sorted(ANSWERS))
def test_every_action_answers_an_empty_turn(executor: Executor, intent: str) -> None:
    said, slots = run(executor, intent=intent)
    assert said["headline"]
    assert set(slots) == {"focus", "results", "offset", "pending", "asked"}
    assert json.loads(json.dumps(slots)) == slots


def test_a_failure_fails_the_turn(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("database gone")

    monkeypatch.setitem(ANSWERS, "greet", fails)
    with pytest.raises(RuntimeError):
        asyncio.run(executor.run(call("greet")))
