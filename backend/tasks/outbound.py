"""Sending what we owe."""

from backend.celery_app import app
from backend.wiring import container


@app.task(name="outbound.deliver")
def deliver(conversation_id: int) -> None:
    """Sends the due messages of a conversation."""
    container().outbound.deliver(conversation_id)
