"""Positions that people shared are used for two hours and then deleted."""

from __future__ import annotations

from backend.geo import Datum, Point
from backend.models import Conversation, InboundMessage
from backend.services.shared_positions import point_of
from tests.factories import LocationMessage
from tests.support.container import Clock, Parts

HERE = {"lat": 39.83, "lon": 119.5, "datum": "GCJ-02"}


def test_they_are_deleted_two_hours_later(parts: Parts, clock: Clock) -> None:
    accepted = parts.inbound.receive(LocationMessage(location=HERE))
    with parts.db.write() as session:
        message = session.get_one(InboundMessage, accepted.inbound_id)
        message.state, message.closed_at = "closed", clock.now()
        message.conversation.location, message.conversation.location_at = HERE, clock.now()
    clock.advance(minutes=119)
    parts.due.run()
    assert parts.row(Conversation).location == HERE
    assert parts.row(InboundMessage).location == HERE
    clock.advance(minutes=30)
    parts.due.run()
    conversation, message = parts.row(Conversation), parts.row(InboundMessage)
    assert (conversation.location, conversation.location_at, message.location) == (None, None, None)


def test_one_that_is_not_answered_yet_stays(parts: Parts, clock: Clock) -> None:
    parts.inbound.receive(LocationMessage(location=HERE))
    clock.advance(hours=3)
    parts.due.run()
    assert parts.row(InboundMessage).location == HERE


def test_what_is_stored_is_read_with_its_datum() -> None:
    assert point_of(HERE) == Point(39.83, 119.5, Datum.GCJ02)
    assert point_of(None) is None
    assert point_of({"lat": "north", "lon": 1, "datum": "GCJ-02"}) is None
