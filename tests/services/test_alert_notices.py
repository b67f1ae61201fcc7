"""Who is told of an alert: those who asked, once, and of its end exactly those who heard of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import backend.services.alert_notices
from backend.geo import Datum, Point, convert
from backend.models import AlertRecipient, Conversation, Division, EventFollower, Notice
from backend.services.alert_notices import how_many
from backend.services.cap import Area, Circle, Named
from backend.services.notices import LANES
from tests.factories import stored
from tests.support.alerts import BEIDAIHE as BEIDAIHE_CODE
from tests.support.alerts import CITY, WeatherService, info
from tests.support.container import Clock, Parts
from tests.support.subscribers import Subscriber, follow

BEIDAIHE = "district:130304"
HAIGANG = "district:130302"


@pytest.fixture
def weather(parts: Parts, clock: Clock) -> WeatherService:
    with parts.db.write() as session:
        stored(
            session,
            Division(id="division:130300", level="city", name_zh="秦皇岛市", name_en="Qinhuangdao"),
            Division(id=HAIGANG, level="county", name_zh="海港区", name_en="Haigang District"),
            Division(id=BEIDAIHE, level="county", name_zh="北戴河区", name_en="Beidaihe District"),
        )
    return WeatherService(parts, clock)


def people(parts: Parts) -> dict[str, Subscriber]:
    return {
        "all": Subscriber(parts).wants("alerts"),
        "here": Subscriber(parts).wants("alerts", district=BEIDAIHE),
        "elsewhere": Subscriber(parts).wants("alerts", district=HAIGANG),
        "wind": Subscriber(parts, "en").wants("wind"),
        "twice": Subscriber(parts).wants("wind", district=BEIDAIHE).wants("alerts", district=BEIDAIHE),
        "other": Subscriber(parts).wants("beach_flag"),
    }


def told(everybody: dict[str, Subscriber]) -> dict[str, list[str]]:
    return {name: found for name, person in everybody.items() if (found := person.told())}


def test_those_who_asked_are_told_once(parts: Parts, weather: WeatherService) -> None:
    everybody = people(parts)
    weather.send()
    follow(parts)
    follow(parts)
    assert told(everybody) == {name: ["alert"] for name in ("all", "here", "wind", "twice")}


@pytest.mark.parametrize(
    ("area", "names"),
    [
        (Area("x", geocodes=(CITY,)), {"all", "here", "elsewhere", "wind", "twice"}),
        (Area("x", geocodes=(Named("GB/T 2260", "130302"),)), {"all", "elsewhere", "wind"}),
        (Area("渤海中部"), set()),
    ],
)
def test_by_where_it_holds(parts: Parts, weather: WeatherService, area: Area, names: set[str]) -> None:
    everybody = people(parts)
    weather.send(info(areas=(area,)))
    follow(parts)
    assert set(told(everybody)) == names


def test_where_lives_depend_on_it_whoever_is_there_is_told(parts: Parts, weather: WeatherService, clock: Clock) -> None:
    circle = Area("海边", circles=(Circle(Point(39.83, 119.50, Datum.WGS84), 3.0),))
    inside, outside = Point(39.83, 119.50, Datum.WGS84), Point(39.95, 119.60, Datum.WGS84)
    everybody = {
        "there": shares(Subscriber(parts), convert(inside, Datum.GCJ02), clock.now()),
        "long ago": shares(Subscriber(parts), inside, clock.now() - dt.timedelta(hours=3)),
        "elsewhere": shares(Subscriber(parts), outside, clock.now()),
        "both": shares(Subscriber(parts).wants("alerts"), outside, clock.now()),
    }
    row = weather.send(info(areas=(circle, Area("北戴河区", geocodes=(BEIDAIHE_CODE,)))))
    with parts.db.read() as session:
        assert how_many(session, row, parts.alerts.district_of) == 2
    follow(parts)
    assert told(everybody) == {"there": ["alert"], "both": ["alert"]}
    weather.send(info(headline="海边大风黄色预警", severity="Moderate", areas=(circle,)))
    follow(parts)
    assert told(everybody) == {"there": ["alert"], "both": ["alert"]}


def shares(person: Subscriber, point: Point, at: dt.datetime) -> Subscriber:
    position = {"lat": point.lat, "lon": point.lon, "datum": str(point.datum)}
    with person.parts.db.write() as session:
        session.add(Conversation(contact_id=person.id, location=position, location_at=at))
    return person


def test_by_what_it_is_about(parts: Parts, weather: WeatherService) -> None:
    everybody = people(parts)
    weather.send(info(event="暴雨", headline="暴雨红色预警"))
    follow(parts)
    assert set(told(everybody)) == {"all", "here", "twice"}


@pytest.mark.parametrize(
    ("changed", "lane"),
    [
        ({"severity": "Extreme", "urgency": "Immediate"}, "life_safety"),
        ({"severity": "Severe", "urgency": "Expected"}, "life_safety"),
        ({"severity": "Severe", "urgency": "Immediate", "certainty": "Unlikely"}, "urgent"),
        ({"severity": "Extreme", "urgency": "Future"}, "urgent"),
        ({"severity": "Moderate", "urgency": "Immediate"}, "urgent"),
        ({"severity": "Moderate", "urgency": "Future"}, "normal"),
        ({"severity": "Minor", "urgency": "Immediate"}, "normal"),
        ({"severity": "Unknown", "urgency": "Unknown"}, "normal"),
    ],
)
def test_how_urgent_it_is(parts: Parts, weather: WeatherService, changed: dict[str, str], lane: Any) -> None:
    person = Subscriber(parts).wants("alerts")
    weather.send(info(**changed))
    follow(parts)
    [notice] = person.notices()
    assert notice.lane == LANES[lane]


def test_what_it_says_in_both_languages(parts: Parts, weather: WeatherService) -> None:
    person = Subscriber(parts).wants("alerts")
    row = weather.send(info(instruction="请勿下海。远离堤岸。" + "尽量不要外出" * 30 + "。"))
    follow(parts)
    [notice] = person.notices()
    facts = notice.facts or {}
    assert facts["headline_zh"] == "北戴河区大风橙色预警"
    assert facts["headline_en"] == "(in another language only) 北戴河区大风橙色预警"
    assert facts["area_zh"] == "北戴河区"
    assert facts["advice_zh"].endswith("。请勿下海。远离堤岸。"), "whole sentences, as many as find room"
    assert facts["advice_zh"].startswith("有效至")
    assert notice.expires_at == row.expires_at


def test_an_update_goes_to_who_was_told_and_who_is_newly_concerned(parts: Parts, weather: WeatherService) -> None:
    everybody = people(parts)
    first = weather.send()
    follow(parts)
    weather.send(info(areas=(Area("x", geocodes=(Named("GB/T 2260", "130302"),)),)), about=first)
    follow(parts)
    both = ["alert", "alert_update"]
    assert told(everybody) == {
        "all": both, "here": both, "wind": both, "twice": both, "elsewhere": ["alert_update"],
    }  # fmt: skip


class TestTheEnd:
    @pytest.mark.parametrize("changed", [{"msg_type": "Cancel"}, {"infos": (info(response_types=("AllClear",)),)}])
    def test_goes_to_exactly_those_who_were_told(
        self, parts: Parts, weather: WeatherService, changed: dict[str, Any]
    ) -> None:
        everybody = people(parts)
        row = weather.send()
        follow(parts)
        late = Subscriber(parts).wants("alerts")
        parts.subscriptions.end_all(everybody["here"].id)
        _placed(parts)
        weather.send(about=row, **changed)
        follow(parts)
        follow(parts)
        both = ["alert", "alert_all_clear"]
        assert told(everybody) == dict.fromkeys(("all", "here", "wind", "twice"), both)
        assert late.told() == []

    def test_is_not_told_to_who_had_not_heard_yet(self, parts: Parts, weather: WeatherService) -> None:
        heard, unheard = Subscriber(parts).wants("alerts"), Subscriber(parts).wants("alerts")
        row = weather.send()
        follow(parts)
        _placed(parts, heard.id)
        weather.send(about=row, msg_type="Cancel")
        follow(parts)
        assert heard.told() == ["alert", "alert_all_clear"]
        assert [(notice.template, notice.error) for notice in unheard.notices()] == [("alert", "withdrawn")]

    def test_after_an_update_names_what_it_was_last(self, parts: Parts, weather: WeatherService) -> None:
        person = Subscriber(parts).wants("alerts")
        first = weather.send()
        follow(parts)
        second = weather.send(info(headline="大风红色预警"), about=first)
        follow(parts)
        _placed(parts)
        weather.send(about=second, msg_type="Cancel")
        follow(parts)
        assert person.told() == ["alert", "alert_update", "alert_all_clear"]
        assert (person.notices()[-1].facts or {})["headline_zh"] == "大风红色预警"

    def test_by_time_alone_is_told_to_nobody(self, parts: Parts, clock: Clock, weather: WeatherService) -> None:
        person = Subscriber(parts).wants("alerts")
        weather.send(hours=2)
        follow(parts)
        clock.advance(hours=3)
        parts.due.run()
        follow(parts)
        assert person.told() == ["alert"], "nobody has said that the danger is over"


class TestInSlices:
    @pytest.fixture(autouse=True)
    def _two_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(backend.services.alert_notices, "AT_ONCE", 2)

    def test_everybody_is_told_whatever_is_killed(self, parts: Parts, weather: WeatherService) -> None:
        everybody = [Subscriber(parts).wants("alerts") for _ in range(7)]
        weather.send()
        follower = parts.followers[0]
        with pytest.raises(KeyboardInterrupt), parts.db.write() as session:
            follower._step(session)
            raise KeyboardInterrupt  # killed before the commit
        parts.event_feed.give_numbers()
        with parts.db.write() as session:
            follower._step(session)
        assert sum(len(person.told()) for person in everybody) == 2
        follow(parts)
        assert [person.told() for person in everybody] == [["alert"]] * 7
        assert len(parts_of(parts)) == 7

    def test_who_is_not_told_before_the_end_never_is(self, parts: Parts, weather: WeatherService) -> None:
        everybody = [Subscriber(parts).wants("alerts") for _ in range(5)]
        row = weather.send()
        parts.event_feed.give_numbers()
        with parts.db.write() as session:
            parts.followers[0]._step(session)
        _placed(parts)
        weather.send(about=row, msg_type="Cancel")
        follow(parts)
        assert sorted(len(person.told()) for person in everybody) == [0, 0, 0, 2, 2]

    def test_one_that_cannot_be_told_does_not_hold_up_the_next(
        self, parts: Parts, weather: WeatherService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person = Subscriber(parts).wants("alerts")
        weather.send(identifier="broken")
        parts.event_feed.give_numbers()
        follower = parts.followers[0]
        good = follower._handlers["alert.raised"]

        def handler(session: Any, event: Any, after: str) -> str | None:
            row = parts.alerts.get(event.data["alert"])
            assert row is not None
            if row.identifier == "broken":
                raise RuntimeError
            return good(session, event, after)

        monkeypatch.setattr(follower, "_handlers", {**follower._handlers, "alert.raised": handler})
        weather.send()
        for _ in range(6):
            follower.run()
        assert person.told() == ["alert"]


def test_what_is_long_past_is_not_told_any_more(parts: Parts, clock: Clock, weather: WeatherService) -> None:
    person = Subscriber(parts).wants("alerts")
    weather.send(hours=48)
    clock.advance(hours=13)
    follow(parts)
    assert person.told() == []
    with parts.db.read() as session:
        follower = session.get(EventFollower, "alerts")
        assert follower is not None
        assert follower.number > 0


def _placed(parts: Parts, contact_id: str = "") -> None:
    """As if the sender had put notices on their way: all of them, or those of one person."""
    with parts.db.write() as session:
        for notice in session.query(Notice).filter(Notice.state == "queued"):
            if contact_id in ("", notice.contact_id):
                notice.state = "placed"


def parts_of(parts: Parts) -> list[AlertRecipient]:
    with parts.db.read() as session:
        return list(session.query(AlertRecipient))
