"""What the readings of the test set come to: figures, tables and pictures."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dev.eval.testset import OUT_OF_SCOPE, Case

REFUSED = frozenset({OUT_OF_SCOPE, "nlu_fallback"})
LANGUAGES = {"zh": "Chinese", "en": "English", "ru": "Russian", "ko": "Korean", "ja": "Japanese"}
PRODUCT_LANGUAGES = ("zh", "en")


class Results:
    """Cases and their readings, side by side."""

    def __init__(self, cases: list[Case], readings: list[dict[str, Any]]) -> None:
        self.rows = list(zip(cases, readings, strict=True))

    def asked(self, lang: str) -> list[tuple[Case, dict[str, Any]]]:
        """Messages with an intent of ours in a language."""
        return [
            (case, reading)
            for case, reading in self.rows
            if case.lang == lang and case.intent and case.intent != OUT_OF_SCOPE
        ]

    def strangers(self) -> list[tuple[Case, dict[str, Any]]]:
        """Messages that are none of our business."""
        return [(case, reading) for case, reading in self.rows if case.intent == OUT_OF_SCOPE]

    def named(self, slip: bool) -> list[tuple[Case, dict[str, Any]]]:
        """Messages that name a record, with a slip of the finger or without."""
        return [(case, reading) for case, reading in self.rows if case.id and (case.kind == "typo") == slip]


def refused(reading: dict[str, Any]) -> bool:
    """Whether the person is told that we have no answer: also where documents are asked for and none answers."""
    if reading["intent"] == "ask_article":
        return all(entity != "article" for entity, _value, _start, _end in reading["entities"])
    return reading["intent"] in REFUSED


def right(case: Case, reading: dict[str, Any]) -> bool:
    """Whether a message was understood; a stranger is, when it is refused."""
    if case.intent == OUT_OF_SCOPE:
        return refused(reading)
    return bool(reading["intent"] == case.intent)


def linked(case: Case, reading: dict[str, Any]) -> bool:
    """Whether the record meant is the one found, or among those of the same name that are asked about."""
    return case.id in _records(reading)


def _records(reading: dict[str, Any]) -> list[str]:
    kinds = ("attraction", "beach", "clinic", "hub", "hotline", "district")
    return [value for entity, value, _start, _end in reading["entities"] if entity in kinds]


def share(hits: list[bool]) -> float:
    """The part that is true; 0 of nothing."""
    return sum(hits) / len(hits) if hits else 0.0


@dataclass(frozen=True)
class Page:
    """The report as Markdown, its figures, and whether all limits are kept."""

    text: str
    figures: dict[str, Any]
    kept: bool


def page(both: Results, alone: Results, day: date) -> Page:
    """The report of two runs: with the embedding and without."""
    promises: list[tuple[str, float, float, bool]] = []
    for lang in PRODUCT_LANGUAGES:
        promises.append((f"Intents, {LANGUAGES[lang]}", share([right(*row) for row in both.asked(lang)]), 0.95, True))
    caught = share([right(*row) for row in both.strangers()])
    good = [row for lang in PRODUCT_LANGUAGES for row in both.asked(lang)]
    lost = share([refused(reading) for _case, reading in good])
    promises.append(("Out of scope caught", caught, 0.85, True))
    promises.append(("Good questions refused", lost, 0.05, False))
    promises.append(
        ("Names linked to the right record", share([linked(*row) for row in both.named(False)]), 0.97, True)
    )
    promises.append(("The same with one slip", share([linked(*row) for row in both.named(True)]), 0.90, True))
    for lang in ("ru", "ko", "ja"):
        promises.append((f"Intents, {LANGUAGES[lang]}", share([right(*row) for row in both.asked(lang)]), 0.80, True))
    lines = [
        "# How well the bot understands",
        "",
        f"Made by `make eval ARGS=--publish` on {day.isoformat()}. The test set",
    ]
    lines += [
        "(`tests/understanding`) was written independently of the training data, and a guard forbids overlap.",
        "",
    ]
    kept = True
    for name, value, limit, at_least in promises:
        good_enough = value >= limit if at_least else value <= limit
        kept = kept and good_enough
        sign = "≥" if at_least else "≤"
        lines.append(f"* {'kept  ' if good_enough else 'BROKEN'} {name}: {value:.3f} ({sign} {limit:.2f})")
    lines += [
        "",
        "**By language and tier**",
        "",
        "| language | messages | both tiers | n-grams alone | read by n-grams |",
    ]
    lines += ["| --- | --: | --: | --: | --: |"]
    for lang in LANGUAGES:
        rows = both.asked(lang)
        lines.append(
            f"| {LANGUAGES[lang]} | {len(rows)} | {share([right(*row) for row in rows]):.3f}"
            f" | {share([right(*row) for row in alone.asked(lang)]):.3f}"
            f" | {share([reading['tier'] == 'ngrams' for _case, reading in rows]):.2f} |"
        )
    lines.append(
        f"| out of scope | {len(both.strangers())} | {caught:.3f}"
        f" | {share([right(*row) for row in alone.strangers()]):.3f}"
        f" | {share([reading['tier'] == 'ngrams' for _case, reading in both.strangers()]):.2f} |"
    )
    lines += [
        "",
        "**Names by the form they were written in**",
        "",
    ]
    lines += names_by_form(both)
    lines += ["", "**By intent** (Chinese and English)", "", "| intent | messages | precision | recall |"]
    lines += ["| --- | --: | --: | --: |", *_by_intent([*good, *both.strangers()])]
    lines += ["", "![Which intent was taken for which](confusion.png)", "", "![Out of scope](out_of_scope.png)", ""]
    figures = {name: value for name, value, _limit, _at_least in promises}
    return Page("\n".join(lines), figures, kept)


def names_by_form(results: Results) -> list[str]:
    """A table: how many names of each form were linked, and what became of the others."""
    forms: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for case, reading in (*results.named(False), *results.named(True)):
        forms[case.kind].append((linked(case, reading), not _records(reading)))
    lines = ["| form | messages | linked | nothing found | another record |", "| --- | --: | --: | --: | --: |"]
    for form, hits in sorted(forms.items()):
        good, nothing = (sum(each[at] for each in hits) for at in (0, 1))
        lines.append(f"| {form} | {len(hits)} | {good / len(hits):.3f} | {nothing} | {len(hits) - good - nothing} |")
    return lines


def _by_intent(rows: list[tuple[Case, dict[str, Any]]]) -> list[str]:
    said = Counter(_name(case, reading) for case, reading in rows)
    meant = Counter(case.intent for case, _reading in rows)
    hits = Counter(case.intent for case, reading in rows if right(case, reading))
    return [
        f"| {intent} | {meant[intent]} | {hits[intent] / said[intent] if said[intent] else 0:.2f}"
        f" | {hits[intent] / meant[intent]:.2f} |"
        for intent in sorted(meant)
    ]


def _name(case: Case, reading: dict[str, Any]) -> str:
    """The intent as read; a refusal counts as out of scope, but no article for a question on one is no misreading."""
    if reading["intent"] in REFUSED or (case.intent == OUT_OF_SCOPE and refused(reading)):
        return OUT_OF_SCOPE
    return str(reading["intent"])


def publish(made: Page, folder: Path, both: Results, alone: Results) -> None:
    """Writes page, figures, pictures and the list of what was misread."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(made.text, encoding="utf-8")
    wrong = [
        {"text": case.text, "lang": case.lang, "meant": case.intent, "read": reading["intent"]}
        for case, reading in both.rows
        if case.intent and not right(case, reading)
    ]
    missed = [
        {"text": case.text, "meant": case.id, "found": reading["entities"]}
        for case, reading in both.rows
        if case.id and not linked(case, reading)
    ]
    content = {"figures": made.figures, "misread": wrong, "not_linked": missed}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / "results.json").write_text(text + "\n", encoding="utf-8")
    _confusion(both, folder / "confusion.png")
    _curve(both, alone, folder / "out_of_scope.png")


def _confusion(results: Results, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np

    rows = [*results.asked("zh"), *results.asked("en"), *results.strangers()]
    intents = sorted({case.intent for case, _reading in rows})
    where = {intent: number for number, intent in enumerate(intents)}
    table = np.zeros((len(intents), len(intents)))
    for case, reading in rows:
        said = _name(case, reading)
        if said in where:
            table[where[case.intent], where[said]] += 1
    table /= np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(11, 10))
    axes.imshow(table, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(intents)), intents, rotation=90)
    axes.set_yticks(range(len(intents)), intents)
    axes.set_xlabel("read as")
    axes.set_ylabel("meant")
    for row, column in zip(*np.nonzero(table >= 0.02), strict=True):
        value = table[row, column]
        colour = "white" if value > 0.5 else "black"
        axes.text(
            column, row, f"{value:.2f}"[1:] if value < 1 else "1", ha="center", va="center", fontsize=6, color=colour
        )
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _curve(both: Results, alone: Results, path: Path) -> None:
    """Strangers caught against good questions refused, over all thresholds on the likeliest intent of ours."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots(figsize=(6, 5))
    for name, results in (("both tiers", both), ("n-grams alone", alone)):
        ours = np.array([_ours(reading) for _case, reading in [*results.asked("zh"), *results.asked("en")]])
        strange = np.array([_ours(reading) for _case, reading in results.strangers()])
        thresholds = np.linspace(0, 1, 201)
        axes.plot([np.mean(ours < at) for at in thresholds], [np.mean(strange < at) for at in thresholds], label=name)
    axes.axvline(0.05, color="grey", linewidth=0.5)
    axes.axhline(0.85, color="grey", linewidth=0.5)
    axes.set_xlim(0, 0.3)
    axes.set_xlabel("good questions refused")
    axes.set_ylabel("out of scope caught")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _ours(reading: dict[str, Any]) -> float:
    return float(max((confidence for name, confidence in reading["ranking"] if name not in REFUSED), default=0.0))
