"""Live changes of public transport."""

from backend.celery_app import app
from backend.wiring import container


@app.task(name="transit.poll_realtime")
def poll_realtime() -> None:
    """Fetches the GTFS-Realtime feeds; does nothing where none is configured."""
    parts = container()
    parts.transit_realtime.poll(parts.fetch_realtime)
