"""What the bot learns from and what it is examined with: enough of both, and never the same."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

from dev.eval import testset

ROOT = Path(__file__).resolve().parents[2]
_MARKUP = re.compile(r"\[([^\]]+)\]\([a-z_]+\)")
# What people say in so few words that everybody says the same.
SHORT = 4


def plain(text: str) -> str:
    """Letters and digits alone: a comma more does not make another message."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum())


@cache
def examples() -> list[tuple[str, str, str]]:
    """`(intent, language, text)` of the whole training data."""
    found = []
    for file in sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml")):
        lang = file.name.split(".")[-2]
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = [line[2:] for line in block["examples"].splitlines() if line.startswith("- ")]
            found += [(block["intent"], lang, _MARKUP.sub(r"\1", line)) for line in lines]
    return found


def every_case() -> list[testset.Case]:
    """Every message of the test set."""
    asked = [*testset.utterances("zh"), *testset.utterances("en"), *testset.out_of_scope(), *testset.other_languages()]
    return [*asked, *testset.names()]


def test_no_message_of_the_test_set_is_learned_from() -> None:
    learned = {plain(text) for _intent, _lang, text in examples()}
    both = [case.text for case in every_case() if plain(case.text) in learned and len(plain(case.text)) > SHORT]
    assert both == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_enough_examples_of_every_intent(lang: str) -> None:
    counts = Counter(intent for intent, own, _text in examples() if own == lang)
    intents = {intent for intent, _lang, _text in examples()}
    assert {intent: counts[intent] for intent in intents if counts[intent] < 80} == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_enough_messages_to_examine_every_intent_with(lang: str) -> None:
    counts = Counter(case.intent for case in testset.utterances(lang))
    intents = {intent for intent, _lang, _text in examples()}
    assert {intent: counts[intent] for intent in intents if counts[intent] < 20} == {}


def test_no_message_is_in_the_test_set_twice() -> None:
    assert [text for text, count in Counter(case.text for case in every_case()).items() if count > 1] == []


def test_no_example_has_two_meanings() -> None:
    meanings: dict[tuple[str, str], set[str]] = {}
    for intent, lang, text in examples():
        meanings.setdefault((lang, text), set()).add(intent)
    assert {text: intents for text, intents in meanings.items() if len(intents) > 1} == {}


def test_there_are_strangers_enough() -> None:
    assert len(testset.out_of_scope()) >= 300
