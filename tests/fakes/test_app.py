"""The fakes' own surface: start-up, the feed, its stream, and who may call it from a browser."""

from __future__ import annotations

import json

import pytest
import requests
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from dev.fakes import segments
from dev.fakes.config import REQUIRED, FakesConfig
from dev.fakes.feed import Feed
from tests.fakes.conftest import PHONE, Fakes, Receiver


@pytest.mark.parametrize("env", [{"APP_ENV": "production"}, {}])
def test_refuses_production(env: dict[str, str]) -> None:
    with pytest.raises(SystemExit, match="production"):
        FakesConfig.from_env(dict.fromkeys(REQUIRED, "x") | env)


def test_names_missing_settings() -> None:
    with pytest.raises(SystemExit, match="TWILIO_AUTH_TOKEN"):
        FakesConfig.from_env({**dict.fromkeys(REQUIRED, "x"), "APP_ENV": "development", "TWILIO_AUTH_TOKEN": ""})


def test_feed_is_bounded_and_resumes_after_a_number() -> None:
    feed = Feed(size=3)
    for n in range(5):
        feed.add("twilio", "message", PHONE, body=str(n))
    events, last = feed.since(0)
    assert [event["body"] for event in events] == ["2", "3", "4"] and last == 5
    assert feed.since(4)[0] == events[-1:]
    assert feed.counts() == {"twilio.message": 5}


def test_stream_tells_the_same_as_the_feed_and_resumes(fakes: Fakes, receiver: Receiver) -> None:
    for text in ("one", "two"):
        fakes.phone("/_sms/send", **{"from": PHONE, "body": text})
    first, second = fakes.events("inbound", count=2)
    url = f"{fakes.url}/_feed/stream?kind=inbound"
    for headers, expected in (({}, first), ({"Last-Event-ID": str(first["seq"])}, second)):
        with requests.get(url, headers=headers, stream=True, timeout=5) as stream:
            data = next(
                line for line in stream.iter_lines(chunk_size=1, decode_unicode=True) if line.startswith("data: ")
            )
        assert json.loads(data.removeprefix("data: ")) == expected


def test_only_the_products_own_page_may_call_from_a_browser(fakes: Fakes, receiver: Receiver) -> None:
    def allowed(origin: str, path: str) -> str | None:
        return requests.get(f"{fakes.url}{path}", headers={"Origin": origin}, timeout=5).headers.get(
            "Access-Control-Allow-Origin"
        )

    assert allowed(receiver.url, "/_feed") == receiver.url
    assert allowed("https://elsewhere.example", "/_feed") is None
    assert allowed(receiver.url, "/cgi-bin/token") is None


def test_form_posts_are_not_taken(fakes: Fakes) -> None:
    for path in ("/_sms/send", "/_wechat/send", "/_control"):
        assert requests.post(f"{fakes.url}{path}", data={"from": PHONE}, timeout=5).status_code == 415


def test_reset_forgets_messages_and_faults(fakes: Fakes, receiver: Receiver) -> None:
    fakes.control(provider="twilio", mode="500", opted_out=[PHONE])
    fakes.phone("/_sms/send", **{"from": PHONE, "body": "hi"})
    fakes.control(reset=True)
    assert requests.get(f"{fakes.url}/_feed", timeout=5).json()["events"] == []
    state = requests.get(f"{fakes.url}/_control", timeout=5).json()["twilio"]
    assert (state["mode"], state["opted_out"]) == ("ok", [])


def test_unknown_faults_are_refused(fakes: Fakes) -> None:
    for order in (
        {"provider": "twilio", "mode": "45015"},
        {"provider": "pigeon"},
        {"provider": "wechat", "latency": -1},
    ):
        assert requests.post(f"{fakes.url}/_control", json=order, timeout=5).status_code == 400


@given(st.text(alphabet=st.sampled_from("aé€^{}ü~中文🏖\n\r1 "), max_size=400))
def test_segments_agree_with_an_independent_counter(body: str) -> None:
    assert segments.count(body).segments == max(len(smsutil.split(body).parts), 1)
