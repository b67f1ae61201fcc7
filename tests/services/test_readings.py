"""Readings taken in and given out: once, all or nothing, with one event for each threshold passed."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from sqlalchemy import event, insert

from backend.city_pack.model import Threshold
from backend.models import Event, Reading, Station
from backend.services.readings import InvalidBatch, NewReading, Readings, Stored, UnknownStation
from tests.factories import StationRow, stored
from tests.support.container import Clock, Parts

WAVES = Threshold("waves", "wave_height", "danger", "浪大", "high waves", "test", 1, above=1.5, clears_at=1.0)
COLD = Threshold("cold", "sea_temperature", "notice", "水冷", "cold", "test", 1, below=18, clears_at=20)
FLAG = Threshold("flag", "beach_flag", "danger", "红旗", "red flag", "test", 1, one_of=("red", "double_red"))
LAOHUSHI = "station:laohushi"


@pytest.fixture
def readings(parts: Parts, clock: Clock) -> Readings:
    with parts.db.write() as session:
        stored(session, StationRow(id=LAOHUSHI, place_id="beach:laohushi"), StationRow(id="station:other"))
    return Readings(parts.db, (WAVES, COLD, FLAG))


@pytest.fixture
def now(clock: Clock) -> dt.datetime:
    return clock.now()


def wave(at: dt.datetime, value: float | str = 0.4, unit: str = "m", **more: Any) -> NewReading:
    return NewReading("wave_height", value, unit, at, **more)


def events(parts: Parts, type_: str = "reading.threshold") -> list[tuple[str, Any]]:
    return [
        (event.type.partition(".")[2], event.data.get("value")) for event in parts.rows(Event) if type_ in event.type
    ]


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


class TestTakingIn:
    def test_a_reading_is_kept_with_unit_time_and_station(
        self, parts: Parts, readings: Readings, now: dt.datetime
    ) -> None:
        at = (now - minutes(5)).astimezone(dt.timezone(dt.timedelta(hours=8)))
        assert readings.store(LAOHUSHI, [wave(at, 40, "cm")]) == Stored(1, 0, 0)
        row = parts.row(Reading)
        assert (row.value, row.category, row.unit, row.quality) == (0.4, "", "m", "raw")
        assert row.observed_at == at
        assert row.observed_at.utcoffset() == dt.timedelta(0)
        assert [event.data for event in parts.rows(Event)] == [{"count": 1, "of": ["wave_height"]}]

    def test_the_same_again_is_no_second_row_and_no_event(
        self, parts: Parts, readings: Readings, now: dt.datetime
    ) -> None:
        batch = [wave(now), NewReading("beach_flag", "green", "flag", now), wave(now)]
        assert readings.store(LAOHUSHI, batch) == Stored(2, 0, 1)
        assert readings.store(LAOHUSHI, batch) == Stored(0, 0, 3)
        assert len(parts.rows(Reading)) == 2
        assert len(parts.rows(Event)) == 1

    def test_a_batch_with_one_bad_reading_leaves_nothing(
        self, parts: Parts, readings: Readings, now: dt.datetime
    ) -> None:
        bad = [
            wave(now, 3.0),
            wave(now - minutes(1), unit="ft"),
            wave(now + minutes(6)),
            NewReading("pm2_5_1h", 30, "ug/m3", now),
            NewReading("noise", 30, "dB", now),
            wave(now, 3.1),
            NewReading("sea_temperature", 22.0, "degC", now, quality="fine"),
        ]
        with pytest.raises(InvalidBatch) as caught:
            readings.store(LAOHUSHI, bad)
        assert {position: list(fields) for position, fields in caught.value.errors.items()} == {
            1: ["unit"],
            2: ["observed_at"],
            3: ["quantity"],
            4: ["quantity"],
            5: ["value"],
            6: ["quality"],
        }
        assert parts.rows(Reading) == parts.rows(Event) == []

    def test_a_clock_slightly_ahead_is_forgiven(self, readings: Readings, now: dt.datetime) -> None:
        assert readings.store(LAOHUSHI, [wave(now + minutes(4))]).added == 1

    def test_another_value_of_a_moment_is_refused_unless_people_corrected_it(
        self, parts: Parts, readings: Readings, now: dt.datetime
    ) -> None:
        readings.store(LAOHUSHI, [wave(now, 0.4)])
        with pytest.raises(InvalidBatch) as caught:
            readings.store(LAOHUSHI, [NewReading("sea_temperature", 22.0, "degC", now), wave(now, 0.5)])
        assert "0.4 is stored" in caught.value.errors[1]["value"][0]
        assert len(parts.rows(Reading)) == 1
        assert readings.store(LAOHUSHI, [wave(now, 0.5, quality="reviewed")]) == Stored(0, 1, 0)
        assert readings.store(LAOHUSHI, [wave(now, 0.5, quality="reviewed")]) == Stored(0, 0, 1)
        row = parts.row(Reading)
        assert (row.value, row.quality) == (0.5, "reviewed")
        with pytest.raises(InvalidBatch):
            readings.store(LAOHUSHI, [wave(now, 0.4)])

    def test_a_station_that_is_switched_off_is_none(self, parts: Parts, readings: Readings, now: dt.datetime) -> None:
        token = readings.issue_token(LAOHUSHI)
        with parts.db.write() as session:
            session.get_one(Station, LAOHUSHI).enabled = False
        assert readings.station_of(token) is None
        for station in (LAOHUSHI, "station:nowhere"):
            with pytest.raises(UnknownStation):
                readings.store(station, [wave(now)])
        assert readings.latest(["wave_height"]) == []

    def test_a_new_token_ends_the_one_before(self, parts: Parts, readings: Readings) -> None:
        first = readings.issue_token(LAOHUSHI)
        assert readings.station_of(first) == LAOHUSHI
        second = readings.issue_token(LAOHUSHI)
        assert (readings.station_of(first), readings.station_of(second)) == (None, LAOHUSHI)
        kept = parts.row(Station, id=LAOHUSHI).token_hash
        assert kept is not None
        assert second not in kept
        with pytest.raises(UnknownStation):
            readings.issue_token("station:nowhere")

    def test_the_same_batch_from_many_at_once_is_stored_once(
        self, parts: Parts, readings: Readings, now: dt.datetime
    ) -> None:
        batch = [wave(now - minutes(number), 2.0) for number in range(20)]
        done: list[Stored] = []
        threads = [threading.Thread(target=lambda: done.append(readings.store(LAOHUSHI, batch))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(one.added for one in done) == [0, 0, 0, 0, 0, 20]
        assert len(parts.rows(Reading)) == 20
        assert events(parts) == [("threshold_passed", 2.0)]


class TestThresholds:
    def feed(
        self, readings: Readings, start: dt.datetime, values: list[float | str], name: str = "wave_height"
    ) -> None:
        unit = {"wave_height": "m", "sea_temperature": "degC", "beach_flag": "flag"}[name]
        for number, value in enumerate(values):
            readings.store(LAOHUSHI, [NewReading(name, value, unit, start + minutes(number))])

    def test_a_value_that_wobbles_about_the_limit_is_one_event(
        self, parts: Parts, readings: Readings, now: dt.datetime
    ) -> None:
        self.feed(readings, now - minutes(60), [1.4, 1.5, 1.4, 1.6, 1.1, 1.5, 1.0, 1.2, 1.5])
        assert events(parts) == [("threshold_passed", 1.5), ("threshold_cleared", 1.0), ("threshold_passed", 1.5)]

    def test_below_works_the_other_way_round(self, parts: Parts, readings: Readings, now: dt.datetime) -> None:
        self.feed(readings, now - minutes(60), [19.0, 18.0, 19.9, 17.0, 20.0, 19.0], "sea_temperature")
        assert events(parts) == [("threshold_passed", 18.0), ("threshold_cleared", 20.0)]

    def test_a_declared_value_passes_while_it_is_one_of_them(
        self, parts: Parts, readings: Readings, now: dt.datetime
    ) -> None:
        self.feed(readings, now - minutes(60), ["green", "red", "double_red", "red", "yellow"], "beach_flag")
        assert events(parts) == [("threshold_passed", "red"), ("threshold_cleared", "yellow")]

    def test_the_event_says_what_a_person_must_know(self, parts: Parts, readings: Readings, now: dt.datetime) -> None:
        self.feed(readings, now, [2.0])
        [event] = parts.rows(Event, type="reading.threshold_passed")
        assert event.subject == "station/station:laohushi"
        assert event.data == {
            "threshold": "waves",
            "severity": "danger",
            "text_zh": "浪大",
            "text_en": "high waves",
            "station": LAOHUSHI,
            "place": "beach:laohushi",
            "quantity": "wave_height",
            "value": 2.0,
            "unit": "m",
            "observed_at": now.isoformat(),
        }

    def test_one_batch_is_read_in_the_order_of_time(self, parts: Parts, readings: Readings, now: dt.datetime) -> None:
        readings.store(LAOHUSHI, [wave(now - minutes(1), 0.5), wave(now - minutes(9), 2.0)])
        assert events(parts) == [("threshold_passed", 2.0), ("threshold_cleared", 0.5)]

    def test_what_comes_late_or_is_suspect_changes_nothing(
        self, parts: Parts, readings: Readings, now: dt.datetime
    ) -> None:
        readings.store(LAOHUSHI, [wave(now, 0.5)])
        readings.store(LAOHUSHI, [wave(now - minutes(30), 3.0), wave(now + minutes(1), 3.0, quality="suspect")])
        assert events(parts) == []

    def test_stations_pass_apart(self, parts: Parts, readings: Readings, now: dt.datetime) -> None:
        for station in (LAOHUSHI, "station:other"):
            readings.store(station, [wave(now, 2.0)])
        assert len(events(parts)) == 2


class TestGivingOut:
    def test_the_latest_of_each_station_and_quantity(self, readings: Readings, now: dt.datetime) -> None:
        readings.store(
            LAOHUSHI, [wave(now - minutes(9), 0.9), wave(now - minutes(3), 0.3), wave(now - minutes(6), 0.6)]
        )
        readings.store(LAOHUSHI, [wave(now, 9.0, quality="suspect")])
        readings.store(LAOHUSHI, [NewReading("beach_flag", "red", "flag", now - minutes(1))])
        readings.store("station:other", [wave(now - minutes(30), 1.2)])
        every = readings.latest(["wave_height", "beach_flag", "sea_temperature"])
        assert [(one.station.id, one.reading.said) for one in every] == [
            (LAOHUSHI, "red"),
            (LAOHUSHI, 0.3),
            ("station:other", 1.2),
        ]
        here = readings.latest(["wave_height"], place_ids=["beach:laohushi"])
        assert [one.reading.said for one in here] == [0.3]
        assert [one.reading.said for one in readings.latest(["wave_height"], station_ids=["station:other"])] == [1.2]
        assert readings.latest([]) == []

    def test_a_reading_is_old_after_its_quantitys_time(self, readings: Readings, now: dt.datetime) -> None:
        readings.store(LAOHUSHI, [wave(now)])
        [one] = readings.latest(["wave_height"])
        assert one.is_fresh(now + dt.timedelta(hours=2, minutes=59))
        assert not one.is_fresh(now + dt.timedelta(hours=3))

    def test_a_series_has_an_end_and_a_beginning(self, readings: Readings, now: dt.datetime) -> None:
        readings.store(LAOHUSHI, [wave(now - minutes(number), number / 10) for number in range(6)])
        found = readings.series(
            station_id=LAOHUSHI, quantity_name="wave_height", begin=now - minutes(4), end=now - minutes(1)
        )
        assert [one.reading.said for one in found] == [0.2, 0.3, 0.4]
        assert [one.reading.said for one in readings.series(place_id="beach:laohushi", limit=2)] == [0.0, 0.1]
        assert readings.series(place_id="beach:other") == []

    def test_old_readings_go_but_never_the_latest(self, parts: Parts, readings: Readings, now: dt.datetime) -> None:
        readings.store(LAOHUSHI, [wave(now - dt.timedelta(days=days)) for days in (0, 10, 20)])
        readings.store("station:other", [wave(now - dt.timedelta(days=days)) for days in (30, 40)])
        assert readings.forget_before(now - dt.timedelta(days=15)) == 2
        ages = {(row.station_id, (now - row.observed_at).days) for row in parts.rows(Reading)}
        assert ages == {(LAOHUSHI, 0), (LAOHUSHI, 10), ("station:other", 30)}
        assert readings.forget_before(now - dt.timedelta(days=15)) == 0

    def test_each_quantity_keeps_its_latest_however_close_they_lie(
        self, parts: Parts, readings: Readings, now: dt.datetime
    ) -> None:
        day = dt.timedelta(days=1)
        first = now - 5 * day
        for station in (LAOHUSHI, "station:other"):
            readings.store(station, [wave(first + number * day) for number in range(3)])
        readings.store(LAOHUSHI, [NewReading("beach_flag", "red", "flag", first + minutes(each)) for each in (0, 1)])
        # The end itself stays.
        assert readings.forget_before(first + 2 * day) == 5
        left = [(row.station_id, row.quantity, row.observed_at) for row in parts.rows(Reading)]
        assert sorted(left) == [
            (LAOHUSHI, "beach_flag", first + minutes(1)),
            (LAOHUSHI, "wave_height", first + 2 * day),
            ("station:other", "wave_height", first + 2 * day),
        ]

    def test_what_went_stays_gone_when_a_later_day_fails(
        self, parts: Parts, readings: Readings, now: dt.datetime
    ) -> None:
        ages = (0, 20, 30, 40)
        readings.store(LAOHUSHI, [wave(now - dt.timedelta(days=days)) for days in ages])
        deletes: list[str] = []

        def no_second(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
            if statement.startswith("DELETE"):
                deletes.append(statement)
                if len(deletes) == 2:
                    raise OSError("the database went away")

        event.listen(parts.db.engine, "before_cursor_execute", no_second)
        try:
            with pytest.raises(OSError):
                readings.forget_before(now)
        finally:
            event.remove(parts.db.engine, "before_cursor_execute", no_second)
        assert [(now - row.observed_at).days for row in parts.rows(Reading)] == [0, 20, 30]
        assert readings.forget_before(now) == 2

    def test_a_grown_table_is_no_obstacle(self, parts: Parts, readings: Readings, now: dt.datetime) -> None:
        with parts.db.write() as session:
            rows = [
                {"station_id": LAOHUSHI, "quantity": "wave_height", "value": 0.4, "unit": "m",
                 "observed_at": now - minutes(number)}
                for number in range(0, 30_000, 2)
            ]  # fmt: skip
            session.execute(insert(Reading), rows)
        assert readings.forget_before(now - minutes(10)) == len(rows) - 6
        assert len(parts.rows(Reading)) == 6
