"""The chat API: sessions, messages with and without waiting, catching up, the stream, and what it refuses."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.app import create_app
from backend.limits import limiter
from backend.models import Contact, InboundMessage, WebSession
from backend.services.replies import Card, CardPlace, Link, Source
from backend.wiring import Container
from tests.api.conftest import Person
from tests.support.container import (
    NOWHERE,
    Clock,
    Parts,
    broken_database,
    city_pack_once,
    reply,
    settings,
    tiny_choice,
)

MESSAGES = "/api/v1/chat/messages"


class TestSessions:
    def test_a_session_is_a_person_of_its_own(self, parts: Parts, client: FlaskClient) -> None:
        first, second = Person(client, parts, "en"), Person(client, parts)
        assert first.token != second.token
        assert {row.id: row.lang for row in parts.rows(Contact)} == {first.contact_id: "en", second.contact_id: "zh"}
        assert all(first.token not in (row.token_hash, row.identity_id) for row in parts.rows(WebSession))

    @pytest.mark.parametrize(
        "body", [b"x", b"[]", b"null", b'"zh"', b'{"lang": "fr"}', b'{"lang": 1}', b'{"more": 1}', b"\xff", b"[" * 5000]
    )
    def test_what_is_not_a_session_is_refused(self, parts: Parts, client: FlaskClient, body: bytes) -> None:
        response = client.post("/api/v1/sessions", data=body)
        assert (response.status_code, response.json["error"]["code"]) == (400, "invalid_body")
        assert parts.rows(Contact) == []

    def test_chinese_goes_out_as_it_is(self, client: FlaskClient) -> None:
        response = client.post("/api/v1/sessions", data=b"x", headers={"Accept-Language": "zh"})
        assert response.json["error"]["message"] in response.text

    def test_a_made_up_token_does_not_make_a_new_caller(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limiter, "enabled", True)
        asked = [
            client.post("/api/v1/sessions", headers={"Authorization": f"Bearer {number}"}).status_code
            for number in range(31)
        ]
        assert asked == [201] * 30 + [429]


class TestSending:
    def test_without_waiting_it_is_taken_in(self, parts: Parts, person: Person) -> None:
        response = person.say("a")
        row = parts.row(InboundMessage)
        assert response.status_code == 202
        assert response.json == {"message_id": str(row.id), "replies": [], "cursor": "0"}
        assert (row.channel, row.text, row.lang) == ("web", "几点开门", "zh")

    def test_waiting_brings_the_answer(self, parts: Parts, person: Person) -> None:
        parts.db.after_commit = _answering(parts)
        response = person.say("a", wait=10)
        assert response.status_code == 200
        assert response.headers["Preference-Applied"] == "wait=10"
        [answer] = response.json["replies"]
        assert (answer["text"], answer["in_reply_to"], answer["kind"], answer["lang"]) == (
            "echo 几点开门",
            "a",
            "answer",
            "zh",
        )
        assert response.json["cursor"] == answer["id"]

    def test_waiting_in_vain_ends_in_202(self, parts: Parts, person: Person) -> None:
        response = person.say("a", wait=1)
        assert (response.status_code, response.json["replies"]) == (202, [])

    def test_where_too_many_wait_it_is_taken_in_at_once(
        self, parts: Parts, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(parts, "waits", threading.BoundedSemaphore(1))
        assert parts.waits.acquire(blocking=False)
        began = time.monotonic()
        assert person.say("a", wait=10).status_code == 202
        assert time.monotonic() - began < 5

    def test_an_answer_that_comes_just_too_late_for_the_response_comes_after_its_cursor(
        self, parts: Parts, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        look = parts.transcript.answer_to

        def look_and_be_overtaken(inbound_id: int) -> Any:
            found = look(inbound_id)
            parts.run(person.conversation_id)
            return found

        monkeypatch.setattr(parts.transcript, "answer_to", look_and_be_overtaken)
        response = person.say("a")
        assert response.status_code == 202
        [answer] = person.get(f"{MESSAGES}?after={response.json['cursor']}").json["messages"]
        assert answer["in_reply_to"] == "a"

    @pytest.mark.parametrize(
        "value", ["wait", "wait=", "wait=x", "wait=-1", "wait=1e9", "wait=²", "respond-async", ",,", "wait=0"]
    )
    def test_a_preference_that_makes_no_sense_is_none(self, parts: Parts, person: Person, value: str) -> None:
        response = person.post({"client_message_id": "a", "text": "x"}, Prefer=value.encode().decode("latin-1"))
        assert response.status_code == 202

    def test_the_same_id_again_is_the_same_message(self, parts: Parts, person: Person) -> None:
        person.say("a")
        parts.run(person.conversation_id)
        answers = [person.say("a", text).json for text in ("几点开门", "另一句", "几点开门")]
        assert answers[0] == answers[1] == answers[2]
        assert len(answers[0]["replies"]) == 1
        assert len(parts.rows(InboundMessage)) == len(parts.dialogue.turns) == 1

    def test_the_same_id_at_once_is_one_turn(self, parts: Parts, app: Any, person: Person) -> None:
        parts.db.after_commit = _answering(parts)
        together = threading.Barrier(5)

        def attempt(_: int) -> Any:
            together.wait()
            body = {"client_message_id": "a", "text": "几点开门"}
            return app.test_client().post(MESSAGES, json=body, headers=person.headers(Prefer="wait=10")).json

        with ThreadPoolExecutor(5) as pool:
            answers = list(pool.map(attempt, range(5)))
        assert all(answer == answers[0] for answer in answers)
        assert len(parts.dialogue.turns) == 1

    def test_the_same_id_of_two_people_is_two_messages(self, parts: Parts, client: FlaskClient, person: Person) -> None:
        other = Person(client, parts)
        assert person.say("a").json["message_id"] != other.say("a", "别的").json["message_id"]
        assert len(parts.rows(InboundMessage)) == 2

    def test_a_location(self, parts: Parts, person: Person) -> None:
        location = {"lat": 39.8186, "lon": 119.4839, "datum": "WGS-84"}
        assert person.post({"client_message_id": "a", "location": location}).status_code == 202
        row = parts.row(InboundMessage)
        assert (row.kind, row.location) == ("location", location)

    def test_a_tapped_choice(self, parts: Parts, person: Person) -> None:
        parts.dialogue.script.append(reply(choices=[tiny_choice()]))
        person.say("a")
        parts.run(person.conversation_id)
        [offered] = person.say("a").json["replies"][0]["quick_replies"]
        assert set(offered) == {"title", "payload"}
        person.post({"client_message_id": "b", "text": offered["title"], "payload": offered["payload"]})
        parts.run(person.conversation_id)
        assert (parts.dialogue.turns[-1].intent or {})["name"] == "place_price"

    def test_a_reply_says_everything_it_knows(self, parts: Parts, person: Person) -> None:
        source = Source("attraction:geziwo", "官网", "high", "2025-07", "")
        place = CardPlace("attraction:geziwo", "鸽子窝公园", 39.8, 119.5, "GCJ-02")
        card = Card("鸽子窝公园", ["一行"], place, [Link("拨打", "tel:120")], source)
        parts.dialogue.script.append(reply(lines=["第二行"], caution="请确认", cards=[card], source=source))
        person.say("a")
        parts.run(person.conversation_id)
        [answer] = person.get().json["messages"]
        assert answer["text"] == "鸽子窝公园开放时间：05:30-18:30\n第二行\n请确认"
        assert answer["cards"][0]["place"] == {
            "id": "attraction:geziwo",
            "name": "鸽子窝公园",
            "lat": 39.8,
            "lon": 119.5,
            "datum": "GCJ-02",
        }
        assert answer["source"]["as_of"] == answer["cards"][0]["source"]["as_of"] == "2025-07"

    @pytest.mark.parametrize(
        "body",
        [
            None,
            [],
            "x",
            1,
            {},
            {"client_message_id": "a"},
            {"text": "x"},
            {"client_message_id": "", "text": "x"},
            {"client_message_id": "a", "text": ""},
            {"client_message_id": "a", "text": None},
            {"client_message_id": "a", "text": 1},
            {"client_message_id": 1, "text": "x"},
            {"client_message_id": "a" * 65, "text": "x"},
            {"client_message_id": "a b", "text": "x"},
            {"client_message_id": "a\n", "text": "x"},
            {"client_message_id": "ä", "text": "x"},
            {"client_message_id": "a", "text": "x", "more": 1},
            {"client_message_id": "a", "text": "海" * 10_001},
            {"client_message_id": "a", "text": "x", "payload": "p" * 121},
            {"client_message_id": "a", "text": "x", "lang": "fr"},
            {"client_message_id": "a", "text": ["x"]},
            {"client_message_id": "a", "text": "x", "location": {"lat": 1, "lon": 1, "datum": "WGS-84"}},
            {"client_message_id": "a", "location": {"lat": 91, "lon": 1, "datum": "WGS-84"}},
            {"client_message_id": "a", "location": {"lat": 1, "lon": 1}},
            {"client_message_id": "a", "location": {"lat": 1, "lon": 1, "datum": "x"}},
            {"client_message_id": "a", "location": {"lat": "1", "lon": 1, "datum": "WGS-84"}},
            {"client_message_id": "a", "location": []},
            {"client_message_id": "a", "location": {"lat": float("nan"), "lon": 1, "datum": "WGS-84"}},
            {"client_message_id": "a", "location": {"lat": float("inf"), "lon": 1, "datum": "WGS-84"}},
            {"client_message_id": "a", "location": {"lat": True, "lon": 1, "datum": "WGS-84"}},
        ],
    )
    def test_what_is_not_a_message_is_refused(self, parts: Parts, person: Person, body: Any) -> None:
        response = person.post(body)
        assert response.status_code == 400
        assert response.json["error"]["code"] in ("invalid_body", "too_long")
        assert parts.rows(InboundMessage) == []

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"{",
            b"\x00",
            b"\xff\xfe",
            b"[" * 100_000,
            b'{"a":' * 50_000,
            b'{"client_message_id": "\\ud800", "text": "x"}',
            b'{"client_message_id": "a", "text": "x", "\\ud800": 1}',
            b'{"client_message_id": "a", "location": {"lat": NaN, "lon": 1}}',
            b'{"client_message_id": "a", "text": 1' + b"0" * 5000 + b"}",
            b'{"client_message_id": "a", "text": -Infinity}',
        ],
    )
    def test_a_hostile_body_is_refused(self, parts: Parts, client: FlaskClient, person: Person, raw: bytes) -> None:
        response = client.post(MESSAGES, data=raw, headers=person.headers(), content_type="application/json")
        assert response.status_code == 400
        assert response.json["error"]["code"] == "invalid_body"
        assert parts.rows(InboundMessage) == []

    def test_a_lone_surrogate_in_a_text_is_refused_or_kept_readable(
        self, parts: Parts, client: FlaskClient, person: Person
    ) -> None:
        raw = b'{"client_message_id": "a", "text": "x \\ud800 y \\u0000"}'
        response = client.post(MESSAGES, data=raw, headers=person.headers(), content_type="application/json")
        assert response.status_code in (202, 400)
        assert all(row.text.encode("utf-8") for row in parts.rows(InboundMessage))

    def test_too_much_is_not_read(self, parts: Parts, client: FlaskClient, person: Person) -> None:
        raw = b'{"client_message_id": "a", "text": "' + b"x" * 2_000_000 + b'"}'
        response = client.post(MESSAGES, data=raw, headers=person.headers(), content_type="application/json")
        assert response.status_code == 413
        assert parts.rows(InboundMessage) == []


class TestReading:
    def test_a_client_catches_up_from_its_cursor(self, parts: Parts, person: Person) -> None:
        for number in range(5):
            person.say(f"m{number}", f"问题{number}")
        parts.run(person.conversation_id)
        everything = person.get().json
        assert [one["text"] for one in everything["messages"]] == [f"echo 问题{n}" for n in range(5)]
        third = everything["messages"][2]["id"]
        rest = person.get(f"{MESSAGES}?after={third}").json
        assert [one["text"] for one in rest["messages"]] == ["echo 问题3", "echo 问题4"]
        assert rest["cursor"] == everything["cursor"]
        assert person.get(f"{MESSAGES}?after={rest['cursor']}").json == {"messages": [], "cursor": rest["cursor"]}

    def test_a_long_history_comes_in_pages(self, parts: Parts, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("backend.services.transcript.PAGE", 2)
        for number in range(5):
            person.say(f"m{number}", f"问题{number}")
        parts.run(person.conversation_id)
        cursor, seen = "0", []
        while page := person.get(f"{MESSAGES}?after={cursor}").json["messages"]:
            seen += [one["in_reply_to"] for one in page]
            cursor = page[-1]["id"]
        assert seen == [f"m{number}" for number in range(5)]

    def test_nobody_reads_what_was_said_to_another(self, parts: Parts, client: FlaskClient, person: Person) -> None:
        other = Person(client, parts)
        person.say("a", "秘密")
        parts.run(person.conversation_id)
        for path in (MESSAGES, f"{MESSAGES}?after=0"):
            assert other.get(path).json["messages"] == []
        assert other.say("a", "秘密").json["replies"] == []

    @pytest.mark.parametrize("cursor", ["", "x", "-1", "1.5", "9" * 19, "١", "0x1", "1 ", "\x00", "null"])
    def test_a_cursor_that_is_none_is_refused(self, person: Person, cursor: str) -> None:
        for path in (MESSAGES, "/api/v1/chat/stream"):
            response = person._client.get(path, query_string={"after": cursor}, headers=person.headers())
            assert response.status_code == 400
            assert response.json["error"]["code"] == "invalid_body"

    def test_a_cursor_from_the_future_brings_nothing(self, person: Person) -> None:
        far = "9" * 18
        assert person.get(f"{MESSAGES}?after={far}").json == {"messages": [], "cursor": far}

    @pytest.mark.parametrize("language", [None, "zh", "en", "fr", "*", "\x00", "en;q=x", "é" * 500])
    def test_errors_speak_the_callers_language(self, client: FlaskClient, language: str | None) -> None:
        headers = {"Accept-Language": language} if language and "\x00" not in language else {}
        response = client.get(MESSAGES, headers=headers)
        assert response.status_code == 401
        assert ("POST /api/v1/sessions" in response.json["error"]["message"]) is True
        assert response.json["error"]["message"].isascii() == (language == "en")


class TestStream:
    def read(self, response: Any, count: int) -> list[dict[str, Any]]:
        """So many replies from a stream, which is then left."""
        found: list[dict[str, Any]] = []
        for chunk in response.response:
            text = chunk.decode() if isinstance(chunk, bytes) else chunk
            lines = dict(line.split(": ", 1) for line in text.strip().split("\n") if ": " in line)
            if lines.get("event") == "reply":
                found.append({**json.loads(lines["data"]), "cursor": lines["id"]})
            if len(found) == count:
                break
        response.close()
        return found

    def test_replies_come_as_they_are_made_and_the_stream_can_be_resumed(self, parts: Parts, person: Person) -> None:
        person.say("a", "一")
        parts.run(person.conversation_id)
        response = person.get("/api/v1/chat/stream")
        assert (response.status_code, response.mimetype) == (200, "text/event-stream")
        person.say("b", "二")
        answering = threading.Thread(target=parts.run, args=(person.conversation_id,))
        answering.start()
        seen = self.read(response, 2)
        answering.join()
        assert [one["text"] for one in seen] == ["echo 一", "echo 二"]
        person.say("c", "三")
        parts.run(person.conversation_id)
        for resumed in (
            person.get(f"/api/v1/chat/stream?after={seen[0]['cursor']}"),
            person.get("/api/v1/chat/stream", **{"Last-Event-ID": seen[0]["cursor"]}),
            person.get("/api/v1/chat/stream?after=0", **{"Last-Event-ID": seen[0]["cursor"]}),
        ):
            assert [one["text"] for one in self.read(resumed, 2)] == ["echo 二", "echo 三"]
        odd = person.get("/api/v1/chat/stream", **{"Last-Event-ID": "no number"})
        assert len(self.read(odd, 3)) == 3

    def test_streams_leave_threads_for_the_webhooks(self, parts: Parts, person: Person) -> None:
        places = parts.settings.web_threads // 2
        streams = [person.get("/api/v1/chat/stream") for _ in range(places)]
        assert {response.status_code for response in streams} == {200}
        refused = person.get("/api/v1/chat/stream")
        assert (refused.status_code, refused.json["error"]["code"]) == (503, "busy")
        assert int(refused.headers["Retry-After"]) > 0
        assert person.get().status_code == 200
        for _ in range(2):
            streams.pop().close()
            streams.append(person.get("/api/v1/chat/stream"))
            assert streams[-1].status_code == 200
        for response in streams:
            response.close()


class TestTokens:
    @pytest.mark.parametrize(
        "given", ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp4", "bearer x y", "Bearer " + "x" * 9000, "Bearer é"]
    )
    def test_without_a_good_token_nothing_is_told(self, parts: Parts, client: FlaskClient, given: str) -> None:
        headers = {"Authorization": given} if given else {}
        for response in (
            client.post(MESSAGES, json={"client_message_id": "a", "text": "x"}, headers=headers),
            client.get(MESSAGES, headers=headers),
            client.get("/api/v1/chat/stream", headers=headers),
        ):
            assert response.status_code == 401
            assert response.json["error"]["code"] == "unauthorized"
        assert parts.rows(InboundMessage) == []

    def test_an_expired_token_is_none(self, parts: Parts, person: Person, clock: Clock) -> None:
        assert person.get().status_code == 200
        clock.advance(days=parts.settings.web_session_days + 1)
        assert person.get().status_code == 401
        assert person.say("a").status_code == 401
        assert parts.rows(InboundMessage) == []


class TestOutages:
    def test_a_lost_database_is_never_a_yes(
        self, parts: Parts, client: FlaskClient, person: Person, tmp_path: Path
    ) -> None:
        broken_database(parts, tmp_path)
        for response in (person.say("a"), person.get(), client.post("/api/v1/sessions")):
            assert response.status_code == 503
            assert response.json["error"]["code"] == "unavailable"
            assert response.headers["Retry-After"]

    def test_without_a_broker_everything_is_still_taken_in(self, database_url: str) -> None:
        parts = Container(settings(database_url, redis_url=NOWHERE))
        parts.__dict__["pack"] = city_pack_once()
        client = create_app(parts).test_client()
        opened = client.post("/api/v1/sessions")
        assert opened.status_code == 201
        headers = {"Authorization": f"Bearer {opened.json['token']}", "Prefer": "wait=1"}
        for number in range(3):
            body = {"client_message_id": f"m{number}", "text": "几点开门"}
            assert client.post(MESSAGES, json=body, headers=headers).status_code == 202
        assert len(parts.turns.sweep()) == 1
        parts.db.engine.dispose()


def _answering(parts: Parts) -> Any:
    """Answers each message from another thread as soon as it is in, as a worker does."""
    collected = parts.jobs.after_commit

    def wake(events: list[Any]) -> None:
        collected(events)
        for event in events:
            if event.type == "message.received":
                conversation_id = int(event.subject.removeprefix("conversation/"))
                threading.Thread(target=parts.turns.drain, args=(conversation_id,)).start()

    return wake
