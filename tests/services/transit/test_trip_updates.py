"""What a trip update means: which day, which call, which times; and what cannot be."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from google.transit import gtfs_realtime_pb2 as pb

from backend.services.transit.importing import import_feed
from backend.services.transit.journeys import end_of, plan
from backend.services.transit.network import Network
from backend.services.transit.packing import pack, unpack
from backend.services.transit.realtime import Live, read_live
from backend.services.transit.timetable import Change
from tests.services.transit.feeds import STOP_TIMES, TRIPS, folder, with_more

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEDNESDAY = dt.date(2026, 7, 15)
THURSDAY = WEDNESDAY + dt.timedelta(days=1)
SATURDAY = dt.date(2026, 7, 18)
# West, mid, west again, east: the numbers leave some out. And one that runs from 23:30 to 00:30.
LOOP = with_more(
    STOP_TIMES,
    "loop,10:00:00,10:00:00,west,10",
    "loop,10:10:00,10:10:00,mid,20",
    "loop,10:20:00,10:21:00,west,35",
    "loop,10:40:00,10:40:00,east,40",
    "late,23:30:00,23:30:00,hill,1",
    "late,24:30:00,24:30:00,east,2",
)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    files = {"stop_times.txt": LOOP, "trips.txt": with_more(TRIPS, "R1,DAY,loop,东站,0", "R2,WORK,late,东站,1")}
    return Network(import_feed(folder(tmp_path_factory.mktemp("feed"), files)))


def at(clock: str, day: dt.date = WEDNESDAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), SHANGHAI)


def unix(clock: str, day: dt.date = WEDNESDAY) -> int:
    return int(at(clock, day).timestamp())


def update(trip: str, start_date: str = "") -> pb.TripUpdate:
    made = pb.TripUpdate()
    made.trip.trip_id = trip
    made.trip.start_date = start_date
    return made


def live(network: Network, sent: dt.datetime, *updates: pb.TripUpdate) -> Live:
    message = pb.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    for number, one in enumerate(updates):
        entity = message.entity.add()
        entity.id = str(number)
        entity.trip_update.CopyFrom(one)
    return read_live(network, [(message.SerializeToString(), sent)], 1)


def days(network: Network, sent: dt.datetime, one: pb.TripUpdate) -> list[dt.date]:
    return [day for _, day in live(network, sent, one).changes]


def change(network: Network, one: pb.TripUpdate, sent: dt.datetime | None = None) -> Change:
    [found] = live(network, sent or at("09:55"), one).changes.values()
    return found


def clocks(seconds: object) -> list[str]:
    assert seconds is not None
    return [f"{one // 3600:02}:{one % 3600 // 60:02}" for one in seconds.tolist()]  # type: ignore[attr-defined]


class TestDay:
    @pytest.mark.parametrize(
        ("trip", "sent", "day"),
        [
            ("a1", at("07:55"), WEDNESDAY),
            ("a3", at("00:55", THURSDAY), WEDNESDAY),  # 24:50 of the day before
            ("a3", at("23:50"), WEDNESDAY),
            ("late", at("00:10", THURSDAY), WEDNESDAY),
            ("late", at("00:10", SATURDAY), SATURDAY - dt.timedelta(days=1)),
            ("late", at("23:20", SATURDAY), SATURDAY - dt.timedelta(days=1)),  # it does not run on Saturday
            ("a1", at("23:59"), THURSDAY),
        ],
    )
    def test_without_a_date_it_is_the_nearest_to_the_message(
        self, network: Network, trip: str, sent: dt.datetime, day: dt.date
    ) -> None:
        one = update(trip)
        one.delay = 60
        assert days(network, sent, one) == [day]

    def test_without_a_date_it_is_the_nearest_to_the_times_told(self, network: Network) -> None:
        one = update("a3")
        told = one.stop_time_update.add()
        told.stop_id, told.arrival.time = "mid", unix("01:20", THURSDAY)
        # A message of the evening before: of the trip after midnight that follows.
        assert days(network, at("20:00"), one) == [WEDNESDAY]
        assert clocks(change(network, one, at("20:00")).arrivals) == ["24:50", "25:20", "25:30"]
        told.arrival.time = unix("01:20")
        assert days(network, at("20:00"), one) == [WEDNESDAY - dt.timedelta(days=1)]

    def test_a_date_that_is_given_holds(self, network: Network) -> None:
        one = update("a1", "20260717")
        one.delay = 60
        assert days(network, at("07:55"), one) == [dt.date(2026, 7, 17)]

    @pytest.mark.parametrize("date", ["2026", "2026071", "20261332", "tomorrow", "２０２６０７１５", "00010101"])
    def test_a_date_that_is_none_spoils_the_update_alone(self, network: Network, date: str) -> None:
        bad, good = update("a1", date), update("a2", "20260715")
        told = bad.stop_time_update.add()
        told.stop_id, told.arrival.time = "mid", unix("08:30")
        good.delay = 60
        assert list(live(network, at("07:55"), bad, good).changes) == [
            (network.feed.trips.ids.index("a2"), WEDNESDAY),
        ]

    def test_a_trip_that_runs_on_no_day_around_is_left_out(self, network: Network) -> None:
        one = update("c1")
        one.delay = 60
        assert days(network, at("12:00", dt.date(2027, 3, 1)), one) == []


class TestCall:
    def test_the_number_alone(self, network: Network) -> None:
        one = update("loop", "20260715")
        told = one.stop_time_update.add()
        told.stop_sequence, told.departure.delay = 35, 300
        found = change(network, one)
        assert clocks(found.arrivals) == ["10:00", "10:10", "10:25", "10:45"]
        assert clocks(found.departures) == ["10:00", "10:10", "10:26", "10:45"]

    def test_the_number_tells_two_calls_at_a_stop_apart(self, network: Network) -> None:
        one = update("loop", "20260715")
        told = one.stop_time_update.add()
        told.stop_id, told.stop_sequence = "west", 35
        told.schedule_relationship = pb.TripUpdate.StopTimeUpdate.SKIPPED
        assert change(network, one).skipped == {2}
        told.stop_sequence = 10
        assert change(network, one).skipped == {0}

    def test_the_stop_alone_twice_is_the_first_and_then_the_second(self, network: Network) -> None:
        one = update("loop", "20260715")
        for delay in (60, 600):
            told = one.stop_time_update.add()
            told.stop_id, told.arrival.delay = "west", delay
        assert clocks(change(network, one).arrivals) == ["10:01", "10:11", "10:30", "10:50"]

    def test_numbers_of_another_version_give_way_to_the_stop(self, network: Network) -> None:
        one = update("loop", "20260715")
        told = one.stop_time_update.add()
        told.stop_id, told.stop_sequence, told.arrival.delay = "mid", 35, 120
        assert clocks(change(network, one).arrivals) == ["10:00", "10:12", "10:22", "10:42"]

    @pytest.mark.parametrize(("stop", "number"), [("moon", 77), ("", 77), ("hill", 77), ("moon", None)])
    def test_an_unknown_call_changes_nothing(self, network: Network, stop: str, number: int | None) -> None:
        one = update("loop", "20260715")
        told = one.stop_time_update.add()
        told.stop_id, told.arrival.delay = stop, 120
        if number is not None:
            told.stop_sequence = number
        assert clocks(change(network, one).arrivals) == ["10:00", "10:10", "10:20", "10:40"]

    def test_a_stored_feed_keeps_the_numbers(self, network: Network) -> None:
        again = Network(unpack(pack(network.feed)))
        one = update("loop", "20260715")
        told = one.stop_time_update.add()
        told.stop_sequence, told.arrival.delay = 40, 60
        assert clocks(change(again, one).arrivals)[-1] == "10:41"


class TestTimes:
    def test_no_data_ends_a_delay(self, network: Network) -> None:
        one = update("loop", "20260715")
        first, then = one.stop_time_update.add(), one.stop_time_update.add()
        first.stop_sequence, first.departure.delay = 10, 300
        then.stop_sequence, then.schedule_relationship = 35, pb.TripUpdate.StopTimeUpdate.NO_DATA
        assert clocks(change(network, one).arrivals) == ["10:05", "10:15", "10:20", "10:40"]

    @pytest.mark.parametrize(
        "time",
        [1, -1, unix("10:10") * 1000, 1 << 62, -(1 << 62), unix("10:10", dt.date(2027, 7, 15)), unix("23:30")],
    )
    def test_a_time_that_cannot_be_spoils_its_own_trip_alone(self, network: Network, time: int) -> None:
        bad, good = update("loop", "20260715"), update("a2", "20260715")
        told = bad.stop_time_update.add()
        told.stop_id, told.arrival.time = "mid", time
        good.delay = 60
        assert list(live(network, at("09:55"), bad, good).changes) == [
            (network.feed.trips.ids.index("a2"), WEDNESDAY),
        ]

    @pytest.mark.parametrize("delay", [2**31 - 1, -(2**31), 13 * 3600, -13 * 3600])
    def test_a_delay_that_cannot_be(self, network: Network, delay: int) -> None:
        whole, at_stop = update("loop", "20260715"), update("loop", "20260715")
        whole.delay = delay
        told = at_stop.stop_time_update.add()
        told.stop_id, told.departure.delay = "mid", delay
        for one in (whole, at_stop):
            assert live(network, at("09:55"), one).changes == {}

    def test_times_that_run_back_are_put_in_order(self, network: Network) -> None:
        one = update("loop", "20260715")
        for number, clock in ((10, "10:30"), (20, "10:05"), (35, "10:20")):
            told = one.stop_time_update.add()
            told.stop_sequence, told.arrival.time = number, unix(clock)
        found = change(network, one)
        assert found.arrivals is not None
        assert found.departures is not None
        both = [time for pair in zip(found.arrivals, found.departures, strict=True) for time in pair]
        assert both == sorted(both)

    def test_a_cancelled_trip_without_a_date(self, network: Network) -> None:
        one = update("a3")
        one.trip.schedule_relationship = pb.TripDescriptor.CANCELED
        found = live(network, at("00:40", THURSDAY), one).changes
        assert found == {(network.feed.trips.ids.index("a3"), WEDNESDAY): Change(cancelled=True)}


@pytest.mark.parametrize("kind", ["ADDED", "UNSCHEDULED", "DUPLICATED", "NEW"])
def test_a_trip_beside_the_schedule_leaves_the_scheduled_one(network: Network, kind: str) -> None:
    extra = update("a1", "20260715")
    extra.trip.schedule_relationship = pb.TripDescriptor.ScheduleRelationship.Value(kind)
    extra.stop_time_update.add(stop_id="west").departure.time = unix("11:00")
    assert live(network, at("07:50"), extra).changes == {}


def test_a_cancelled_trip_with_a_time_that_cannot_be(network: Network) -> None:
    gone = update("a1")
    gone.trip.schedule_relationship = pb.TripDescriptor.CANCELED
    gone.stop_time_update.add(stop_id="west").departure.time = unix("08:00") * 1000
    assert set(live(network, at("07:50"), gone).changes.values()) == {Change(cancelled=True)}


class TestATripThatRunsAgainAndAgain:
    @pytest.fixture(scope="class")
    def often(self, tmp_path_factory: pytest.TempPathFactory) -> Network:
        rows = "trip_id,start_time,end_time,headway_secs\na1,08:00:00,10:00:00,1800\n"
        return Network(import_feed(folder(tmp_path_factory.mktemp("often"), {"frequencies.txt": rows})))

    def first(self, network: Network, now: Live, version: int) -> str:
        """When the first bus leaves west for mid after 07:50."""
        ends = [end_of(network, [network.stops[f"bus_stop:{stop}"]]) for stop in ("west", "mid")]
        journeys = plan(network, ends[0], ends[1], at("07:50"), False, now.changes, version)
        return f"{journeys[0].start:%H:%M}"

    def cancelled(self, start: str = "") -> pb.TripUpdate:
        made = update("a1", "20260715")
        made.trip.schedule_relationship = pb.TripDescriptor.CANCELED
        made.trip.start_time = start
        return made

    def test_all_of_its_runs_are_cancelled(self, often: Network) -> None:
        assert self.first(often, live(often, at("07:50")), 1) == "08:00"
        assert self.first(often, live(often, at("07:50"), self.cancelled()), 2) == "09:00"  # the trip a2

    def test_some_of_its_runs_are_cancelled(self, often: Network) -> None:
        one, two = self.cancelled("08:00:00"), self.cancelled("08:30:00")
        assert self.first(often, live(often, at("07:50"), one), 3) == "08:30"
        assert self.first(often, live(often, at("07:50"), one, two), 4) == "09:00"

    def test_the_delay_of_one_run_changes_no_other(self, often: Network) -> None:
        late = update("a1", "20260715")
        late.trip.start_time, late.delay = "08:00:00", 600
        assert live(often, at("07:50"), late).changes == {}


def test_a_bus_that_catches_up_is_found(tmp_path: Path) -> None:
    """Faster than anything is scheduled: the bound of the search must know, or the way is given up at the change."""
    trips = with_more(TRIPS, "R2,DAY,slow,东站,0", "R2,DAY,quick,东站,0")
    times = with_more(
        STOP_TIMES,
        "slow,07:55:00,07:55:00,west,1",
        "slow,08:18:00,08:18:00,east,2",
        "quick,08:14:00,08:14:00,mid,1",
        "quick,08:24:00,08:24:00,east,2",
    )
    network = Network(import_feed(folder(tmp_path / "feed", {"trips.txt": trips, "stop_times.txt": times})))
    one = update("quick", "20260715")
    told = one.stop_time_update.add()
    told.stop_id, told.arrival.time = "east", unix("08:16")
    found = live(network, at("07:50"), one)
    ends = [end_of(network, [network.stops[f"bus_stop:{stop}"]]) for stop in ("west", "east")]
    journeys = plan(network, ends[0], ends[1], at("07:50"), False, found.changes, 1)
    said = [(journey.rides, f"{journey.start:%H:%M}", f"{journey.end:%H:%M}") for journey in journeys]
    assert said == [(1, "07:55", "08:18"), (2, "08:00", "08:16")]
