"""Sending: claimed by one, in order, never twice, and settled whatever is killed."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from backend.models import ChannelIdentity, Event, InboundMessage, OutboundMessage
from backend.services.outbound import MAX_ATTEMPTS, STALE_ANSWER
from backend.services.ports import SendPermanent, SendTemporary, SendUnknown, TurnResult
from backend.services.receipts import Receipts
from tests.factories import TextMessage
from tests.services.test_inbound import at_once
from tests.support.container import Clock, Parts, RecordingChannel, reply

PERSON = "+4915155500001"


def owe(parts: Parts, *texts: str, **fields: Any) -> int:
    """Queues answers; the conversation they are in."""
    for text in texts:
        parts.dialogue.script.append(reply(text))
        conversation = parts.inbound.receive(TextMessage(**{"address": PERSON, **fields})).conversation_id
        parts.turns.drain(conversation)
    return conversation


def states(parts: Parts) -> list[str]:
    return [row.state for row in parts.rows(OutboundMessage)]


class Killed(BaseException):
    """The worker is gone in the middle of it: nothing after this line is run."""


class TestClaims:
    def test_eight_senders_at_once_send_each_message_once_and_in_order(
        self, parts: Parts, sms: RecordingChannel
    ) -> None:
        conversation = owe(parts, "一", "二", "三", "四", "五")
        calls = at_once([lambda: parts.outbound.deliver(conversation) for _ in range(8)])
        while parts.outbound.deliver(conversation):
            pass
        assert sms.texts() == ["一", "二", "三", "四", "五"]
        assert sum(calls) <= 5
        assert states(parts) == ["sent"] * 5
        assert [row.attempts for row in parts.rows(OutboundMessage)] == [1] * 5

    def test_no_message_overtakes_one_that_is_being_sent(self, parts: Parts, sms: RecordingChannel) -> None:
        conversation = owe(parts, "一", "二")
        begun, let_go = threading.Event(), threading.Event()

        def during(message: Any) -> None:
            if message.text == "一":
                begun.set()
                assert let_go.wait(30)

        sms.during = during
        sender = threading.Thread(target=parts.outbound.deliver, args=(conversation,))
        sender.start()
        assert begun.wait(30)
        assert parts.outbound.deliver(conversation) == 0
        let_go.set()
        sender.join()
        assert sms.texts() == ["一", "二"]

    def test_what_a_message_is_sent_with(self, parts: Parts, sms: RecordingChannel) -> None:
        owe(parts, "一")
        parts.sweep()
        [sent] = sms.sent
        row = parts.row(OutboundMessage)
        assert (sent.address, sent.id, sent.turn_id) == (PERSON, row.id, row.inbound_id)
        assert (row.state, row.provider_id) == ("sent", f"sms-{row.id}")
        assert row.sent_at is not None

    def test_an_answer_a_day_late_is_not_sent(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        owe(parts, "一", "二")
        clock.advance(hours=25)
        parts.sweep()
        assert sms.texts() == []
        assert [(row.state, row.error) for row in parts.rows(OutboundMessage)] == [("dropped", "stale")] * 2


class TestFailures:
    def test_a_temporary_failure_is_tried_again_later_and_later(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        owe(parts, "一")
        sms.script.extend([SendTemporary("429", retry_after=2.0)] * 3)
        waits = []
        for _ in range(3):
            parts.sweep()
            row = parts.row(OutboundMessage)
            assert (row.state, row.error) == ("queued", "429")
            waits.append((row.not_before - clock.now()).total_seconds())
            parts.sweep()
            assert parts.row(OutboundMessage).attempts == row.attempts, "not before its time"
            clock.advance(seconds=waits[-1] + 0.1)
        assert waits == [pytest.approx(2, abs=1), pytest.approx(4, abs=1), pytest.approx(8, abs=1)]
        parts.sweep()
        assert sms.texts() == ["一"]
        assert parts.row(OutboundMessage).error is None

    def test_in_the_end_we_give_up(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        owe(parts, "一", "二")
        sms.script.extend([SendTemporary("503")] * 20)
        for _ in range(20):
            parts.sweep()
            clock.advance(seconds=301)
        waiting, behind = parts.rows(OutboundMessage)
        assert (waiting.state, waiting.attempts, behind.state) == ("queued", 20, "queued"), "an hour is no reason"
        clock.advance(seconds=STALE_ANSWER.total_seconds())
        parts.sweep()
        assert states(parts) == ["dropped", "dropped"], "a day later nobody waits for it any more"
        assert sms.texts() == []

    def test_the_queue_keeps_its_order_behind_a_message_that_waits(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        owe(parts, "一", "二")
        sms.script.append(SendTemporary("429"))
        parts.sweep()
        assert sms.texts() == []
        clock.advance(seconds=20)
        parts.sweep()
        assert sms.texts() == ["一", "二"]

    def test_a_permanent_failure_is_final(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        owe(parts, "一")
        sms.script.append(SendPermanent("21211"))
        for _ in range(3):
            parts.sweep()
            clock.advance(minutes=10)
        assert [(row.state, row.error, row.attempts) for row in parts.rows(OutboundMessage)] == [("failed", "21211", 1)]
        assert parts.row(ChannelIdentity).consent == "in"

    def test_a_person_who_left_is_not_written_to_again(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        owe(parts, "一", "二")
        sms.script.append(SendPermanent("21610", opted_out=True))
        parts.sweep()
        clock.advance(minutes=10)
        parts.sweep()
        assert states(parts) == ["failed", "dropped"]
        assert parts.row(ChannelIdentity).consent == "out"
        assert sms.texts() == []

    def test_a_bug_in_an_adapter_is_not_knowing(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        owe(parts, "一")
        sms.script.append(ValueError("not JSON"))  # a page in place of an answer, say
        parts.sweep()
        assert states(parts) == ["unknown"]
        sms.lookups.append("SM-found")
        clock.advance(seconds=10)
        parts.sweep()
        assert (states(parts), sms.texts()) == (["sent"], [])


class TestUnknown:
    def test_found_at_the_provider_it_was_sent(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        owe(parts, "一")
        sms.script.append(SendUnknown("timeout"))
        parts.sweep()
        assert states(parts) == ["unknown"]
        sms.lookups.append("SM-found")
        clock.advance(seconds=10)
        parts.sweep()
        parts.sweep()
        row = parts.row(OutboundMessage)
        assert (row.state, row.provider_id, row.error) == ("sent", "SM-found", None)
        assert sms.texts() == []

    def test_not_found_it_is_sent_once_more(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        owe(parts, "一")
        sms.script.append(SendUnknown("timeout"))
        parts.sweep()
        for _ in range(4):
            clock.advance(seconds=10)
            parts.sweep()
        assert sms.texts() == ["一"]
        assert len(sms.asked) == 1
        assert states(parts) == ["sent"]

    def test_as_long_as_the_provider_does_not_answer_nothing_is_sent(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        owe(parts, "一")
        sms.script.append(SendUnknown("timeout"))
        sms.lookups.extend([SendTemporary("503"), SendUnknown("no lookup"), RuntimeError("bug"), "SM-found"])
        parts.sweep()
        for _ in range(3):
            clock.advance(seconds=40)
            parts.sweep()
            assert states(parts) == ["unknown"]
        clock.advance(seconds=40)
        parts.sweep()
        assert (states(parts), sms.texts(), len(sms.asked)) == (["sent"], [], 4)

    def test_a_provider_that_never_has_it_is_given_up(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        owe(parts, "一")
        sms.script.extend([SendUnknown("500")] * 50)
        for _ in range(60):
            parts.sweep()
            clock.advance(seconds=310)
        row = parts.row(OutboundMessage)
        assert (row.state, row.attempts) == ("failed", MAX_ATTEMPTS)

    @pytest.mark.parametrize(("found", "texts"), [("SM-found", []), (None, ["一"])])
    def test_a_claim_whose_worker_was_killed_is_settled(
        self, parts: Parts, sms: RecordingChannel, clock: Clock, found: str | None, texts: list[str]
    ) -> None:
        conversation = owe(parts, "一")

        def during(message: Any) -> None:
            sms.during = lambda again: None
            raise Killed

        sms.during = during
        with pytest.raises(Killed):
            parts.outbound.deliver(conversation)
        assert states(parts) == ["sending"]
        parts.sweep()
        assert sms.asked == [], "its time is not over"
        sms.lookups.append(found)
        clock.advance(seconds=parts.settings.send_claim_seconds + 1)
        parts.sweep()
        assert (states(parts), sms.texts()) == (["sent"], texts)

    def test_two_sweepers_at_once_send_once(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        conversation = owe(parts, "一", "二", "三", "四", "五")
        sms.script.append(SendUnknown("timeout"))
        parts.outbound.deliver(conversation)
        clock.advance(seconds=10)
        at_once([parts.sweep for _ in range(4)])
        clock.advance(seconds=10)
        parts.sweep()
        assert states(parts) == ["sent"] * 5
        assert len(sms.sent) == 5

    def test_a_sweeper_late_by_a_moment_leaves_the_second_sending_alone(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        conversation = owe(parts, "一")
        sms.script.append(SendUnknown("timeout"))
        parts.outbound.deliver(conversation)
        clock.advance(seconds=10)
        outbound_id = parts.row(OutboundMessage).id
        parts.outbound._settle(outbound_id)

        def during(message: Any) -> None:
            # The other sweeper comes to its turn with the id it read before, while the message is being sent again.
            parts.outbound._settle(outbound_id)

        sms.during = during
        parts.outbound.deliver(conversation)
        assert (len(sms.asked), sms.texts(), states(parts)) == (1, ["一"], ["sent"])

    def test_a_good_send_recorded_after_the_claim_ran_out_counts(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        conversation = owe(parts, "一")
        sms.lookups.append(SendTemporary("503"))

        def during(message: Any) -> None:
            clock.advance(seconds=parts.settings.send_claim_seconds + 1)
            parts.outbound.sweep()

        sms.during = during
        parts.outbound.deliver(conversation)
        row = parts.row(OutboundMessage)
        assert (row.state, row.provider_id) == ("sent", f"sms-{row.id}")
        clock.advance(minutes=5)
        parts.sweep()
        assert sms.texts() == ["一"]

    @pytest.mark.parametrize(
        ("problem", "consent", "texts"),
        [
            (SendTemporary("no_access_token"), "in", ["一"]),
            (SendPermanent("21610", opted_out=True), "out", []),
        ],
    )
    def test_a_refusal_that_comes_after_the_claim_ran_out_counts(
        self, parts: Parts, sms: RecordingChannel, clock: Clock, problem: Exception, consent: str, texts: list[str]
    ) -> None:
        conversation = owe(parts, "一")
        sms.lookups.append(SendUnknown("no lookup"))
        sms.script.append(problem)

        def during(message: Any) -> None:
            sms.during = lambda again: None
            clock.advance(seconds=parts.settings.send_claim_seconds + 1)
            parts.outbound.sweep()
            assert states(parts) == ["unknown"]

        sms.during = during
        parts.outbound.deliver(conversation)
        clock.advance(minutes=5)
        parts.sweep()
        assert (sms.texts(), parts.row(ChannelIdentity).consent) == (texts, consent)

    def test_an_old_refusal_says_nothing_about_a_second_sending(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        conversation = owe(parts, "一")
        sms.script.extend([SendTemporary("429"), SendUnknown("timeout")])

        def during(message: Any) -> None:
            sms.during = lambda again: None
            clock.advance(seconds=parts.settings.send_claim_seconds + 1)
            parts.sweep()  # the provider has none such: it is sent a second time, and nobody knows how that went

        sms.during = during
        parts.outbound.deliver(conversation)
        assert states(parts) == ["unknown"]

    def test_a_provider_that_hangs_does_not_keep_the_sweeper_from_what_is_due(
        self, parts: Parts, sms: RecordingChannel, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        conversation = owe(parts, "一", "二", "三")
        sms.script.extend([SendUnknown("timeout")] * 2 + [SendTemporary("429")])
        parts.outbound.deliver(conversation)
        clock.advance(seconds=40)
        sms.lookups.append(SendTemporary("timeout"))
        monkeypatch.setattr("backend.services.outbound.SETTLE_SECONDS", -1.0)
        assert parts.outbound.sweep() == [conversation]
        assert sms.asked == []

    def test_two_messages_of_the_same_words_are_not_taken_for_one(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        conversation = owe(parts, "一", "一")
        sms.script.extend([SendUnknown("timeout"), SendUnknown("timeout")])
        parts.outbound.deliver(conversation)
        sms.lookups.extend(["SM-1", "SM-1", "SM-2"])
        for _ in range(3):
            clock.advance(seconds=40)
            parts.sweep()
        assert [row.provider_id for row in parts.rows(OutboundMessage)] == ["SM-1", "SM-2"]
        assert sms.asked[-1].known_provider_ids == {"SM-1"}

    def test_a_receipt_settles_what_nobody_recorded(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        owe(parts, "一")
        sms.script.append(SendUnknown("timeout"))
        parts.sweep()
        row = parts.row(OutboundMessage)
        assert Receipts(parts.db).record("sms", "SM-1", "delivered", "delivered", outbound_id=row.id)
        clock.advance(minutes=1)
        parts.sweep()
        assert (states(parts), sms.asked, sms.texts()) == (["delivered"], [], [])


class TestPassive:
    def turn(self, parts: Parts, text: str = "回答", window: float = 4.3) -> tuple[int, int]:
        """An answered turn within its window: `(turn, conversation)`."""
        parts.dialogue.script.append(reply(text))
        message = TextMessage(channel="wechat", address="oTest1", window_seconds=window)
        accepted = parts.inbound.receive(message)
        parts.turns.drain(accepted.conversation_id)
        return accepted.inbound_id, accepted.conversation_id

    def wechat(self, parts: Parts) -> RecordingChannel:
        channel = parts.channels["wechat"]
        assert isinstance(channel, RecordingChannel)
        return channel

    def test_a_retry_gets_the_same_text(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        turn, _ = self.turn(parts)
        first = parts.outbound.claim_passive(turn)
        assert first is not None
        assert first.text == "回答"
        assert parts.outbound.claim_passive(turn) == first
        parts.outbound.confirm_passive(first.ids)
        parts.outbound.confirm_passive(first.ids)
        assert parts.outbound.claim_passive(turn) == first
        clock.advance(minutes=5)
        parts.sweep()
        assert self.wechat(parts).texts() == []
        assert len(parts.rows(Event, type="message.sent")) == 1

    def test_overlapping_requests_share_one_claim(self, parts: Parts, sms: RecordingChannel) -> None:
        turn, conversation = self.turn(parts)
        claims = at_once([lambda: parts.outbound.claim_passive(turn) for _ in range(6)])
        assert len({str(claim) for claim in claims}) == 1
        assert claims[0] is not None
        assert parts.outbound.deliver(conversation) == 0

    def test_passive_or_active_but_never_both(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        for number in range(6):
            turn, conversation = self.turn(parts, f"回答{number}", window=0.001)
            clock.advance(seconds=1)
            at_once(
                [lambda t=turn: parts.outbound.claim_passive(t)] * 2
                + [lambda c=conversation: parts.outbound.deliver(c)] * 2
            )
            claimed = parts.outbound.claim_passive(turn)
            sent = self.wechat(parts).texts().count(f"回答{number}")
            assert (claimed is None) == (sent == 1)
            if claimed:
                parts.outbound.confirm_passive(claimed.ids)

    def test_before_the_window_closes_nothing_is_sent_actively(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        turn, _ = self.turn(parts)
        parts.sweep()
        assert self.wechat(parts).texts() == []
        clock.advance(seconds=5)
        parts.sweep()
        assert self.wechat(parts).texts() == ["回答"]
        assert parts.outbound.claim_passive(turn) is None
        assert not parts.outbound.pending_turn(turn)

    def test_after_a_holding_answer_the_real_one_comes_as_a_message(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        accepted = parts.inbound.receive(TextMessage(channel="wechat", address="oTest1", window_seconds=4.3))
        turn = accepted.inbound_id
        assert parts.outbound.claim_passive(turn) is None
        assert parts.outbound.pending_turn(turn)
        assert parts.turns.hold(turn)
        held = parts.outbound.claim_passive(turn)
        assert held is not None
        parts.outbound.confirm_passive(held.ids)
        parts.dialogue.script.append(reply("真正的回答"))
        parts.turns.drain(accepted.conversation_id)
        assert parts.outbound.claim_passive(turn) == held, "a retry brings what the first response brought"
        clock.advance(seconds=5)
        parts.sweep()
        assert self.wechat(parts).texts() == ["真正的回答"]

    def test_a_response_that_was_never_written_out_is_not_sent_twice(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        turn, _ = self.turn(parts)
        claimed = parts.outbound.claim_passive(turn)
        clock.advance(seconds=parts.settings.send_claim_seconds + 1)
        parts.sweep()
        assert states(parts) == ["unknown"]
        assert parts.outbound.claim_passive(turn) == claimed
        assert claimed is not None
        parts.outbound.confirm_passive(claimed.ids)
        parts.sweep()
        assert (states(parts), self.wechat(parts).texts()) == (["sent"], [])

    def test_only_the_latest_request_releases_what_it_claimed(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        turn, _ = self.turn(parts)
        first = parts.outbound.claim_passive(turn)
        clock.advance(seconds=1)
        repeat = parts.outbound.claim_passive(turn)
        assert first == repeat
        parts.outbound.release_passive(turn, first)
        parts.outbound.release_passive(turn)
        assert states(parts) == ["sending"]
        parts.jobs.events.clear()
        parts.outbound.release_passive(turn, repeat)
        assert states(parts) == ["queued"]
        assert parts.jobs.types() == ["message.queued"]
        parts.sweep()
        assert self.wechat(parts).texts() == ["回答"]

    def test_a_repeat_releases_what_was_never_written_out_and_not_what_was(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        turn, _ = self.turn(parts)
        claimed = parts.outbound.claim_passive(turn)
        assert claimed is not None
        clock.advance(seconds=6)
        parts.outbound.release_passive(turn)
        assert states(parts) == ["queued"]
        again = parts.outbound.claim_passive(turn)
        assert again is not None
        parts.outbound.confirm_passive(again.ids)
        clock.advance(seconds=6)
        parts.outbound.release_passive(turn)
        assert states(parts) == ["sent"]

    def test_several_replies_ride_together(self, parts: Parts, sms: RecordingChannel) -> None:
        result = TurnResult([reply("一"), reply("二")], {"slots": {}, "loop": None}, "help", 1.0)
        parts.dialogue.script.append(result)
        accepted = parts.inbound.receive(TextMessage(channel="wechat", address="oTest1", window_seconds=4.3))
        parts.turns.drain(accepted.conversation_id)
        claimed = parts.outbound.claim_passive(parts.row(InboundMessage).id)
        assert claimed is not None
        assert (len(claimed.ids), claimed.text) == (2, "一\n\n二")
