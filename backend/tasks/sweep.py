"""The sweeper: picks up what a lost wake-up left behind. Two of them at once do no harm."""

from backend.celery_app import app
from backend.heartbeat import HEARTBEAT_KEY, HEARTBEAT_SECONDS
from backend.wiring import container


@app.task(name="sweep")
def sweep() -> None:
    """Wakes conversations with due messages, gives holding answers, settles sends nobody recorded."""
    parts = container()
    parts.redis.set(HEARTBEAT_KEY, "1", ex=HEARTBEAT_SECONDS)
    for conversation_id in parts.turns.sweep():
        parts.jobs.send("turns.drain", conversation_id)
    for conversation_id in parts.outbound.sweep():
        parts.jobs.send("outbound.deliver", conversation_id)
