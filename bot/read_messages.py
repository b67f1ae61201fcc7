"""Reads messages with the trained model, as the bot does; runs under the bot's own Python.

`python -m bot.read_messages ORDER ANSWER`: ORDER is a JSON file
`{model, gazetteer, texts, embedding}`, ANSWER becomes one
with a reading for each text.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from pathlib import Path

from bot import lean_rasa

lean_rasa.install()

from rasa.core.agent import Agent  # noqa: E402 (after the stand-ins)
from rasa.utils.log_utils import configure_structlog  # noqa: E402

from bot import articles, embedding  # noqa: E402
from bot.gazetteer import live  # noqa: E402


async def read(order: dict) -> list:
    """The readings of all texts, in order, with the seconds each took."""
    if not order["embedding"]:
        embedding.shared._load = lambda: (_ for _ in ()).throw(ImportError("left out for this run"))
    agent = Agent.load(order["model"])
    live.swap(order["gazetteer"])
    articles.live.swap(order["gazetteer"])
    readings = []
    for number, text in enumerate(order["texts"]):
        begin = time.perf_counter()
        found = await agent.parse_message(text)
        readings.append(
            {
                "intent": found["intent"]["name"],
                "confidence": found["intent"]["confidence"],
                "tier": found["intent"].get("tier", ""),
                "ranking": [(one["name"], one["confidence"]) for one in found["intent_ranking"]],
                "entities": [(one["entity"], one["value"], one["start"], one["end"]) for one in found["entities"]],
                "seconds": time.perf_counter() - begin,
            }
        )
        if number % 500 == 499:
            print(f"{number + 1} of {len(order['texts'])} messages read", flush=True)
    return readings


if __name__ == "__main__":
    # Rasa writes every message to stdout unless told otherwise; whoever improves the bot must not see the test set.
    configure_structlog(logging.WARNING)
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(json.dumps(asyncio.run(read(given))), encoding="utf-8")
