"""Answering what came in."""

import datetime as dt
import random

from backend.celery_app import app
from backend.wiring import container

# Who waits longer than this is not served in the order of the jobs alone: some jobs were lost, and lie at the end when
# they are made again.
WAITED_LONG = dt.timedelta(seconds=5)
# Of as many who waited longest one is chosen, so that workers do not all choose the same.
AMONG = 24


@app.task(name="turns.drain")
def drain(conversation_id: int) -> None:
    """Answers what is pending in a conversation; while the workers are behind, also in one that waited longest."""
    turns = container().turns
    turns.drain(conversation_id)
    waited_longest = turns.longest_wait(WAITED_LONG, AMONG)
    if waited_longest:
        turns.drain(random.choice(waited_longest))
