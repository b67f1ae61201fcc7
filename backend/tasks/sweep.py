"""The sweeper: picks up what a lost wake-up left behind. Two of them at once do no harm."""

import datetime as dt
from collections.abc import Callable

from backend.celery_app import app
from backend.heartbeat import HEARTBEAT_KEY, HEARTBEAT_SECONDS
from backend.wiring import Container, container

# While jobs wait in a queue the workers are behind, not asleep, and most of what is due has its job there. Waking the
# same conversations again with every sweep buried a busy worker under tens of thousands of needless jobs.
FORGOTTEN = dt.timedelta(seconds=30)


@app.task(name="sweep")
def sweep() -> None:
    """Wakes conversations with due messages, gives holding answers, settles sends nobody recorded."""
    parts = container()
    parts.redis.set(HEARTBEAT_KEY, "1", ex=HEARTBEAT_SECONDS)
    _wake(parts, "turns", "turns.drain", parts.turns.sweep)
    _wake(parts, "outbound", "outbound.deliver", parts.outbound.sweep)
    parts.broadcast_preparing.finish()
    if not parts.redis.llen("notices") and parts.notice_sender.due():
        parts.jobs.send("notices.send")


def _wake(parts: Container, queue: str, task: str, find: Callable[[dt.timedelta], list[int]]) -> None:
    """Sends the task for each conversation found; while jobs wait in the queue only for those long due, and once each
    in that time.
    """
    busy = bool(parts.redis.llen(queue))
    for conversation_id in find(FORGOTTEN if busy else dt.timedelta(0)):
        if busy and not parts.redis.set(f"concierge:woken:{task}:{conversation_id}", "1", nx=True, ex=FORGOTTEN):
            continue
        parts.jobs.send(task, conversation_id)
