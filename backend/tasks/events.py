"""What follows from events: people told of what they subscribed to."""

from backend.celery_app import app
from backend.wiring import container


@app.task(name="events.follow")
def follow() -> None:
    """Does what is new in the event feed; two of them at once share the work."""
    for follower in container().followers:
        follower.run()
