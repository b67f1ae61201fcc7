"""What somebody changes about a plan by talking."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from backend.services.plans import Wishes, changed
from backend.services.plans.changes import Shown, commanded, is_change
from tests.services.plans.conftest import said

HIKING, MUSEUM = "tag:hiking", "category:museum"
A, B, C = "attraction:geziwo", "attraction:laohushi", "attraction:guailou"
SHOWN = Shown((A, B, C), dt.time(9), 120)
BEFORE = Wishes(window="day", area="district:130304", likes=("tag:family",))


@pytest.mark.parametrize(
    ("text", "names", "change"),
    [
        ("不要爬山", {"爬山": HIKING}, {"dislikes": (HIKING,)}),
        ("不去博物馆", {"博物馆": MUSEUM}, {"dislikes": (MUSEUM,)}),
        ("换成下午", {}, {"window": "afternoon", "half": True}),
        ("改成上午吧", {}, {"window": "morning", "half": True}),
        ("make it the afternoon", {}, {"window": "afternoon", "half": True}),
        ("start at 10", {}, {"begin": dt.time(10)}),
        ("drop the second stop", {}, {"without": (B,), "most": 2}),
        ("去掉第二站", {}, {"without": (B,), "most": 2}),
        ("最后一个不去了", {}, {"without": (C,), "most": 2}),
        ("第三站换掉", {}, {"without": (C,)}),
        ("replace stop 1", {}, {"without": (A,)}),
        ("add the aquarium", {"aquarium": "tag:aquarium"}, {"likes": ("tag:family", "tag:aquarium")}),
        ("再加上怪楼", {"怪楼": C}, {"must": (C,)}),
        ("换一个", {}, {"skip": (A, B, C)}),
        ("换一批", {}, {"skip": (A, B, C)}),
        ("another plan please", {}, {"skip": (A, B, C)}),
        ("with my parents", {}, {"company": ("seniors",)}),
        ("cheaper", {}, {"budget": 119}),
        ("便宜点", {}, {"budget": 119}),
        ("太赶了", {}, {"most": 2}),
        ("晚点出发", {}, {"begin": dt.time(10)}),
        ("明天去", {}, {"day": dt.date(2026, 7, 16)}),
        ("少走路", {}, {"gentle": True}),
        ("换成山海关", {"山海关": "district:130303"}, {"area": "district:130303"}),
    ],
)
def test_a_change(text: str, names: dict[str, str], change: dict[str, Any]) -> None:
    assert changed(BEFORE, said(text, **names), SHOWN) == replace(BEFORE, **change)


@pytest.mark.parametrize(
    "text",
    [
        "好的", "thanks", "第九站不要", "几点开门", "",
        # What is good stays, and what is denied is no wish.
        "第一站不错，不用改", "第二站很好不要删", "no, stop 2 is fine", "the second is great, don't change it",
        "不要便宜的", "不要太便宜的", "不便宜也行", "不要晚一点", "I don't want it cheaper",
    ],
)  # fmt: skip
def test_what_changes_nothing(text: str) -> None:
    assert changed(BEFORE, said(text), SHOWN) is None


@pytest.mark.parametrize(
    ("text", "gone"), [("第一站不错，第二站换掉", B), ("stop 3 is fine, drop stop 1", A), ("删掉第三站，其他的很好", C)]
)
def test_beside_what_is_good_something_goes(text: str, gone: str) -> None:
    after = changed(BEFORE, said(text), SHOWN)
    assert after is not None
    assert after.without == (gone,)


@pytest.mark.parametrize("text", ["太贵了", "不要太贵", "不便宜啊", "that's not cheap"])
def test_a_complaint_about_the_price_asks_for_less(text: str) -> None:
    after = changed(BEFORE, said(text), SHOWN)
    assert after is not None
    assert after.budget == 119


def test_one_stop_fewer_is_meant_for_a_day() -> None:
    two_days = replace(BEFORE, days=2)
    shown = replace(SHOWN, stops=("a", "b", "c", "d", "e", "f", "g"))
    assert commanded(two_days, "fewer", shown) == replace(two_days, most=3)
    assert changed(two_days, said("太赶了"), shown) == replace(two_days, most=3)


def test_cheaper_than_nothing_is_free() -> None:
    after = changed(BEFORE, said("便宜点"), replace(SHOWN, cost=0))
    assert after is not None
    assert after.budget == 0


@pytest.mark.parametrize(
    ("command", "change"),
    [
        ("another", {"skip": (A, B, C)}),
        ("afternoon", {"window": "afternoon", "half": True}),
        ("day", {"window": "day"}),
        ("without:tag:hiking", {"dislikes": (HIKING,)}),
        (f"without:{B}", {"without": (B,)}),
        ("cheaper", {"budget": 119}),
    ],
)
def test_a_button(command: str, change: dict[str, Any]) -> None:
    assert commanded(BEFORE, command, SHOWN) == replace(BEFORE, **change)


def test_a_button_nobody_offered() -> None:
    for command in ("", "drop table", "without:clinic:x", "without:", "without:hotline:police"):
        assert commanded(BEFORE, command, SHOWN) is None


def test_only_what_plainly_changes_the_plan_is_taken_for_a_change() -> None:
    assert is_change(BEFORE, said("不要博物馆", 博物馆=MUSEUM), SHOWN)
    assert is_change(BEFORE, said("第二个换掉"), SHOWN)
    assert not is_change(BEFORE, said("博物馆有哪些", 博物馆=MUSEUM), SHOWN)
    assert not is_change(BEFORE, said("第二个几点开门"), SHOWN)
