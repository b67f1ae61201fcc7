"""The bot's only way in: a private channel that takes a turn and gives its replies back.

Contract: data/schemas/turn_request.json, turn_response.json, gazetteer.json. Every request carries the bot's token.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import sys
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Awaitable, Callable, Coroutine, Dict, List, Optional, Tuple

from jsonschema_rs import Draft202012Validator
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import action_client, articles, graph_runner, questions, single_action
from bot.embedding import ENGINES, shared
from bot.gazetteer import live
from bot.turn_tracker_store import TurnMemory, current_turn

logger = logging.getLogger(__name__)

SCHEMAS = Path(__file__).resolve().parent.parent / "data" / "schemas"
# A turn may be asked again when its answer was lost on the way. An answer that is no longer here is made again from
# the same state.
REMEMBERED_TURNS = 512

OnMessage = Callable[[UserMessage], Awaitable[Any]]
MAX_REPLIES = 5
# So many messages are read at once: the embedding runs beside the interpreter, and answers go on meanwhile.
READERS = ENGINES
# Seconds after which the interpreter goes to the thread that waits for it; with Python's own ten times as many, a
# reader that comes back from the embedding waits as long as a fifth of its work took.
SWITCH_SECONDS = 0.0005
Answer = Tuple[int, Dict[str, Any]]


def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / name).read_text(encoding="utf-8")))


class ConciergeChannel(InputChannel):
    """Takes turns from the backend."""

    @classmethod
    def name(cls) -> str:
        """The path under /webhooks."""
        return "concierge"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> InputChannel:
        """Built by Rasa from credentials.yml."""
        token = (credentials or {}).get("token") or ""
        if len(token) < 16:
            cls.raise_missing_credentials_exception()
        return cls(token)

    def __init__(self, token: str) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        action_client.install()
        graph_runner.install()
        single_action.install()
        self._token = token
        self._turn_schema = _validator("turn_request.json")
        self._gazetteer_schema = _validator("gazetteer.json")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._article_worker = ThreadPoolExecutor(1, thread_name_prefix="articles")
        self._turns: "OrderedDict[str, asyncio.Future[Answer]]" = OrderedDict()

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        """The routes; Rasa mounts them under /webhooks/concierge."""
        routes = Blueprint("concierge_channel")

        @routes.route("/", methods=["GET"])
        async def health(_request: Request) -> HTTPResponse:
            return response.json(
                {
                    "status": "ok",
                    "gazetteer_version": live.version,
                    "articles_version": articles.live.version,
                    "embedding": shared.available,
                }
            )

        @routes.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            refused = self._refuse(request, self._turn_schema)
            if refused is not None:
                return refused
            body = request.json
            if live.version < body["gazetteer_version"]:
                return response.json({"error": "gazetteer_stale", "have": live.version}, status=409)
            status, answer = await self._once(body, on_new_message, request.app.ctx.agent.parse_message)
            return response.json(answer, status=status)

        @routes.route("/gazetteer", methods=["PUT"])
        async def gazetteer(request: Request) -> HTTPResponse:
            # A hundred thousand names take seconds; turns are answered meanwhile.
            return await asyncio.get_running_loop().run_in_executor(None, self._take_gazetteer, request)

        return routes

    def _take_gazetteer(self, request: Request) -> HTTPResponse:
        """Puts a snapshot in force, unless a newer one is; runs beside the event loop."""
        refused = self._refuse(request, self._gazetteer_schema)
        if refused is not None:
            return refused
        live.swap(request.json)
        # Names wait for nothing; a hundred new questions take the embedding seconds.
        self._article_worker.submit(self._take_articles, request.json)
        return response.json({"version": live.version})

    def _take_articles(self, snapshot: Dict[str, Any]) -> None:
        try:
            articles.live.swap(snapshot)
        except Exception:
            logger.exception("articles not taken")

    def _refuse(self, request: Request, schema: Draft202012Validator) -> Optional[HTTPResponse]:
        given = request.headers.get("Authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, f"Bearer {self._token}".encode()):
            return response.json({"error": "token missing or wrong"}, status=401)
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            return response.json({"error": "body is not JSON"}, status=400)
        try:
            problem = next(schema.iter_errors(body), None)
        except ValueError as error:  # nested beyond what the library follows
            return response.json({"error": str(error)[:300]}, status=400)
        if problem is not None:
            where = "/".join(map(str, problem.instance_path))
            return response.json({"error": f"/{where}: {problem.message[:300]}"}, status=400)
        return None

    async def _once(self, body: Dict[str, Any], on_new_message: OnMessage, parse: questions.Parse) -> Answer:
        """The answer to a turn: the same one for the same turn id, also while the first is still being made."""
        # Turn ids may begin anew with another database: whose turn it is and what was said belong to the key.
        turn = json.dumps([body[name] for name in ("turn_id", "conversation_id", "text", "intent")], sort_keys=True)
        known = self._turns.get(turn)
        if known is not None:
            return await asyncio.shield(known)
        future: "asyncio.Future[Answer]" = asyncio.ensure_future(self._answer(body, on_new_message, parse))
        self._turns[turn] = future
        while len(self._turns) > REMEMBERED_TURNS:
            self._turns.popitem(last=False)
        future.add_done_callback(partial(self._forget_failed, turn))
        # Shielded: a caller that gives up does not stop the answer, which the next one asks for.
        return await asyncio.shield(future)

    def _forget_failed(self, turn: str, future: "asyncio.Future[Answer]") -> None:
        """Only answers are remembered. Not left to the caller, who may be gone by now."""
        if self._turns.get(turn) is future and (
            future.cancelled() or future.exception() is not None or future.result()[0] != 200
        ):
            del self._turns[turn]

    async def _answer(self, body: Dict[str, Any], on_new_message: OnMessage, parse: questions.Parse) -> Answer:
        memory = TurnMemory(body["state"])
        failures = action_client.ActionFailures()
        current_turn.set(memory)
        action_client.current_failures.set(failures)
        collector = CollectingOutputChannel()
        try:
            for reading in await self._readings(body, parse):
                await on_new_message(self._message(body, reading, collector))
        except Exception:
            logger.exception("turn %s failed", body["turn_id"])
            return 500, {"error": "turn failed"}
        replies = [sent["custom"] for sent in collector.messages if "custom" in sent]
        if failures.unreachable:
            return 503, {"error": "action server unreachable"}
        if failures.reasons or not replies:
            logger.error("turn %s has no answer: %s", body["turn_id"], failures.reasons)
            return 500, {"error": "no answer"}
        return 200, {
            "turn_id": body["turn_id"],
            "replies": replies[:MAX_REPLIES],
            "state": memory.next_state(),
            "understanding": _understanding(memory),
        }

    async def _readings(self, body: Dict[str, Any], parse: questions.Parse) -> List[Dict[str, Any]]:
        """What the turn asks, as Rasa's parse data; several questions are answered one after the other."""
        offered = _parse_data(body)
        if offered is not None:
            return [offered]
        # All of a message at once: its parts should not stand in line one by one.
        reading = questions.read(_text(body), parse)
        return await asyncio.get_running_loop().run_in_executor(self._readers, _finished, reading)

    def _message(
        self, body: Dict[str, Any], reading: Dict[str, Any], collector: CollectingOutputChannel
    ) -> UserMessage:
        return UserMessage(
            text=reading["text"],
            output_channel=collector,
            sender_id=body["conversation_id"],
            parse_data=reading,
            input_channel=self.name(),
            message_id=body["turn_id"],
            metadata={
                **{name: body[name] for name in ("turn_id", "lang", "location", "now")},
                "after_help": body.get("after_help", False),
            },
        )


def _finished(reading: Coroutine[Any, Any, List[Dict[str, Any]]]) -> List[Dict[str, Any]]:
    """What Rasa makes of a message: its coroutines wait for nothing, they compute."""
    try:
        reading.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("reading a message waits for something")


def _text(body: Dict[str, Any]) -> str:
    """What Rasa sees as text. A leading slash would make Rasa read a person's words as a command."""
    if body["intent"] is not None:
        return body["intent"]["name"]
    return body["text"].lstrip("/ \t\r\n") or "?"


def _parse_data(body: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """The understanding of a turn that needs none: a choice that was offered, or a location."""
    intent = body["intent"]
    if intent is None:
        return None
    return {
        "text": intent["name"],
        "intent": {"name": intent["name"], "confidence": 1.0},
        "intent_ranking": [],
        "entities": [
            {"entity": name, "value": value, "start": 0, "end": 0} for name, value in intent["entities"].items()
        ],
    }


def _understanding(memory: TurnMemory) -> Dict[str, Any]:
    latest = memory.tracker.latest_message if memory.tracker else None
    if latest is None:
        return {"intent": None, "confidence": 0.0, "entities": []}
    entities = [{name: found.get(name) for name in ("entity", "value", "start", "end")} for found in latest.entities]
    return {
        "intent": latest.intent.get("name"),
        "confidence": float(latest.intent.get("confidence") or 0.0),
        "entities": entities,
    }
