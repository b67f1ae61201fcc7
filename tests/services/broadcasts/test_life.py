"""Broadcasts: to whom, with whose approval, how steered; and each recipient is in one state at every moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.geo import Datum, Point, convert
from backend.models import (
    AuditEntry,
    Booking,
    Broadcast,
    ChannelIdentity,
    Contact,
    Conversation,
    Notice,
    OutboundMessage,
    Subscription,
    utcnow,
)
from backend.services.broadcasts.audience import Audience, InvalidAudience, polygon
from backend.services.broadcasts.life import NobodyThere, NotNow, OwnBroadcast
from backend.services.editing import EditConflict
from backend.services.notices.sending import HANDS
from backend.services.templates import MissingValue
from tests.services.bookings.things import bookable, slot
from tests.services.broadcasts.crowd import EVERYBODY, LI, WANG, crowd, draft, started
from tests.services.notices.test_telling import texts, told
from tests.support.container import Clock, Parts, RecordingChannel, with_recording_channels


def counts(parts: Parts, broadcast_id: int) -> dict[str, int]:
    progress = parts.broadcasts.progress(broadcast_id)
    assert progress.recipients is None or progress.total == progress.recipients
    return {state: count for state, count in progress.counts.items() if count}


def booked(parts: Parts, contact_id: str, slot_id: int, state: str) -> None:
    now = utcnow()
    with parts.db.write() as session:
        code = f"T{session.scalar(select(func.count(Booking.id)))}"
        row = Booking(code=code, contact_id=contact_id, slot_id=slot_id, hold_key=code, state=state, party={"adult": 1})
        row.size, row.price_fen, row.payment, row.held_until = 1, 0, "venue", now
        session.add(row)


class TestAudience:
    def test_is_counted_before_it_is_told(self, parts: Parts, sms: RecordingChannel) -> None:
        crowd(parts, 5)
        crowd(parts, 3, lang="en")
        crowd(parts, 2, "wechat")
        assert parts.broadcasts.count(EVERYBODY) == 10
        assert parts.broadcasts.count(Audience({"everybody": ()}, lang="en")) == 3
        assert parts.broadcasts.count(Audience({"everybody": ()}, channel="wechat")) == 2
        assert parts.broadcasts.count(Audience({"everybody": ()}, lang="en", channel="wechat")) == 0
        broadcast_id = started(parts, audience=Audience({"everybody": ()}, lang="en"))
        parts.notice_sender.run()
        assert texts(sms) == ["No water tomorrow."] * 3
        assert counts(parts, broadcast_id) == {"sent": 3}

    def test_sources_are_united(self, parts: Parts) -> None:
        ids = crowd(parts, 6)
        parts.audiences.sources["named"] = lambda wanted: select(Contact.id).where(Contact.id.in_(wanted))
        parts.audiences.sources["first"] = lambda wanted: select(Contact.id).where(Contact.id == ids[0])
        assert parts.broadcasts.count(Audience({"named": (ids[4], ids[5]), "first": ()})) == 3

    def test_people_booked_somewhere(self, parts: Parts, clock: Clock) -> None:
        ids = crowd(parts, 4)
        bookable(parts, place_id="attraction:geziwo")
        soon, past = slot(parts, clock.now()), slot(parts, clock.now() - dt.timedelta(days=1))
        for contact, where, state in zip(
            ids, (soon, soon, past, soon), ("held", "cancelled", "done", "confirmed"), strict=True
        ):
            booked(parts, contact, where, state)
        assert parts.broadcasts.count(Audience({"slots": (str(soon),)})) == 2
        assert parts.broadcasts.count(Audience({"places": ("attraction:geziwo",)})) == 2
        assert parts.broadcasts.count(Audience({"places": ("attraction:other",)})) == 0
        assert parts.broadcasts.count(Audience({"slots": ("no number", "9" * 30)})) == 0

    def test_followers_of_topics_and_districts(self, parts: Parts) -> None:
        ids = crowd(parts, 5)
        follows = [("alerts", "district:130304"), ("alerts", "*"), ("air_quality", "moderate@district:130304")]
        with parts.db.write() as session:
            for number, (topic, about) in enumerate(follows):
                session.add(Subscription(contact_id=ids[number], topic=topic, about=about, key=f"{number}"))
            session.add(Subscription(contact_id=ids[3], topic="alerts", about="*", key="3", ended_at=utcnow()))
        assert parts.broadcasts.count(Audience({"topics": ("alerts",)})) == 2
        assert parts.broadcasts.count(Audience({"topics": ("alerts@district:130304",)})) == 1
        assert parts.broadcasts.count(Audience({"districts": ("district:130304",)})) == 2
        assert parts.broadcasts.count(Audience({"districts": ("district:130304",), "topics": ("alerts",)})) == 3

    def test_an_area_means_those_who_lately_said_they_are_there(self, parts: Parts, clock: Clock) -> None:
        ids = crowd(parts, 4)
        inside = Point(39.83, 119.50, Datum.WGS84)
        for number, (point, age) in enumerate([(inside, 1), (Point(39.95, 119.60, Datum.WGS84), 1), (inside, 3)]):
            gcj = convert(point, Datum.GCJ02)
            with parts.db.write() as session:
                [row] = [each for each in parts.rows(Conversation) if each.contact_id == ids[number]]
                row = session.get_one(Conversation, row.id)
                row.location = {"lat": gcj.lat, "lon": gcj.lon, "datum": "GCJ-02"}
                row.location_at = clock.now() - dt.timedelta(hours=age)
        corners = [(39.80, 119.45), (39.80, 119.55), (39.86, 119.55), (39.86, 119.45)]
        there = Audience({"everybody": ()}, area=polygon(corners, Datum.WGS84))
        assert parts.broadcasts.count(there) == 1
        assert Audience.from_dict(there.to_dict()) == there
        with pytest.raises(InvalidAudience, match="an area is for urgent broadcasts"):
            parts.broadcasts.create(draft(audience=there), LI)
        started(parts, audience=there, urgency="urgent")
        assert [row.contact_id for row in parts.rows(Notice)] == [ids[0]]

    def test_one_that_cannot_be_is_refused_with_what_can(self, parts: Parts) -> None:
        for audience, why in (
            (Audience(), "say who: choose of everybody"),
            (Audience({"friends": ()}), "there is no source 'friends': choose of everybody"),
            (Audience({"everybody": ()}, lang="fr"), "choose of zh, en"),
            (Audience({"everybody": ()}, channel="fax"), "choose of sms"),
        ):
            with pytest.raises(InvalidAudience, match=why):
                parts.broadcasts.create(draft(audience=audience), LI)
        with pytest.raises(InvalidAudience, match="3 to 200 corners, not 2"):
            polygon([(1, 2), (3, 4)], Datum.WGS84)
        with pytest.raises(InvalidAudience, match="a latitude and a longitude in degrees"):
            polygon([(119.5, 39.8), (119.6, 39.8), (119.6, 39.9)], Datum.WGS84)


class TestLife:
    def test_a_small_one_goes_by_itself_and_is_over_when_all_is_sent(self, parts: Parts, sms: RecordingChannel) -> None:
        crowd(parts, 12)
        broadcast_id = started(parts)
        assert counts(parts, broadcast_id) == {"queued": 12}
        parts.notice_sender.run()
        assert counts(parts, broadcast_id) == {"sent": 12}
        assert parts.broadcast_preparing.finish() == [broadcast_id]
        row = parts.row(Broadcast)
        assert (row.state, row.recipients) == ("done", 12)
        assert [entry.action for entry in parts.rows(AuditEntry)] == ["broadcast.created", "broadcast.approved"]

    def test_a_large_one_needs_a_second_person(self, parts: Parts, sms: RecordingChannel) -> None:
        crowd(parts, parts.broadcasts.approval_above + 1)
        broadcast_id = parts.broadcasts.create(draft(), LI)
        assert parts.broadcasts.submit(broadcast_id, 1, LI) == "submitted"
        parts.due.run()
        assert parts.rows(Notice) == []
        with pytest.raises(OwnBroadcast):
            parts.broadcasts.approve(broadcast_id, 1, LI)
        with pytest.raises(EditConflict):
            parts.broadcasts.approve(broadcast_id, 2, WANG)
        parts.broadcasts.approve(broadcast_id, 1, WANG)
        parts.due.run()
        assert counts(parts, broadcast_id) == {"queued": 201}

    def test_who_changed_it_last_cannot_approve_it(self, parts: Parts) -> None:
        crowd(parts, parts.broadcasts.approval_above + 1)
        broadcast_id = parts.broadcasts.create(draft(), LI)
        with pytest.raises(EditConflict):
            parts.broadcasts.edit(broadcast_id, 7, draft(name="other"), WANG)
        parts.broadcasts.edit(broadcast_id, 1, draft(name="other"), WANG)
        with pytest.raises(EditConflict):
            parts.broadcasts.submit(broadcast_id, 1, LI)
        parts.broadcasts.submit(broadcast_id, 2, WANG)
        with pytest.raises(NotNow):
            parts.broadcasts.edit(broadcast_id, 2, draft(), LI)
        with pytest.raises(OwnBroadcast):
            parts.broadcasts.approve(broadcast_id, 2, WANG)

    def test_a_missing_value_is_named_before_anything_is_stored(self, parts: Parts) -> None:
        with pytest.raises(MissingValue, match=r"\{text\} has no value"):
            parts.broadcasts.create(draft(values={"title": "x"}), LI)
        assert parts.rows(Broadcast) == []

    def test_pausing_stops_it_and_resuming_goes_on(self, parts: Parts, sms: RecordingChannel) -> None:
        crowd(parts, 30)
        broadcast_id = started(parts)
        parts.placing.place(limit=10)
        parts.broadcasts.step(broadcast_id, "pause", LI)
        parts.notice_sender.run()
        assert texts(sms) == []
        assert not parts.notice_sender.due()
        assert counts(parts, broadcast_id) == {"queued": 30}
        with pytest.raises(NotNow, match="paused"):
            parts.broadcasts.step(broadcast_id, "pause", LI)
        parts.broadcasts.step(broadcast_id, "resume", LI)
        parts.notice_sender.run()
        assert len(texts(sms)) == 30

    def test_cancelling_drops_what_has_not_been_sent(self, parts: Parts, sms: RecordingChannel) -> None:
        crowd(parts, 30)
        broadcast_id = started(parts)
        parts.placing.place(limit=10)
        parts.broadcasts.step(broadcast_id, "cancel", LI)
        parts.notice_sender.run()
        parts.due.run()
        assert texts(sms) == []
        assert counts(parts, broadcast_id) == {"dropped": 30}
        assert parts.broadcasts.progress(broadcast_id).reasons == {"cancelled": 20}

    def test_what_is_stale_is_dropped_not_sent_late(self, parts: Parts, sms: RecordingChannel, clock: Clock) -> None:
        crowd(parts, 30)
        broadcast_id = started(parts, expires_at=clock.now() + dt.timedelta(hours=1))
        parts.placing.place(limit=10)
        clock.advance(hours=1)
        parts.notice_sender.run()
        assert texts(sms) == []
        assert counts(parts, broadcast_id) == {"dropped": 30}
        assert parts.broadcast_preparing.finish() == [broadcast_id]

    def test_one_whose_time_passed_before_it_began_never_begins(self, parts: Parts, clock: Clock) -> None:
        crowd(parts, 3)
        begin = clock.now() + dt.timedelta(hours=1)
        started(parts, starts_at=begin, expires_at=begin + dt.timedelta(hours=1))
        assert parts.rows(Notice) == []
        clock.advance(hours=3)
        parts.due.run()
        assert parts.rows(Notice) == []

    def test_it_begins_at_its_time_however_many_schedulers_there_are(self, parts: Parts, clock: Clock) -> None:
        crowd(parts, 3)
        broadcast_id = started(parts, starts_at=clock.now() + dt.timedelta(hours=1))
        assert parts.rows(Notice) == []
        clock.advance(hours=1, seconds=1)
        parts.due.run()
        parts.due.run()
        parts.broadcast_preparing.prepare(f"broadcast/{broadcast_id}", clock.now())
        assert counts(parts, broadcast_id) == {"queued": 3}

    def test_a_test_goes_to_one_person_who_has_written(self, parts: Parts, sms: RecordingChannel) -> None:
        ids = crowd(parts, 3)
        broadcast_id = parts.broadcasts.create(draft(), LI)
        parts.broadcasts.test(broadcast_id, "sms", ids[1], LI)
        parts.broadcasts.test(broadcast_id, "sms", ids[1], LI)
        parts.notice_sender.run()
        assert [message.address for message in sms.sent] == [ids[1]] * 2
        with pytest.raises(NobodyThere):
            parts.broadcasts.test(broadcast_id, "sms", "+4915100000000", LI)


class TestOrder:
    def test_an_alert_in_the_middle_of_a_broadcast_is_out_next_and_the_counts_are_exact(
        self, parts: Parts, sms: RecordingChannel
    ) -> None:
        ids = crowd(parts, 300)
        broadcast_id = started(parts)
        seen: list[Any] = []

        def during(message: Any) -> None:
            seen.append(sum(counts(parts, broadcast_id).values()))
            if len(seen) == 100:
                for contact in ids[:5]:
                    told(parts, contact, template="booking_moved", dedupe="alert", urgency="life_safety")

        sms.during = during
        parts.notice_sender.run()
        alerts = [at for at, text in enumerate(texts(sms)) if text.startswith("预订")]
        assert len(alerts) == 5
        # What was claimed when the alert came is sent with it: a batch for each hand.
        assert max(alerts) <= 100 + 2 * HANDS
        assert set(seen) == {300}
        assert counts(parts, broadcast_id) == {"sent": 300}

    def test_a_small_broadcast_does_not_wait_for_the_end_of_a_large_one(
        self, parts: Parts, sms: RecordingChannel
    ) -> None:
        crowd(parts, 150)
        crowd(parts, 5, lang="en")
        started(parts, audience=Audience({"everybody": ()}, lang="zh"))
        started(parts, audience=Audience({"everybody": ()}, lang="en"))
        parts.placing.place(limit=20)
        parts.placing.place(limit=20)
        placed = [row.lang for row in parts.rows(OutboundMessage)]
        assert placed.count("en") == 5

    def test_nobody_gets_more_broadcasts_than_the_cap_in_a_day(self, parts: Parts, sms: RecordingChannel) -> None:
        crowd(parts, 2)
        runs = [started(parts) for _ in range(5)]
        parts.notice_sender.run()
        assert len(texts(sms)) == 2 * parts.settings.notice_bulk_cap_per_day
        assert counts(parts, runs[-1]) == {"dropped": 2}
        assert parts.broadcasts.progress(runs[-1]).reasons == {"cap": 2}

    def test_a_stop_in_the_middle_is_obeyed(self, parts: Parts) -> None:
        recording = with_recording_channels(parts, "sms", "wechat")["sms"]
        crowd(parts, 60)
        broadcast_id = started(parts)
        stopped: list[str] = []

        def during(message: Any) -> None:
            if not stopped:
                stopped.append("all")
                with parts.db.write() as session:
                    session.query(ChannelIdentity).update({"consent": "out"})

        recording.during = during
        parts.notice_sender.run()
        assert len(recording.sent) <= HANDS, "those that were on their way"
        found = counts(parts, broadcast_id)
        assert found["sent"] + found["dropped"] == 60
