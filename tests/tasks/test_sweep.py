"""The sweeper's wake-ups."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from backend.tasks import sweep as module


class Recorder:
    """Stands in for what the sweeper uses; `queued` is what waits in each queue."""

    def __init__(self, **queued: int) -> None:
        self.sent: list[tuple[str, int]] = []
        self.parts: Any = SimpleNamespace(
            redis=SimpleNamespace(set=lambda *_, **__: None, llen=lambda queue: queued.get(queue, 0)),
            turns=SimpleNamespace(sweep=lambda: [7, 8]),
            outbound=SimpleNamespace(sweep=lambda: [9]),
            jobs=SimpleNamespace(send=lambda task, conversation: self.sent.append((task, conversation))),
        )


def swept(monkeypatch: pytest.MonkeyPatch, **queued: int) -> list[tuple[str, int]]:
    recorder = Recorder(**queued)
    monkeypatch.setattr(module, "container", lambda: recorder.parts)
    module.sweep()
    return recorder.sent


def test_wakes_every_conversation_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert swept(monkeypatch) == [("turns.drain", 7), ("turns.drain", 8), ("outbound.deliver", 9)]


def test_does_not_add_to_a_queue_that_the_workers_are_behind_with(monkeypatch: pytest.MonkeyPatch) -> None:
    assert swept(monkeypatch, turns=1) == [("outbound.deliver", 9)]
    assert swept(monkeypatch, outbound=1) == [("turns.drain", 7), ("turns.drain", 8)]
