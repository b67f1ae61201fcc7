"""Whose turn it is when a worker is woken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from backend.tasks import turns as module


def drained(monkeypatch: pytest.MonkeyPatch, waiting: list[int]) -> list[int]:
    order: list[int] = []
    turns = SimpleNamespace(longest_wait=lambda _waited, limit: waiting[:limit], drain=order.append)
    parts: Any = SimpleNamespace(turns=turns)
    monkeypatch.setattr(module, "container", lambda: parts)
    module.drain(7)
    return order


def test_the_one_it_was_woken_for_while_nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drained(monkeypatch, []) == [7]


def test_then_one_of_those_who_waited_longest_while_the_workers_are_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drained(monkeypatch, [3]) == [7, 3]
    chosen = {drained(monkeypatch, list(range(100, 200)))[1] for _ in range(200)}
    assert 1 < len(chosen) <= module.AMONG
    assert max(chosen) < 100 + module.AMONG
