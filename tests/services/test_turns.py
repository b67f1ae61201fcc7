"""Answering: in order, one at a time, never twice, never silently."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest

from backend.models import Conversation, Event, InboundMessage, OutboundMessage
from backend.services.ports import DialogueFailed, DialogueUnavailable, Turn, TurnResult
from tests.factories import EventMessage, TextMessage
from tests.services.test_inbound import at_once
from tests.support.container import Clock, Parts, RecordingChannel, reply

PERSON = "+4915155500001"


def say(parts: Parts, text: str, **fields: Any) -> int:
    """Takes a message in; its conversation."""
    return parts.inbound.receive(TextMessage(**{"address": PERSON, "text": text, **fields})).conversation_id


def kinds(parts: Parts) -> list[str]:
    return [row.kind for row in parts.rows(OutboundMessage)]


class TestOrder:
    def test_a_conversation_is_answered_in_order(self, parts: Parts, sms: RecordingChannel) -> None:
        texts = [f"第{number}个问题" for number in range(7)]
        for text in texts:
            conversation = say(parts, text)
        assert parts.turns.drain(conversation) == 7
        parts.outbound.deliver(conversation)
        assert sms.texts() == [f"echo {text}" for text in texts]

    def test_eight_workers_at_once_give_each_message_one_answer(self, parts: Parts, sms: RecordingChannel) -> None:
        answering: list[str] = []
        together: list[int] = []

        def during(turn: Turn) -> None:
            answering.append(turn.turn_id)
            together.append(len(answering))
            answering.remove(turn.turn_id)

        parts.dialogue.during = during
        for number in range(6):
            conversation = say(parts, f"问题{number}")
        closed = at_once([lambda: parts.turns.drain(conversation) for _ in range(8)])
        assert sum(closed) == 6
        assert set(together) == {1}
        assert [row.outcome for row in parts.rows(InboundMessage)] == ["answered"] * 6
        answers = parts.rows(OutboundMessage)
        assert [row.inbound_id for row in answers] == [row.id for row in parts.rows(InboundMessage)]
        assert len(parts.dialogue.turns) == 6

    def test_messages_that_arrive_while_workers_drain_are_never_left_lying(
        self, parts: Parts, sms: RecordingChannel
    ) -> None:
        conversation = say(parts, "第一")

        def send_and_drain(number: int) -> int:
            return parts.turns.drain(say(parts, f"消息{number}"))

        closed = at_once([lambda n=n: send_and_drain(n) for n in range(8)])
        assert sum(closed) + parts.turns.drain(conversation) == 9
        assert parts.rows(InboundMessage, state="received") == []
        assert parts.row(Conversation).lease_owner is None

    def test_conversations_do_not_wait_for_each_other(self, parts: Parts, sms: RecordingChannel) -> None:
        slow, quick = say(parts, "slow question"), say(parts, "quick question", address="+4915155500002")
        begun, let_go = threading.Event(), threading.Event()

        def during(turn: Turn) -> None:
            if turn.text == "slow question":
                begun.set()
                assert let_go.wait(30)

        parts.dialogue.during = during
        worker = threading.Thread(target=parts.turns.drain, args=(slow,))
        worker.start()
        assert begun.wait(30)
        assert parts.turns.drain(quick) == 1
        assert parts.turns.drain(slow) == 0
        let_go.set()
        worker.join()
        assert len(parts.rows(OutboundMessage)) == 2

    def test_the_state_of_a_turn_is_what_the_next_one_starts_from(self, parts: Parts, sms: RecordingChannel) -> None:
        for text in ("一", "二", "三"):
            conversation = say(parts, text)
        parts.turns.drain(conversation)
        assert [turn.state and turn.state["slots"]["turns"] for turn in parts.dialogue.turns] == [None, 1, 2]


class TestLease:
    def test_an_expired_lease_is_taken_over_and_the_first_worker_stores_nothing(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        conversation = say(parts, "几点开门")
        begun, let_go = threading.Event(), threading.Event()
        first = iter([True])

        def during(turn: Turn) -> None:
            if next(first, False):
                begun.set()
                assert let_go.wait(30)

        parts.dialogue.during = during
        parts.dialogue.script.extend([reply("第一个工人的回答"), reply("第二个工人的回答")])
        closed: list[int] = []
        worker = threading.Thread(target=lambda: closed.append(parts.turns.drain(conversation)))
        worker.start()
        assert begun.wait(30)
        assert parts.turns.drain(conversation) == 0
        clock.advance(seconds=parts.settings.turn_lease_seconds + 1)
        assert parts.turns.sweep() == [conversation]
        assert parts.turns.drain(conversation) == 1
        let_go.set()
        worker.join()
        assert closed == [0]
        assert [row.text for row in parts.rows(OutboundMessage) if row.kind == "answer"] == ["第二个工人的回答"]
        assert parts.row(Conversation).state == {"slots": {"turns": 2}, "loop": None}

    @pytest.mark.parametrize("failure", [DialogueUnavailable(), DialogueFailed("boom")])
    def test_a_worker_that_lost_its_lease_and_then_fails_changes_nothing(
        self, parts: Parts, sms: RecordingChannel, clock: Clock, failure: Exception
    ) -> None:
        conversation = say(parts, "几点开门")

        def during(turn: Turn) -> None:
            parts.dialogue.during = lambda turn: None
            clock.advance(seconds=parts.settings.turn_lease_seconds + 1)
            assert parts.turns.drain(conversation) == 1

        parts.dialogue.during = during
        parts.dialogue.script.extend([failure, reply("回答")])
        assert parts.turns.drain(conversation) == 0
        assert kinds(parts) == ["answer"]
        row = parts.row(InboundMessage)
        assert (row.state, row.attempts) == ("closed", 0)

    def test_a_lease_is_given_back_as_soon_as_nothing_is_pending(self, parts: Parts, sms: RecordingChannel) -> None:
        conversation = say(parts, "你好")
        parts.turns.drain(conversation)
        row = parts.row(Conversation)
        assert (row.lease_owner, row.lease_until) == (None, None)
        say(parts, "再问一句")
        assert parts.turns.drain(conversation) == 1


class TestNoBot:
    def test_the_message_waits_is_held_once_and_answered_when_the_bot_is_back(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        say(parts, "鸽子窝几点开门")
        parts.dialogue.script.extend([DialogueUnavailable() for _ in range(4)])
        parts.sweep()
        assert sms.texts() == []
        for _ in range(3):
            clock.advance(seconds=5)
            parts.sweep()
        assert len(sms.texts()) == 1
        clock.advance(seconds=5)
        parts.sweep()
        parts.sweep()
        assert sms.texts()[1:] == ["echo 鸽子窝几点开门"]
        assert kinds(parts) == ["holding", "answer"]
        assert len(parts.dialogue.turns) == 5

    def test_while_no_bot_is_there_nobody_is_asked_again_and_all_are_when_it_is_back(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        parts.dialogue.alive = False
        people = [f"+491511111000{number}" for number in range(3)]
        parts.dialogue.script.extend([DialogueUnavailable() for _ in people])
        for person in people:
            parts.turns.drain(say(parts, "几点开门", address=person))
        for _ in range(4):
            clock.advance(seconds=5)
            assert parts.turns.sweep() == []
        assert len(parts.dialogue.turns) == len(people)
        parts.dialogue.alive = True
        clock.advance(seconds=2)
        parts.sweep()
        assert [row.outcome for row in parts.rows(InboundMessage)] == ["answered"] * len(people)
        assert kinds(parts).count("holding") == len(people)

    def test_a_waiting_conversation_is_held_once_however_much_it_writes(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        parts.dialogue.script.extend([DialogueUnavailable() for _ in range(30)])
        for number in range(5):
            say(parts, f"第{number}句")
        clock.advance(seconds=20)
        for _ in range(4):
            parts.sweep()
            clock.advance(seconds=5)
        assert kinds(parts) == ["holding"]

    def test_many_sweepers_and_webhooks_hold_once(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        say(parts, "在吗")
        turn = parts.row(InboundMessage).id
        clock.advance(seconds=20)
        held = at_once([lambda: parts.turns.hold(turn) for _ in range(4)] + [parts.turns.sweep for _ in range(3)])
        assert sum(one is True for one in held) <= 1
        assert kinds(parts) == ["holding"]

    def test_no_conversation_is_forgotten_behind_many_that_wait(
        self, parts: Parts, sms: RecordingChannel, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("backend.services.turns.SWEEP_BATCH", 3)
        for person in range(5):
            for number in range(3):
                say(parts, f"{number}", address=f"+49151{person}")
        clock.advance(seconds=20)
        for _ in range(3):
            parts.turns.sweep()
        assert kinds(parts) == ["holding"] * 5
        parts.dialogue.script.extend([DialogueUnavailable() for _ in range(20)])
        seen: set[int] = set()
        for _ in range(4):
            found = parts.turns.sweep()
            seen.update(found)
            for conversation in found:
                parts.turns.drain(conversation)
        assert len(seen) == 5

    def test_who_waits_longest_comes_first_also_when_asked_again_last(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        parts.dialogue.alive = False
        parts.dialogue.script.append(DialogueUnavailable())
        first = say(parts, "一", address="+491511")
        parts.turns.drain(first)
        clock.advance(seconds=10)
        second = say(parts, "二", address="+491512")
        assert parts.turns.longest_wait(dt.timedelta(0), 9) == [second]
        parts.dialogue.alive = True
        clock.advance(seconds=10)
        assert set(parts.turns.sweep()) == {first, second}
        assert parts.turns.longest_wait(dt.timedelta(0), 9) == [first, second]
        assert parts.turns.longest_due(dt.timedelta(0), 9) == [second, first]
        assert parts.turns.longest_wait(dt.timedelta(seconds=15), 9) == [first]
        assert parts.turns.longest_wait(dt.timedelta(0), 1) == [first]

    def test_the_holding_answer_never_follows_the_real_one(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        conversation = say(parts, "几点开门")
        clock.advance(seconds=20)
        at_once(
            [lambda: parts.turns.drain(conversation)]
            + [lambda: parts.turns.hold(parts.row(InboundMessage).id) for _ in range(3)]
        )
        assert kinds(parts) in (["answer"], ["holding", "answer"])

    def test_a_holding_answer_that_was_not_sent_yet_gives_way_to_the_real_one(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        conversation = say(parts, "几点开门")
        clock.advance(seconds=20)
        assert parts.turns.hold(parts.row(InboundMessage).id)
        parts.turns.drain(conversation)
        parts.outbound.deliver(conversation)
        assert sms.texts() == ["echo 几点开门"]
        assert [(row.kind, row.state, row.error) for row in parts.rows(OutboundMessage)] == [
            ("holding", "dropped", "superseded"),
            ("answer", "sent", None),
        ]

    def test_events_are_not_held(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        parts.inbound.receive(EventMessage(meta={"event": "scan"}))
        clock.advance(seconds=60)
        assert parts.turns.sweep() == [parts.row(Conversation).id]
        assert not parts.turns.hold(parts.row(InboundMessage).id)
        assert kinds(parts) == []


class TestFailures:
    def test_after_three_failures_an_apology_and_the_next_message_is_answered(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        say(parts, "这一句让机器人出错")
        say(parts, "这一句不会")
        parts.dialogue.script.extend([DialogueFailed("boom") for _ in range(3)])
        for _ in range(3):
            parts.sweep()
            clock.advance(seconds=3)
        parts.sweep()
        first, second = parts.rows(InboundMessage)
        assert (first.outcome, second.outcome) == ("failed", "answered")
        assert [row.reply["code"] for row in parts.rows(OutboundMessage)] == ["apology", "place_hours"]
        assert sms.texts()[1] == "echo 这一句不会"
        assert len(parts.dialogue.turns) == 4

    def test_a_bug_on_the_way_is_a_failure_like_any_other(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        say(parts, "哎呀")
        parts.dialogue.script.extend([KeyError("bug"), RuntimeError("bug"), ZeroDivisionError("bug")])
        for _ in range(3):
            parts.sweep()
            clock.advance(seconds=3)
        assert parts.row(InboundMessage).outcome == "failed"
        assert [row.reply["code"] for row in parts.rows(OutboundMessage)] == ["apology"]

    def test_a_reply_no_channel_can_render_is_a_failure_too(
        self, parts: Parts, sms: RecordingChannel, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def render(said: Any) -> str:
            if said.code == "place_hours":
                raise ValueError("cannot render")
            return said.headline

        monkeypatch.setattr(sms, "render", render)
        say(parts, "哎呀")
        for _ in range(3):
            parts.sweep()
            clock.advance(seconds=3)
        assert [row.reply["code"] for row in parts.rows(OutboundMessage)] == ["apology"]


class TestRecords:
    def test_a_turn_leaves_its_understanding_and_its_event(self, parts: Parts, sms: RecordingChannel) -> None:
        parts.run(say(parts, "几点开门"))
        row = parts.row(InboundMessage)
        assert (row.state, row.outcome, row.intent, row.confidence) == ("closed", "answered", "place_hours", 0.9)
        assert row.closed_at is not None
        [event] = parts.rows(Event, type="turn.answered")
        assert event.data["turn_id"] == row.id
        assert event.data["deliver_in"] == 0.0

    def test_the_web_is_told_but_nothing_is_sent(self, parts: Parts, sms: RecordingChannel) -> None:
        parts.run(say(parts, "几点开门", channel="web", address="web-1", provider_id="web-1:a"))
        [answer] = parts.rows(OutboundMessage)
        assert (answer.state, answer.sent_at is not None) == ("sent", True)
        assert parts.rows(Event, type="turn.answered")[0].data["deliver_in"] is None

    def test_several_replies_of_one_turn_keep_their_order(self, parts: Parts, sms: RecordingChannel) -> None:
        result = TurnResult([reply("一"), reply("二"), reply("三")], {"slots": {}, "loop": None}, "help", 1.0)
        parts.dialogue.script.append(result)
        parts.run(say(parts, "帮助我"))
        assert sms.texts() == ["一", "二", "三"]

    def test_what_two_questions_of_a_message_have_for_an_answer_is_said_once(
        self, parts: Parts, sms: RecordingChannel
    ) -> None:
        result = TurnResult([reply("一"), reply("二"), reply("一")], {"slots": {}, "loop": None}, "help", 1.0)
        parts.dialogue.script.append(result)
        parts.run(say(parts, "老龙头门票 老人免费吗"))
        assert sms.texts() == ["二", "一"]
