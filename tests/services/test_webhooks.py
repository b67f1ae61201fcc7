"""Webhooks: every event once taken, in its order, signed; again until it is taken, and not for ever."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from backend.database import record_event
from backend.models import AuditEntry, Event, WebhookEndpoint
from backend.services.webhooks import MAX_REFUSALS, NoSuchEndpoint, Unreachable, Webhooks
from tests.support.container import Clock, Parts

URL = "https://hooks.example.org/city?x=1"


class Receiver:
    """An endpoint that keeps what it took; `script` holds what it answers first, then 204."""

    def __init__(self) -> None:
        self.script: list[int | BaseException] = []
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.tries = 0

    def post(self, url: str, headers: dict[str, str], body: bytes) -> int:
        self.tries += 1
        said = self.script.pop(0) if self.script else 204
        if isinstance(said, BaseException):
            raise said
        if 200 <= said < 300:
            self.taken.append((headers, body))
        return said

    def subjects(self) -> list[str]:
        return [json.loads(body)["subject"] for _, body in self.taken]


@pytest.fixture
def receiver(parts: Parts) -> Receiver:
    made = Receiver()
    parts.__dict__["webhooks"] = Webhooks(
        parts.db, parts.event_feed, parts.cloud_events, parts.addresses, made.post, lambda url: None
    )
    return made


def happen(parts: Parts, *names: str, type_: str = "alert.raised") -> None:
    for name in names:
        with parts.db.write() as session:
            record_event(session, type_, name, {"name": name})


def endpoint(parts: Parts) -> WebhookEndpoint:
    return parts.row(WebhookEndpoint)


def test_events_come_signed_in_their_order_and_once(parts: Parts, receiver: Receiver) -> None:
    happen(parts, "before")
    _, secret = parts.webhooks.add(URL, [], "operator")
    happen(parts, "a", "b", "c")
    happen(parts, "private", type_="message.received")
    assert parts.webhooks.run() == 3
    assert parts.webhooks.run() == 0
    assert receiver.subjects() == ["a", "b", "c"]
    for headers, body in receiver.taken:
        event: Any = Webhook(secret).verify(body, headers)
        assert (event["specversion"], event["type"], event["data"]) == (
            "1.0",
            "alert.raised",
            {"name": event["subject"]},
        )
        assert headers["webhook-id"] == event["id"]
        assert headers["Content-Type"] == "application/cloudevents+json"
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body + b" ", headers)
        with pytest.raises(WebhookVerificationError):
            Webhook("whsec_bm90IHRoZSBzZWNyZXQ=").verify(body, headers)


def test_the_secret_is_not_kept_in_the_open(parts: Parts, receiver: Receiver) -> None:
    _, secret = parts.webhooks.add(URL, [], "operator")
    assert secret.removeprefix("whsec_").encode() not in endpoint(parts).secret_encrypted
    assert secret not in str([entry.detail for entry in parts.rows(AuditEntry)])


def test_only_the_types_it_asked_for(parts: Parts, receiver: Receiver) -> None:
    parts.webhooks.add(URL, ["alert.cleared"], "operator")
    happen(parts, "a")
    happen(parts, "b", type_="alert.cleared")
    parts.webhooks.run()
    assert receiver.subjects() == ["b"]
    with pytest.raises(ValueError, match="public events are"):
        parts.webhooks.add(URL, ["message.received"], "operator")


def test_what_is_not_taken_comes_again_later_and_nothing_overtakes_it(
    parts: Parts, clock: Clock, receiver: Receiver
) -> None:
    parts.webhooks.add(URL, [], "operator")
    happen(parts, "a", "b")
    receiver.script = [500, Unreachable("timeout"), 429]
    waits = []
    for _ in range(3):
        assert parts.webhooks.run() == 0
        waits.append(round((endpoint(parts).next_attempt_at - clock.now()).total_seconds()))
        tries = receiver.tries
        parts.webhooks.run()
        assert receiver.tries == tries, "not before its time"
        clock.advance(seconds=waits[-1] + 1)
    assert waits == [5, 10, 20]
    assert endpoint(parts).last_status == "429"
    assert parts.webhooks.run() == 2
    assert receiver.subjects() == ["a", "b"]
    assert (endpoint(parts).attempts, endpoint(parts).failing_since) == (0, None)
    assert receiver.taken[0][0]["webhook-id"] == f"evt_{parts.rows(Event, subject='a')[0].id}", "the same id each time"


def test_one_that_is_refused_again_and_again_is_passed_over(parts: Parts, clock: Clock, receiver: Receiver) -> None:
    parts.webhooks.add(URL, [], "operator")
    happen(parts, "a", "b")
    receiver.script = [400] * MAX_REFUSALS
    for _ in range(MAX_REFUSALS):
        parts.webhooks.run()
        clock.advance(hours=2)
    parts.webhooks.run()
    assert receiver.subjects() == ["b"]
    assert parts.rows(Event, type="webhook.refused")[0].data == {"event": parts.rows(Event, subject="a")[0].id}


def test_who_fails_for_days_is_disabled_and_may_begin_again_where_it_stopped(
    parts: Parts, clock: Clock, receiver: Receiver
) -> None:
    id_, _ = parts.webhooks.add(URL, [], "operator")
    happen(parts, "a")
    receiver.script = [503] * 200
    for _ in range(200):
        parts.webhooks.run()
        clock.advance(hours=1.1)
        if endpoint(parts).state == "disabled":
            break
    assert endpoint(parts).state == "disabled"
    assert parts.rows(Event, type="webhook.disabled")
    receiver.script = []
    assert parts.webhooks.run() == 0
    happen(parts, "b")
    parts.webhooks.enable(id_, "operator")
    parts.webhooks.run()
    assert receiver.subjects() == ["a", "b"]


def test_gone_is_gone(parts: Parts, receiver: Receiver) -> None:
    parts.webhooks.add(URL, [], "operator")
    happen(parts, "a")
    receiver.script = [410]
    parts.webhooks.run()
    assert endpoint(parts).state == "disabled"


def test_replay_from_an_earlier_event(parts: Parts, receiver: Receiver) -> None:
    id_, _ = parts.webhooks.add(URL, [], "operator")
    happen(parts, "a", "b", "c")
    parts.webhooks.run()
    parts.webhooks.enable(id_, "operator", replay_from=1)
    parts.webhooks.run()
    assert receiver.subjects() == ["a", "b", "c", "b", "c"]
    assert [entry.action for entry in parts.rows(AuditEntry)] == ["webhook.added", "webhook.replayed"]
    for call in (parts.webhooks.enable, parts.webhooks.disable):
        with pytest.raises(NoSuchEndpoint):
            call(99, "operator")


def test_two_at_once_send_each_event_once_and_hold_no_connection(parts: Parts, receiver: Receiver) -> None:
    parts.webhooks.add(URL, [], "operator")
    happen(parts, *"abcdef")
    inside, go_on = threading.Event(), threading.Event()
    plain = receiver.post

    def slow(url: str, headers: dict[str, str], body: bytes) -> int:
        inside.set()
        assert go_on.wait(10)
        return plain(url, headers, body)

    parts.webhooks._post = slow
    first = threading.Thread(target=parts.webhooks.run)
    first.start()
    assert inside.wait(10)
    assert parts.webhooks.run() == 0, "another serves it"
    happen(parts, "g")  # nobody holds the database up meanwhile
    go_on.set()
    first.join()
    assert receiver.subjects() == list("abcdefg")


def test_what_a_killed_process_held_is_sent_again(parts: Parts, clock: Clock, receiver: Receiver) -> None:
    parts.webhooks.add(URL, [], "operator")
    happen(parts, "a")
    receiver.script = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        parts.webhooks.run()
    assert parts.webhooks.run() == 0
    clock.advance(minutes=2)
    assert parts.webhooks.run() == 1
    assert receiver.subjects() == ["a"]


def test_who_was_disabled_meanwhile_is_not_written_over(parts: Parts, receiver: Receiver) -> None:
    id_, _ = parts.webhooks.add(URL, [], "operator")
    happen(parts, "a", "b")
    plain = receiver.post

    def then_disabled(url: str, headers: dict[str, str], body: bytes) -> int:
        parts.webhooks.disable(id_, "operator")
        return plain(url, headers, body)

    parts.webhooks._post = then_disabled
    parts.webhooks.run()
    assert receiver.subjects() == ["a"]
    assert endpoint(parts).state == "disabled"
