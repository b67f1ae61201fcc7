"""The sweeper: picks up what a lost wake-up left behind. Two of them at once do no harm."""

from backend.celery_app import app
from backend.heartbeat import HEARTBEAT_KEY, HEARTBEAT_SECONDS
from backend.wiring import Container, container


@app.task(name="sweep")
def sweep() -> None:
    """Wakes conversations with due messages, gives holding answers, settles sends nobody recorded."""
    parts = container()
    parts.redis.set(HEARTBEAT_KEY, "1", ex=HEARTBEAT_SECONDS)
    _wake(parts, "turns", "turns.drain", parts.turns.sweep())
    _wake(parts, "outbound", "outbound.deliver", parts.outbound.sweep())


def _wake(parts: Container, queue: str, task: str, conversations: list[int]) -> None:
    """Sends the task for each conversation, unless jobs wait in its queue.

    While jobs wait the workers are behind, not asleep. Waking the same conversations again with every sweep buried a
    busy worker under tens of thousands of needless jobs; what was forgotten is woken as soon as the queue is empty.
    """
    if parts.redis.llen(queue):
        return
    for conversation_id in conversations:
        parts.jobs.send(task, conversation_id)
