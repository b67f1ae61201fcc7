"""The feed of notices and the devices, as the app sees them."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.models import ChannelIdentity, Device, Notice, OutboundMessage
from backend.services.notices import tell
from backend.services.ports import SendPermanent
from tests.api.conftest import Person
from tests.services.notices.people import VALUES
from tests.support.container import Parts, with_recording_channels

KEYS = {"p256dh": "B" * 87, "auth": "A" * 22}
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


@pytest.fixture
def push(parts: Parts) -> Any:
    """A push channel that records, and allows every endpoint of Google's."""
    recording = with_recording_channels(parts, "sms", "wechat", "push")["push"]
    recording.public_key = lambda: "key"  # type: ignore[attr-defined]
    recording.allows = lambda endpoint: endpoint.startswith("https://fcm.googleapis.com/")  # type: ignore[attr-defined]
    parts.__dict__["web_push"] = recording
    return recording


def told(parts: Parts, person: Person, dedupe: str = "one", **changed: Any) -> None:
    given = {"template": "booking_moved", "values": VALUES, "subject": "booking/K7M2", **changed}
    with parts.db.write() as session:
        tell(session, contact_id=person.contact_id, dedupe=dedupe, **given)


class TestFeed:
    def test_shows_what_was_told_and_what_was_read(self, parts: Parts, client: FlaskClient, person: Person) -> None:
        told(parts, person)
        told(parts, person, "two", urgency="urgent")
        parts.notice_sender.run()
        answer = person.get("/api/v1/notices").json
        assert [(one["urgency"], one["read_at"]) for one in answer["notices"]] == [("urgent", None), ("normal", None)]
        assert answer["unread"] == 2
        assert answer["before"] is None
        newest = answer["notices"][0]
        assert (newest["title"], newest["subject"]) == ("预订已改期", "booking/K7M2")
        assert newest["text"] == "您的预订K7M2已改到2027年7月1日周四 09:30：鸽子窝公园。"
        body = {"id": newest["id"]}
        for _ in range(2):
            assert client.post("/api/v1/notices/read", json=body, headers=person.headers()).status_code == 204
        again = person.get("/api/v1/notices?lang=en").json
        assert again["unread"] == 1
        assert again["notices"][0]["read_at"] is not None
        assert again["notices"][1]["title"] == "Booking moved"

    def test_all_older_ones_are_read_at_once(self, parts: Parts, client: FlaskClient, person: Person) -> None:
        for number in range(3):
            told(parts, person, f"{number}")
        middle = person.get("/api/v1/notices").json["notices"][1]["id"]
        body = {"id": middle, "older": True}
        assert client.post("/api/v1/notices/read", json=body, headers=person.headers()).status_code == 204
        assert person.get("/api/v1/notices").json["unread"] == 1

    def test_pages_go_on_where_the_last_one_ended(self, parts: Parts, person: Person) -> None:
        for number in range(60):
            told(parts, person, f"{number}")
        first = person.get("/api/v1/notices").json
        rest = person.get(f"/api/v1/notices?before={first['before']}").json
        assert (len(first["notices"]), len(rest["notices"])) == (50, 10)
        assert not {one["id"] for one in first["notices"]} & {one["id"] for one in rest["notices"]}

    def test_nobody_sees_or_reads_anothers(self, parts: Parts, client: FlaskClient, person: Person) -> None:
        told(parts, person)
        other = Person(client, parts)
        assert other.get("/api/v1/notices").json["notices"] == []
        body = {"id": parts.row(Notice).id}
        assert client.post("/api/v1/notices/read", json=body, headers=other.headers()).status_code == 404
        assert parts.row(Notice).read_at is None
        assert client.get("/api/v1/notices").status_code == 401


class TestOrder:
    def test_is_the_usual_one_until_it_is_set(self, client: FlaskClient, person: Person) -> None:
        path = "/api/v1/notices/channels"
        assert person.get(path).json == {"channels": ["push", "wechat", "sms", "web"]}
        assert client.put(path, json={"channels": ["web", "push"]}, headers=person.headers()).status_code == 200
        assert person.get(path).json == {"channels": ["web", "push"]}
        refused = client.put(path, json={"channels": ["web", "web"]}, headers=person.headers())
        assert refused.status_code == 400
        assert "each at most once" in refused.json["error"]["fields"]["json"]["channels"][0]
        assert client.put(path, json={"channels": ["fax"]}, headers=person.headers()).status_code == 400


class TestDevices:
    def register(self, client: FlaskClient, person: Person, endpoint: str = ENDPOINT) -> Any:
        body = {"endpoint": endpoint, "keys": KEYS, "name": "Phone"}
        return client.post("/api/v1/devices", json=body, headers=person.headers())

    def test_a_registered_device_gets_notices_first(
        self, parts: Parts, client: FlaskClient, person: Person, push: Any
    ) -> None:
        assert person.get("/api/v1/devices/key").json == {"public_key": "key"}
        made = self.register(client, person)
        assert made.status_code == 201
        assert self.register(client, person).json["id"] == made.json["id"]
        assert [one["name"] for one in person.get("/api/v1/devices").json["devices"]] == ["Phone"]
        told(parts, person)
        parts.notice_sender.run()
        [sent] = push.sent
        assert '"endpoint": "https://fcm.googleapis.com/fcm/send/abc"' in sent.address
        assert sent.reply.headline == "预订已改期"
        assert [row.channel for row in parts.rows(OutboundMessage)] == ["push"], "not by two ways"

    def test_one_that_is_gone_is_forgotten_and_the_next_way_taken(
        self, parts: Parts, client: FlaskClient, person: Person, push: Any
    ) -> None:
        self.register(client, person)
        push.script.append(SendPermanent("410", gone=True))
        told(parts, person)
        parts.notice_sender.run()
        assert parts.rows(Device) == []
        [identity] = parts.rows(ChannelIdentity, channel="push")
        assert (identity.consent, bytes(identity.address_encrypted)) == ("out", b"")
        assert [(row.channel, row.state) for row in parts.rows(OutboundMessage)] == [
            ("push", "failed"),
            ("web", "sent"),
        ]

    def test_it_can_be_removed_by_its_person_alone(
        self, parts: Parts, client: FlaskClient, person: Person, push: Any
    ) -> None:
        path = f"/api/v1/devices/{self.register(client, person).json['id']}"
        assert client.delete(path, headers=Person(client, parts).headers()).status_code == 404
        assert client.delete(path, headers=person.headers()).status_code == 204
        assert client.delete(path, headers=person.headers()).status_code == 404
        assert client.delete(f"/api/v1/devices/{2**80}", headers=person.headers()).status_code == 404
        told(parts, person)
        parts.notice_sender.run()
        assert push.sent == []

    def test_a_device_in_other_hands_gets_nothing_of_the_first_person(
        self, parts: Parts, client: FlaskClient, person: Person, push: Any
    ) -> None:
        self.register(client, person)
        told(parts, person)
        parts.placing.place()
        other = Person(client, parts)
        self.register(client, other)
        parts.notice_sender.run()
        assert push.sent == []
        told(parts, other)
        parts.notice_sender.run()
        assert len(push.sent) == 1

    def test_other_hosts_are_refused(self, client: FlaskClient, person: Person, push: Any) -> None:
        refused = self.register(client, person, "https://intranet.example.org/x")
        assert (refused.status_code, refused.json["error"]["code"]) == (400, "endpoint_not_allowed")

    def test_nobody_has_more_than_ten(self, client: FlaskClient, person: Person, push: Any) -> None:
        answers = [self.register(client, person, f"{ENDPOINT}{number}").status_code for number in range(11)]
        assert answers == [201] * 10 + [400]

    def test_without_a_key_there_is_no_push(self, client: FlaskClient, person: Person) -> None:
        assert person.get("/api/v1/devices/key").status_code == 404
        assert self.register(client, person).status_code == 404
