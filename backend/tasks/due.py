"""What is due."""

from backend.celery_app import app
from backend.wiring import container


@app.task(name="due.run")
def run() -> None:
    """Does what is due; two of them at once share the work."""
    container().due.run()
