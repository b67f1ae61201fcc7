"""Delivery receipts: whatever order they come in, and however often, the outcome is the same."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backend.channels.twilio_sms import STATES
from backend.models import ChannelIdentity, DeliveryReceipt, Event, OutboundMessage
from backend.services.receipts import RANK, may_become
from tests.factories import TextMessage
from tests.services.test_inbound import at_once
from tests.support.container import Parts, RecordingChannel, reply

STATUSES = ("accepted", "queued", "sending", "sent", "delivered", "undelivered", "failed", "canceled", "read")
ORDER = ("sent", "failed", "delivered", "read")


def sent_message(parts: Parts) -> OutboundMessage:
    """A message the provider has taken."""
    parts.dialogue.script.append(reply("回答"))
    message = TextMessage()
    accepted = parts.inbound.receive(message)
    parts.run(accepted.conversation_id)
    [row] = parts.rows(OutboundMessage, inbound_id=accepted.inbound_id)
    return row


def expected(statuses: list[str]) -> str:
    """The furthest of what was reported."""
    return max(("sent", *(STATES[name] for name in statuses if name in STATES)), key=ORDER.index)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statuses=st.lists(st.sampled_from(STATUSES), max_size=12))
@example(["delivered", "failed"])
@example(["failed", "delivered"])
@example(["read", "delivered", "sent", "failed"])
@example(["undelivered", "read"])
def test_any_order_and_repetition_has_one_outcome(parts: Parts, sms: RecordingChannel, statuses: list[str]) -> None:
    row = sent_message(parts)
    seen = []
    for status in statuses:
        assert parts.receipts.record("sms", row.provider_id or "", status, STATES.get(status))
        seen.append(parts.row(OutboundMessage, id=row.id).state)
    assert parts.row(OutboundMessage, id=row.id).state == expected(statuses)
    assert seen == sorted(seen, key=ORDER.index), "never backwards"
    kept = [receipt.status for receipt in parts.rows(DeliveryReceipt, outbound_id=row.id)]
    assert sorted(kept) == sorted(set(statuses) & set(STATES)), "once each, and none that says nothing"


def test_every_permutation_of_a_whole_life(parts: Parts, sms: RecordingChannel) -> None:
    for order in itertools.permutations(("sent", "undelivered", "delivered", "read")):
        row = sent_message(parts)
        for status in order:
            parts.receipts.record("sms", row.provider_id or "", status, STATES[status])
        final = parts.row(OutboundMessage, id=row.id)
        assert (final.state, final.error) == ("read", None)


def test_callbacks_at_once_do_not_take_each_other_back(parts: Parts, sms: RecordingChannel) -> None:
    for _ in range(5):
        row = sent_message(parts)
        sid = row.provider_id or ""
        at_once(
            [
                lambda s=status, i=sid: parts.receipts.record("sms", i, s, STATES.get(s))
                for status in ("read", "delivered", "sent", "queued", "read", "delivered")
            ]
        )
        assert parts.row(OutboundMessage, id=row.id).state == "read"
        assert len(parts.rows(DeliveryReceipt, outbound_id=row.id)) == 3


@pytest.mark.parametrize("state", ["delivered", "read", "failed", "dropped"])
def test_what_is_over_is_not_begun_again(state: str) -> None:
    assert not any(may_become(state, earlier) for earlier in ("queued", "sending", "unknown", "sent", state))
    assert not may_become("read", "failed")
    assert not may_become("delivered", "failed")
    assert may_become(state, "read") == (RANK[state] < RANK["read"])


def test_our_own_id_finds_a_send_nobody_recorded_and_no_other(parts: Parts, sms: RecordingChannel) -> None:
    parts.dialogue.script.append(reply("回答"))
    parts.turns.drain(parts.inbound.receive(TextMessage()).conversation_id)
    row = parts.row(OutboundMessage)
    assert not parts.receipts.record("wechat", "SM-1", "sent", "sent", outbound_id=row.id)
    assert parts.receipts.record("sms", "SM-1", "sent", "sent", outbound_id=row.id)
    assert not parts.receipts.record("sms", "SM-2", "failed", "failed", outbound_id=row.id)
    found = parts.row(OutboundMessage)
    assert (found.provider_id, found.state) == ("SM-1", "sent")
    assert parts.outbound.sweep() == []


def test_the_first_word_of_an_unrecorded_send_is_kept_whatever_it_says(parts: Parts, sms: RecordingChannel) -> None:
    row = sent_message(parts)
    with parts.db.write() as session:
        unrecorded = session.get_one(OutboundMessage, row.id)
        unrecorded.provider_id, unrecorded.state = None, "sending"
    assert parts.receipts.record("sms", "SM-late", "queued", None, outbound_id=row.id)
    known = parts.row(OutboundMessage, id=row.id)
    assert (known.provider_id, known.state) == ("SM-late", "sent"), "never sent again: the provider has it"
    assert [receipt.status for receipt in parts.rows(DeliveryReceipt, outbound_id=row.id)] == ["queued"]


def test_a_receipt_for_nothing_of_ours_is_not_kept(parts: Parts, sms: RecordingChannel) -> None:
    assert not parts.receipts.record("sms", "SM-foreign", "delivered", "delivered")
    assert not parts.receipts.record("sms", "SM-foreign", "delivered", "delivered", outbound_id=4711)
    assert parts.rows(DeliveryReceipt) == []


def test_a_failure_keeps_its_code_and_leaves_an_event(parts: Parts, sms: RecordingChannel) -> None:
    row = sent_message(parts)
    parts.receipts.record("sms", row.provider_id or "", "undelivered", "failed", error_code="30003")
    found = parts.row(OutboundMessage)
    assert (found.state, found.error) == ("failed", "30003")
    assert len(parts.rows(Event, type="message.failed")) == 1


def test_the_provider_may_report_that_a_person_left(parts: Parts, sms: RecordingChannel) -> None:
    row = sent_message(parts)
    parts.receipts.record("sms", row.provider_id or "", "failed", "failed", error_code="21610", opted_out=True)
    assert parts.row(ChannelIdentity).consent == "out"
