"""Answering what came in."""

import datetime as dt
import random

from backend.celery_app import app
from backend.wiring import container

# Who waits longer than this is not served in the order of the jobs: some jobs were lost, and lie at the end when they
# are made again.
WAITED_LONG = dt.timedelta(seconds=5)
# Of as many who waited longest some are chosen, so that workers do not all choose the same.
AMONG = 24
AT_ONCE = 2


@app.task(name="turns.drain")
def drain(conversation_id: int) -> None:
    """Answers what is pending in a conversation; while the workers are behind, in those that waited longest.

    A job is only a hint: whoever is passed over now is among those that waited longest before long.
    """
    turns = container().turns
    waited_longest = turns.longest_wait(WAITED_LONG, AMONG)
    for chosen in random.sample(waited_longest, min(AT_ONCE, len(waited_longest))) or [conversation_id]:
        turns.drain(chosen)
