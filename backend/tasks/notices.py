"""Telling people things unasked."""

from backend.celery_app import app
from backend.wiring import container


@app.task(name="notices.send")
def send() -> None:
    """Sends the notices that are due, the most urgent first."""
    parts = container()
    if parts.notice_sender.run():
        parts.jobs.send("notices.send")
