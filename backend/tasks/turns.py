"""Answering what came in."""

import datetime as dt
import random

from backend.celery_app import app
from backend.wiring import container

# Who waits longer than this is not served in the order of the jobs: some jobs were lost, and lie at the end when they
# are made again.
WAITED_LONG = dt.timedelta(seconds=5)
# Of as many who waited longest one is chosen, so that workers do not all choose the same.
AMONG = 24


@app.task(name="turns.drain")
def drain(conversation_id: int) -> None:
    """Answers what is pending in a conversation.

    While the workers are behind, a job is a hint that somebody waits: then it answers what is urgent in its
    conversation, and those that waited longest. Whoever is passed over now is among those before long.
    """
    turns = container().turns
    waited_longest = turns.longest_wait(WAITED_LONG, AMONG)
    if not waited_longest:
        turns.drain(conversation_id)
        return
    turns.answer_urgent(conversation_id)
    # By both orders: those whose turns go on failing wait longest and are due last, and must not keep the others out.
    for found in (waited_longest, turns.longest_due(WAITED_LONG, AMONG)):
        if found:
            turns.drain(random.choice(found))
