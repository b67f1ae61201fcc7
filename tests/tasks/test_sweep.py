"""The sweeper's wake-ups."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from backend.tasks import sweep as module

NOW = dt.timedelta(0)


class Recorder:
    """Stands in for what the sweeper uses; `queued` is what waits in each queue. Conversation 8 is long due."""

    def __init__(self, **queued: int) -> None:
        self.sent: list[tuple[Any, ...]] = []
        self.notices = False
        self.kept: set[str] = set()
        self.parts: Any = SimpleNamespace(
            redis=SimpleNamespace(set=self.keep, llen=lambda queue: queued.get(queue, 0)),
            turns=SimpleNamespace(sweep=lambda overdue: [7, 8] if overdue == NOW else [8]),
            outbound=SimpleNamespace(sweep=lambda overdue: [9] if overdue == NOW else []),
            broadcast_preparing=SimpleNamespace(finish=list),
            notice_sender=SimpleNamespace(due=lambda: self.notices),
            jobs=SimpleNamespace(send=lambda task, *args: self.sent.append((task, *args))),
        )

    def keep(self, key: str, _value: str, *, nx: bool = False, ex: object) -> bool | None:
        """As Redis: None where `nx` finds the key."""
        if nx and key in self.kept:
            return None
        self.kept.add(key)
        return True


def swept(monkeypatch: pytest.MonkeyPatch, **queued: int) -> list[tuple[Any, ...]]:
    recorder = Recorder(**queued)
    monkeypatch.setattr(module, "container", lambda: recorder.parts)
    module.sweep()
    return recorder.sent


def test_wakes_every_conversation_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert swept(monkeypatch) == [("turns.drain", 7), ("turns.drain", 8), ("outbound.deliver", 9)]


def test_does_not_add_to_a_queue_that_the_workers_are_behind_with(monkeypatch: pytest.MonkeyPatch) -> None:
    assert swept(monkeypatch, turns=1) == [("turns.drain", 8), ("outbound.deliver", 9)]
    assert swept(monkeypatch, outbound=1) == [("turns.drain", 7), ("turns.drain", 8)]


def test_a_conversation_long_due_is_woken_once_while_its_queue_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(turns=1, outbound=1)
    monkeypatch.setattr(module, "container", lambda: recorder.parts)
    module.sweep()
    module.sweep()
    assert recorder.sent == [("turns.drain", 8)]


@pytest.mark.parametrize(("due", "waiting", "woken"), [(True, 0, 1), (False, 0, 0), (True, 1, 0)])
def test_wakes_the_sender_of_notices_where_some_are_due(
    monkeypatch: pytest.MonkeyPatch, due: bool, waiting: int, woken: int
) -> None:
    recorder = Recorder(notices=waiting)
    recorder.notices = due
    monkeypatch.setattr(module, "container", lambda: recorder.parts)
    module.sweep()
    assert recorder.sent.count(("notices.send",)) == woken
