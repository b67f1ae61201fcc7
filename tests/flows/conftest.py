"""Tests from end to end: the real processes, fake providers on the other side of the wire."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stack import Stack

HERE = Path(__file__).parent
# The first test waits for the start, and on a fresh machine for the bot's training.
TIMEOUT_SECONDS = 420


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.flow)
            item.add_marker(pytest.mark.timeout(TIMEOUT_SECONDS))


@pytest.fixture(autouse=True)
def _whole_before(stack: Stack) -> Iterator[None]:
    """Every test finds every part ready, whatever the one before killed."""
    stack.wait_ready()
    yield
