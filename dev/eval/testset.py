"""The messages of the test set, written independently of the training data (tests/guards forbids overlap)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "understanding"
OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Case:
    """One message: what it means (`intent`), or which record it names (`id`, and in what form: `kind`)."""

    text: str
    lang: str
    intent: str = ""
    id: str = ""
    kind: str = ""


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def utterances(lang: str) -> list[Case]:
    """What people ask, in `zh` or `en`, with the intent."""
    return [Case(row["text"], lang, row["intent"]) for row in _rows(f"utterances.{lang}.csv")]


def out_of_scope() -> list[Case]:
    """Messages near the domain that are none of our business, Chinese and English."""
    return [Case(row["text"], row["lang"], OUT_OF_SCOPE) for row in _rows("out_of_scope.csv")]


def other_languages() -> list[Case]:
    """Russian, Korean and Japanese questions of the ten main intents."""
    return [Case(row["text"], row["lang"], row["intent"]) for row in _rows("other_languages.csv")]


def names() -> list[Case]:
    """Messages that name one record: exactly, in other forms, or with one slip of the finger."""
    return [Case(row["text"], row["lang"], id=row["id"], kind=row["kind"]) for row in _rows("names.csv")]
