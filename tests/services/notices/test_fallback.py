"""The next channel: when one brings nothing in time, and never by two ways unless it is urgent."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from backend.models import ChannelIdentity, Conversation, DueJob, InboundMessage, Notice, OutboundMessage
from backend.services.ports import SendPermanent, SendTemporary, SendUnknown
from tests.factories import TextMessage
from tests.services.notices.people import person
from tests.services.notices.test_telling import texts, told
from tests.support.container import Clock, Parts, RecordingChannel, with_recording_channels


@pytest.fixture
def both(parts: Parts) -> tuple[str, dict[str, RecordingChannel]]:
    """A person with WeChat and SMS, WeChat first."""
    recording = with_recording_channels(parts, "sms", "wechat")
    contact = person(parts)
    accepted = parts.inbound.receive(TextMessage(channel="wechat"))
    parts.run(accepted.conversation_id)
    with parts.db.write() as session:
        session.execute(update(ChannelIdentity).where(ChannelIdentity.channel == "wechat").values(contact_id=contact))
    # The window is looked for in the person's one conversation.
    with parts.db.write() as session:
        own = session.scalars(select(Conversation.id).where(Conversation.contact_id == contact)).one()
        session.execute(update(InboundMessage).values(conversation_id=own))
    return contact, recording


def states(parts: Parts) -> list[tuple[str, str]]:
    return [(row.channel, row.state) for row in parts.rows(OutboundMessage, kind="notice")]


Both = tuple[str, dict[str, RecordingChannel]]


def test_what_is_refused_goes_the_next_way_at_once(parts: Parts, both: Both) -> None:
    contact, recording = both
    recording["wechat"].script.append(SendPermanent("45047"))
    told(parts, contact)
    parts.notice_sender.run()
    assert states(parts) == [("wechat", "failed"), ("sms", "sent")]
    assert len(texts(recording["sms"])) == 1


def test_what_nobody_took_in_time_is_taken_back_and_goes_the_next_way(parts: Parts, both: Both, clock: Clock) -> None:
    contact, recording = both
    recording["wechat"].script.extend([SendTemporary("-1", retry_after=4000)] * 9)
    told(parts, contact)
    parts.notice_sender.run()
    clock.advance(minutes=16)
    parts.due.run()
    parts.notice_sender.run()
    assert states(parts) == [("wechat", "dropped"), ("sms", "sent")]
    clock.advance(hours=3)
    parts.notice_sender.run()
    assert len(texts(recording["sms"]) + texts(recording["wechat"])) == 1


def test_what_may_have_arrived_goes_no_second_way_unless_it_is_urgent(parts: Parts, both: Both, clock: Clock) -> None:
    contact, recording = both
    recording["wechat"].script.extend([SendUnknown("timeout"), SendUnknown("timeout")])
    told(parts, contact, dedupe="normal")
    told(parts, contact, dedupe="alert", urgency="life_safety")
    parts.notice_sender.run()
    clock.advance(minutes=16)
    parts.due.run()
    parts.notice_sender.run()
    assert sorted(states(parts)) == [("sms", "sent"), ("wechat", "unknown"), ("wechat", "unknown")]
    carried = [row.lane for row in parts.rows(OutboundMessage, channel="sms", kind="notice")]
    assert carried == [0]


def test_what_arrived_or_was_read_goes_no_further(parts: Parts, both: Both, clock: Clock) -> None:
    contact, recording = both
    told(parts, contact)
    parts.notice_sender.run()
    recording["wechat"].script.append(SendTemporary("-1", retry_after=4000))
    told(parts, contact, dedupe="read")
    parts.notice_sender.run()
    assert parts.notice_feed.read(contact, parts.rows(Notice)[-1].id)
    clock.advance(minutes=16)
    parts.due.run()
    parts.notice_sender.run()
    assert texts(recording["sms"]) == []
    assert {row.state for row in parts.rows(DueJob, job="notice.fallback")} == {"done"}
