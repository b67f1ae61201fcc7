"""Thousands of small changes to signed webhooks: none of them is taken in, none of them breaks anything."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator

from backend.models import ChannelIdentity, Contact, DeliveryReceipt, Event, InboundMessage, OutboundMessage
from tests.support.container import PUBLIC_URL, TWILIO_SID, TWILIO_TOKEN, Parts
from tests.webhooks.conftest import wechat_query, wechat_xml

ROUNDS = 700
STORED = (InboundMessage, OutboundMessage, DeliveryReceipt, Contact, ChannelIdentity, Event)


def mutants(value: bytes, rng: random.Random) -> Iterator[bytes]:
    """The value with a byte changed, lost, doubled, swapped or brought in, or a piece cut away; for ever."""
    while True:
        at = rng.randrange(len(value))
        kind = rng.randrange(6)
        if kind == 0:
            yield value[:at] + bytes([rng.randrange(256)]) + value[at + 1 :]
        elif kind == 1:
            yield value[:at] + value[at + 1 :]
        elif kind == 2:
            yield value[:at] + value[at : at + 1] * rng.randrange(2, 5) + value[at + 1 :]
        elif kind == 3:
            other = rng.randrange(len(value))
            low, high = min(at, other), max(at, other)
            yield (
                value[:low] + value[high : high + 1] + value[low + 1 : high] + value[low : low + 1] + value[high + 1 :]
            )
        elif kind == 4:
            yield value[:at] + bytes(rng.randrange(256) for _ in range(rng.randrange(1, 8))) + value[at:]
        else:
            yield value[:at]


def said(form: bytes) -> str:
    """What a Twilio signature covers of a form: its names and values, sorted and run together."""
    pairs = parse_qsl(form.decode("utf-8", "replace"), keep_blank_values=True)
    return "".join(name + value for name, value in sorted(set(pairs)))


def refused_without_a_trace(parts: Parts, calls: Callable[[int], int]) -> None:
    statuses = {calls(number) for number in range(ROUNDS)}
    assert statuses <= {400, 403, 404, 405, 413}
    assert [parts.rows(model) for model in STORED] == [[] for _ in STORED]


@pytest.mark.parametrize("path", ["/channels/twilio/sms", "/channels/twilio/status?outbound=1"])
def test_changed_twilio_requests(parts: Parts, client: FlaskClient, path: str) -> None:
    params = {
        "AccountSid": TWILIO_SID,
        "MessageSid": "SM0123456789abcdef0123456789abcdef",
        "MessageStatus": "delivered",
        "From": "+4915155500001",
        "To": "+15005550006",
        "Body": "几点开门 & when?",
    }
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(PUBLIC_URL + path, params)
    form = urlencode(params).encode()
    rng = random.Random(20250801)
    bodies, signatures = mutants(form, rng), mutants(signature.encode(), rng)
    queries = mutants((urlsplit(path).query or "x=1").encode(), rng)

    def call(number: int) -> int:
        body, sign, target = form, signature, path
        if number % 3 == 0:
            body = next(each for each in bodies if said(each) != said(form))
        elif number % 3 == 1:
            # The validator compares the texts, so another spelling of the same base64 is another signature.
            sign = next(each for each in signatures if each != signature.encode()).decode("latin-1")
            sign = sign.replace("\r", "").replace("\n", "")
            if sign.strip() == signature:
                sign = ""
        else:
            query = next(each for each in queries if each.decode("latin-1") != urlsplit(path).query)
            target = urlsplit(path).path + "?" + query.decode("latin-1").replace("#", "%23")
            if target in (path, path + "?"):
                target = urlsplit(path).path + "?other=1"
        response = client.post(
            target,
            data=body,
            headers={"X-Twilio-Signature": sign},
            content_type="application/x-www-form-urlencoded",
        )
        return response.status_code

    refused_without_a_trace(parts, call)


def test_changed_wechat_requests(parts: Parts, client: FlaskClient) -> None:
    good = wechat_query()
    rng = random.Random(20250802)
    changed = {name: mutants(value.encode(), rng) for name, value in good.items()}

    def call(number: int) -> int:
        name = ("signature", "timestamp", "nonce")[number % 3]
        value = next(each for each in changed[name] if each != good[name].encode())
        query = {**good, name: value.decode("latin-1")}
        return client.post("/channels/wechat", query_string=query, data=wechat_xml()).status_code

    refused_without_a_trace(parts, call)


def test_broken_wechat_bodies_under_a_good_signature(parts: Parts, client: FlaskClient) -> None:
    """Plain mode does not sign the body: what still reads as a message is one, anything else is refused."""
    parts.dialogue.alive = False
    rng = random.Random(20250803)
    bodies = mutants(wechat_xml(MsgType="event", Event="VIEW"), rng)
    taken = 0
    for _ in range(150):
        response = client.post("/channels/wechat", query_string=wechat_query(), data=next(bodies))
        assert response.status_code in (200, 400)
        taken += response.status_code == 200
    assert 0 < len(parts.rows(InboundMessage)) <= taken < 150
