"""Events for other systems."""

from backend.celery_app import app
from backend.wiring import container


@app.task(name="webhooks.deliver")
def deliver() -> None:
    """Posts what is new to the endpoints that are due; two of them at once share the work."""
    container().webhooks.run()
