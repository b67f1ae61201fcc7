"""Events as other systems read them: CloudEvents 1.0 in JSON (https://github.com/cloudevents/spec, v1.0.2)."""

from __future__ import annotations

from typing import Any

from backend.models import Event

CONTENT_TYPE = "application/cloudevents+json"


class CloudEvents:
    """Writes events. `source` is the address of this copy; with the id it names an event for good."""

    def __init__(self, source: str) -> None:
        self._source = source.rstrip("/")

    def write(self, event: Event) -> dict[str, Any]:
        """A public event that has its number. `sequence` is of the extension of that name: it grows with the order."""
        return {
            "specversion": "1.0",
            "id": f"evt_{event.id}",
            "source": self._source,
            "type": event.type,
            "subject": event.subject,
            "time": event.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "sequence": f"{event.number:020d}",
            "data": event.data,
        }
