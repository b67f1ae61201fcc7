"""What must not wait behind a message that waits for the bot: cries for help and consent words."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from backend.models import ChannelIdentity, Conversation, InboundMessage, OutboundMessage
from backend.services.ports import DialogueUnavailable, Turn
from tests.factories import TextMessage
from tests.support.container import Clock, Parts, RecordingChannel

PERSON = "+4915155500009"


def say(parts: Parts, text: str, **fields: Any) -> int:
    return parts.inbound.receive(TextMessage(**{"address": PERSON, "text": text, **fields})).conversation_id


@pytest.mark.parametrize("channel", ["sms", "wechat", "web"])
def test_a_cry_for_help_does_not_wait_for_the_bot_behind_an_earlier_question(
    parts: Parts, sms: RecordingChannel, channel: str
) -> None:
    parts.dialogue.script.extend([DialogueUnavailable() for _ in range(9)])
    person = {"channel": channel, "address": "oSomebody123"}
    parts.run(say(parts, "鸽子窝公园几点开门", **person))
    parts.run(say(parts, "着火了", **person))
    [answer] = parts.rows(OutboundMessage)
    assert answer.reply["code"] == "emergency"
    assert [row.state for row in parts.rows(InboundMessage)] == ["received", "closed"]


def test_a_cry_for_help_is_answered_while_the_bot_is_at_the_question_before_it(
    parts: Parts, sms: RecordingChannel
) -> None:
    conversation = say(parts, "鸽子窝公园几点开门")
    begun, let_go = threading.Event(), threading.Event()

    def during(turn: Turn) -> None:
        begun.set()
        assert let_go.wait(30)

    parts.dialogue.during = during
    worker = threading.Thread(target=parts.turns.drain, args=(conversation,))
    worker.start()
    assert begun.wait(30)
    say(parts, "着火了")
    assert parts.turns.drain(conversation) == 1
    assert [row.reply["code"] for row in parts.rows(OutboundMessage)] == ["emergency"]
    let_go.set()
    worker.join()
    assert [row.reply["code"] for row in parts.rows(OutboundMessage)] == ["emergency", "place_hours"]
    assert len(parts.dialogue.turns) == 1
    assert parts.row(Conversation).lease_owner is None


def test_two_workers_at_one_cry_for_help_answer_it_once(parts: Parts, sms: RecordingChannel) -> None:
    conversation = say(parts, "着火了")
    match, others = parts.emergency.match, iter([True])

    def meanwhile(text: str) -> Any:
        if next(others, False):
            assert parts.turns.drain(conversation) == 1  # the lease is taken: this one closes it without
        return match(text)

    parts.emergency.match = meanwhile  # type: ignore[method-assign]
    parts.turns.drain(conversation)
    assert len(parts.rows(OutboundMessage)) == 1
    assert parts.row(Conversation).lease_owner is None


def test_after_stop_nothing_is_sent_though_the_bot_was_away_when_it_came(
    parts: Parts, sms: RecordingChannel, clock: Clock
) -> None:
    parts.dialogue.script.extend([DialogueUnavailable() for _ in range(2)])
    parts.run(say(parts, "鸽子窝公园几点开门"))
    parts.run(say(parts, "STOP"))
    assert parts.row(ChannelIdentity).consent == "out"
    for _ in range(6):
        clock.advance(seconds=31)
        parts.sweep()
    assert sms.texts() == []
    assert [row.outcome for row in parts.rows(InboundMessage)] == ["ignored", "consent"]


def test_a_cry_for_help_whose_wake_up_was_lost_does_not_wait_with_a_postponed_question(
    parts: Parts, sms: RecordingChannel
) -> None:
    parts.dialogue.alive = False
    parts.dialogue.script.extend([DialogueUnavailable() for _ in range(9)])
    conversation = say(parts, "鸽子窝公园几点开门")
    parts.turns.drain(conversation)
    assert parts.turns.sweep() == []
    say(parts, "着火了")
    assert parts.turns.sweep() == [conversation]
    parts.turns.drain(conversation)
    assert [row.reply["code"] for row in parts.rows(OutboundMessage)] == ["emergency"]


def test_the_sweeper_comes_once_for_a_question_behind_a_postponed_one(parts: Parts, sms: RecordingChannel) -> None:
    parts.dialogue.alive = False
    parts.dialogue.script.extend([DialogueUnavailable() for _ in range(9)])
    conversation = say(parts, "鸽子窝公园几点开门")
    say(parts, "门票多少")
    assert parts.turns.sweep() == [conversation]
    parts.turns.drain(conversation)
    assert parts.turns.sweep() == []
    assert len({row.next_attempt_at for row in parts.rows(InboundMessage)}) == 1


def test_where_to_call_for_help_overtakes_what_is_not_sent_yet(parts: Parts, sms: RecordingChannel) -> None:
    parts.run(say(parts, "早上好"))
    begun, let_go = threading.Event(), threading.Event()

    def during(message: Any) -> None:
        if "119" not in message.text:
            begun.set()
            assert let_go.wait(30)

    sms.during = during
    conversation = say(parts, "鸽子窝公园几点开门")
    parts.turns.drain(conversation)
    sender = threading.Thread(target=parts.outbound.deliver, args=(conversation,))
    sender.start()
    assert begun.wait(30)
    say(parts, "着火了")
    parts.turns.drain(conversation)
    assert parts.outbound.deliver(conversation) == 1
    assert "119" in sms.texts()[-1]
    let_go.set()
    sender.join()


def test_a_cry_for_help_is_answered_after_a_stop_and_nothing_else_is(parts: Parts, sms: RecordingChannel) -> None:
    parts.run(say(parts, "退订"))
    before = len(sms.texts())
    parts.run(say(parts, "鸽子窝公园几点开门"))
    assert len(sms.texts()) == before
    parts.run(say(parts, "着火了"))
    assert ["119" in text for text in sms.texts()[before:]] == [True]


def test_a_question_right_behind_a_start_is_answered(parts: Parts, sms: RecordingChannel) -> None:
    parts.run(say(parts, "退订"))
    before = len(sms.texts())
    say(parts, "恢复订阅")
    parts.run(say(parts, "鸽子窝公园几点开门"))
    assert sms.texts()[-1] == "echo 鸽子窝公园几点开门"
    assert len(sms.texts()) == before + 2


@pytest.mark.parametrize(("cry", "ambulance"), [("快救命，有人晕倒了", True), ("着火了", False)])
def test_the_bot_hears_that_the_message_before_got_the_ambulances_number(
    parts: Parts, sms: RecordingChannel, cry: str, ambulance: bool
) -> None:
    parts.run(say(parts, cry))
    for text in ("我们在老虎石", "门票多少"):
        parts.run(say(parts, text))
    assert [turn.after_help for turn in parts.dialogue.turns] == [ambulance, False]
