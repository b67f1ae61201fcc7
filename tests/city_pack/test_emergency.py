"""Cries for help are recognised, ordinary questions are not."""

from __future__ import annotations

import time

import pytest

from backend.city_pack import EmergencyLexicon, find_emergencies, load
from tests.city_pack.conftest import QINHUANGDAO

PACK = load(QINHUANGDAO)
LEXICON: EmergencyLexicon = PACK.emergency


@pytest.mark.parametrize(("group", "text"), LEXICON.must_match)
def test_a_cry_is_recognised(group: str, text: str) -> None:
    assert group in {found.id for found in find_emergencies(LEXICON, text)}


@pytest.mark.parametrize("text", LEXICON.must_not_match)
def test_an_ordinary_question_is_not_a_cry(text: str) -> None:
    assert find_emergencies(LEXICON, text) == ()


def test_there_are_enough_examples_in_both_languages() -> None:
    for texts in ([text for _, text in LEXICON.must_match], LEXICON.must_not_match):
        english = [text for text in texts if text.isascii()]
        assert len(english) >= 40 and len(texts) - len(english) >= 40


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("救命", {"ambulance", "police"}),
        ("出车祸了有人受伤", {"ambulance", "traffic"}),
        ("Ｈｅｌｐ！ ｔｈｅ ｈｏｔｅｌ ｉｓ ｏｎ ｆｉｒｅ", {"fire"}),
        ("I CAN’T BREATHE", {"ambulance"}),
        ("有人  溺水\n了", {"marine"}),
        ("我想自杀", {"self_harm"}),
        ("", set()),
        ("。？！", set()),
    ],
)
def test_groups_of_a_text(text: str, groups: set[str]) -> None:
    assert {group.id for group in find_emergencies(LEXICON, text)} == groups


def test_a_harmless_phrase_does_not_hide_a_cry_beside_it() -> None:
    assert [group.id for group in find_emergencies(LEXICON, "消防博物馆着火了")] == ["fire"]
    assert [group.id for group in find_emergencies(LEXICON, "热死了，有人晕倒了")] == ["ambulance"]


def test_every_group_leads_to_numbers_and_says_what_to_do() -> None:
    phones = {hotline.id: hotline.phone for hotline in PACK.hotlines}
    ids = ["marine", "ambulance", "jellyfish", "fire", "police", "traffic", "self_harm"]
    assert [group.id for group in LEXICON.groups] == ids
    for group in LEXICON.groups:
        assert all(phones[hotline] for hotline in group.hotlines)
        assert len(group.advice_zh) == len(group.advice_en)
    first = {group.id: phones[group.hotlines[0]] for group in LEXICON.groups}
    assert (first["ambulance"], first["fire"], first["police"]) == ("120", "119", "110")


@pytest.mark.parametrize(
    "text", ["有人" * 5000, "someone " * 5000, "a " * 20000, "会会会容易" * 3000, "我的手机" * 4000]
)
def test_hostile_text_costs_little_time(text: str) -> None:
    started = time.perf_counter()
    find_emergencies(LEXICON, text)
    assert time.perf_counter() - started < 2
