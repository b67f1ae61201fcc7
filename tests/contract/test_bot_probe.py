"""Whether a bot is there is never guessed: who asks while the first question is out waits for its outcome."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from backend.dialogue import HttpDialogue

GAZETTEER: Any = None  # a probe needs none


def test_first_callers_wait_for_the_first_outcome() -> None:
    with socket.socket() as silent:  # takes connections and says nothing, as a bot that is loading its model
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        dialogue = HttpDialogue([url], token="t" * 16, timeout=1, gazetteer=GAZETTEER)
        with ThreadPoolExecutor(5) as pool:
            asked = [pool.submit(dialogue.probe) for _ in range(5)]
    assert [each.result() for each in asked] == [False] * 5
