"""The bookings API: the whole way, refusals in both languages, keys, tickets."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import icalendar
import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from backend.models import Booking, IdempotencyKey
from tests.api.conftest import Person
from tests.services.bookings.things import ENTRY, bookable, every_day, slot
from tests.support.container import Clock, Parts

TWO = {"adult": 2}


class Booker(Person):
    """Somebody who books."""

    number = 0

    def ask(self, path: str, body: Any = None, key: str | None = None, **headers: str) -> TestResponse:
        if key is None:
            self.number += 1
            key = f"key-{self.number}"
        given = self.headers(**{"Idempotency-Key": key, **headers})
        return self._client.post(f"/api/v1{path}", json=body, headers=given)

    def hold(self, at: int, party: Any = None, **given: Any) -> TestResponse:
        return self.ask("/bookings", {"slot_id": at, "party": party or TWO}, **given)


@pytest.fixture
def booker(client: FlaskClient, parts: Parts) -> Booker:
    return Booker(client, parts)


@pytest.fixture
def at(parts: Parts, clock: Clock) -> int:
    bookable(parts)
    return slot(parts, clock.now() + dt.timedelta(days=2))


def test_from_what_there_is_to_a_cancelled_booking(parts: Parts, clock: Clock, booker: Booker) -> None:
    bookable(parts, schedules=[every_day()], place_id="attraction:tower")
    [found] = booker.get("/api/v1/bookables?kind=entry&place=attraction:tower").json["bookables"]
    assert (found["id"], found["prices"]) == (ENTRY, {"adult": 2500, "child": 1200})
    offered = booker.get(f"/api/v1/bookables/{ENTRY}/slots").json["slots"]
    first, other = offered[-2]["slot_id"], offered[-1]["slot_id"]
    held = booker.hold(first, {"adult": 2, "child": 1})
    assert held.status_code == 201, held.json
    assert (held.json["state"], held.json["price_fen"]) == ("held", 6200)
    code = held.json["code"]
    assert booker.ask(f"/bookings/{code.lower()}/confirm", {"guests": [{"name": "张三"}]}).json["state"] == "confirmed"
    assert booker.get("/api/v1/bookings").json["bookings"][0]["guests"][0]["name"] == "张三"
    assert booker.ask(f"/bookings/{code}/move", {"slot_id": other}).json["slot_id"] == other
    assert booker.ask(f"/bookings/{code}/cancel").json["state"] == "cancelled"
    assert booker.get(f"/api/v1/bookings/{code}").json["state"] == "cancelled"
    assert booker.get("/api/v1/bookings").json == {"bookings": []}
    assert booker.get("/api/v1/bookables/bookable:none/slots").status_code == 404


def test_who_finds_all_taken_can_wait(parts: Parts, client: FlaskClient, booker: Booker, at: int) -> None:
    other = Booker(client, parts)
    code = booker.hold(at, {"adult": 4}).json["code"]
    answer = other.hold(at, **{"Accept-Language": "en"})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "full")
    assert answer.json["error"]["message"] == "This time is full. You can join its waiting list."
    assert answer.json["error"]["values"] == {"waiting_list": "/api/v1/waiting-list"}
    assert other.hold(at).json["error"]["message"] == "这个时间已经满了，可以排候补。"
    waits = other.ask("/waiting-list", {"slot_id": at, "party": TWO})
    assert (waits.status_code, waits.json["state"], waits.json["before"]) == (201, "waiting", 0)
    booker.ask(f"/bookings/{code}/cancel")
    [offer] = other.get("/api/v1/waiting-list").json["waiting"]
    assert offer["state"] == "offered"
    assert other.ask(f"/bookings/{offer['code']}/confirm", {"guests": []}).json["state"] == "confirmed"
    assert client.delete(f"/api/v1/waiting-list/{at}", headers=other.headers()).status_code == 404


def test_another_persons_booking_is_not_there(parts: Parts, client: FlaskClient, booker: Booker, at: int) -> None:
    code, other = booker.hold(at).json["code"], Booker(client, parts)
    assert other.get(f"/api/v1/bookings/{code}").status_code == 404
    for verb, body in (("confirm", {"guests": []}), ("cancel", None), ("move", {"slot_id": at})):
        answer = other.ask(f"/bookings/{code}/{verb}", body)
        assert (answer.status_code, answer.json["error"]["code"]) == (404, "unknown_code"), verb


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"slot_id": 99, "party": TWO}, 404, "unknown_slot"),
        ({"slot_id": 1, "party": {}}, 422, "nobody"),
        ({"slot_id": 1, "party": {"adult": 7}}, 422, "too_many"),
        ({"slot_id": 1, "party": {"adult": -1}}, 400, "invalid_body"),
        ({"slot_id": 1, "party": {"dog": 1}}, 400, "invalid_body"),
        ({"slot_id": "1", "party": TWO}, 400, "invalid_body"),
        ({"slot_id": 2**70, "party": TWO}, 400, "invalid_body"),
    ],
)
def test_what_cannot_be_held(booker: Booker, at: int, body: Any, status: int, code: str) -> None:
    answer = booker.ask("/bookings", body)
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)
    assert answer.json["error"]["message"]


class TestKeys:
    """Promise 11: same key same answer, 422 on another body, 409 in flight."""

    def test_the_same_again_is_done_once_and_answered_the_same(self, parts: Parts, booker: Booker, at: int) -> None:
        first, again = booker.hold(at, key="k"), booker.hold(at, key="k")
        assert (again.status_code, again.json) == (first.status_code, first.json)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert len(parts.rows(Booking)) == 1

    def test_a_refusal_is_an_answer(self, client: FlaskClient, parts: Parts, booker: Booker, at: int) -> None:
        other = Booker(client, parts)
        code = booker.hold(at, {"adult": 4}).json["code"]
        refusal = other.hold(at, key="k")
        booker.ask(f"/bookings/{code}/cancel")
        assert (other.hold(at, key="k").status_code, other.hold(at, key="k").json) == (409, refusal.json)
        assert other.hold(at, key="k2").status_code == 201

    def test_another_request_with_it_is_refused(self, booker: Booker, at: int) -> None:
        code = booker.hold(at, key="k").json["code"]
        for answer in (booker.hold(at, {"adult": 1}, key="k"), booker.ask(f"/bookings/{code}/cancel", key="k")):
            assert (answer.status_code, answer.json["error"]["code"]) == (422, "idempotency_key_reused")

    @pytest.mark.parametrize("key", ["", "two words", "x" * 65, "é"])
    def test_without_a_good_one_nothing_is_done(self, parts: Parts, booker: Booker, at: int, key: str) -> None:
        answer = booker.hold(at, key=key)
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "invalid_body")
        assert parts.rows(Booking) == []

    def test_it_is_the_persons_own(self, client: FlaskClient, parts: Parts, booker: Booker, at: int) -> None:
        other = Booker(client, parts)
        assert booker.hold(at, key="k").json["code"] != other.hold(at, key="k").json["code"]

    def test_while_it_is_in_flight_the_second_waits_outside(
        self, parts: Parts, booker: Booker, at: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        inside, go_on, hold = threading.Event(), threading.Event(), parts.bookings.hold

        def slow(*given: Any) -> Any:
            inside.set()
            assert go_on.wait(30)
            return hold(*given)

        monkeypatch.setattr(parts.bookings, "hold", slow)
        answers: list[TestResponse] = []
        thread = threading.Thread(target=lambda: answers.append(booker.hold(at, key="k")))
        thread.start()
        assert inside.wait(30)
        second = booker.hold(at, key="k")
        go_on.set()
        thread.join()
        assert (second.status_code, second.json["error"]["code"]) == (409, "in_flight")
        assert int(second.headers["Retry-After"]) >= 1
        assert answers[0].status_code == 201
        assert booker.hold(at, key="k").json == answers[0].json

    def test_a_process_that_was_killed_holds_nothing_up_and_nothing_is_done_twice(
        self, parts: Parts, clock: Clock, booker: Booker, at: int
    ) -> None:
        first = booker.hold(at, key="k").json
        with parts.db.write() as session:  # as if it had been killed between its work and its answer
            row = session.get_one(IdempotencyKey, parts.row(IdempotencyKey).id)
            row.status = row.answer = None
        assert booker.hold(at, key="k").status_code == 409
        clock.advance(seconds=16)
        assert booker.hold(at, key="k").json == first
        assert len(parts.rows(Booking)) == 1

    def test_after_an_error_of_ours_it_may_be_sent_again(
        self, parts: Parts, booker: Booker, at: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(*_: Any) -> Any:
            raise OperationalError("", None, Exception())

        with monkeypatch.context() as broken:
            broken.setattr(parts.bookings, "hold", away)
            assert booker.hold(at, key="k").status_code == 503
        assert booker.hold(at, key="k").status_code == 201

    def test_it_is_forgotten_after_a_day(self, parts: Parts, clock: Clock, booker: Booker, at: int) -> None:
        booker.hold(at, key="k")
        clock.advance(hours=25)
        parts.due.run()
        assert parts.rows(IdempotencyKey) == []


def test_a_ticket_opens_for_those_who_have_its_address(client: FlaskClient, booker: Booker, at: int) -> None:
    booked = booker.hold(at).json
    path = {name: "/api/v1/" + booked[name].partition("/api/v1/")[2] for name in ("qr", "calendar")}
    drawn = client.get(path["qr"])
    assert (drawn.status_code, drawn.content_type) == (200, "image/svg+xml")
    assert drawn.data.startswith(b"<svg")
    entry = icalendar.Calendar.from_ical(client.get(path["calendar"] + "?lang=en").data).walk("VEVENT")[0]
    assert (entry["SUMMARY"], entry["STATUS"]) == ("Seaview Tower entry", "TENTATIVE")
    assert entry.decoded("DTSTART").isoformat() == booked["starts_at"]
    booker.ask(f"/bookings/{booked['code']}/cancel")
    struck = icalendar.Calendar.from_ical(client.get(path["calendar"]).data).walk("VEVENT")[0]
    assert (struck["UID"], struck["STATUS"], struck["SEQUENCE"]) == (entry["UID"], "CANCELLED", 1)
    for wrong in (booked["code"], path["qr"][-30:-4].replace("-", "_"), f"{booked['code']}-{'0' * 24}"):
        assert client.get(f"/api/v1/tickets/{wrong}.svg").status_code == 404
