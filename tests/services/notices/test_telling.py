"""Telling: once, in the person's language, on their channel, in the order of urgency."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from backend.models import ChannelIdentity, ChannelOrder, Contact, Notice, OutboundMessage
from backend.services.notices import tell, tell_all, withdraw
from backend.services.ports import SendPermanent, SendTemporary
from backend.services.templates import MissingValue, UnknownTemplate
from tests.factories import TextMessage
from tests.services.notices.people import VALUES, people, person
from tests.services.test_inbound import at_once
from tests.support.container import Clock, Parts, RecordingChannel, with_recording_channels


def told(parts: Parts, contact_id: str, **changed: Any) -> bool:
    given: dict[str, Any] = {
        "template": "booking_confirmed",
        "values": VALUES,
        "subject": "booking/K7M2",
        "dedupe": "booking/K7M2/confirmed",
        **changed,
    }
    with parts.db.write() as session:
        return tell(session, contact_id=contact_id, **given)


def texts(channel: RecordingChannel) -> list[str]:
    return [text for text in channel.texts() if not text.startswith("echo")]


class TestTelling:
    def test_a_person_is_told_in_their_language_on_their_channel(self, parts: Parts, sms: RecordingChannel) -> None:
        here, abroad = person(parts), person(parts, text="hello there, good morning")
        assert told(parts, here)
        assert told(parts, abroad)
        parts.notice_sender.run()
        assert texts(sms) == [
            "已订鸽子窝公园，2027年7月1日周四 09:30，2位，预订码K7M2，到场出示。",
            "Booked: Geziwo Park, Thu 1 Jul 2027 9:30 am, for 2. Code K7M2: show it when you arrive.",
        ]
        assert [row.state for row in parts.rows(Notice)] == ["placed", "placed"]
        row = parts.rows(OutboundMessage, kind="notice")[0]
        assert (row.state, row.provider_id, row.attempts) == ("sent", f"sms-{row.id}", 1)

    def test_the_same_is_told_once(self, parts: Parts, sms: RecordingChannel) -> None:
        contact = person(parts)
        assert told(parts, contact)
        assert not told(parts, contact, values={**VALUES, "code": "OTHER"})
        parts.notice_sender.run()
        assert not told(parts, contact)
        parts.notice_sender.run()
        assert len(texts(sms)) == 1
        assert parts.jobs.types().count("notice.created") == 1

    def test_what_is_not_committed_is_not_told(self, parts: Parts, sms: RecordingChannel) -> None:
        contact = person(parts)
        with pytest.raises(RuntimeError), parts.db.write() as session:
            tell(session, contact_id=contact, template="booking_moved", values=VALUES, subject="b", dedupe="b")
            raise RuntimeError
        parts.notice_sender.run()
        assert texts(sms) == []

    def test_many_are_told_in_one_statement_and_once(self, parts: Parts, sms: RecordingChannel) -> None:
        contacts = people(parts, 3)
        told(parts, contacts[0])
        given: dict[str, Any] = {"values": VALUES, "subject": "slot/1", "dedupe": "booking/K7M2/confirmed"}
        with parts.db.write() as session:
            assert tell_all(session, select(Contact.id), template="booking_confirmed", **given) == 2
            assert tell_all(session, select(Contact.id), template="booking_confirmed", **given) == 0
        parts.notice_sender.run()
        assert len(texts(sms)) == 3

    def test_a_missing_value_is_named(self, parts: Parts) -> None:
        contact = person(parts)
        with pytest.raises(MissingValue, match=r"booking_confirmed: \{code\} has no value"):
            told(parts, contact, values={name: value for name, value in VALUES.items() if name != "code"})
        with pytest.raises(MissingValue, match=r"\{when\} is no time in ISO 8601: 'tomorrow'"):
            told(parts, contact, values={**VALUES, "when": "tomorrow"})
        with pytest.raises(MissingValue, match=r"\{when\} has no time zone"):
            told(parts, contact, values={**VALUES, "when": "2027-07-01T01:30:00"})
        with pytest.raises(UnknownTemplate, match="choose of booking_confirmed"):
            told(parts, contact, template="lottery")
        assert parts.rows(Notice) == []

    def test_what_is_withdrawn_before_it_is_sent_is_not_sent(self, parts: Parts, sms: RecordingChannel) -> None:
        contact = person(parts)
        told(parts, contact, template="booking_reminder", not_before=dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
        with parts.db.write() as session:
            assert withdraw(session, "booking/K7M2") == 1
        assert [(row.state, row.error) for row in parts.rows(Notice)] == [("dropped", "withdrawn")]


class TestTimes:
    def test_nothing_is_sent_before_its_time(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        told(parts, person(parts), not_before=clock.now() + dt.timedelta(hours=1))
        assert not parts.notice_sender.due()
        parts.notice_sender.run()
        assert texts(sms) == []
        clock.advance(hours=1, seconds=1)
        assert parts.notice_sender.due()
        parts.notice_sender.run()
        assert len(texts(sms)) == 1

    def test_what_is_stale_is_dropped(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        told(parts, person(parts), expires_at=clock.now() + dt.timedelta(minutes=5))
        clock.advance(minutes=5)
        parts.notice_sender.run()
        assert texts(sms) == []
        assert [(row.state, row.error) for row in parts.rows(Notice)] == [("dropped", "expired")]

    def test_what_became_stale_on_its_way_is_dropped(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        told(parts, person(parts), expires_at=clock.now() + dt.timedelta(minutes=5))
        sms.script.append(SendTemporary("503", retry_after=301))
        parts.notice_sender.run()
        clock.advance(minutes=6)
        parts.notice_sender.run()
        assert texts(sms) == []
        assert [(row.state, row.error) for row in parts.rows(OutboundMessage, kind="notice")] == [
            ("dropped", "expired")
        ]


class TestChannels:
    def test_after_a_stop_nothing_is_sent_even_what_was_placed(self, parts: Parts, sms: RecordingChannel) -> None:
        contact = person(parts)
        told(parts, contact, urgency="life_safety")
        parts.placing.place()
        [identity] = parts.rows(ChannelIdentity, contact_id=contact)
        with parts.db.write() as session:
            session.get_one(ChannelIdentity, identity.id).consent = "out"
        told(parts, contact, dedupe="another", urgency="life_safety")
        parts.notice_sender.run()
        assert texts(sms) == []
        assert [row.error for row in parts.rows(OutboundMessage, kind="notice")] == ["opted_out"]
        assert [(row.state, row.error) for row in parts.rows(Notice)] == [("placed", None), ("dropped", "opted_out")]

    def test_a_person_of_the_web_chat_finds_it_there(self, parts: Parts, sms: RecordingChannel) -> None:
        _, contact = parts.inbound.open_web_session("en")
        told(parts, contact)
        parts.notice_sender.run()
        [row] = parts.rows(OutboundMessage, kind="notice")
        assert (row.channel, row.state) == ("web", "sent")
        assert row.text.startswith("Booked: Geziwo Park")
        assert "notice.shown" in parts.jobs.types()

    def test_wechat_is_passed_over_once_its_window_has_closed(self, parts: Parts, clock: Clock) -> None:
        recording = with_recording_channels(parts, "sms", "wechat")
        contact = person(parts, "wechat")
        told(parts, contact)
        parts.notice_sender.run()
        assert len(texts(recording["wechat"])) == 1
        clock.advance(hours=49)
        told(parts, contact, dedupe="later")
        parts.notice_sender.run()
        assert len(texts(recording["wechat"])) == 1
        assert parts.rows(Notice)[-1].error == "unreachable"

    def test_the_order_is_the_persons_own(self, parts: Parts) -> None:
        recording = with_recording_channels(parts, "sms", "wechat")
        contact = person(parts)
        accepted = parts.inbound.receive(TextMessage(channel="wechat"))
        parts.run(accepted.conversation_id)
        with parts.db.write() as session:
            identity = session.scalars(select(ChannelIdentity).where(ChannelIdentity.channel == "wechat")).one()
            identity.contact_id = contact
            session.add(ChannelOrder(contact_id=contact, channels=["sms", "wechat"]))
        told(parts, contact)
        parts.notice_sender.run()
        assert (len(texts(recording["sms"])), len(texts(recording["wechat"]))) == (1, 0)


class TestSending:
    def test_the_most_urgent_goes_first_whatever_came_first(self, parts: Parts, sms: RecordingChannel) -> None:
        order = ("bulk", "normal", "urgent", "life_safety")
        for number, contact in enumerate(people(parts, 4)):
            values = {**VALUES, "code": order[number]}
            told(parts, contact, template="booking_moved", values=values, urgency=order[number])
        parts.notice_sender.run()
        assert [text.split()[0].removeprefix("预订").removesuffix("已改到2027年7月1日周四") for text in texts(sms)] == [
            *reversed(order)
        ]

    def test_a_temporary_failure_is_tried_again_and_a_permanent_one_is_not(
        self, parts: Parts, sms: RecordingChannel, clock: Clock
    ) -> None:
        contacts = people(parts, 2)
        told(parts, contacts[0])
        sms.script.append(SendTemporary("429", retry_after=2.0))
        parts.notice_sender.run()
        told(parts, contacts[1])
        clock.advance(seconds=10)
        sms.script.append(SendPermanent("21211"))
        parts.notice_sender.run()
        clock.advance(minutes=10)
        parts.notice_sender.run()
        rows = parts.rows(OutboundMessage, kind="notice")
        assert sorted((row.state, row.attempts) for row in rows) in (
            [("failed", 1), ("sent", 2)],
            [("failed", 2), ("sent", 1)],
        )

    def test_the_answers_of_a_conversation_wait_for_no_notice(self, parts: Parts, sms: RecordingChannel) -> None:
        message = TextMessage()
        accepted = parts.inbound.receive(message)
        parts.run(accepted.conversation_id)
        [identity] = parts.rows(ChannelIdentity)
        told(parts, identity.contact_id)
        parts.placing.place()
        parts.inbound.receive(TextMessage(address=message.address, text="还在吗"))
        parts.run(accepted.conversation_id)
        assert sms.texts() == ["echo 鸽子窝公园几点开门", "echo 还在吗"]
        assert parts.outbound.sweep() == [], "the sweeper leaves notices to their sender"

    def test_senders_at_once_send_each_notice_once(self, parts: Parts, sms: RecordingChannel) -> None:
        for contact in people(parts, 40):
            told(parts, contact)
        others = [parts.notice_sender, *(fresh_sender(parts) for _ in range(3))]
        at_once([sender.run for sender in others])
        parts.notice_sender.run()
        assert len(texts(sms)) == 40
        assert len({message.address for message in sms.sent}) == 40

    def test_one_that_cannot_be_worded_holds_up_no_other(self, parts: Parts, sms: RecordingChannel) -> None:
        contacts = people(parts, 2)
        told(parts, contacts[0])
        told(parts, contacts[1])
        with parts.db.write() as session:
            session.get_one(Notice, 1).facts = {"what": "nothing else"}
        parts.notice_sender.run()
        assert [(row.state, row.error) for row in parts.rows(Notice)] == [("dropped", "unworded"), ("placed", None)]
        assert len(texts(sms)) == 1


class TestConsideration:
    def test_quiet_hours_keep_all_but_what_saves_lives(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        local = clock.now().astimezone(parts.time_zone)
        begin, end = local - dt.timedelta(hours=1), local + dt.timedelta(hours=1)
        parts.__dict__["settings"] = parts.settings.model_copy(
            update={"notice_quiet_hours": f"{begin:%H:%M}-{end:%H:%M}"}
        )
        contacts = people(parts, 2)
        told(parts, contacts[0], urgency="urgent")
        told(parts, contacts[1], urgency="life_safety")
        parts.notice_sender.run()
        assert len(texts(sms)) == 1
        clock.advance(hours=1, minutes=1)
        parts.notice_sender.run()
        assert len(texts(sms)) == 2

    def test_nobody_gets_more_than_the_cap_in_a_day(self, parts: Parts, sms: RecordingChannel) -> None:
        contact = person(parts)
        for number in range(25):
            told(parts, contact, dedupe=f"{number}", urgency="normal")
        parts.notice_sender.run()
        assert len(texts(sms)) == parts.settings.notice_cap_per_day
        told(parts, contact, dedupe="alert", urgency="life_safety")
        parts.notice_sender.run()
        assert len(texts(sms)) == parts.settings.notice_cap_per_day + 1
        assert {row.error for row in parts.rows(Notice, state="dropped")} == {"cap"}


def fresh_sender(parts: Parts) -> Any:
    """Another process's sender on the same database."""
    del parts.__dict__["notice_sender"]
    return parts.notice_sender
