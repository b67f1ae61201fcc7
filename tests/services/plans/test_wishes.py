"""What somebody wants of a day, read from the message."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.services.plans import Said, Wishes, read
from backend.services.values import find_times
from tests.services.plans.conftest import NOW, said

HIKING, MUSEUM, AQUARIUM = "tag:hiking", "category:museum", "tag:aquarium"


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("带孩子玩一天", {"window": "day", "company": ("children",)}),
        ("半天", {"half": True}),
        ("half a day", {"half": True}),
        ("下午逛逛", {"window": "afternoon", "half": True}),
        ("a morning with my wife", {"window": "morning", "half": True, "company": ("couple",)}),
        ("两天行程", {"days": 2}),
        ("a two-day trip", {"days": 2}),
        ("玩三个小时", {"minutes": 180}),
        ("we have 4 hours", {"minutes": 240}),
        ("两个半小时", {"minutes": 150}),
        ("明天一日游", {"window": "day", "day": dt.date(2026, 7, 16)}),
        ("10点出发玩一天", {"window": "day", "begin": dt.time(10)}),
        ("玩到下午5点", {"end": dt.time(17)}),
        ("晚上8点前回来", {"end": dt.time(20)}),
        ("be back by 6 pm", {"end": dt.time(18)}),
        ("9点到12点", {"begin": dt.time(9), "end": dt.time(12)}),
        ("陪爸妈，少走路", {"company": ("seniors",), "gentle": True}),
        ("with my parents, not much walking", {"company": ("seniors",), "gentle": True}),
        ("不带孩子", {}),
        ("每人预算200元", {"budget": 200}),
        ("我们四个人，预算400块以内", {"budget": 100}),
        ("under 150 yuan per person", {"budget": 150}),
        ("不吃午饭", {"meals": False}),
        ("前天去过", {}),
        ("", {}),
    ],
)
def test_what_is_said(text: str, wishes: dict[str, Any]) -> None:
    assert read(said(text)) == Wishes(**wishes)


@pytest.mark.parametrize(
    ("text", "word", "unwanted"),
    [
        ("不要爬山", "爬山", True), ("不想爬山", "爬山", True), ("别安排爬山", "爬山", True),
        ("爬山就算了", "爬山", True), ("除了爬山都行", "爬山", True), ("想爬山", "爬山", False),
        ("爬山不错", "爬山", False), ("要不要爬山", "爬山", False), ("预算不超过100，爬山", "爬山", False),
        ("不去海边，去爬山", "爬山", False), ("不要爬海边的要爬山", "爬山", False), ("no hiking", "hiking", True),
        ("not hiking please", "hiking", True), ("i don't want hiking", "hiking", True),
        ("without hiking", "hiking", True), ("hiking, not museums", "hiking", False), ("some hiking", "hiking", False),
        ("no more than 2 hours hiking", "hiking", False), ("i want hiking", "hiking", False),
    ],
)  # fmt: skip
def test_what_is_denied(text: str, word: str, unwanted: bool) -> None:
    wishes = read(said(text, **{word: HIKING}))
    assert (wishes.dislikes, wishes.likes) == (((HIKING,), ()) if unwanted else ((), (HIKING,)))


def test_each_name_is_wanted_or_not_by_itself() -> None:
    names = {"爬山": HIKING, "水族馆": AQUARIUM, "老虎石": "attraction:laohushi", "鸽子窝": "attraction:geziwo"}
    wishes = read(said("不要爬山，要看水族馆，不去老虎石，一定去鸽子窝", **names))
    assert wishes == Wishes(
        likes=(AQUARIUM,), dislikes=(HIKING,), must=("attraction:geziwo",), without=("attraction:laohushi",)
    )


def test_where_it_starts_and_where_it_goes() -> None:
    assert read(said("从秦皇岛站出发", 秦皇岛站="hub:rail_qhd")).origin == "hub:rail_qhd"
    assert read(said("从老虎石出发玩半天", 老虎石="attraction:laohushi")).origin == "attraction:laohushi"
    assert read(said("half a day in beidaihe", beidaihe="district:130304")).area == "district:130304"


def test_a_wish_taken_back() -> None:
    before = read(said("看博物馆", 博物馆=MUSEUM))
    after = read(said("不去博物馆了", 博物馆=MUSEUM), before)
    assert (after.likes, after.dislikes) == ((), (MUSEUM,))
    again = read(said("还是去博物馆吧", 博物馆=MUSEUM), after)
    assert (again.likes, again.dislikes) == ((MUSEUM,), ())


def test_what_a_conversation_keeps_is_small_and_comes_back() -> None:
    ids = tuple(f"attraction:a_rather_long_name_{n}" for n in range(10))
    wishes = Wishes(dt.date(2026, 7, 16), 2, "day", True, dt.time(9, 5), dt.time(18), 90, ("children", "seniors"))
    full = Wishes(**{**wishes.__dict__, "likes": ids[:4], "without": ids, "skip": ids, "budget": 0, "most": 3})
    assert Wishes.from_dict(full.to_dict()) == full
    assert len(repr(full.to_dict())) < 1500
    assert Wishes().to_dict() == {}
    assert Wishes.from_dict({"likes": [HIKING], "no_such_wish": 1}) == Wishes(likes=(HIKING,))


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    names = ((0, HIKING), (len(text) // 2, "attraction:geziwo"))
    wishes = read(Said(text, NOW, tuple(find_times(text, NOW)), names))
    assert Wishes.from_dict(wishes.to_dict()) == wishes
