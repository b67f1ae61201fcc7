"""An alert as the API gives it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import url_for

from backend.models import Alert
from backend.services.alerts import districts_of
from backend.services.alerts_here import message_of
from backend.services.cap import Area, Info


def alert_json(row: Alert) -> dict[str, Any]:
    """The alert with all its parts."""
    return {
        "id": row.id,
        "thread": row.thread_id,
        "identifier": row.identifier,
        "sender": row.sender,
        "sent": row.sent.isoformat(),
        "status": row.status,
        "msg_type": row.msg_type,
        "kind": row.kind,
        "severity": row.severity,
        "urgency": row.urgency,
        "certainty": row.certainty,
        "districts": districts_of(row),
        "effective_at": row.effective_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "state": row.state,
        "cap": url_for("alerts.document", alert_id=row.id),
        "infos": [_info(info) for info in message_of(row.xml).infos],
    }


def _info(info: Info) -> dict[str, Any]:
    return {
        "language": info.language,
        "event": info.event,
        "headline": info.headline,
        "description": info.description,
        "instruction": info.instruction,
        "severity": info.severity,
        "urgency": info.urgency,
        "certainty": info.certainty,
        "response_types": list(info.response_types),
        "effective": _time(info.effective),
        "onset": _time(info.onset),
        "expires": _time(info.expires),
        "sender_name": info.sender_name,
        "web": info.web,
        "contact": info.contact,
        "areas": [_area(area) for area in info.areas],
    }


def _area(area: Area) -> dict[str, Any]:
    return {
        "description": area.description,
        "polygons": [
            {"type": "Polygon", "coordinates": [[[point.lon, point.lat] for point in polygon.points]]}
            for polygon in area.polygons
        ],
        "circles": [
            {
                "lat": circle.centre.lat,
                "lon": circle.centre.lon,
                "datum": str(circle.centre.datum),
                "radius_km": circle.radius_km,
            }
            for circle in area.circles
        ],
        "codes": [{"name": code.name, "value": code.value} for code in area.geocodes],
    }


def _time(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
