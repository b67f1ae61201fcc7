"""Whose turn it is when a worker is woken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from backend.tasks import turns as module


def drained(monkeypatch: pytest.MonkeyPatch, waiting: list[int], due: list[int]) -> tuple[list[int], list[int]]:
    """The conversations in which only what is urgent was answered, and those that were drained."""
    order: list[int] = []
    urgent: list[int] = []
    turns = SimpleNamespace(
        longest_wait=lambda _waited, limit: waiting[:limit],
        longest_due=lambda _waited, limit: due[:limit],
        drain=order.append,
        answer_urgent=urgent.append,
    )
    parts: Any = SimpleNamespace(turns=turns)
    monkeypatch.setattr(module, "container", lambda: parts)
    module.drain(7)
    return urgent, order


def test_the_one_it_was_woken_for_while_nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drained(monkeypatch, [], []) == ([], [7])


def test_what_is_urgent_and_those_who_waited_longest_while_the_workers_are_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert drained(monkeypatch, [3], [4]) == ([7], [3, 4])
    assert drained(monkeypatch, [3], []) == ([7], [3]), "another worker took it meanwhile"
    for _ in range(50):
        urgent, order = drained(monkeypatch, list(range(100, 200)), list(range(200, 300)))
        assert urgent == [7]
        by_wait, by_due = order
        assert by_wait < 100 + module.AMONG
        assert 200 <= by_due < 200 + module.AMONG
