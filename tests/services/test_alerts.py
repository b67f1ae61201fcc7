"""Alerts: what becomes of a message, in whatever order messages come, and where each holds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from backend.geo import Datum, Point, convert
from backend.models import Alert, Division, DueJob, Event
from backend.services.alerts import Refused
from backend.services.alerts_here import Spot
from backend.services.cap import Area, Circle, InvalidCap, Named, Polygon, write
from tests.factories import PlaceRow, stored
from tests.support.alerts import BEIDAIHE, CITY, SENDER, WeatherService, info
from tests.support.container import Clock, Parts

STANDARD = sorted((Path(__file__).parent / "cap" / "standard").glob("*.xml"))
HAIGANG = frozenset({"district:130302"})
BEIDAIHE_ID = frozenset({"district:130304"})


@pytest.fixture
def weather(parts: Parts, clock: Clock) -> WeatherService:
    with parts.db.write() as session:
        stored(
            session,
            Division(id="division:130300", level="city", name_zh="秦皇岛市", name_en="Qinhuangdao"),
            Division(id="district:130302", level="county", name_zh="海港区", name_en="Haigang District"),
            Division(id="district:130304", level="county", name_zh="北戴河区", name_en="Beidaihe District"),
            PlaceRow(id="attraction:tower", lat=39.83, lon=119.52, district="district:130304"),
            PlaceRow(id="attraction:lost", lat=None, lon=None, datum="unknown", district="district:130304"),
            PlaceRow(id="attraction:port", lat=39.94, lon=119.60, district="district:130302"),
        )
    return WeatherService(parts, clock)


def events(parts: Parts) -> list[str]:
    return [f"{event.type} {event.data.get('reason', '')}".strip() for event in parts.rows(Event)]


def states(parts: Parts) -> dict[str, str]:
    with parts.db.read() as session:
        return {row.identifier: row.state for row in session.query(Alert)}


class TestTakingIn:
    def test_an_alert_is_current_until_it_expires(self, parts: Parts, clock: Clock, weather: WeatherService) -> None:
        row = weather.send(hours=6)
        assert (row.state, row.kind, row.severity, row.reach) == (
            "current",
            "wind",
            "Severe",
            [{"named": ["district:130304"], "reached": []}],
        )
        assert [found.id for found in parts.alerts.current(clock.now())] == [row.id]
        clock.advance(hours=5.9)
        parts.due.run()
        assert parts.alerts.current(clock.now())
        clock.advance(hours=0.2)
        assert parts.alerts.current(clock.now()) == [], "at once, whether or not the job has run"
        parts.due.run()
        assert parts.alerts.get(row.id).state == "expired"  # type: ignore[union-attr]
        assert events(parts) == ["alert.raised", "alert.cleared expired"]

    def test_the_same_again_is_one(self, parts: Parts, weather: WeatherService) -> None:
        xml = write(weather.message())
        first = parts.alerts.take_in(xml, weather.client)
        again = parts.alerts.take_in(xml, weather.client)
        assert (first.new, again.new, again.alert.id) == (True, False, first.alert.id)
        assert events(parts) == ["alert.raised"]

    def test_an_identifier_names_one_message(self, weather: WeatherService) -> None:
        weather.send(identifier="A1")
        with pytest.raises(Refused, match="alert_identifier_taken"):
            weather.send(info(headline="另一条"), identifier="A1")

    @pytest.mark.parametrize("path", STANDARD, ids=lambda path: path.stem)
    def test_the_standards_examples_are_over_and_told_to_nobody(
        self, parts: Parts, weather: WeatherService, path: Path
    ) -> None:
        taken = parts.alerts.take_in(path.read_bytes(), weather.client)
        assert (taken.new, taken.alert.state) == (True, "expired")
        assert events(parts) == []
        assert taken.alert.reach[0]["named"] == [], "codes of another country are no districts of ours"

    @pytest.mark.parametrize("status", ["Exercise", "System", "Test", "Draft"])
    def test_what_is_not_actual_is_kept_and_told_to_nobody(
        self, parts: Parts, clock: Clock, weather: WeatherService, status: str
    ) -> None:
        assert weather.send(status=status).state == "recorded"
        assert parts.alerts.current(clock.now()) == []
        assert events(parts) == []

    def test_an_exercise_ends_nothing_real(self, parts: Parts, weather: WeatherService) -> None:
        real = weather.send()
        weather.send(about=real, msg_type="Cancel", status="Exercise")
        assert parts.alerts.get(real.id).state == "current"  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"scope": "Private", "addresses": "a"}, "alert_not_public"),
            ({"scope": "Restricted", "restriction": "a"}, "alert_not_public"),
            ({"infos": ()}, "alert_without_info"),
        ],
    )
    def test_what_is_not_for_the_public_is_refused(
        self, parts: Parts, weather: WeatherService, changed: dict[str, Any], code: str
    ) -> None:
        with pytest.raises(Refused, match=code):
            weather.send(**changed)
        assert states(parts) == {}

    def test_a_system_speaks_for_its_own_senders(self, parts: Parts, clock: Clock, weather: WeatherService) -> None:
        lifeguards = WeatherService(parts, clock, "lifeguards", senders=("beach@city.example.org",))
        with pytest.raises(Refused, match="alert_sender"):
            lifeguards.send()
        assert lifeguards.send(sender="beach@city.example.org").state == "current"
        with pytest.raises(Refused, match="alert_of_another"):
            lifeguards.send(about=weather.send(), msg_type="Cancel", sender="beach@city.example.org")

    def test_no_xml_nothing_stored(self, parts: Parts, weather: WeatherService) -> None:
        with pytest.raises(InvalidCap):
            parts.alerts.take_in(b"<alert/>", weather.client)
        assert states(parts) == {}

    def test_one_without_an_end_holds_for_a_day(self, clock: Clock, weather: WeatherService) -> None:
        row = weather.send(infos=(info(),))
        assert row.expires_at - row.sent == dt.timedelta(hours=24)

    def test_what_begins_later_waits(self, parts: Parts, clock: Clock, weather: WeatherService) -> None:
        row = weather.send(info(effective=weather.at(2)), hours=6)
        assert (row.state, parts.alerts.current(clock.now()), events(parts)) == ("waiting", [], [])
        clock.advance(hours=2.1)
        parts.due.run()
        parts.due.run()
        assert [found.id for found in parts.alerts.current(clock.now())] == [row.id]
        assert events(parts) == ["alert.raised"]

    def test_what_was_cancelled_before_it_began_never_begins(
        self, parts: Parts, clock: Clock, weather: WeatherService
    ) -> None:
        row = weather.send(info(effective=weather.at(2)), hours=6)
        weather.send(about=row, msg_type="Cancel")
        clock.advance(hours=3)
        parts.due.run()
        assert parts.alerts.current(clock.now()) == []
        assert events(parts) == [], "nobody was told of it, so nobody is told that it is over"


class TestFollowing:
    def test_an_update_takes_the_place_of_what_it_names(
        self, parts: Parts, clock: Clock, weather: WeatherService
    ) -> None:
        first = weather.send()
        second = weather.send(info(severity="Extreme"), about=first)
        assert [found.id for found in parts.alerts.current(clock.now())] == [second.id]
        old = parts.alerts.get(first.id)
        assert old is not None
        assert (old.state, old.ended_by, second.thread_id) == ("superseded", second.id, first.id)
        assert events(parts) == ["alert.raised", "alert.updated"]

    @pytest.mark.parametrize("changed", [{"msg_type": "Cancel"}, {"infos": (info(response_types=("AllClear",)),)}])
    def test_it_is_over_by_a_cancel_or_by_an_all_clear(
        self, parts: Parts, clock: Clock, weather: WeatherService, changed: dict[str, Any]
    ) -> None:
        row = weather.send()
        weather.send(about=row, **changed)
        assert parts.alerts.current(clock.now()) == []
        assert parts.alerts.get(row.id).state == "cancelled"  # type: ignore[union-attr]
        assert events(parts) == ["alert.raised", "alert.cleared all_clear"]
        assert {job.state for job in parts.rows(DueJob, job="alert.expire")} == {"dropped"}

    @pytest.mark.parametrize(("msg_type", "state"), [("Cancel", "cancelled"), ("Update", "superseded")])
    def test_messages_may_come_in_the_wrong_order(
        self, parts: Parts, clock: Clock, weather: WeatherService, msg_type: str, state: str
    ) -> None:
        first = weather.message()
        later = weather.send(about=first, msg_type=msg_type)
        late = parts.alerts.take_in(write(first), weather.client).alert
        assert (late.state, late.thread_id) == (state, later.thread_id)
        assert [found.id for found in parts.alerts.current(clock.now())] == ([later.id] if msg_type == "Update" else [])
        assert events(parts) == (["alert.updated"] if msg_type == "Update" else [])

    def test_a_cancel_of_what_nobody_knows_changes_nothing(self, parts: Parts, weather: WeatherService) -> None:
        assert weather.send(about=weather.message(), msg_type="Cancel").state == "recorded"
        assert events(parts) == []

    def test_one_message_may_end_two(self, parts: Parts, clock: Clock, weather: WeatherService) -> None:
        one, two = weather.send(), weather.send()
        references = (*weather.message(about=one).references, *weather.message(about=two).references)
        both = weather.send(about=one, references=references)
        assert [found.id for found in parts.alerts.current(clock.now())] == [both.id]
        threads = {parts.alerts.get(id_).thread_id for id_ in (one.id, two.id, both.id)}  # type: ignore[union-attr]
        assert len(threads) == 1

    @pytest.mark.parametrize("msg_type", ["Ack", "Error"])
    def test_an_acknowledgement_changes_nothing(self, parts: Parts, weather: WeatherService, msg_type: str) -> None:
        row = weather.send()
        weather.send(about=row, msg_type=msg_type)
        assert parts.alerts.get(row.id).state == "current"  # type: ignore[union-attr]
        assert events(parts) == ["alert.raised"]


def square(middle: Point, half: float) -> Polygon:
    corners = [(-half, -half), (-half, half), (half, half), (half, -half), (-half, -half)]
    return Polygon(tuple(Point(middle.lat + up, middle.lon + right, Datum.WGS84) for up, right in corners))


TOWER = Point(39.83, 119.52, Datum.WGS84)
PORT = Point(39.94, 119.60, Datum.WGS84)


class TestWhere:
    def heads(self, parts: Parts, clock: Clock, spot: Spot, lang: str = "zh") -> list[str]:
        return [found.info.headline for found in parts.alerts.at(spot, clock.now(), lang)]

    def places(self, parts: Parts, *slugs: str) -> Spot:
        return Spot(tuple(parts.places.by_ids([f"attraction:{slug}" for slug in slugs])))

    def touched(self, parts: Parts, clock: Clock) -> dict[str, bool]:
        """What an alert touches of all that one may ask about."""
        spots = {
            "tower": self.places(parts, "tower"),
            "lost": self.places(parts, "lost"),
            "port": self.places(parts, "port"),
            "beidaihe": Spot(districts=BEIDAIHE_ID),
            "haigang": Spot(districts=HAIGANG),
            "near the tower": Spot(point=convert(TOWER, Datum.GCJ02)),
            "near the port": Spot(point=PORT),
            "nowhere": Spot(),
        }
        return {name: bool(parts.alerts.at(spot, clock.now(), "zh")) for name, spot in spots.items()}

    @pytest.mark.parametrize(
        ("area", "touched"),
        [
            (Area("x", geocodes=(BEIDAIHE,)), {"tower", "lost", "beidaihe", "near the tower"}),
            (Area("x", geocodes=(Named("code", "130304000000"),)), {"tower", "lost", "beidaihe", "near the tower"}),
            (Area("x", geocodes=(Named("SAME", "130304"),)), set()),
            (Area("x", geocodes=(CITY,)),
             {"tower", "lost", "port", "beidaihe", "haigang", "near the tower", "near the port", "nowhere"}),
            (Area("秦皇岛市全域"),
             {"tower", "lost", "port", "beidaihe", "haigang", "near the tower", "near the port", "nowhere"}),
            (Area("秦皇岛市海港区"), {"port", "haigang", "near the port"}),
            (Area("Haigang District, coast"), {"port", "haigang", "near the port"}),
            (Area("渤海中部"), set()),
            (Area("x", polygons=(square(TOWER, 0.01),)), {"tower", "lost", "beidaihe", "near the tower"}),
            (Area("海港区", polygons=(square(TOWER, 0.01),)), {"tower", "lost", "beidaihe", "near the tower"}),
            (Area("x", circles=(Circle(PORT, 1.0),)), {"port", "haigang", "near the port"}),
            (Area("x", polygons=(square(TOWER, 0.01),), geocodes=(Named("GB/T 2260", "130302"),)),
             {"tower", "lost", "port", "beidaihe", "haigang", "near the tower", "near the port"}),
            (Area("x", polygons=(square(Point(39.87, 119.52, Datum.WGS84), 0.01),)), set()),
        ],
    )  # fmt: skip
    def test_the_union_of_shapes_and_codes(
        self, parts: Parts, clock: Clock, weather: WeatherService, area: Area, touched: set[str]
    ) -> None:
        weather.send(info(areas=(area,)))
        assert {name for name, yes in self.touched(parts, clock).items() if yes} == touched

    def test_the_part_for_the_place_in_the_persons_language(
        self, parts: Parts, clock: Clock, weather: WeatherService
    ) -> None:
        haigang = (Area("海港区", geocodes=(Named("GB/T 2260", "130302"),)),)
        weather.send(info(), info("en-GB"), info(areas=haigang, headline="海港区大风蓝色预警", severity="Minor"))
        tower, port = self.places(parts, "tower"), self.places(parts, "port")
        assert self.heads(parts, clock, tower) == ["北戴河区大风橙色预警"]
        assert self.heads(parts, clock, tower, "en") == ["Orange gale warning for Beidaihe"]
        [shown] = parts.alerts.at(port, clock.now(), "en")
        assert (shown.info.headline, shown.own_language) == ("海港区大风蓝色预警", False)

    def test_the_gravest_first(self, parts: Parts, clock: Clock, weather: WeatherService) -> None:
        for name, severity, urgency in (
            ("c", "Minor", "Immediate"), ("a", "Extreme", "Future"), ("b", "Severe", "Immediate"),
        ):  # fmt: skip
            weather.send(info(headline=name, severity=severity, urgency=urgency))
        assert self.heads(parts, clock, Spot(districts=BEIDAIHE_ID)) == ["a", "b", "c"]


def test_a_sender_of_ours_is_who_it_says(weather: WeatherService) -> None:
    assert weather.send().sender == SENDER
