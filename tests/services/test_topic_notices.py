"""Readings beyond a limit and closures: told once to those who asked, and the end to those who heard."""

from __future__ import annotations

import datetime as dt

import pytest

from backend.models import Division
from backend.services.editing import Editor
from backend.services.readings import NewReading
from tests.factories import PlaceRow, StationRow, stored
from tests.support.container import Clock, Parts
from tests.support.subscribers import Subscriber, follow

BEACH = "beach:laohushi"


@pytest.fixture
def beach(parts: Parts) -> Parts:
    with parts.db.write() as session:
        stored(
            session,
            Division(id="district:130304", level="county", name_zh="北戴河区", name_en="Beidaihe District"),
            PlaceRow(id=BEACH, kind="beach", name_zh="老虎石", name_en="Tiger Rock", category=""),
            PlaceRow(id="beach:other", kind="beach"),
            StationRow(id="station:laohushi", place_id=BEACH, name_zh="老虎石监测点", name_en="Tiger Rock station"),
        )
    return parts


def report(parts: Parts, clock: Clock, quantity: str, value: float | str, unit: str) -> None:
    clock.advance(minutes=1)
    parts.readings.store("station:laohushi", [NewReading(quantity, value, unit, clock.now() - dt.timedelta(seconds=5))])
    follow(parts)


def test_a_red_flag_is_told_once_and_its_end_once(beach: Parts, clock: Clock) -> None:
    anywhere, here = Subscriber(beach).wants("beach_flag"), Subscriber(beach, "en").wants("beach_flag", place=BEACH)
    elsewhere, other = Subscriber(beach).wants("beach_flag", place="beach:other"), Subscriber(beach).wants("sea")
    for flag in ("green", "red", "red", "double_red", "red", "yellow", "green"):
        report(beach, clock, "beach_flag", flag, "flag")
    for person in (anywhere, here):
        passed, over = person.notices()
        assert (passed.facts or {})["text_zh"] == "浴场挂了红旗"
        assert (over.facts or {})["text_en"] == "over: a red flag is up"
        assert (passed.facts or {})["station_en"] == "Tiger Rock station"
        assert (passed.lane, over.lane) == (1, 2)
    assert elsewhere.told() == other.told() == []


def test_waves_that_wobble_about_a_limit_are_told_once(beach: Parts, clock: Clock) -> None:
    person = Subscriber(beach).wants("sea")
    for height in (1.0, 2.6, 2.4, 2.6, 2.3, 2.5, 1.9):
        report(beach, clock, "wave_height", height, "m")
    said = [(notice.facts or {})["text_zh"] for notice in person.notices()]
    assert said == ["浪高已到海浪预警的程度", "海面有中浪以上的浪", "已解除：浪高已到海浪预警的程度"]


def test_the_end_is_told_to_who_heard_of_the_beginning(beach: Parts, clock: Clock) -> None:
    report(beach, clock, "beach_flag", "red", "flag")
    late = Subscriber(beach).wants("beach_flag")
    report(beach, clock, "beach_flag", "green", "flag")
    assert late.told() == []


def test_a_reading_that_comes_hours_late_is_told_to_nobody(beach: Parts, clock: Clock) -> None:
    person = Subscriber(beach).wants("beach_flag")
    at = clock.now() - dt.timedelta(hours=4)
    beach.readings.store("station:laohushi", [NewReading("beach_flag", "red", "flag", at)])
    follow(beach)
    assert person.told() == []


class TestClosures:
    EDITOR = Editor("li", "li@example.org")

    def test_a_closure_is_told_and_that_it_is_over_too(self, beach: Parts, clock: Clock) -> None:
        person, other = Subscriber(beach).wants("closure", place=BEACH), Subscriber(beach).wants("sea")
        today = clock.now().astimezone(beach.time_zone).date()
        beach.content.close(BEACH, today, None, ("风大", "strong wind"), self.EDITOR)
        follow(beach)
        beach.content.reopen(BEACH, self.EDITOR)
        follow(beach)
        closed, opened = ((notice.facts or {}) for notice in person.notices())
        assert closed["text_zh"] == "老虎石即日起关闭，开放时间另行通知：风大"
        assert closed["text_en"] == "Tiger Rock is closed until further notice: strong wind"
        assert (opened["text_zh"], opened["text_en"]) == ("老虎石已恢复开放。", "Tiger Rock is open again.")
        assert other.told() == []

    def test_today_alone_and_until_a_day(self, beach: Parts, clock: Clock) -> None:
        person = Subscriber(beach).wants("closure", place=BEACH)
        today = clock.now().astimezone(beach.time_zone).date()
        beach.content.close(BEACH, today, today, ("", ""), self.EDITOR)
        beach.content.close(BEACH, today + dt.timedelta(days=30), today + dt.timedelta(days=32), ("", ""), self.EDITOR)
        follow(beach)
        said = [(notice.facts or {})["text_en"] for notice in person.notices()]
        assert len(said) == 2, "both were read as they stand now"
        assert " from " in said[1]
        assert said[1].endswith(".")

    def test_another_edit_is_no_closure(self, beach: Parts) -> None:
        person = Subscriber(beach).wants("closure", place=BEACH)
        beach.content.edit(BEACH, 1, {"phones": ["0335-4041592"]}, self.EDITOR)
        follow(beach)
        assert person.told() == []
