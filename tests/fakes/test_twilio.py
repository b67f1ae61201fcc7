"""The fake Twilio, seen through Twilio's own client library."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.fakes.conftest import ACCOUNT, FROM, PHONE, Fakes, Receiver


@pytest.fixture
def client(fakes: Fakes) -> Client:
    made = Client(ACCOUNT, "twilio-secret", http_client=TwilioHttpClient(timeout=1))
    made.api.base_url = fakes.url
    return made


def test_message_is_accepted_and_its_status_callbacks_are_signed(
    client: Client, fakes: Fakes, receiver: Receiver
) -> None:
    callback = f"{receiver.url}/channels/twilio/status?message=42"
    message = client.messages.create(to=PHONE, from_=FROM, body="您好", status_callback=callback)
    assert message.sid.startswith("SM") and len(message.sid) == 34
    assert (message.status, message.num_segments, message.direction) == ("queued", "1", "outbound-api")

    calls = receiver.wait_for(3, "/status")
    assert [call["form"]["MessageStatus"] for call in calls] == ["queued", "sent", "delivered"]
    validator = RequestValidator("twilio-secret")
    assert all(validator.validate(callback, call["form"], call["headers"]["X-Twilio-Signature"]) for call in calls)
    assert client.messages(message.sid).fetch().status == "delivered"
    (shown,) = fakes.events("message", contact=PHONE)
    assert (shown["body"], shown["encoding"], shown["segments"]) == ("您好", "UCS-2", 1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "12345"}, 21211),
        ({"to": "+1555"}, 21211),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"from_": "+15005550007"}, 21606),
        ({"status_callback": "nonsense"}, 21609),
    ],
)
def test_bad_requests_carry_twilios_codes(client: Client, fields: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(**{"to": PHONE, "from_": FROM, "body": "hello", **fields})
    assert (caught.value.status, caught.value.code) == (400, code)


def test_opted_out_recipient_is_refused(client: Client, fakes: Fakes) -> None:
    fakes.control(provider="twilio", opted_out=[PHONE])
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to=PHONE, from_=FROM, body="hello")
    assert caught.value.code == 21610


def test_wrong_credentials_are_refused(fakes: Fakes) -> None:
    stranger = Client(ACCOUNT, "guess")
    stranger.api.base_url = fakes.url
    with pytest.raises(TwilioRestException) as caught:
        stranger.messages.create(to=PHONE, from_=FROM, body="hello")
    assert (caught.value.status, caught.value.code) == (401, 20003)


def test_list_filters_by_recipient_and_day_and_pages(client: Client) -> None:
    sids = [client.messages.create(to=PHONE, from_=FROM, body=f"n {n}").sid for n in range(5)]
    client.messages.create(to="+15551230002", from_=FROM, body="another person")
    today = datetime.now(UTC)
    assert [m.sid for m in client.messages.list(to=PHONE, date_sent=today, page_size=2)] == sids[::-1]
    assert client.messages.list(to=PHONE, date_sent=datetime(2020, 1, 1, tzinfo=UTC)) == []


def test_faults_429_and_500_end_after_their_times(client: Client, fakes: Fakes) -> None:
    for mode, status in (("429", 429), ("500", 500)):
        fakes.control(provider="twilio", mode=mode, times=1)
        with pytest.raises(TwilioRestException) as caught:
            client.messages.create(to=PHONE, from_=FROM, body="hello")
        assert caught.value.status == status
        assert client.messages.create(to=PHONE, from_=FROM, body="hello").sid


def test_rate_limit_answers_429_above_it(client: Client, fakes: Fakes) -> None:
    fakes.control(provider="twilio", rate=2)
    client.messages.create(to=PHONE, from_=FROM, body="1")
    client.messages.create(to=PHONE, from_=FROM, body="2")
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to=PHONE, from_=FROM, body="3")
    assert caught.value.status == 429


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("mode", ["hang", "reset"])
def test_lost_answer_leaves_the_message_accepted_or_not(
    client: Client, fakes: Fakes, mode: str, accepted: bool
) -> None:
    fakes.control(provider="twilio", mode=mode, accepted=accepted)
    with pytest.raises(requests.Timeout if mode == "hang" else requests.ConnectionError):
        client.messages.create(to=PHONE, from_=FROM, body="did it arrive?")
    fakes.control(provider="twilio", mode="ok")
    assert len(client.messages.list(to=PHONE)) == (1 if accepted else 0)


def test_slow_answers_late(client: Client, fakes: Fakes) -> None:
    fakes.control(provider="twilio", mode="slow", latency=0.3)
    started = time.monotonic()
    client.messages.create(to=PHONE, from_=FROM, body="hello")
    assert time.monotonic() - started >= 0.3


def test_undelivered_number_reports_its_error_code(client: Client, fakes: Fakes, receiver: Receiver) -> None:
    fakes.control(provider="twilio", undelivered={PHONE: 30003})
    client.messages.create(to=PHONE, from_=FROM, body="hello", status_callback=f"{receiver.url}/status")
    last = receiver.wait_for(3, "/status")[-1]
    assert (last["form"]["MessageStatus"], last["form"]["ErrorCode"]) == ("undelivered", "30003")


def test_callbacks_can_come_in_any_order_or_not_at_all(client: Client, fakes: Fakes, receiver: Receiver) -> None:
    fakes.control(provider="twilio", statuses=["delivered", "sent", "sent"])
    client.messages.create(to=PHONE, from_=FROM, body="hello", status_callback=f"{receiver.url}/status")
    # Each comes by a thread of its own, so on a busy machine one may overtake another, as in life.
    assert sorted(c["form"]["MessageStatus"] for c in receiver.wait_for(3)) == ["delivered", "sent", "sent"]
    fakes.control(provider="twilio", drop_status=True)
    client.messages.create(to=PHONE, from_=FROM, body="hello", status_callback=f"{receiver.url}/status")
    fakes.events("status", count=6)
    assert len(receiver.calls) == 3


def test_phone_sends_a_signed_webhook(fakes: Fakes, receiver: Receiver) -> None:
    sent = fakes.phone("/_sms/send", **{"from": PHONE, "body": "秦皇岛有什么好玩的"})
    (call,) = receiver.wait_for(1, "/channels/twilio/sms")
    assert (call["form"]["Body"], call["form"]["From"], call["form"]["To"]) == ("秦皇岛有什么好玩的", PHONE, FROM)
    assert RequestValidator("twilio-secret").validate(call["url"], call["form"], call["headers"]["X-Twilio-Signature"])
    assert sent["status"] == 200 and sent["message_sid"] == call["form"]["MessageSid"]
    fakes.phone("/_sms/send", **{"from": PHONE, "body": "秦皇岛有什么好玩的", "sid": sent["message_sid"]})
    assert receiver.wait_for(2)[1]["form"]["MessageSid"] == sent["message_sid"]


def test_carrier_opt_out_answers_by_itself_and_blocks_sending(client: Client, fakes: Fakes, receiver: Receiver) -> None:
    fakes.control(provider="twilio", carrier_opt_out=True)
    fakes.phone("/_sms/send", **{"from": PHONE, "body": "stop"})
    assert receiver.wait_for(1)[0]["form"]["OptOutType"] == "STOP"
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to=PHONE, from_=FROM, body="hello")
    assert caught.value.code == 21610
    fakes.phone("/_sms/send", **{"from": PHONE, "body": "START"})
    assert client.messages.create(to=PHONE, from_=FROM, body="hello").status == "queued"
