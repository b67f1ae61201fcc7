"""What the bot's rules have to be so that nobody need ask what comes after an action (bot/single_action.py)."""

from __future__ import annotations

from pathlib import Path

import yaml

from backend.services.answers.conversation import ANSWERS

RULES = Path(__file__).resolve().parents[2] / "bot" / "data" / "rules"


def test_every_rule_is_one_intent_and_one_action() -> None:
    rules = [rule for file in sorted(RULES.glob("*.yml")) for rule in yaml.safe_load(file.read_text("utf-8"))["rules"]]
    assert len(rules) > 20
    assert [rule for rule in rules if [*map(set, rule["steps"])] != [{"intent"}, {"action"}]] == []


def test_every_rule_runs_an_action_that_answers() -> None:
    """One that Rasa itself brings would be followed by another."""
    named = {
        rule["steps"][1]["action"]
        for file in sorted(RULES.glob("*.yml"))
        for rule in yaml.safe_load(file.read_text("utf-8"))["rules"]
    }
    assert named <= {f"action_{intent}" for intent in ANSWERS}
