"""Work that follows an edit of content."""

from backend.celery_app import app
from backend.wiring import container


@app.task(name="content.push_gazetteer")
def push_gazetteer() -> None:
    """Gives the bots the current names ahead of the next message."""
    container().dialogue.push_gazetteer()
