"""Finding the city's names in what people write."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gazetteer import LiveGazetteer, Mention, normalise
from tests.support.container import Parts

SNAPSHOT = {
    "version": 3,
    "entries": [
        {
            "id": "attraction:geziwo",
            "type": "attraction",
            "names": ["鸽子窝公园", "鸽子窝", "Pigeon Nest Park", "Pigeon's Nest"],
        },
        {"id": "attraction:first_pass", "type": "attraction", "names": ["山海关·天下第一关", "天下第一关"]},
        {"id": "district:130303", "type": "district", "names": ["山海关", "Shanhaiguan"]},
        {"id": "category:beach", "type": "category", "names": ["海滩", "beach"]},
        {"id": "attraction:laohushi", "type": "attraction", "names": ["老虎石", "Tiger Stone"]},
        {"id": "beach:laohushi", "type": "beach", "names": ["老虎石", "Tiger Stone Beach"]},
        {"id": "hotline:ambulance", "type": "hotline", "names": ["急救", "120"]},
        {"id": "tag:sea", "type": "tag", "names": ["sea", "海"]},
        {"id": "attraction:ktv", "type": "attraction", "names": ["KTV", "T2"]},
    ],
    "articles": [],
}


@pytest.fixture
def names() -> LiveGazetteer:
    made = LiveGazetteer()
    made.swap(SNAPSHOT)
    return made


def found(names: LiveGazetteer, text: str) -> list[tuple[str, str]]:
    return [(text[mention.start : mention.end], mention.id) for mention in names.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("鸽子窝公园几点开门", [("鸽子窝公园", "attraction:geziwo")]),
        ("鸽子窝几点", [("鸽子窝", "attraction:geziwo")]),
        ("鸽 子 窝 公园", [("鸽 子 窝 公园", "attraction:geziwo")]),
        ("how much is PIGEON NEST PARK?", [("PIGEON NEST PARK", "attraction:geziwo")]),
        ("pigeon-nest  park", [("pigeon-nest  park", "attraction:geziwo")]),
        ("Pigeon’s nest", [("Pigeon’s nest", "attraction:geziwo")]),
        ("ｐｉｇｅｏｎ nest park", [("ｐｉｇｅｏｎ nest park", "attraction:geziwo")]),
        ("山海关天下第一关", [("山海关天下第一关", "attraction:first_pass")]),
        ("山海关•天下第一关怎么走", [("山海关•天下第一关", "attraction:first_pass")]),
        ("山海关有什么", [("山海关", "district:130303")]),
        ("any beaches? no, beach", [("beach", "category:beach")]),
        ("beachs", [("beachs", "category:beach")]),
        ("老虎石", [("老虎石", "attraction:laohushi"), ("老虎石", "beach:laohushi")]),
        ("打120还是1200", [("120", "hotline:ambulance")]),
        ("research the season", []),
        ("sea", [("sea", "tag:sea")]),
        ("T2航站楼", [("T2", "attraction:ktv")]),
        ("T20", []),
        ("", []),
        ("·•’", []),
    ],
)
def test_names_are_found_as_people_write_them(names: LiveGazetteer, text: str, expected: list[Any]) -> None:
    assert found(names, text) == expected


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(
        st.one_of(st.sampled_from("鸽子窝公园海 -·'’ＡaİßﬁT2ktvKTV120"), st.characters(exclude_categories=("Cs",))),
        max_size=80,
    )
)
def test_positions_count_the_characters_as_typed(text: str) -> None:
    names = LiveGazetteer()
    names.swap(SNAPSHOT)
    normal, positions = normalise(text)
    assert len(normal) == len(positions)
    assert positions == sorted(positions)
    assert normalise(normal)[0] == normal, "normal is normal"
    for mention in names.find(text):
        assert 0 <= mention.start < mention.end <= len(text)
        if mention.score < 1:
            continue
        key = normalise(text[mention.start : mention.end])[0]
        entry = next(entry for entry in SNAPSHOT["entries"] if entry["id"] == mention.id)  # type: ignore[union-attr, index]
        wanted = {normalise(name)[0] for name in entry["names"]}  # type: ignore[index]
        assert key in wanted or key.removesuffix("s") in wanted


def test_every_name_of_the_city_is_found_alone_and_in_a_sentence(city: Parts) -> None:
    names = LiveGazetteer()
    snapshot = city.gazetteer.snapshot()
    names.swap(snapshot)
    missed = []
    for entry in snapshot["entries"]:
        for name in entry["names"]:
            for text in (name, f"请问{name}怎么走", f"where is {name} please", f"{name}?"):
                if entry["id"] not in {mention.id for mention in names.find(text)}:
                    missed.append((text, entry["id"]))
    assert missed == []


def test_an_older_snapshot_does_not_replace_a_newer_one(names: LiveGazetteer) -> None:
    names.swap({"version": 2, "entries": [], "articles": []})
    assert (names.version, len(names.find("鸽子窝"))) == (3, 1)
    names.swap({"version": 4, "entries": [], "articles": []})
    assert (names.version, names.find("鸽子窝")) == (4, [])


def test_before_the_first_snapshot_nothing_is_known() -> None:
    assert (LiveGazetteer().version, LiveGazetteer().find("鸽子窝")) == (0, [])


def test_a_search_sees_the_old_names_or_the_new_ones_never_both() -> None:
    names = LiveGazetteer()
    texts = {version: f"地方{version % 2}号" for version in range(1, 200)}
    seen: list[list[Mention]] = []
    over = threading.Event()

    def search() -> None:
        while not over.is_set():
            seen.append(names.find("地方0号和地方1号"))

    searching = [threading.Thread(target=search) for _ in range(3)]
    for thread in searching:
        thread.start()
    for version, name in texts.items():
        names.swap(
            {"version": version, "entries": [{"id": name, "type": "attraction", "names": [name]}], "articles": []}
        )
    over.set()
    for thread in searching:
        thread.join()
    assert seen
    assert all(len(mentions) <= 1 for mentions in seen)


def test_names_that_leave_nothing_are_no_names() -> None:
    names = LiveGazetteer()
    names.swap({"version": 1, "entries": [{"id": "x", "type": "tag", "names": ["·", " ", "-"]}], "articles": []})
    assert names.find("· - 你好") == []
