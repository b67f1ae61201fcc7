"""Taking messages in: one row for each message, whatever is repeated, whenever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.models import ChannelIdentity, Contact, Conversation, Event, InboundMessage
from backend.services.inbound import InvalidMessage
from tests.factories import TextMessage
from tests.support.container import Parts


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Runs all calls from threads that start together; the first failure is raised."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


@pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
def test_a_message_sent_again_is_one_row(parts: Parts, times: int) -> None:
    message = TextMessage()
    accepted = [parts.inbound.receive(message) for _ in range(times)]
    assert [one.new for one in accepted] == [True] + [False] * (times - 1)
    assert {one.inbound_id for one in accepted} == {parts.row(InboundMessage).id}
    assert len(parts.rows(Event, type="message.received")) == 1


def test_the_same_message_five_times_at_once_is_one_row(parts: Parts) -> None:
    for message in (TextMessage(), TextMessage(address="+8613800000001"), TextMessage(address="+8613800000001")):
        accepted = at_once([lambda m=message: parts.inbound.receive(m) for _ in range(5)])
        assert len({one.inbound_id for one in accepted}) == 1
        assert sum(one.new for one in accepted) == 1
    assert len(parts.rows(InboundMessage)) == 3


def test_two_first_messages_of_one_person_at_once_make_one_person(parts: Parts) -> None:
    for number in range(6):
        address = f"+4915550000{number}"
        accepted = at_once([lambda a=address: parts.inbound.receive(TextMessage(address=a)) for _ in range(4)])
        assert len({one.inbound_id for one in accepted}) == 4
        assert len({one.conversation_id for one in accepted}) == 1
    assert len(parts.rows(Contact)) == len(parts.rows(Conversation)) == len(parts.rows(ChannelIdentity)) == 6


def test_ids_of_one_channel_do_not_hide_those_of_another(parts: Parts) -> None:
    message = TextMessage()
    assert parts.inbound.receive(message).new
    assert parts.inbound.receive(replace(message, channel="wechat")).new
    assert len(parts.rows(Contact)) == 2


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("鸽子\x00窝", "鸽子窝"),
        ("\ud83d lone \udc00", "? lone ?"),
        ("🏖️👨‍👩‍👧‍👦 去哪玩", "🏖️👨‍👩‍👧‍👦 去哪玩"),
        ("海" * 10_000, "海" * 10_000),
        ("𠮷" * 10_000, "𠮷" * 10_000),
        ("", ""),
    ],
)
def test_any_text_is_kept_as_far_as_a_database_can_hold_it(parts: Parts, text: str, kept: str) -> None:
    parts.inbound.receive(TextMessage(text=text))
    assert parts.row(InboundMessage).text == kept


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=()), max_size=300), payload=st.text(max_size=128))
def test_no_text_breaks_the_store(parts: Parts, text: str, payload: str) -> None:
    accepted = parts.inbound.receive(TextMessage(text=text, payload=payload))
    row = parts.row(InboundMessage, id=accepted.inbound_id)
    assert row.text == text.replace("\x00", "").encode("utf-8", "replace").decode()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": "海" * 10_001}, "too_long"),
        ({"payload": "p" * 129}, "too_long"),
        ({"provider_id": ""}, "bad_id"),
        ({"provider_id": "S" * 129}, "bad_id"),
        ({"provider_id": "SM\x00"}, "bad_id"),
        ({"provider_id": "SM\ud800"}, "bad_id"),
        ({"address": ""}, "bad_id"),
        ({"address": "+" * 129}, "bad_id"),
        ({"address": "+49\x00"}, "bad_id"),
        ({"address": "+49\udfff"}, "bad_id"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(parts: Parts, fields: dict[str, str], code: str) -> None:
    with pytest.raises(InvalidMessage) as refused:
        parts.inbound.receive(TextMessage(**fields))
    assert refused.value.code == code
    assert [parts.rows(model) for model in (InboundMessage, Contact, ChannelIdentity, Event)] == [[], [], [], []]


def test_addresses_are_stored_unreadable(parts: Parts) -> None:
    parts.inbound.receive(TextMessage(address="+4915112345678"))
    identity = parts.row(ChannelIdentity)
    assert b"4915112345678" not in identity.address_encrypted
    assert "4915112345678" not in identity.address_hash + identity.hint
    assert parts.addresses.decrypt(identity.address_encrypted) == "+4915112345678"


@pytest.mark.parametrize(
    ("texts", "lang"),
    [
        (["what can I do here"], "en"),
        (["有什么好玩的"], "zh"),
        (["有什么好玩的", "how much is 鸽子窝"], "en"),
        (["how much is this", "取消 QV6-EJK"], "zh"),
        (["how much", "12345"], "en"),
        (["12345"], "zh"),
    ],
)
def test_the_language_follows_the_messages(parts: Parts, texts: list[str], lang: str) -> None:
    for text in texts:
        parts.inbound.receive(TextMessage(address="+491511", text=text))
    assert parts.row(Contact).lang == parts.rows(InboundMessage)[-1].lang == lang


def test_a_web_token_leads_to_its_own_conversation_until_it_expires(parts: Parts, clock: Any) -> None:
    token, contact_id = parts.inbound.open_web_session("en")
    other, _ = parts.inbound.open_web_session(None)
    found, found_other = parts.inbound.web_address(token), parts.inbound.web_address(other)
    assert found and found_other
    assert found[1] != found_other[1]
    assert parts.row(Conversation, id=found[1]).contact_id == contact_id
    for wrong in ("", "x", token[:-1], token + "A", "\ud800", "é" * 5000):
        assert parts.inbound.web_address(wrong) is None
    clock.advance(days=89)
    assert parts.inbound.web_address(token) == found
    clock.advance(days=2)
    assert parts.inbound.web_address(token) is None


def test_a_message_carries_how_long_its_answer_may_ride(parts: Parts) -> None:
    parts.inbound.receive(TextMessage(window_seconds=4.3))
    row = parts.row(InboundMessage)
    assert row.window_until is not None
    assert (row.window_until - row.received_at).total_seconds() == pytest.approx(4.3)
