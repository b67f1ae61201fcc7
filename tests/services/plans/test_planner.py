"""Plans keep what they promise, whatever is wished for; and a few of them, looked at closely."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.city_pack.plan_rules import PlanRules
from backend.geo import Datum, Point, UnknownDatumError, convert, distance_m
from backend.models import Place
from backend.services.opening import open_state
from backend.services.places import position
from backend.services.plans import DayPlan, Wishes, plan_day
from backend.services.plans.frame import first_day, frame_of
from backend.services.plans.merit import terms_of
from backend.services.plans.prices import likely_yuan, ticket_yuan
from backend.services.plans.travel import straight_metres, wgs84
from tests.factories import PlaceRow
from tests.services.plans.conftest import NOW, ZONE

TERMS = ["tag:hiking", "tag:family", "tag:great_wall", "tag:seaside", "tag:museum", "category:museum", "category:beach"]
AREAS = ["", "", "district:130302", "district:130303", "district:130304", "district:130372", "district:999999"]
NAMED = ["attraction:geziwo", "attraction:xinao", "attraction:xigang", "attraction:feicuidao", "attraction:laolongtou"]
IN_SEASON, IN_WINTER = dt.date(2026, 7, 18), dt.date(2026, 12, 7)

wishes_of = st.builds(
    Wishes,
    window=st.sampled_from([None, "day", "morning", "afternoon", "evening"]),
    half=st.booleans(),
    begin=st.none() | st.sampled_from([dt.time(7), dt.time(10, 30), dt.time(19)]),
    end=st.none() | st.sampled_from([dt.time(12), dt.time(20)]),
    minutes=st.none() | st.sampled_from([60, 150, 300, 840]),
    company=st.sampled_from([(), ("children",), ("seniors",), ("couple", "children")]),
    likes=st.sampled_from([(), *[(term,) for term in TERMS]]),
    dislikes=st.lists(st.sampled_from(TERMS), max_size=3, unique=True).map(tuple),
    must=st.lists(st.sampled_from(NAMED), max_size=2, unique=True).map(tuple),
    without=st.lists(st.sampled_from(NAMED), max_size=2, unique=True).map(tuple),
    area=st.sampled_from(AREAS),
    budget=st.none() | st.sampled_from([0, 50, 120]),
    gentle=st.booleans(),
    most=st.none() | st.integers(1, 5),
)


def minutes_of(plan: DayPlan) -> list[tuple[dt.datetime, dt.datetime]]:
    return sorted([(s.arrive, s.leave) for s in plan.stops] + [(b.begin, b.end) for b in plan.breaks])


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=wishes_of, day=st.sampled_from([IN_SEASON, IN_WINTER]))
def test_every_plan_keeps_what_it_promises(places: list[Place], rules: PlanRules, wishes: Wishes, day: dt.date) -> None:
    plan = plan_day(places, wishes, rules, day, NOW)
    frame = frame_of(wishes, rules, day, NOW)
    if frame is None:
        assert (plan.problem, plan.stops) == ("late", ())
        return
    begin, end = frame
    # within the time asked for, one after the other, with the way between them
    spans = minutes_of(plan)
    assert all(begin <= start < finish <= end for start, finish in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    for before, after in pairwise(plan.stops):
        assert after.leg is not None
        assert after.arrive - before.leave >= dt.timedelta(minutes=after.leg.minutes)
    # within the hours of each place, at every minute
    for stop in plan.stops:
        assert stop.place.status not in ("closed", "suspended")
        moment = stop.arrive
        while moment < stop.leave:
            assert open_state(stop.place, moment).kind == stop.hours, (stop.place.id, moment)
            moment += dt.timedelta(minutes=1)
    # meals begin when meals begin
    windows = {meal.name: meal for meal in rules.meals}
    for pause in plan.breaks:
        meal = windows[pause.meal]
        assert meal.begins.begin <= pause.begin.time() <= meal.begins.end
        assert pause.end - pause.begin == dt.timedelta(minutes=meal.minutes)
    # what was refused is not there, what was asked for is there or left out with a reason
    for stop in plan.stops:
        asked = stop.place.id in wishes.must
        assert stop.place.id not in wishes.without
        assert asked or terms_of(stop.place).isdisjoint(wishes.dislikes)
        assert asked or not wishes.area or stop.place.district == wishes.area
        assert stop.reasons
    ids = [stop.place.id for stop in plan.stops]
    assert len(ids) == len(set(ids)) <= min(rules.max_stops, wishes.most or rules.max_stops)
    if wishes.budget is not None:
        assert plan.cost <= sum(likely_yuan(stop.place) for stop in plan.stops) <= wishes.budget
    missing = set(wishes.must) - set(wishes.without) - set(ids) - {"attraction:feicuidao"}
    assert missing <= {place.id for place, _ in plan.left_out}
    # the same again
    assert plan_day(list(reversed(places)), wishes, rules, day, NOW) == plan


def test_a_day_with_children(places: list[Place], rules: PlanRules) -> None:
    plan = plan_day(places, Wishes(window="day", company=("children",)), rules, IN_SEASON, NOW)
    assert 2 <= len(plan.stops) <= 5
    assert [pause.meal for pause in plan.breaks] == ["lunch"]
    assert any("tag:family" in stop.place.tags for stop in plan.stops)
    assert any(reason.code == "suits" for stop in plan.stops for reason in stop.reasons)


def test_half_a_day_stays_in_its_district(places: list[Place], rules: PlanRules) -> None:
    plan = plan_day(places, Wishes(half=True, area="district:130303"), rules, IN_SEASON, NOW)
    assert plan.stops
    assert {stop.place.district for stop in plan.stops} == {"district:130303"}
    assert plan.minutes <= 5 * 60


def test_what_was_there_stays_where_it_can(places: list[Place], rules: PlanRules) -> None:
    wishes = Wishes(window="day", area="district:130304")
    plan = plan_day(places, wishes, rules, IN_SEASON, NOW)
    gone = plan.ids[0]
    again = plan_day(places, replace(wishes, without=(gone,)), rules, IN_SEASON, NOW, keep=plan.ids)
    assert set(plan.ids) - {gone} <= set(again.ids)


def test_another_plan_is_another(places: list[Place], rules: PlanRules) -> None:
    wishes = Wishes(window="day")
    plan = plan_day(places, wishes, rules, IN_SEASON, NOW)
    other = plan_day(places, replace(wishes, skip=plan.ids), rules, IN_SEASON, NOW, keep=plan.ids)
    assert other.stops
    assert set(other.ids).isdisjoint(plan.ids)


def test_staff_closures_are_kept(rules: PlanRules) -> None:
    day = IN_SEASON
    row = PlaceRow.build(tags=[], extra={}, closed_from=day, closed_to=day)
    assert plan_day([row], Wishes(), rules, day, NOW).problem == "nothing"
    assert plan_day([row], Wishes(), rules, day + dt.timedelta(days=1), NOW).ids == (row.id,)
    named = plan_day([row], Wishes(must=(row.id,)), rules, day, NOW)
    assert [(place.id, why) for place, why in named.left_out] == [(row.id, "closed")]


def test_a_place_without_a_position_is_said_to_be_left_out(rules: PlanRules) -> None:
    row = PlaceRow.build(tags=[], extra={}, lat=None, lon=None)
    plan = plan_day([row], Wishes(must=(row.id,)), rules, IN_SEASON, NOW)
    assert [(place.id, why) for place, why in plan.left_out] == [(row.id, "no_position")]


def test_a_lunch_break_of_a_place_is_not_planned_over(rules: PlanRules) -> None:
    row = PlaceRow.build(tags=[], extra={}, opening_hours="09:00-11:30,14:00-17:00", category="category:museum")
    plan = plan_day([row], Wishes(window="day", begin=dt.time(11)), rules, IN_SEASON, NOW)
    assert all(stop.arrive.hour >= 14 for stop in plan.stops)


@pytest.mark.parametrize(
    ("wishes", "now", "day"),
    [
        (Wishes(), NOW, NOW.date()),
        (Wishes(), NOW.replace(hour=17), NOW.date() + dt.timedelta(days=1)),
        (Wishes(minutes=60), NOW.replace(hour=16), NOW.date()),
        (Wishes(day=NOW.date()), NOW.replace(hour=23), NOW.date() + dt.timedelta(days=1)),
        (Wishes(day=NOW.date() - dt.timedelta(days=3)), NOW, NOW.date()),
        (Wishes(day=dt.date(2026, 10, 1)), NOW.replace(hour=23), dt.date(2026, 10, 1)),
        (Wishes(window="evening", half=True), NOW.replace(hour=15), NOW.date()),
    ],
)
def test_which_day_is_meant(rules: PlanRules, wishes: Wishes, now: dt.datetime, day: dt.date) -> None:
    assert first_day(wishes, rules, now) == day


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("25元", 25), ("40-50元", 50), ("免费", 0), ("免费（预约）", 0), ("免费进城", 0), ("旺季25元；淡季5元", None),
        ("免费或45-50元（来源不一）", None), ("55元起", None), ("135元（未核实）", None), ("", None),
        ("沙滩免费", None), ("登山免费；高山漂流约90元", None),
    ],
)  # fmt: skip
def test_a_price_is_known_only_where_it_is_clear(text: str, yuan: int | None) -> None:
    assert ticket_yuan(PlaceRow.build(price_text_zh=text)) == yuan


def test_the_straight_line_is_that_of_the_ellipsoid_to_half_a_per_cent(places: list[Place]) -> None:
    points = [wgs84(point) for place in places if (point := position(place)) is not None]
    for a, b in pairwise(points):
        assert straight_metres(a, b) == pytest.approx(distance_m(a, b), rel=0.005, abs=1)


def test_datums_are_never_mixed_in_a_plan() -> None:
    gcj, wgs = Point(39.9, 119.6, Datum.GCJ02), Point(39.9, 119.6, Datum.WGS84)
    with pytest.raises(ValueError, match="WGS-84"):
        straight_metres(gcj, wgs)
    with pytest.raises(UnknownDatumError):
        wgs84(Point(39.9, 119.6, Datum.UNKNOWN))


def test_the_same_place_in_another_datum_makes_the_same_plan(rules: PlanRules) -> None:
    wgs = [PlaceRow.build(id=f"attraction:p{n}", tags=[], extra={}, lat=39.83 + n / 100) for n in range(3)]
    gcj = []
    for place in wgs:
        point = convert(Point(place.lat, place.lon, Datum.WGS84), Datum.GCJ02)
        gcj.append(PlaceRow.build(id=place.id, tags=[], extra={}, lat=point.lat, lon=point.lon, datum="GCJ-02"))
    one = plan_day(wgs, Wishes(), rules, IN_SEASON, NOW.astimezone(ZONE))
    other = plan_day(gcj, Wishes(), rules, IN_SEASON, NOW.astimezone(ZONE))
    assert one.ids == other.ids
    assert [stop.arrive for stop in one.stops] == [stop.arrive for stop in other.stops]


@pytest.mark.parametrize(
    ("text", "yuan"),
    [("25元", 25), ("旺季25元；淡季5元", 25), ("免费或45-50元（来源不一）", 50), ("55元起", 55), ("", 0), ("免费", 0)],
)
def test_a_budget_reckons_with_the_highest_price_named(text: str, yuan: int) -> None:
    assert likely_yuan(PlaceRow.build(price_text_zh=text)) == yuan
