"""WeChat's webhook, through the front door: stored first, answered inside the window, the same on every retry."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import wechatpy
from flask.testing import FlaskClient

from backend.models import InboundMessage, OutboundMessage
from backend.services.ports import Turn
from backend.webhooks.wechat import PATIENCE_WITHOUT_BOT, _caller_gone
from tests.support.container import Parts, broken_database, reply, with_recording_channels
from tests.webhooks.conftest import Send, wechat_query, wechat_xml


class Worker:
    """Answers what comes in as a worker would, from a thread of its own."""

    def __init__(self, parts: Parts) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._parts = parts
        after_commit = parts.jobs.after_commit

        def wake(events: list[Any]) -> None:
            after_commit(events)
            for event in events:
                if event.type == "message.received":
                    self._pool.submit(parts.turns.drain, int(event.subject.removeprefix("conversation/")))

        parts.db.after_commit = wake

    def finish(self) -> None:
        """Everything handed to the worker so far is done."""
        self._pool.submit(lambda: None).result(30)


@pytest.fixture
def worker(parts: Parts) -> Worker:
    return Worker(parts)


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return str(wechatpy.parse_message(response.data).content)


def test_the_url_check_gives_the_echo_back(client: FlaskClient) -> None:
    for echo in ("5837", "<script>alert(1)</script>", "中文"):
        response = client.get("/channels/wechat", query_string={**wechat_query(), "echostr": echo})
        assert (response.status_code, response.text, response.mimetype) == (200, echo, "text/plain")
    assert client.get("/channels/wechat", query_string={**wechat_query(), "signature": "0" * 40}).status_code == 403
    assert client.get("/channels/wechat").status_code == 403


def test_the_answer_rides_on_the_response_and_on_every_retry(parts: Parts, worker: Worker, send_wechat: Send) -> None:
    parts.settings.__dict__["wechat_window_seconds"] = 30.0
    parts.dialogue.script.append(reply("开放时间 ]]> 05:30", choices=[]))
    answers = [text_of(send_wechat()) for _ in range(3)]
    assert answers == ["开放时间 ]]> 05:30"] * 3
    assert len(parts.rows(InboundMessage)) == len(parts.dialogue.turns) == 1
    assert parts.row(OutboundMessage).state == "sent"


def test_overlapping_retries_get_the_same_answer(parts: Parts, app: Any, worker: Worker) -> None:
    parts.settings.__dict__["wechat_window_seconds"] = 30.0
    all_here = threading.Barrier(4)

    def attempt(_: int) -> str:
        client = app.test_client()
        all_here.wait()
        response = client.post("/channels/wechat", query_string=wechat_query(), data=wechat_xml())
        return text_of(response)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, range(4)))
    assert set(answers) == {"echo 几点开门"}
    assert len(parts.rows(InboundMessage)) == len(parts.rows(OutboundMessage)) == len(parts.dialogue.turns) == 1


def test_a_bot_that_is_away_means_an_honest_word_at_once_and_the_answer_later(
    parts: Parts, send_wechat: Send, clock: Any
) -> None:
    recording = with_recording_channels(parts, "wechat")["wechat"]
    parts.dialogue.alive = False
    held = text_of(send_wechat())
    assert held == parts.row(OutboundMessage, kind="holding").text
    assert text_of(send_wechat()) == held, "a retry says the same"
    parts.dialogue.alive = True
    parts.turns.drain(parts.row(InboundMessage).conversation_id)
    assert text_of(send_wechat()) == held
    clock.advance(seconds=10)
    parts.sweep()
    assert recording.texts() == ["echo 几点开门"]
    assert text_of(send_wechat()) == held


def test_where_too_many_wait_the_word_comes_at_once(
    parts: Parts, send_wechat: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    wait = parts.notifier.wait

    def noting(conversation_id: int, look: Any, seconds: float) -> Any:
        waited.append(seconds)
        return wait(conversation_id, look, seconds)

    monkeypatch.setattr(parts.notifier, "wait", noting)
    monkeypatch.setattr(parts, "waits", threading.BoundedSemaphore(1))
    assert parts.waits.acquire(blocking=False)
    assert text_of(send_wechat()) == parts.row(OutboundMessage, kind="holding").text
    assert len(waited) == 1
    assert waited[0] <= PATIENCE_WITHOUT_BOT


def test_an_answer_that_comes_after_the_window_goes_as_a_message(
    parts: Parts, worker: Worker, send_wechat: Send, clock: Any
) -> None:
    recording = with_recording_channels(parts, "wechat")["wechat"]
    let_go = threading.Event()

    def during(turn: Turn) -> None:
        assert let_go.wait(30)

    parts.dialogue.during = during
    assert text_of(send_wechat()) == parts.row(OutboundMessage, kind="holding").text
    let_go.set()
    worker.finish()
    clock.advance(seconds=10)
    parts.sweep()
    assert recording.texts() == ["echo 几点开门"]


def test_nothing_rides_on_a_response_nobody_waits_for(
    parts: Parts, send_wechat: Send, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = with_recording_channels(parts, "wechat")["wechat"]
    late = SimpleNamespace(time=time.time, monotonic=time.monotonic)
    receive = parts.inbound.receive

    def slowly(message: Any) -> Any:
        accepted = receive(message)
        parts.turns.drain(accepted.conversation_id)
        late.monotonic = lambda: time.monotonic() + 6.0
        return accepted

    monkeypatch.setattr("backend.webhooks.wechat.time", late)
    monkeypatch.setattr(parts.inbound, "receive", slowly)
    assert send_wechat().text == "success"
    assert parts.row(OutboundMessage).state == "queued"
    clock.advance(seconds=10)
    parts.sweep()
    assert recording.texts() == ["echo 几点开门"]


@pytest.fixture
def answered_at_once(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every message is answered before its request looks for the answer."""
    receive = parts.inbound.receive

    def receive_and_answer(message: Any) -> Any:
        accepted = receive(message)
        parts.turns.drain(accepted.conversation_id)
        return accepted

    monkeypatch.setattr(parts.inbound, "receive", receive_and_answer)


@pytest.mark.usefixtures("answered_at_once")
def test_what_a_killed_process_claimed_goes_another_way_once_wechat_repeats(
    parts: Parts, send_wechat: Send, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = with_recording_channels(parts, "wechat")["wechat"]
    confirm = parts.outbound.confirm_passive
    monkeypatch.setattr(parts.outbound, "confirm_passive", lambda _ids: None)  # killed before it could
    send_wechat()
    assert parts.row(OutboundMessage).state == "sending"
    monkeypatch.setattr(parts.outbound, "confirm_passive", confirm)
    monkeypatch.setattr("backend.webhooks.wechat._caller_gone", lambda: True)  # the repeat waited too long as well
    clock.advance(seconds=5)
    assert send_wechat().text == "success"
    assert parts.row(OutboundMessage).state == "queued"
    clock.advance(seconds=10)
    parts.sweep()
    assert recording.texts() == ["echo 几点开门"]


@pytest.mark.usefixtures("answered_at_once")
def test_an_answer_whose_reader_hung_up_goes_another_way(
    parts: Parts, send_wechat: Send, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = with_recording_channels(parts, "wechat")["wechat"]
    claim = parts.outbound.claim_passive
    gone = False

    def hangs_up_meanwhile(inbound_id: int) -> Any:
        nonlocal gone
        gone = True
        return claim(inbound_id)

    monkeypatch.setattr(parts.outbound, "claim_passive", hangs_up_meanwhile)
    monkeypatch.setattr("backend.webhooks.wechat._caller_gone", lambda: gone)
    assert send_wechat().text == "success"
    assert parts.row(OutboundMessage).state == "queued"
    clock.advance(seconds=10)
    parts.sweep()
    assert recording.texts() == ["echo 几点开门"]


@pytest.mark.parametrize("hung_up", [False, True])
def test_whether_the_caller_hung_up_is_seen_on_its_connection(app: Any, hung_up: bool) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, app.test_request_context("/", environ_overrides={"gunicorn.socket": ours}):
        if hung_up:
            theirs.close()
        assert _caller_gone() is hung_up


def test_a_cry_for_help_gets_the_numbers_and_no_holding_answer_though_no_bot_is_there(
    parts: Parts, send_wechat: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.settings.__dict__["wechat_window_seconds"] = 30.0
    monkeypatch.setattr("backend.webhooks.wechat.PATIENCE_WITHOUT_BOT", 0.0)
    parts.dialogue.alive = False
    pending = parts.outbound.pending_turn

    def pending_and_then_answered(inbound_id: int) -> bool:
        found = pending(inbound_id)
        parts.turns.drain(parts.row(InboundMessage).conversation_id)
        return found

    monkeypatch.setattr(parts.outbound, "pending_turn", pending_and_then_answered)
    text = text_of(send_wechat(Content="着火了"))
    assert "119" in text
    assert parts.row(OutboundMessage).reply["code"] == "emergency"


def test_what_needs_no_answer_is_acknowledged(parts: Parts, worker: Worker, send_wechat: Send) -> None:
    for event in ("unsubscribe", "VIEW", "never_heard_of"):
        response = send_wechat(MsgType="event", Event=event)
        assert (response.status_code, response.text) == (200, "success")
    assert parts.rows(OutboundMessage) == []


def test_a_follower_is_welcomed(parts: Parts, worker: Worker, send_wechat: Send) -> None:
    parts.settings.__dict__["wechat_window_seconds"] = 30.0
    assert text_of(send_wechat(MsgType="event", Event="subscribe")) == parts.row(OutboundMessage).text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff",
        b"{}",
        b"<xml/>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml>&a;</xml>',
        wechat_xml(MsgId=""),
        wechat_xml(FromUserName="<x>"),
        wechat_xml(MsgType="location"),
        wechat_xml(Content="海" * 10_001),
        b"a" * 64_000,
    ],
)
def test_signed_but_senseless_is_refused(parts: Parts, send_wechat: Send, body: bytes) -> None:
    assert send_wechat(body).status_code == 400
    assert parts.rows(InboundMessage) == []


def test_without_a_good_signature_nothing_is_read(parts: Parts, client: FlaskClient) -> None:
    good = wechat_query()
    queries: list[dict[str, str]] = [
        {},
        {**good, "signature": ""},
        {**good, "timestamp": "1760000001"},
        {**good, "nonce": "n1"},
    ]
    for query in queries:
        assert client.post("/channels/wechat", query_string=query, data=wechat_xml()).status_code == 403
    too_much = client.post("/channels/wechat", query_string=good, data=b"a" * 70_000)
    assert too_much.status_code in (400, 413)
    assert parts.rows(InboundMessage) == []


def test_a_lost_database_is_never_a_yes(parts: Parts, send_wechat: Send, tmp_path: Path) -> None:
    broken_database(parts, tmp_path)
    assert send_wechat().status_code == 503
