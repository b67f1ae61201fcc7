"""Answering: in order, one at a time, never twice, never silently."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from backend.models import ChannelIdentity, Contact, Conversation, Event, InboundMessage, OutboundMessage
from backend.services.ports import DialogueFailed, DialogueUnavailable, Turn, TurnResult
from tests.factories import EventMessage, LocationMessage, TextMessage
from tests.services.test_inbound import at_once
from tests.support.container import Clock, Parts, RecordingChannel, reply, tiny_choice

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


class TestConsent:
    @pytest.mark.parametrize(
        ("text", "answers"),
        [
            ("STOP", 0), ("stop", 0), ("Stop.", 0), ("STOPALL", 0), ("unsubscribe", 0), ("CANCEL", 0), ("END", 0),
            ("退订", 1), ("TD", 1), ("T", 1), ("quit", 0), ("ＴＤ", 1), ("取消订阅", 1), (" 退订！ ", 1),
        ],
    )  # fmt: skip
    def test_a_word_that_means_stop(self, parts: Parts, sms: RecordingChannel, text: str, answers: int) -> None:
        parts.run(say(parts, text))
        assert parts.row(ChannelIdentity).consent == "out"
        assert parts.row(InboundMessage).outcome == "consent"
        assert parts.dialogue.turns == []
        assert len(sms.texts()) == answers
        parts.run(say(parts, text))
        assert len(sms.texts()) == answers, "stop twice is confirmed once"

    @pytest.mark.parametrize(
        "text", ["Stop at the beach?", "can I cancel a ticket", "T2航站楼在哪", "怎么退订门票", "the end"]
    )
    def test_words_inside_a_sentence_do_not_count(self, parts: Parts, sms: RecordingChannel, text: str) -> None:
        parts.run(say(parts, text))
        assert parts.row(ChannelIdentity).consent == "in"
        assert sms.texts() == [f"echo {text}"]

    @pytest.mark.parametrize(
        ("text", "answers"), [("START", 0), ("unstop", 0), ("YES", 0), ("订阅", 1), ("恢复订阅", 1)]
    )
    def test_a_word_that_means_start(self, parts: Parts, sms: RecordingChannel, text: str, answers: int) -> None:
        parts.run(say(parts, "TD"))
        sms.sent.clear()
        parts.run(say(parts, text))
        assert parts.row(ChannelIdentity).consent == "in"
        assert len(sms.texts()) == answers
        parts.run(say(parts, "几点开门"))
        assert sms.texts()[answers:] == ["echo 几点开门"]

    @pytest.mark.parametrize(("word", "consent"), [("stop", "out"), ("start", "in"), ("help", "in")])
    def test_where_the_provider_has_answered_we_do_not(
        self, parts: Parts, sms: RecordingChannel, word: str, consent: str
    ) -> None:
        parts.run(say(parts, "ARRET", meta={"opt_out_type": word}))
        assert parts.row(ChannelIdentity).consent == consent
        assert (sms.texts(), parts.dialogue.turns) == ([], [])

    def test_after_stop_nothing_more_is_sent_even_what_was_queued(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        conversation = say(parts, "几点开门")
        say(parts, "门票多少")
        parts.turns.drain(conversation)
        parts.turns.drain(say(parts, "退订"))
        say(parts, "在吗")
        parts.dialogue.script.append(DialogueUnavailable())
        for _ in range(4):
            parts.sweep()
            clock.advance(seconds=10)
        assert [message.reply.code for message in sms.sent] == ["consent_stopped"]
        assert [(row.state, row.error) for row in parts.rows(OutboundMessage, kind="answer")] == [
            ("dropped", "opted_out")
        ] * 2
        assert parts.rows(InboundMessage)[-1].outcome == "ignored"
        assert parts.rows(InboundMessage, state="received") == []

    def test_stop_ends_what_is_held_too(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        say(parts, "几点开门")
        parts.dialogue.script.append(DialogueUnavailable())
        clock.advance(seconds=20)
        assert parts.turns.sweep()
        assert kinds(parts) == ["holding"]
        parts.run(say(parts, "STOP"))
        parts.sweep()
        assert parts.rows(OutboundMessage)[0].state in ("dropped", "sent")
        before = len(sms.sent)
        clock.advance(seconds=60)
        parts.sweep()
        assert len(sms.sent) == before

    def test_consent_belongs_to_one_address(self, parts: Parts, sms: RecordingChannel) -> None:
        parts.run(say(parts, "STOP"))
        other = say(parts, "hello there", address="+4915155500009")
        parts.run(other)
        assert sms.texts() == ["echo hello there"]

    def test_the_words_are_words_like_others_where_the_channel_has_its_own_way_out(
        self, parts: Parts, sms: RecordingChannel
    ) -> None:
        parts.run(say(parts, "退订", channel="wechat", address="oTest0001"))
        assert parts.row(ChannelIdentity).consent == "in"
        assert [turn.text for turn in parts.dialogue.turns] == ["退订"]

    def test_following_and_leaving_the_account(self, parts: Parts, sms: RecordingChannel) -> None:
        for event, consent, answers in (("subscribe", "in", 1), ("unsubscribe", "out", 1), ("subscribe", "in", 2)):
            accepted = parts.inbound.receive(EventMessage(address="oTest0001", meta={"event": event}))
            parts.run(accepted.conversation_id)
            assert parts.row(ChannelIdentity).consent == consent
            assert len(parts.rows(OutboundMessage)) == answers
        accepted = parts.inbound.receive(EventMessage(address="oTest0001", meta={"event": "never_heard_of"}))
        parts.run(accepted.conversation_id)
        assert [row.outcome for row in parts.rows(InboundMessage)][-1] == "ignored"
        assert parts.dialogue.turns == []


class TestEmergency:
    @pytest.mark.parametrize(("text", "lang"), [("救命，有人落水了", "zh"), ("help, my son is drowning", "en")])
    def test_the_numbers_come_though_the_bot_is_down(
        self, parts: Parts, sms: RecordingChannel, text: str, lang: str
    ) -> None:
        parts.dialogue.script.extend([DialogueUnavailable() for _ in range(5)])
        parts.run(say(parts, text))
        assert parts.dialogue.turns == []
        [answer] = sms.sent
        assert (answer.reply.code, answer.reply.lang) == ("emergency", lang)
        assert "120" in answer.text or "110" in answer.text
        assert "拨打" in answer.text, "in Chinese too"
        assert "call" in answer.text.lower(), "in English too"

    def test_a_choice_on_offer_does_not_hide_a_cry(self, parts: Parts, sms: RecordingChannel) -> None:
        parts.dialogue.script.append(reply(choices=[tiny_choice("救命")]))
        parts.run(say(parts, "几点"))
        parts.run(say(parts, "救命", payload="place_price:attraction:geziwo"))
        assert sms.sent[-1].reply.code == "emergency"


class TestChoices:
    def offer(self, parts: Parts) -> None:
        choices = [tiny_choice("门票"), tiny_choice("Opening hours", "place_hours:attraction:geziwo")]
        parts.dialogue.script.append(reply(choices=choices))
        parts.run(say(parts, "鸽子窝"))
        parts.dialogue.turns.clear()

    @pytest.mark.parametrize(
        ("text", "payload", "intent"),
        [
            ("1", "", "place_price"), ("2", "", "place_hours"), ("２", "", "place_hours"), ("(1)", "", "place_price"),
            ("2.", "", "place_hours"), ("门票", "", "place_price"), (" 门票 ", "", "place_price"),
            ("opening HOURS", "", "place_hours"), ("随便", "place_hours:attraction:geziwo", "place_hours"),
        ],
    )  # fmt: skip
    def test_a_choice_is_taken_by_number_title_or_button(
        self, parts: Parts, sms: RecordingChannel, text: str, payload: str, intent: str
    ) -> None:
        self.offer(parts)
        parts.run(say(parts, text, payload=payload))
        [turn] = parts.dialogue.turns
        assert turn.text is None
        assert turn.intent == {"name": intent, "entities": {"attraction": "attraction:geziwo"}}

    @pytest.mark.parametrize(
        ("text", "payload"),
        [
            ("3", ""),
            ("12", ""),
            ("0", ""),
            ("1 2", ""),
            ("门票呢", ""),
            ("去哪", "emergency"),
            ("/place_price", "/place_price"),
        ],
    )
    def test_what_was_not_offered_is_a_text(self, parts: Parts, sms: RecordingChannel, text: str, payload: str) -> None:
        self.offer(parts)
        parts.run(say(parts, text, payload=payload))
        [turn] = parts.dialogue.turns
        assert (turn.text, turn.intent) == (text, None)

    def test_only_the_last_offer_counts(self, parts: Parts, sms: RecordingChannel) -> None:
        self.offer(parts)
        parts.run(say(parts, "谢谢你"))
        parts.run(say(parts, "1"))
        assert parts.dialogue.turns[-1].text == "1"

    def test_an_offer_is_not_anybody_elses(self, parts: Parts, sms: RecordingChannel) -> None:
        self.offer(parts)
        parts.run(say(parts, "1", address="+4915155500002"))
        assert parts.dialogue.turns[-1].text == "1"


class TestMemory:
    def test_a_location_is_known_for_two_hours_and_then_forgotten(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        point = {"lat": 39.8266, "lon": 119.5143, "datum": "GCJ-02"}
        for message, minutes, known in (
            (LocationMessage(address="oTest1", location=point), 0, point),
            (TextMessage(channel="wechat", address="oTest1", text="附近有医院吗"), 90, point),
            (TextMessage(channel="wechat", address="oTest1", text="附近有什么"), 29, point),
            (TextMessage(channel="wechat", address="oTest1", text="附近呢"), 2, None),
        ):
            clock.advance(minutes=minutes)
            parts.run(parts.inbound.receive(message).conversation_id)
            assert parts.dialogue.turns[-1].location == known
        assert parts.dialogue.turns[0].intent == {"name": "share_location", "entities": {}}

    def test_after_a_long_pause_the_conversation_starts_anew(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        for hours, fresh in ((0, True), (5.9, False), (6.1, True), (1, False)):
            clock.advance(hours=hours)
            parts.run(say(parts, "问一下"))
            assert (parts.dialogue.turns[-1].state is None) == fresh

    def test_a_language_asked_for_stays(self, parts: Parts, sms: RecordingChannel) -> None:
        switched = TurnResult([reply("OK, English.", lang="en")], {"slots": {}, "loop": None}, "switch_language", 1.0)
        parts.dialogue.script.append(switched)
        parts.run(say(parts, "请说英语"))
        parts.run(say(parts, "鸽子窝几点开门"))
        assert [turn.lang for turn in parts.dialogue.turns] == ["zh", "en"]
        contact = parts.row(Contact)
        assert (contact.lang, contact.lang_chosen) == ("en", True)

    @pytest.mark.parametrize(
        ("kind", "text", "code"),
        [("media", "", "media_unread"), ("text", "  \n ", "empty_message"), ("text", "", "empty_message")],
    )
    def test_what_has_no_words_is_answered_without_the_bot(
        self, parts: Parts, sms: RecordingChannel, kind: str, text: str, code: str
    ) -> None:
        parts.run(say(parts, text, kind=kind))
        assert [message.reply.code for message in sms.sent] == [code]
        assert parts.dialogue.turns == []

    def test_a_picture_with_words_is_its_words(self, parts: Parts, sms: RecordingChannel) -> None:
        parts.run(say(parts, "这是哪里", kind="media"))
        assert sms.texts() == ["echo 这是哪里"]


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
