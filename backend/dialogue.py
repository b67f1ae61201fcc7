"""The bot over HTTP: several single-process bots, any of which can serve any turn, since the dialogue state travels
with it.
"""

from __future__ import annotations

import itertools
import json
import logging
import threading
import time
from pathlib import Path
from typing import Any

import urllib3
from jsonschema_rs import Draft202012Validator
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from backend.services.gazetteer import Gazetteer
from backend.services.ports import DialogueFailed, DialogueUnavailable, Turn, TurnResult
from backend.services.replies import Reply

log = logging.getLogger(__name__)

SCHEMAS = Path(__file__).resolve().parent.parent / "data" / "schemas"
CONNECT_TIMEOUT = 1.0
# After a bot could not be reached it is left alone this long, so that waiting messages do not each wait for a timeout.
REST_SECONDS = 1.5
# A webhook asks whether a bot is there before it waits for one; it must not wait for the question.
PROBE_SECONDS = 0.25
PROBE_TIMEOUT = 0.2


class HttpDialogue:
    """Fulfils `services.ports.Dialogue`."""

    def __init__(self, urls: list[str], token: str, timeout: float, gazetteer: Gazetteer) -> None:
        self._urls = [url.rstrip("/") + "/webhooks/concierge" for url in urls]
        self._order = itertools.cycle(range(len(urls)))
        self._gazetteer = gazetteer
        self._http = urllib3.PoolManager(
            num_pools=max(len(urls), 1),
            maxsize=32,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=timeout),
            retries=False,
        )
        self._resting: dict[str, float] = {}
        self._lock = threading.Lock()
        self._probe_lock = threading.Lock()
        self._probe_again = 0.0
        self._probed: bool | None = None
        self._response_schema = _validator("turn_response.json")
        self._reply_schema = _validator("reply.json")

    def answer(self, turn: Turn) -> TurnResult:
        """Asks one bot after the other until one answers. Raises DialogueUnavailable or DialogueFailed."""
        body = {
            "turn_id": turn.turn_id,
            "conversation_id": turn.conversation_id,
            "lang": turn.lang,
            "text": turn.text,
            "intent": turn.intent,
            "location": turn.location,
            "state": turn.state,
            "gazetteer_version": self._gazetteer.version(),
            "now": turn.now.isoformat(),
            "after_help": turn.after_help,
        }
        start = next(self._order)
        for step in range(len(self._urls)):
            url = self._urls[(start + step) % len(self._urls)]
            if self._rests(url):
                continue
            try:
                response = self._post_turn(url, body)
            except HTTPError as error:
                self._rest(url, error)
                continue
            result = self._read(turn, response)
            # An answer is a sign of life too, and a bot that gives many has little time for probes.
            self._probed, self._probe_again = True, time.monotonic() + PROBE_SECONDS
            return result
        raise DialogueUnavailable

    def probe(self) -> bool:
        """Whether some bot says it is alive or has answered, as of at most PROBE_SECONDS ago.

        One caller asks and the others wait for the word; but while the bot is known to be away they take the last one.
        """
        if time.monotonic() >= self._probe_again and self._probe_lock.acquire(blocking=self._probed is not False):
            try:
                if time.monotonic() >= self._probe_again:
                    self._probed = any(self._alive(url, PROBE_TIMEOUT) for url in self._urls)
                    self._probe_again = time.monotonic() + PROBE_SECONDS
            finally:
                self._probe_lock.release()
        return bool(self._probed)

    def understanding(self) -> str:
        """How well the bots read: `full`, `first tier` where the sentence embedding of one could not be loaded, or
        `unknown` where none says.
        """
        said = []
        for url in self._urls:
            try:
                health = self._http.request("GET", f"{url}/", timeout=CONNECT_TIMEOUT).json()
                said.append(health["embedding"] is True)
            except (HTTPError, ValueError, KeyError, TypeError):
                continue
        if not said:
            return "unknown"
        return "full" if all(said) else "first tier"

    def _post_turn(self, url: str, body: dict[str, Any]) -> BaseHTTPResponse:
        for _ in range(2):
            response = self._http.request("POST", f"{url}/turn", body=_json(body))
            if response.status != 409:
                break
            snapshot = self._gazetteer.snapshot()
            taken = self._http.request("PUT", f"{url}/gazetteer", body=_json(snapshot))
            if taken.status >= 400:
                raise HTTPError(f"names refused with status {taken.status}")
            body = {**body, "gazetteer_version": snapshot["version"]}
        return response

    def push_gazetteer(self) -> None:
        """Gives every bot the current names ahead of the next message. A bot that cannot be reached gets them with its
        next turn.
        """
        body = _json(self._gazetteer.snapshot())
        for url in self._urls:
            try:
                self._http.request("PUT", f"{url}/gazetteer", body=body)
            except HTTPError:
                log.info("gazetteer_push_missed", extra={"bot": url})

    def _read(self, turn: Turn, response: BaseHTTPResponse) -> TurnResult:
        if response.status in (502, 503, 504):
            raise DialogueUnavailable
        if response.status != 200:
            raise DialogueFailed(f"status {response.status}")
        try:
            data = response.json()
        except ValueError as error:
            raise DialogueFailed("response is not JSON") from error
        _check(self._response_schema, data, "response")
        for reply in data["replies"]:
            _check(self._reply_schema, reply, "reply")
        if data["turn_id"] != turn.turn_id:
            raise DialogueFailed("answer to another turn")
        understood = data["understanding"]
        return TurnResult(
            replies=[Reply.from_dict(reply) for reply in data["replies"]],
            state=data["state"],
            intent=understood["intent"],
            confidence=float(understood["confidence"]),
        )

    def _rests(self, url: str) -> bool:
        until = self._resting.get(url)
        if until is None:
            return False
        with self._lock:
            # Whoever comes first after the rest asks whether the bot is back; the others go on waiting for the outcome.
            if time.monotonic() < self._resting.get(url, 0.0):
                return True
            self._resting[url] = time.monotonic() + REST_SECONDS
        if self._alive(url):
            self._resting.pop(url, None)
            return False
        return True

    def _rest(self, url: str, error: Exception) -> None:
        # A bot that is alive but slow with this one turn is not resting material; its turn is simply tried again later.
        if isinstance(error, ReadTimeoutError) and self._alive(url):
            raise DialogueFailed("no answer in time") from error
        log.warning("bot_unreachable", extra={"bot": url, "reason": type(error).__name__})
        self._resting[url] = time.monotonic() + REST_SECONDS

    def _alive(self, url: str, timeout: float = CONNECT_TIMEOUT) -> bool:
        try:
            return self._http.request("GET", f"{url}/", timeout=timeout).status == 200
        except HTTPError:
            return False


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def _validator(name: str) -> Draft202012Validator:
    # What a broken answer holds may be a person's words, and the message goes to the log.
    return Draft202012Validator(json.loads((SCHEMAS / name).read_text(encoding="utf-8")), mask="it")


def _check(schema: Draft202012Validator, data: object, what: str) -> None:
    """Raises DialogueFailed naming the first place where `data` breaks its schema."""
    try:
        problem = next(schema.iter_errors(data), None)
    except ValueError as error:  # nested beyond what the library follows
        raise DialogueFailed(f"{what} breaks its schema: {error}") from error
    if problem is not None:
        where = "/".join(map(str, problem.instance_path))
        raise DialogueFailed(f"{what} breaks its schema at /{where}: {problem.message[:200]}")
