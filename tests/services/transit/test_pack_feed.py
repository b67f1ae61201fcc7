"""The partial feed made from a city pack: what is known, and nothing else; how it and imported feeds take turns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from backend.models import AuditEntry, TransitFeed
from backend.services.pack_loading import load_pack
from backend.services.transit.feed import ESTIMATED
from backend.services.transit.from_pack import partial_feed
from backend.services.transit.importing import import_feed
from backend.services.transit.network import Network
from backend.services.transit.partial import plan_partial
from tests.services.test_answers import ROOT
from tests.services.transit.feeds import folder
from tests.support.container import Parts, city_pack_once

SCHEMA = ROOT / "data" / "schemas" / "gazetteer.json"


@pytest.fixture(scope="module")
def network() -> Network:
    return Network(partial_feed(city_pack_once()))


def stop(network: Network, name: str) -> int:
    [found] = [at for at, one in enumerate(network.feed.stops) if one.name == name]
    return found


def test_no_time_and_no_position_is_made_up(network: Network) -> None:
    feed = network.feed
    assert feed.about.partial
    assert (feed.stop_times.flags & ESTIMATED).all()
    assert not any(service.added or service.start for service in feed.services)
    known = {name for place in city_pack_once().places for name in (place.name_zh, *place.aliases)}
    for one in feed.stops:
        assert one.point is None or not known.isdisjoint((one.name, *one.aliases)), one.name
    assert all(route.as_of and route.source for route in feed.routes)


def test_every_line_and_every_stop_of_the_pack_is_there(network: Network) -> None:
    raw = city_pack_once().buses.raw["lines"]
    assert [route.id for route in network.feed.routes] == [line["id"] for line in raw]
    assert len(network.feed.trips) == sum(len(line["sequences"]) for line in raw)
    names = {name for one in network.feed.stops for name in (one.name, *one.aliases)}
    assert {"煤港里", "人民公园", "秦皇岛海关", "鸽子窝公园", "三中"} <= names
    assert len([one for one in network.feed.stops if one.name == "人民公园"]) == 1


@pytest.mark.parametrize(
    ("origin", "destination", "lines", "stops"),
    [
        ("海洋香都", "煤港里", ["1路"], [25]),
        ("市政府", "人民路", ["2路"], [2]),
        ("煤港里", "商城", ["1路"], [8]),  # the other way, of which no sequence is known
        ("秦皇岛火车站", "鸽子窝公园", ["34路"], [None]),  # both are served, in an order nobody wrote down
        ("第一医院", "海洋学院", ["27路", "1路"], [2, 7]),
    ],
)
def test_ways_without_a_timetable(
    network: Network, origin: str, destination: str, lines: list[str], stops: list[int | None]
) -> None:
    best = plan_partial(network, {stop(network, origin): 0}, {stop(network, destination): 0})[0]
    assert [network.feed.routes[ride.route].short_name for ride in best.rides] == lines
    assert [ride.stops for ride in best.rides] == stops
    assert (best.seconds is None) == (None in stops)


def test_where_no_line_is_known_there_is_no_way(network: Network) -> None:
    assert plan_partial(network, {stop(network, "大韩庄"): 0}, {stop(network, "煤港里"): 0}) == []


def test_an_imported_feed_goes_before_the_packs_and_stays(own_city: Parts, tmp_path: Path) -> None:
    feeds = own_city.transit_feeds
    first = feeds.current()
    assert first is not None
    assert first.feed.about.partial
    version = own_city.gazetteer.version()
    load_pack(own_city.db, own_city.pack)
    assert feeds.current() is first, "the same pack again changes nothing"
    assert own_city.gazetteer.version() == version
    feed = import_feed(folder(tmp_path / "feed"))
    feed_id = feeds.swap(feed, "a" * 64, "somebody")
    assert feeds.swap(feed, "a" * 64, "somebody") == feed_id, "the same file again changes nothing"
    now = feeds.current()
    assert now is not None
    assert (now.feed_id, now.feed.about.partial) == (feed_id, False)
    assert own_city.gazetteer.version() == version + 1
    load_pack(own_city.db, own_city.pack)
    assert feeds.current() is now
    assert any(entry.action == "transit.swapped" and entry.actor == "somebody" for entry in own_city.rows(AuditEntry))


def test_old_versions_are_dropped(own_city: Parts, tmp_path: Path) -> None:
    feed = import_feed(folder(tmp_path / "feed"))
    for number in range(6):
        own_city.transit_feeds.swap(feed, str(number) * 64, "test")
    rows = own_city.rows(TransitFeed)
    assert [(row.sha256[0], row.state) for row in rows] == [("3", "replaced"), ("4", "replaced"), ("5", "active")]


class TestNames:
    def test_lines_and_stops_are_in_the_gazetteer(self, city: Parts) -> None:
        snapshot = city.gazetteer.snapshot()
        assert list(Draft202012Validator(_schema()).iter_errors(snapshot)) == []
        by_id = {entry["id"]: entry for entry in snapshot["entries"]}
        names = set(by_id["bus_line:34"]["names"])
        assert {"34路", "34路公交", "bus 34", "line 34", "the 34 bus"} <= names
        assert names.isdisjoint({"No. 34", "the 34"})
        stops = [entry["names"] for entry in snapshot["entries"] if entry["type"] == "bus_stop"]
        assert any({"人民公园", "人民公园站"} <= set(names) for names in stops)

    def test_a_stop_named_as_a_place_does_not_make_it_ambiguous(self, city: Parts) -> None:
        entries = city.gazetteer.snapshot()["entries"]
        taken = {
            name.lower()
            for entry in entries
            if entry["type"] not in ("bus_stop", "bus_line")
            for name in entry["names"]
        }
        stops = [name for entry in entries if entry["type"] == "bus_stop" for name in entry["names"]]
        assert not [name for name in stops if name.lower() in taken]
        assert "鸽子窝公园站" in stops
        assert "秦皇岛火车站公交站" in stops


def _schema() -> object:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))
