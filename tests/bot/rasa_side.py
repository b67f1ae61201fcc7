"""The bot's side of the contract; runs under the bot's own Python, which has no pytest: see test_rasa_side.py."""

from __future__ import annotations

import asyncio
import functools
import json
import socket
import unittest
from pathlib import Path
from typing import Any

import aiohttp
from jsonschema import Draft202012Validator

from bot import lean_rasa

lean_rasa.install()  # as the bot runs

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from sanic import Sanic

from bot import action_client
from bot.channel import ConciergeChannel
from bot.gazetteer import live
from bot.turn_tracker_store import TurnTrackerStore

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "data" / "schemas"
TOKEN = "t" * 16
REPLY = {
    "code": "greet",
    "lang": "zh",
    "headline": "您好",
    "lines": [],
    "caution": "",
    "cards": [],
    "choices": [],
    "source": None,
}
SNAPSHOT = {
    "version": 2,
    "entries": [{"id": "attraction:geziwo", "type": "attraction", "names": ["鸽子窝"]}],
    "articles": [{"id": "article:student_tickets", "questions": ["学生票怎么买", "Student tickets"]}],
}


def problems(name: str, value: Any) -> list[str]:
    schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    return [found.message for found in Draft202012Validator(schema).iter_errors(value)]


def turn(turn_id: str, **fields: Any) -> dict[str, Any]:
    body = {
        "turn_id": turn_id,
        "conversation_id": "4",
        "lang": "zh",
        "text": "你好",
        "intent": None,
        "location": None,
        "state": None,
        "gazetteer_version": 0,
        "now": "2025-07-16T04:00:00+00:00",
    }
    return {**body, **fields}


class Reader:
    """Stands for Rasa's agent where the channel asks it what a text means."""

    async def parse_message(self, text: str) -> dict[str, Any]:
        return {
            "text": text,
            "intent": {"name": "greet", "confidence": 0.9},
            "intent_ranking": [],
            "entities": [],
        }


class StandInAgent:
    """Does with a message what Rasa does: reads the tracker, remembers slots, says something, saves the tracker."""

    def __init__(self, domain: Domain) -> None:
        self.store = TurnTrackerStore(domain)
        self.messages: list[UserMessage] = []
        self.slots_seen: list[dict[str, Any]] = []
        self.sets: dict[str, Any] = {}
        self.says: list[dict[str, Any]] = [REPLY]
        self.fails: BaseException | None = None
        self.unreachable = False
        self.wait: asyncio.Event | None = None

    async def handle(self, message: UserMessage) -> None:
        self.messages.append(message)
        if self.wait is not None:
            await self.wait.wait()
        if self.fails is not None:
            raise self.fails
        tracker = await self.store.retrieve(message.sender_id)
        self.slots_seen.append({name: slot.value for name, slot in tracker.slots.items() if slot.value is not None})
        parsed = message.parse_data or {"intent": {"name": "greet", "confidence": 0.9}, "entities": []}
        events = [UserUttered(message.text, parsed["intent"], parsed["entities"])]
        tracker.update_with_events(events + [SlotSet(n, v) for n, v in self.sets.items()], self.store.domain)
        if self.unreachable:
            action_client.current_failures.get().unreachable = True
        for said in self.says:
            await message.output_channel.send_custom_json(message.sender_id, said)
        await self.store.save(tracker)


def on_the_loop(test: Any) -> Any:
    """One loop and one server for all tests: Sanic starts only once in a process."""

    @functools.wraps(test)
    def run(self: RasaSide) -> None:
        self.loop.run_until_complete(test(self))

    return run


class RasaSide(unittest.TestCase):
    domain = Domain.load(str(ROOT / "bot" / "domain"))
    agent: StandInAgent

    @classmethod
    def setUpClass(cls) -> None:
        cls.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(cls.loop)
        cls.loop.run_until_complete(cls.start())

    @classmethod
    async def start(cls) -> None:
        async def handle(message: UserMessage) -> None:
            await cls.agent.handle(message)

        app = Sanic("bot")
        app.config.ACCESS_LOG = False
        app.ctx.agent = Reader()
        app.blueprint(ConciergeChannel(TOKEN).blueprint(handle), url_prefix="/webhooks/concierge")
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        cls.url = f"http://127.0.0.1:{listening.getsockname()[1]}/webhooks/concierge"
        cls.server = await app.create_server(sock=listening, return_asyncio_server=True)
        await cls.server.startup()
        cls.http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"})

    @classmethod
    def tearDownClass(cls) -> None:
        cls.loop.run_until_complete(cls.http.close())
        cls.server.close()

    def setUp(self) -> None:
        type(self).agent = StandInAgent(self.domain)

    async def post(self, body: Any, **options: Any) -> tuple[int, Any]:
        async with self.http.post(f"{self.url}/turn", json=body, **options) as response:
            return response.status, await response.json()

    @on_the_loop
    async def test_an_answer_keeps_the_contract(self) -> None:
        for number, asked in enumerate(
            (
                turn("a"),
                turn("a", text="/help me"),
                turn("a", lang="en", location={"lat": 39.8, "lon": 119.5, "datum": "GCJ-02"}),
                turn("a", text=None, intent={"name": "place_price", "entities": {"attraction": "attraction:geziwo"}}),
                turn("a", text="海" * 10000, state={"slots": {"focus": "x"}, "loop": None}),
            )
        ):
            asked["turn_id"] = f"contract-{number}"
            self.assertEqual(problems("turn_request.json", asked), [])
            status, answer = await self.post(asked)
            self.assertEqual(status, 200)
            self.assertEqual(problems("turn_response.json", answer), [])
            self.assertEqual(answer["turn_id"], asked["turn_id"])
            self.assertEqual([problems("reply.json", said) for said in answer["replies"]], [[]])
            metadata = self.agent.messages[-1].metadata
            known = {name: asked[name] for name in ("turn_id", "lang", "location", "now")}
            self.assertEqual(metadata, {**known, "after_help": asked.get("after_help", False)})

    @on_the_loop
    async def test_what_a_person_types_is_never_a_command(self) -> None:
        for number, (typed, seen) in enumerate((("/restart", "restart"), ("//x", "x"), (" / /y", "y"), ("/", "?"))):
            await self.post(turn(f"typed-{number}", text=typed))
            self.assertEqual(self.agent.messages[-1].text, seen)
        self.assertEqual(self.agent.messages[-1].parse_data["intent"]["name"], "greet")

    @on_the_loop
    async def test_a_choice_needs_no_understanding(self) -> None:
        choice = {"name": "place_price", "entities": {"attraction": "attraction:geziwo"}}
        _, answer = await self.post(turn("choice", text=None, intent=choice))
        self.assertEqual(answer["understanding"]["intent"], "place_price")
        self.assertEqual(answer["understanding"]["confidence"], 1.0)
        self.assertEqual(answer["understanding"]["entities"][0]["value"], "attraction:geziwo")

    @on_the_loop
    async def test_the_state_goes_out_and_comes_in_again(self) -> None:
        self.agent.sets = {"focus": "attraction:geziwo", "results": ["a", "b"], "offset": 5, "pending": None}
        _, answer = await self.post(turn("state-1"))
        self.assertEqual(answer["state"]["slots"], {"focus": "attraction:geziwo", "results": ["a", "b"], "offset": 5})
        self.agent.sets = {"focus": None}
        _, after = await self.post(turn("state-2", state={**answer["state"], "more": 1}))
        self.assertEqual(self.agent.slots_seen[-1]["focus"], "attraction:geziwo")
        self.assertNotIn("focus", after["state"]["slots"])
        odd = {"slots": {"no_such_slot": 1, "offset": 3}, "loop": None}
        _, kept = await self.post(turn("state-3", state=odd))
        self.assertEqual(kept["state"]["slots"], {"offset": 3})
        _, fresh = await self.post(turn("state-4"))
        self.assertEqual(fresh["state"]["slots"], {})

    @on_the_loop
    async def test_the_same_turn_again_is_answered_from_memory(self) -> None:
        self.agent.wait = asyncio.Event()
        together = [asyncio.ensure_future(self.post(turn("again"))) for _ in range(4)]
        while not self.agent.messages:
            await asyncio.sleep(0)
        self.agent.wait.set()
        answers = await asyncio.gather(*together)
        answers.append(await self.post(turn("again")))
        self.assertEqual(
            {json.dumps(answer, sort_keys=True) for answer in answers}, {json.dumps(answers[0], sort_keys=True)}
        )
        self.assertEqual(len(self.agent.messages), 1)

    @on_the_loop
    async def test_a_failure_is_not_remembered(self) -> None:
        self.agent.fails = RuntimeError("boom")
        self.assertEqual((await self.post(turn("fails")))[0], 500)
        self.agent.fails, self.agent.says = None, []
        self.assertEqual((await self.post(turn("fails")))[0], 500)
        self.agent.says, self.agent.unreachable = [REPLY], True
        self.assertEqual((await self.post(turn("fails")))[0], 503)
        self.agent.unreachable = False
        self.assertEqual((await self.post(turn("fails")))[0], 200)

    @on_the_loop
    async def test_names_older_than_the_backends_are_refused_and_taken(self) -> None:
        live.swap({"version": 0, "entries": [], "articles": []})
        status, answer = await self.post(turn("stale", gazetteer_version=live.version + 1))
        self.assertEqual((status, answer), (409, {"error": "gazetteer_stale", "have": live.version}))
        self.assertEqual(problems("gazetteer.json", SNAPSHOT), [])
        async with self.http.put(f"{self.url}/gazetteer", json=SNAPSHOT) as response:
            self.assertEqual(response.status, 200)
        self.assertEqual([mention.id for mention in live.find("鸽子窝几点")], ["attraction:geziwo"])
        self.assertEqual((await self.post(turn("fresh", gazetteer_version=2)))[0], 200)
        async with self.http.put(f"{self.url}/gazetteer", json={"version": 3}) as response:
            self.assertEqual(response.status, 400)
        self.assertEqual(live.version, 2)

    @on_the_loop
    async def test_without_the_token_nothing_is_told(self) -> None:
        for given in ("", "Bearer", "Bearer x", f"bearer {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"):
            for method, path in (("POST", "turn"), ("PUT", "gazetteer")):
                headers = {"Authorization": given}
                async with self.http.request(method, f"{self.url}/{path}", json=turn("x"), headers=headers) as response:
                    self.assertEqual(response.status, 401)
        self.assertEqual(self.agent.messages, [])

    @on_the_loop
    async def test_broken_bodies_are_refused(self) -> None:
        bodies = [b"", b"\x00\xff", b"[", b"[]", b"{}", b'"x"', b"[" * 100_000, b'{"turn_id": NaN}', b"\xff\xfe"]
        bodies += [
            json.dumps({**turn("x"), **fields}).encode()
            for fields in (
                {"text": ""}, {"text": 1}, {"text": "x" * 10001}, {"lang": "fr"}, {"turn_id": ""}, {"turn_id": 1},
                {"turn_id": "x" * 65}, {"location": {}}, {"location": {"lat": 91, "lon": 0, "datum": "WGS-84"}},
                {"state": []}, {"gazetteer_version": -1}, {"now": ""}, {"more": 1},
                {"intent": {"name": "A B", "entities": {}}},
                {"text": None}, {"intent": {"name": "greet", "entities": {}}},
            )
        ]  # fmt: skip
        for body in bodies:
            async with self.http.post(f"{self.url}/turn", data=body) as response:
                self.assertEqual(response.status, 400, body[:80])
        self.assertEqual(self.agent.messages, [])


class LeanRasa(unittest.TestCase):
    def test_what_rasa_imports_is_a_stand_in(self) -> None:
        import tensorflow

        self.assertEqual(tensorflow.__version__, "0.0")

    def test_whatever_would_use_it_fails(self) -> None:
        import tensorflow
        from rasa.utils.tensorflow.layers import Ffnn

        with self.assertRaisesRegex(RuntimeError, "needs a package the bot leaves out"):
            tensorflow.zeros((2, 2)).numpy()
        with self.assertRaisesRegex(RuntimeError, "Ffnn needs a package"):
            Ffnn([1], 0.0, 0.0, 1.0, "x")


if __name__ == "__main__":
    unittest.main()
