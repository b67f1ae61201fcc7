"""Twilio's webhooks, through the front door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.models import ChannelIdentity, DeliveryReceipt, InboundMessage, OutboundMessage
from tests.support.container import Parts, RecordingChannel, broken_database
from tests.webhooks.conftest import Send

EMPTY = "<Response/>"


def test_a_message_is_stored_and_acknowledged_with_an_empty_answer(parts: Parts, send_sms: Send) -> None:
    response = send_sms()
    assert (response.status_code, response.mimetype) == (200, "text/xml")
    assert EMPTY in response.text
    row = parts.row(InboundMessage)
    assert (row.channel, row.provider_id, row.text) == ("sms", "SM1", "几点开门")
    assert parts.jobs.types() == ["message.received"]


def test_a_repeat_is_acknowledged_and_changes_nothing(parts: Parts, send_sms: Send) -> None:
    assert [send_sms().status_code for _ in range(3)] == [200, 200, 200]
    assert len(parts.rows(InboundMessage)) == 1
    assert parts.jobs.types() == ["message.received"]


@pytest.mark.parametrize(
    "fields",
    [
        {"AccountSid": "AC00000000000000000000000000000000"}, {"AccountSid": None},
        {"MessageSid": None}, {"MessageSid": ""},
        {"MessageSid": "S" * 129}, {"MessageSid": "SM\x00"}, {"From": None}, {"From": ""}, {"From": "+" * 200},
        {"From": "+49\x00"}, {"Body": "a" * 10_001},
    ],
)  # fmt: skip
def test_signed_but_senseless_is_refused(parts: Parts, send_sms: Send, fields: dict[str, Any]) -> None:
    assert send_sms(**fields).status_code == 400
    assert parts.rows(InboundMessage) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"Body": None}, {"Body": ""}, {"Body": "\x00"}, {"Body": "🏖" * 1600}, {"Latitude": "nan", "Longitude": "x"},
        {"OptOutType": "\x00"}, {"NumMedia": "x" * 1000}, {"NumMedia": "1", "MediaUrl0": "javascript:1"},
    ],
)  # fmt: skip
def test_odd_but_possible_is_taken(parts: Parts, send_sms: Send, fields: dict[str, Any]) -> None:
    assert send_sms(**fields).status_code == 200
    parts.run(parts.row(InboundMessage).conversation_id)
    assert parts.row(InboundMessage).outcome == "answered"


def test_without_a_good_signature_nothing_is_read(parts: Parts, client: FlaskClient, send_sms: Send) -> None:
    body = {"AccountSid": "AC0123456789abcdef0123456789abcdef", "MessageSid": "SM1", "From": "+1", "Body": "x"}
    for headers in ({}, {"X-Twilio-Signature": ""}, {"X-Twilio-Signature": "AAAA"}):
        assert client.post("/channels/twilio/sms", data=body, headers=headers).status_code == 403
    for host in ("evil.example.org", "city.example.org.evil.org"):
        signed = client.post(
            "/channels/twilio/sms",
            data=body,
            headers={"Host": host, "X-Twilio-Signature": "AAAA", "X-Forwarded-Proto": "http"},
        )
        assert signed.status_code == 403
    assert send_sms(headers={"Host": "anything.example.org", "X-Forwarded-Host": "evil.org"}).status_code == 200
    assert len(parts.rows(InboundMessage)) == 1


def test_a_signature_is_good_for_its_own_url_alone(parts: Parts, client: FlaskClient, send_sms: Send) -> None:
    good = send_sms().request
    signature = good.headers["X-Twilio-Signature"]
    data = "AccountSid=AC0123456789abcdef0123456789abcdef&MessageSid=SM2&From=%2B4915155500001&Body=x"
    for path in ("/channels/twilio/status", "/channels/twilio/sms?x=1", "/channels/twilio/sms"):
        response = client.post(
            path, data=data, headers={"X-Twilio-Signature": signature}, content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code == 403
    assert len(parts.rows(InboundMessage)) == 1


def test_too_much_is_not_even_read(parts: Parts, client: FlaskClient) -> None:
    for path in ("/channels/twilio/sms", "/channels/twilio/status"):
        for size in (70_000, 2_000_000):
            response = client.post(path, data={"Body": "x" * size}, headers={"X-Twilio-Signature": "AAAA"})
            assert response.status_code == 413
    assert parts.rows(InboundMessage) == []


def test_a_lost_database_is_never_a_yes(parts: Parts, send_sms: Send, tmp_path: Path) -> None:
    broken_database(parts, tmp_path)
    response = send_sms()
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert send_sms("/channels/twilio/status", MessageStatus="delivered").status_code == 503


def test_a_damaged_database_is_never_a_yes(parts: Parts, send_sms: Send, tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"this is not a database" * 100)
    broken_database(parts, tmp_path / "broken.db")
    assert send_sms().status_code == 503


class TestStatus:
    def test_our_own_id_in_the_query_finds_an_unrecorded_send(
        self, parts: Parts, sms: RecordingChannel, send_sms: Send
    ) -> None:
        send_sms()
        parts.turns.drain(parts.row(InboundMessage).conversation_id)
        row = parts.row(OutboundMessage)
        for status, state in (
            ("queued", "sent"),  # the provider has it
            ("delivered", "delivered"),
            ("sent", "delivered"),
            ("read", "read"),
        ):
            response = send_sms(f"/channels/twilio/status?outbound={row.id}", MessageSid="SMxyz", MessageStatus=status)
            assert response.status_code == 204
            assert parts.row(OutboundMessage).state == state
        assert len(parts.rows(DeliveryReceipt)) == 4

    def test_a_person_who_left_is_noted(self, parts: Parts, sms: RecordingChannel, send_sms: Send) -> None:
        send_sms()
        parts.turns.drain(parts.row(InboundMessage).conversation_id)
        path = f"/channels/twilio/status?outbound={parts.row(OutboundMessage).id}"
        assert send_sms(path, MessageStatus="undelivered", ErrorCode="21610").status_code == 204
        assert parts.row(ChannelIdentity).consent == "out"

    @pytest.mark.parametrize(
        "fields",
        [
            {"MessageStatus": None}, {"MessageStatus": ""}, {"MessageStatus": "x" * 21}, {"MessageStatus": "\x00"},
            {"MessageSid": None}, {"MessageSid": "S" * 65}, {"MessageSid": "S\x00"},
            {"ErrorCode": "9" * 11}, {"ErrorCode": "\x00"},
        ],
    )  # fmt: skip
    def test_signed_but_senseless_is_refused(self, parts: Parts, send_sms: Send, fields: dict[str, Any]) -> None:
        assert send_sms("/channels/twilio/status", **{"MessageStatus": "delivered", **fields}).status_code == 400

    @pytest.mark.parametrize(
        "query", ["", "?outbound=", "?outbound=x", "?outbound=-1", "?outbound=" + "9" * 30, "?outbound=٣"]
    )
    def test_any_query_is_survived(self, parts: Parts, send_sms: Send, query: str) -> None:
        path = "/channels/twilio/status" + query.replace("٣", "%D9%A3")
        assert send_sms(path, MessageStatus="delivered").status_code == 204
        assert parts.rows(DeliveryReceipt) == []
