"""Answering what came in."""

from backend.celery_app import app
from backend.wiring import container


@app.task(name="turns.drain")
def drain(conversation_id: int) -> None:
    """Answers what is pending in a conversation."""
    container().turns.drain(conversation_id)
