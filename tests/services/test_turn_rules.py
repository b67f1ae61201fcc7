"""What happens to a message on its way to the bot: consent, cries for help, choices, location, language, memory."""

from __future__ import annotations

import pytest

from backend.models import ChannelIdentity, Contact, InboundMessage, OutboundMessage
from backend.services.ports import DialogueUnavailable, TurnResult
from tests.factories import EventMessage, LocationMessage, TextMessage
from tests.services.test_turns import kinds, say
from tests.support.container import Clock, Parts, RecordingChannel, reply, tiny_choice


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

    @pytest.mark.parametrize(("meta", "consent"), [({}, "in"), ({"opt_out_type": "stop"}, "out")])
    def test_cancel_answers_an_open_question_about_a_booking(
        self, parts: Parts, sms: RecordingChannel, meta: dict[str, str], consent: str
    ) -> None:
        waits = {"slots": {"pending": {"intent": "book"}}, "loop": None}
        parts.dialogue.script.append(TurnResult([reply("选几点")], waits, "book", 0.9))
        parts.run(say(parts, "订两张票"))
        parts.run(say(parts, "CANCEL", meta=meta))
        assert parts.row(ChannelIdentity).consent == consent
        assert sms.texts()[1:] == (["echo CANCEL"] if consent == "in" else [])
        parts.run(say(parts, "STOP"))
        assert parts.row(ChannelIdentity).consent == "out"

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
