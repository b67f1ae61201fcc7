"""Twilio: who may speak to us, what they said, and what became of what we sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from backend.channels.twilio_sms import InvalidSignature, TwilioSms
from backend.services.inbound import InvalidMessage
from backend.services.ports import Outgoing, SendPermanent, SendTemporary, SendUnknown
from dev.fakes.app import create_app
from dev.fakes.config import FakesConfig
from tests.fakes.conftest import serve
from tests.support.container import PUBLIC_URL, TWILIO_SID, TWILIO_TOKEN, reply

PATH = "/channels/twilio/sms"
PARAMS = {"AccountSid": TWILIO_SID, "MessageSid": "SM1", "From": "+4915155500001", "Body": "几点开门 & wann?"}
FROM = "+15005550006"


def signed(params: Any = PARAMS, url: str = PUBLIC_URL + PATH, token: str = TWILIO_TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, params))


def adapter(base_url: str = "http://127.0.0.1:1", token: str = TWILIO_TOKEN, timeout: float = 5.0) -> TwilioSms:
    return TwilioSms(TWILIO_SID, token, FROM, base_url, PUBLIC_URL, timeout)


class TestSignature:
    def test_what_twilio_signed_is_taken(self) -> None:
        adapter().verify(PATH, MultiDict(PARAMS), signed())

    def test_the_query_is_part_of_what_is_signed(self) -> None:
        url = PATH + "?outbound=17&x=%2F+"
        adapter().verify(url, MultiDict(PARAMS), signed(url=PUBLIC_URL + url))
        for other in (PATH, PATH + "?outbound=18&x=%2F+", PATH + "?x=%2F+&outbound=17"):
            with pytest.raises(InvalidSignature):
                adapter().verify(other, MultiDict(PARAMS), signed(url=PUBLIC_URL + url))

    def test_a_parameter_may_come_twice(self) -> None:
        params = MultiDict([*PARAMS.items(), ("MediaUrl0", "b"), ("MediaUrl0", "a")])
        adapter().verify(PATH, params, signed(params))

    @pytest.mark.parametrize(
        "signature",
        [
            None, "", " ", "x", "=", "AAAA", "\x00", "é", "\ud800", "a" * 100_000, signed(token="another"),
            signed(url=PUBLIC_URL.replace("https", "http") + PATH), signed(url="https://evil.example.org" + PATH),
            signed(url=PUBLIC_URL + PATH + "/"), signed({**PARAMS, "Body": "anders"}), signed({}), signed()[:-1],
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, signature: str | None) -> None:
        with pytest.raises(InvalidSignature):
            adapter().verify(PATH, MultiDict(PARAMS), signature)

    @pytest.mark.parametrize(
        "params",
        [
            MultiDict(), MultiDict([*PARAMS.items(), ("Extra", "1")]),
            MultiDict([*PARAMS.items(), ("From", "+4915155500002")]), MultiDict({**PARAMS, "Body": "\ud800"}),
            MultiDict([item for item in PARAMS.items() if item[0] != "Body"]),
        ],
    )  # fmt: skip
    def test_other_parameters_are_refused(self, params: MultiDict[str, str]) -> None:
        with pytest.raises(InvalidSignature):
            adapter().verify(PATH, params, signed())

    def test_without_a_token_nothing_is_taken(self) -> None:
        with pytest.raises(InvalidSignature):
            adapter(token="").verify(PATH, MultiDict(PARAMS), signed(token=""))


class TestParse:
    def test_a_text(self) -> None:
        received = adapter().parse(PARAMS)
        assert (received.channel, received.provider_id, received.address) == ("sms", "SM1", "+4915155500001")
        assert (received.kind, received.text, received.location, received.meta) == ("text", PARAMS["Body"], None, {})

    @pytest.mark.parametrize(
        ("extra", "kind"),
        [
            ({"Latitude": "39.8", "Longitude": "119.5"}, "location"), ({"NumMedia": "2"}, "media"),
            ({"NumMedia": ""}, "text"), ({"Latitude": "x", "Longitude": "1"}, "text"), ({"Latitude": "39.8"}, "text"),
            ({"Latitude": "nan", "Longitude": "inf"}, "text"), ({"Latitude": "91", "Longitude": "0"}, "text"),
        ],
    )  # fmt: skip
    def test_what_it_is(self, extra: dict[str, str], kind: str) -> None:
        received = adapter().parse({**PARAMS, **extra})
        assert received.kind == kind
        assert (received.location is not None) == (kind == "location")

    @pytest.mark.parametrize(
        ("value", "meta"),
        [("STOP", {"opt_out_type": "stop"}), ("HELP", {"opt_out_type": "help"}), ("\x00", {}), ("?", {})],
    )
    def test_that_twilio_has_answered_already(self, value: str, meta: dict[str, str]) -> None:
        assert adapter().parse({**PARAMS, "OptOutType": value}).meta == meta

    @pytest.mark.parametrize("changed", [{"AccountSid": "AC2"}, {"AccountSid": ""}, {"MessageSid": ""}, {"From": ""}])
    def test_what_is_missing_is_refused(self, changed: dict[str, str]) -> None:
        with pytest.raises(InvalidMessage):
            adapter().parse({**PARAMS, **changed})


@pytest.fixture(scope="module")
def fake() -> Iterator[str]:
    """A fake Twilio whose delivery callbacks go nowhere."""
    config = FakesConfig(TWILIO_SID, TWILIO_TOKEN, FROM, "wx1", "secret", "token", "http://127.0.0.1:1")
    server = serve(create_app(config))
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def control(fake: str) -> Iterator[Any]:
    """Makes the fake misbehave; afterwards it is well again."""

    def order(**values: Any) -> None:
        requests.post(f"{fake}/_control", json=values, timeout=5).raise_for_status()

    order(reset=True)
    order(provider="twilio", drop_status=True)
    yield order
    order(reset=True)


def outgoing(text: str = "回答", to: str = "+4915155500001", **fields: Any) -> Outgoing:
    return Outgoing(7, 3, to, text, reply(text), dt.datetime.now(dt.UTC), **fields)


class TestSending:
    def test_a_message_goes_out_and_is_found_again(self, fake: str, control: Any) -> None:
        channel = adapter(fake)
        message = outgoing("找得到")
        assert channel.find_sent(message) is None
        sid = channel.send(message)
        assert sid.startswith("SM")
        assert channel.find_sent(message) == sid
        assert channel.find_sent(outgoing("找得到", known_provider_ids=frozenset({sid}))) is None
        assert channel.find_sent(outgoing("找得到", to="+4915155500099")) is None
        assert channel.find_sent(outgoing("别的话")) is None

    @pytest.mark.parametrize(
        ("faults", "raised"),
        [
            ({"mode": "429"}, SendTemporary), ({"mode": "500"}, SendUnknown), ({"mode": "reset"}, SendUnknown),
            ({"mode": "reset", "accepted": True}, SendUnknown), ({"mode": "hang", "hang_seconds": 3}, SendUnknown),
        ],
    )  # fmt: skip
    def test_what_a_failure_means(
        self, fake: str, control: Any, faults: dict[str, Any], raised: type[Exception]
    ) -> None:
        control(provider="twilio", **faults)
        channel = adapter(fake, timeout=0.5)
        message = outgoing(f"失败 {faults}")
        with pytest.raises(raised):
            channel.send(message)
        control(provider="twilio", mode="ok")
        assert (channel.find_sent(message) is not None) == bool(faults.get("accepted"))

    def test_nobody_there_is_temporary(self) -> None:
        with pytest.raises(SendTemporary):
            adapter().send(outgoing())
        with pytest.raises(SendTemporary):
            adapter().find_sent(outgoing())

    @pytest.mark.parametrize(("to", "text"), [("+1", "回答"), ("nobody", "回答"), ("+4915155500001", "长" * 1601)])
    def test_what_will_never_work_is_permanent(self, fake: str, control: Any, to: str, text: str) -> None:
        with pytest.raises(SendPermanent) as refused:
            adapter(fake).send(outgoing(text, to=to))
        assert not refused.value.opted_out

    def test_a_person_who_left(self, fake: str, control: Any) -> None:
        control(provider="twilio", opted_out=["+4915155500077"])
        with pytest.raises(SendPermanent) as refused:
            adapter(fake).send(outgoing(to="+4915155500077"))
        assert refused.value.opted_out

    def test_a_wrong_account_is_permanent(self, fake: str, control: Any) -> None:
        with pytest.raises(SendPermanent):
            adapter(fake, token="wrong").send(outgoing())
