"""Journeys on a small feed: nights, weekdays, changes, delays, fares, the last bus; lines and stops."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from google.transit import gtfs_realtime_pb2 as pb

from backend.geo import Datum, Point, distance_m
from backend.models import TransitRealtime
from backend.services.transit.importing import import_feed
from backend.services.transit.journeys import Journey, end_at, end_of, last_departure, plan
from backend.services.transit.lines import directions, lines_at, stops_of
from backend.services.transit.network import Network
from backend.services.transit.realtime import Realtime, read_live
from backend.services.transit.service_days import day_start
from backend.services.transit.walking import BETWEEN_STOPS_M, walk_seconds
from tests.services.transit.feeds import STOP_TIMES, STOPS, TRIPS, folder, with_more
from tests.support.container import Parts

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEDNESDAY, SUNDAY = dt.date(2026, 7, 15), dt.date(2026, 7, 19)
FREQUENT = {"frequencies.txt": "trip_id,start_time,end_time,headway_secs\na1,06:00:00,07:00:00,600\n"}
FARES = {
    "fare_attributes.txt": "fare_id,price,currency_type,payment_method,transfers\nONE,2.00,CNY,0,0\nDAY,3.00,CNY,0,2\n"
}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return Network(import_feed(folder(tmp_path_factory.mktemp("feed"))))


def changed(tmp_path: Path, files: dict[str, str]) -> Network:
    return Network(import_feed(folder(tmp_path / "feed", files)), feed_id=7)


def at(clock: str, day: dt.date = WEDNESDAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), SHANGHAI)


def go(network: Network, one: str, other: str, when: dt.datetime, arrive_by: bool = False) -> list[Journey]:
    ends = [end_of(network, [network.stops[f"bus_stop:{stop}"]]) for stop in (one, other)]
    return plan(network, ends[0], ends[1], when, arrive_by)


def times(journey: Journey) -> tuple[str, str]:
    return f"{journey.start:%H:%M}", f"{journey.end:%H:%M}"


class TestTimes:
    def test_the_next_bus(self, network: Network) -> None:
        [journey] = go(network, "west", "east", at("08:01"))
        assert times(journey) == ("09:00", "09:20")
        [leg] = journey.legs
        assert (leg.headsign, leg.stops, leg.exact) == ("东站", 2, True)

    def test_a_change_on_foot_between_two_stops(self, network: Network) -> None:
        [journey] = go(network, "west", "hill", at("07:00"))
        assert [leg.walks for leg in journey.legs] == [False, True, False]
        assert times(journey) == ("08:00", "08:40")

    def test_after_midnight_is_the_day_before(self, network: Network) -> None:
        after = WEDNESDAY + dt.timedelta(days=1)
        [journey] = go(network, "mid", "east", at("00:30", after))
        assert (journey.start, journey.end) == (at("01:00", after), at("01:10", after))
        [journey] = go(network, "mid", "east", at("23:30"))
        assert journey.end == at("01:10", after)

    def test_the_first_of_the_next_day_when_today_is_over(self, network: Network) -> None:
        [journey] = go(network, "west", "hill", at("21:00"))
        assert journey.start == at("08:00", WEDNESDAY + dt.timedelta(days=1))

    def test_weekdays_and_exceptions(self, network: Network, tmp_path: Path) -> None:
        [journey] = go(network, "mid2", "hill", at("07:00", SUNDAY))
        assert journey.start == at("08:20", SUNDAY + dt.timedelta(days=1))
        exceptions = "service_id,date,exception_type\nWORK,20260719,1\nDAY,20260719,2\n"
        with_exception = changed(tmp_path, {"calendar_dates.txt": exceptions})
        [journey] = go(with_exception, "mid2", "hill", at("07:00", SUNDAY))
        assert journey.start == at("08:20", SUNDAY)
        assert go(with_exception, "west", "east", at("07:00", SUNDAY))[0].start.date() > SUNDAY

    def test_arrive_by_leaves_as_late_as_possible(self, network: Network) -> None:
        [journey] = go(network, "west", "hill", at("09:45"), arrive_by=True)
        assert times(journey) == ("09:00", "09:40")
        [journey] = go(network, "west", "hill", at("09:39"), arrive_by=True)
        assert times(journey) == ("08:00", "08:40")

    def test_no_time_is_spent_waiting_that_could_be_spent_at_home(self, tmp_path: Path) -> None:
        early = "R1,DAY,a0,东站,0"
        more = [
            f"a0,0{clock},0{clock},{stop},{n}"
            for n, (clock, stop) in enumerate((("7:00:00", "west"), ("7:10:00", "mid")))
        ]
        files = {"trips.txt": with_more(TRIPS, early), "stop_times.txt": with_more(STOP_TIMES, *more)}
        [journey] = go(changed(tmp_path, files), "west", "hill", at("06:30"))
        assert times(journey) == ("08:00", "08:40")

    def test_a_line_that_runs_every_ten_minutes(self, tmp_path: Path) -> None:
        frequent = changed(tmp_path, FREQUENT)
        [journey] = go(frequent, "west", "east", at("06:11"))
        assert times(journey) == ("06:20", "06:40")
        assert not journey.legs[0].exact
        assert go(frequent, "west", "east", at("06:51"))[0].start == at("09:00")

    def test_the_clock_of_a_day_with_a_change_of_time(self) -> None:
        # Berlin, the night to 29 March 2026: the day has 23 hours, and noon stays noon.
        start = day_start(dt.date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
        assert start == dt.datetime(2026, 3, 28, 22, tzinfo=dt.UTC)


class TestPlaces:
    def test_from_a_point_one_walks_to_the_stop(self, network: Network) -> None:
        here = Point(39.9005, 119.4990, Datum.WGS84)
        there = Point(39.8990, 119.5610, Datum.WGS84)
        [journey] = plan(network, end_at(network, here), end_at(network, there), at("07:00"))
        assert [leg.walks for leg in journey.legs] == [True, False, True]
        assert journey.start < at("08:00") < at("08:20") < journey.end
        walked = (journey.legs[0].end - journey.legs[0].start).total_seconds()
        stop = network.feed.stops[0].point
        assert stop is not None
        assert walked == pytest.approx(walk_seconds(distance_m(here, stop)), abs=2)

    def test_what_is_near_is_walked(self, network: Network) -> None:
        here, there = Point(39.9, 119.5, Datum.WGS84), Point(39.9, 119.505, Datum.WGS84)
        journeys = plan(network, end_at(network, here), end_at(network, there), at("07:00"))
        assert journeys[0].rides == 0

    def test_footpaths_are_those_within_reach_by_the_true_distance(self, network: Network) -> None:
        stops = network.feed.stops
        for one, ways in enumerate(network.paths):
            for other in range(len(stops)):
                a, b = stops[one].point, stops[other].point
                assert a is not None
                assert b is not None
                assert (other in dict(ways)) == (one == other or distance_m(a, b) <= BETWEEN_STOPS_M)

    def test_transfers_overrule_distance(self, tmp_path: Path) -> None:
        forbidden = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nmid,mid2,3,\n"
        assert go(changed(tmp_path / "a", {"transfers.txt": forbidden}), "west", "hill", at("07:00")) == []
        slow = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nmid,mid2,2,660\n"
        [journey] = go(changed(tmp_path / "b", {"transfers.txt": slow}), "west", "hill", at("07:00"))
        assert times(journey) == ("08:00", "09:40")

    def test_a_station_is_all_its_stops(self, tmp_path: Path) -> None:
        stops = with_more(STOPS, "hub,总站,39.9,119.5,1,").replace("119.5000,,", "119.5000,,hub")
        station = changed(tmp_path, {"stops.txt": stops})
        [journey] = go(station, "hub", "east", at("07:00"))
        assert times(journey) == ("08:00", "08:20")

    def test_a_fare_for_each_ride_or_one_for_all(self, tmp_path: Path) -> None:
        fares = changed(tmp_path, FARES)
        [direct] = go(fares, "west", "east", at("07:00"))
        [change] = go(fares, "west", "hill", at("07:00"))
        assert direct.price is not None
        assert change.price is not None
        assert (direct.price.amount, change.price.amount, change.price.currency) == (2, 3, "CNY")


class TestLastBus:
    def test_the_last_one_may_leave_after_midnight(self, network: Network) -> None:
        ends = [end_of(network, [network.stops[f"bus_stop:{stop}"]]) for stop in ("west", "east", "hill")]
        last = last_departure(network, ends[0], ends[1], WEDNESDAY)
        assert last is not None
        assert last.start == at("00:50", WEDNESDAY + dt.timedelta(days=1))
        back = last_departure(network, ends[2], ends[0], WEDNESDAY)
        assert back is not None
        assert times(back) == ("22:00", "22:50")
        assert last_departure(network, ends[2], ends[0], SUNDAY) is None


class TestLines:
    def test_a_line_both_ways_with_its_first_and_last(self, network: Network) -> None:
        line = network.lines["bus_line:r1"]
        there, back = directions(network, line, WEDNESDAY)
        names = [network.feed.stops[stop].name for stop in there.stops]
        assert names == ["西站", "中山路", "东站"]
        assert (there.first, there.last, there.runs) == (
            at("08:00"), at("00:50", WEDNESDAY + dt.timedelta(days=1)), 3,
        )  # fmt: skip
        assert (back.headsign, back.last) == ("西站", at("22:30"))
        assert stops_of(network, line) == list(there.stops)
        assert lines_at(network, [network.stops["bus_stop:mid"]]) == [line]

    def test_a_short_working_is_not_the_first_bus_of_the_terminus(self, tmp_path: Path) -> None:
        trips = with_more(TRIPS, "R1,DAY,a0,东站,0", "R1,DAY,a9,东站,0")
        stop_times = with_more(
            STOP_TIMES, "a0,05:00:00,05:00:00,mid,1", "a0,05:10:00,05:10:00,east,2",
            "a9,07:00:00,07:00:00,bay,1", "a9,07:10:00,07:10:00,mid,2", "a9,07:20:00,07:20:00,east,3",
        )  # fmt: skip
        stops = with_more(STOPS, "bay,西站,39.9001,119.5001,,")
        short = changed(tmp_path, {"trips.txt": trips, "stop_times.txt": stop_times, "stops.txt": stops})
        there, _ = directions(short, short.lines["bus_line:r1"], WEDNESDAY)
        # The one at five begins on the way; that at seven leaves from another bay of the terminus.
        assert (there.first, there.runs) == (at("07:00"), 4)

    def test_a_line_that_does_not_run_has_no_times(self, network: Network) -> None:
        assert all(way.first is None for way in directions(network, network.lines["bus_line:r2"], SUNDAY))


class TestLive:
    NOW = dt.datetime(2026, 7, 15, 7, 55, tzinfo=SHANGHAI)

    def message(self) -> pb.FeedMessage:
        message = pb.FeedMessage()
        message.header.gtfs_realtime_version = "2.0"
        message.header.timestamp = int(self.NOW.timestamp())
        return message

    def update(self, message: pb.FeedMessage, trip: str, day: str = "20260715") -> pb.TripUpdate:
        entity = message.entity.add()
        entity.id = trip
        entity.trip_update.trip.trip_id = trip
        entity.trip_update.trip.start_date = day
        return entity.trip_update

    def journeys(self, parts: Parts, network: Network, message: pb.FeedMessage, late: float = 0) -> list[Journey]:
        realtime = Realtime(parts.db, ["https://rt.example"], dt.timedelta(minutes=10))
        assert realtime.poll(lambda _: message.SerializeToString()) == 1
        live = realtime.now(network, self.NOW + dt.timedelta(minutes=late))
        ends = [end_of(network, [network.stops[f"bus_stop:{stop}"]]) for stop in ("west", "east")]
        return plan(network, ends[0], ends[1], self.NOW, False, live.changes, live.version)

    def test_a_delay_goes_on_until_the_next_stop_told_of(self, parts: Parts, network: Network) -> None:
        message = self.message()
        update = self.update(message, "a1")
        first, last = update.stop_time_update.add(), update.stop_time_update.add()
        first.stop_id, first.departure.delay = "west", 300
        last.stop_id, last.arrival.time = "east", int(at("08:40").timestamp())
        [journey] = self.journeys(parts, network, message)
        assert times(journey) == ("08:05", "08:40")

    def test_what_is_cancelled_is_not_offered(self, parts: Parts, network: Network) -> None:
        message = self.message()
        self.update(message, "a1").trip.schedule_relationship = pb.TripDescriptor.CANCELED
        self.update(message, "no such trip")
        assert times(self.journeys(parts, network, message)[0]) == ("09:00", "09:20")

    def test_a_stop_that_is_passed_by(self, parts: Parts, network: Network) -> None:
        message = self.message()
        skipped = self.update(message, "a1").stop_time_update.add()
        skipped.stop_id = "east"
        skipped.schedule_relationship = pb.TripUpdate.StopTimeUpdate.SKIPPED
        assert times(self.journeys(parts, network, message)[0]) == ("09:00", "09:20")

    def test_what_is_stale_is_not_used(self, parts: Parts, network: Network) -> None:
        message = self.message()
        self.update(message, "a1").delay = 600
        assert times(self.journeys(parts, network, message)[0]) == ("08:10", "08:30")
        assert times(self.journeys(parts, network, message, late=11)[0]) == ("08:00", "08:20")

    def test_alerts_on_lines_and_their_time(self, parts: Parts, network: Network) -> None:
        message = self.message()
        entity = message.entity.add()
        entity.id = "1"
        text = entity.alert.header_text.translation.add()
        text.text, text.language = "中山路封路", "zh"
        entity.alert.informed_entity.add().route_id = "R1"
        period = entity.alert.active_period.add()
        period.start, period.end = int(at("06:00").timestamp()), int(at("12:00").timestamp())
        other = message.entity.add()
        other.id = "2"
        other.alert.header_text.translation.add().text = "elsewhere"
        other.alert.informed_entity.add().route_id = "R77"
        realtime = Realtime(parts.db, ["https://rt.example"], dt.timedelta(minutes=10))
        realtime.poll(lambda _: message.SerializeToString())
        [alert] = realtime.now(network, self.NOW).alerts
        assert alert.header == {"zh": "中山路封路", "en": "中山路封路"}
        assert alert.lines == {network.lines["bus_line:r1"]}
        assert (alert.holds(at("08:00")), alert.holds(at("13:00"))) == (True, False)

    @pytest.mark.parametrize(
        ("selector", "lines", "stops"),
        [
            ({}, None, None),  # the whole network
            ({"agency_id": "A"}, None, None),
            ({"agency_id": "OTHER"}, (), ()),
            ({"route_type": 0}, (), ()),  # no trams here
            ({"route_id": "R1"}, ("bus_line:r1",), ()),
            ({"route_id": "R1", "stop_id": "mid"}, (), ("bus_stop:mid",)),
            ({"route_id": "R1", "stop_id": "gone"}, (), ()),
        ],
    )
    def test_an_alert_is_about_no_more_than_it_says(
        self,
        network: Network,
        selector: dict[str, Any],
        lines: tuple[str, ...] | None,
        stops: tuple[str, ...] | None,
    ) -> None:
        message = self.message()
        entity = message.entity.add()
        entity.id = "1"
        entity.alert.header_text.translation.add().text = "closed"
        entity.alert.informed_entity.add(**selector)
        found = read_live(network, [(message.SerializeToString(), at("07:50"))], 1).alerts
        if not lines and not stops and lines is not None:
            assert found == ()
            return
        [alert] = found
        assert alert.lines == {network.lines[one] for one in lines or ()}
        assert alert.stops == {network.stops[one] for one in stops or ()}

    def test_an_address_that_fails_leaves_what_was_there(self, parts: Parts, network: Network) -> None:
        message = self.message()
        self.update(message, "a1").delay = 600
        realtime = Realtime(parts.db, ["https://rt.example"], dt.timedelta(minutes=10))
        realtime.poll(lambda _: message.SerializeToString())

        def fails(_: str) -> bytes:
            raise OSError("away")

        for fetch in (fails, lambda _: b"<html>"):
            assert realtime.poll(fetch) == 0
        with parts.db.read() as session:
            assert session.query(TransitRealtime).count() == 1
        assert realtime.now(network, self.NOW).changes
