"""People who write to the city: by SMS and WeChat through the fake providers' phones, by web through the API."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests

from backend import city_pack
from backend.config import PROJECT_ROOT
from backend.services import system_replies
from backend.services.city_words import CityWords
from tests.support.waiting import wait_for

ANSWER_SECONDS = 60
CITY = CityWords.of(city_pack.load(PROJECT_ROOT / "data" / "qinhuangdao"))
HOLDING = {lang: system_replies.holding(lang, CITY).headline for lang in ("zh", "en")}
Event = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a person reads. `raw` is the feed's event or the API's reply."""

    text: str
    raw: dict[str, Any]

    @property
    def holding(self) -> bool:
        """Whether it only says that the answer is late."""
        return self.text in HOLDING.values()


class Phone(Protocol):
    """Somebody on one channel."""

    channel: str

    def ask(self, text: str) -> Answer:
        """Writes, and waits for the answer; what merely says that it is late is passed over."""
        ...


@dataclass
class _FeedPhone:
    """What the fakes' phones share: a contact, and how far its owner has read."""

    fakes: str
    contact: str
    read: int = field(default=0, init=False)

    def events(self, **wanted: str) -> list[Event]:
        """Everything the fakes saw of this contact."""
        answer = requests.get(f"{self.fakes}/_feed", params={"contact": self.contact, **wanted}, timeout=10)
        return list(answer.json()["events"])

    def wait_event(self, match: Callable[[Event], bool], what: str, seconds: float = ANSWER_SECONDS) -> Event:
        """The first event that matches."""
        return wait_for(
            lambda: next((event for event in self.events() if match(event)), None), seconds, f"{what} on {self.contact}"
        )

    def answers(self) -> list[Answer]:
        """Every message the person got, in order."""
        kinds = ("message", "passive", "customer_service")
        return [Answer(event["body"], event) for event in self.events() if event["kind"] in kinds]

    def next_answer(self, seconds: float = ANSWER_SECONDS) -> Answer:
        """The next answer that was not read yet; holding answers are read in passing."""

        def unread() -> Answer | None:
            for answer in self.answers():
                if answer.raw["seq"] > self.read and not answer.holding:
                    return answer
            return None

        answer = wait_for(unread, seconds, f"an answer to {self.contact}")
        self.read = answer.raw["seq"]
        return answer


class SmsPhone(_FeedPhone):
    """A phone with a number."""

    channel = "sms"

    def send(self, text: str, **more: Any) -> dict[str, Any]:
        """One signed webhook: `{message_sid, status, ms, body}`."""
        answer = requests.post(f"{self.fakes}/_sms/send", json={"from": self.contact, "body": text, **more}, timeout=60)
        return dict(answer.json())

    def ask(self, text: str) -> Answer:
        """See `Phone`."""
        assert self.send(text)["status"] == 200
        return self.next_answer()


class WeChatPhone(_FeedPhone):
    """A follower of the account."""

    channel = "wechat"

    def send(self, **message: Any) -> dict[str, Any]:
        """One message or event with WeChat's retries: `{msg_id, attempts, reply}`."""
        answer = requests.post(f"{self.fakes}/_wechat/send", json={"openid": self.contact, **message}, timeout=60)
        return dict(answer.json())

    def ask(self, text: str) -> Answer:
        """See `Phone`. The answer rides on the webhook's response or follows as a customer-service message."""
        assert self.send(type="text", text=text)["attempts"][-1]["status"] == 200
        return self.next_answer()


class WebPhone:
    """A session of the chat API."""

    channel = "web"

    def __init__(self, url: str, lang: str | None = None) -> None:
        self._api = f"{url}/api/v1"
        opened = requests.post(f"{self._api}/sessions", json={"lang": lang} if lang else {}, timeout=10)
        assert opened.status_code == 201, opened.text
        self.contact = opened.json()["contact_id"]
        self.headers = {"Authorization": f"Bearer {opened.json()['token']}"}

    def send(self, text: str | None = None, *, wait: int = 10, **more: Any) -> requests.Response:
        """One message; `client_message_id` is a new one unless it is given."""
        body = {"client_message_id": secrets.token_hex(8), **({"text": text} if text else {}), **more}
        headers = {**self.headers, **({"Prefer": f"wait={wait}"} if wait else {})}
        return requests.post(f"{self._api}/chat/messages", json=body, headers=headers, timeout=30)

    def replies(self, after: str = "0") -> list[dict[str, Any]]:
        """Every reply after a cursor."""
        answer = requests.get(f"{self._api}/chat/messages", params={"after": after}, headers=self.headers, timeout=10)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])

    def ask(self, text: str) -> Answer:
        """See `Phone`."""
        own = secrets.token_hex(8)
        answer = self.send(text, client_message_id=own)
        assert answer.status_code in (200, 202), answer.text
        return self.answer_to(own)

    def answer_to(self, client_message_id: str) -> Answer:
        """The answer to a message of ours, once it is there."""

        def look() -> Answer | None:
            for reply in self.replies():
                if reply["in_reply_to"] == client_message_id and reply["kind"] != "holding":
                    return Answer(reply["text"], reply)
            return None

        return wait_for(look, ANSWER_SECONDS, f"an answer to {client_message_id}")

    def stream(self, after: str = "0", last_event_id: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """Server-sent replies as `(cursor, reply)`; closing the iterator closes the connection."""
        headers = {**self.headers, **({"Last-Event-ID": last_event_id} if last_event_id else {})}
        with requests.get(
            f"{self._api}/chat/stream", params={"after": after}, headers=headers, stream=True, timeout=30
        ) as answer:
            assert answer.status_code == 200, answer.text
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            cursor = ""
            for line in answer.iter_lines(chunk_size=1):
                name, _, value = line.decode("utf-8").partition(": ")
                if name == "id":
                    cursor = value
                elif name == "data":
                    yield cursor, json.loads(value)
