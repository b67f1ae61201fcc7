"""The alerts API: other systems bring alerts in as CAP 1.2, anyone reads what holds now, as JSON or as CAP."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify, request
from flask_limiter.util import get_remote_address

from backend.access import access
from backend.api.alert_json import alert_json
from backend.api.alert_schemas import AlertOut, AlertsOut, AlertsQuery, TakenOut
from backend.api.clients import auth, client
from backend.api.errors import ApiError
from backend.conditional import conditional
from backend.geo import Datum, Point
from backend.limits import limiter
from backend.models import Alert, utcnow
from backend.services.alerts import Refused, districts_of
from backend.services.alerts_here import Spot
from backend.services.cap import MAX_BYTES, InvalidCap
from backend.web_context import parts

blueprint = APIBlueprint("alerts", __name__, url_prefix="/api/v1/alerts", tag="Alerts")
CAP = "application/cap+xml"
_BODY = {
    "requestBody": {
        "required": True,
        "description": f"A CAP 1.2 message in UTF-8, at most {MAX_BYTES // 1024} KiB",
        "content": {CAP: {"schema": {"type": "string"}}, "application/xml": {"schema": {"type": "string"}}},
    }
}
_DOCUMENT: Any = {200: {"description": "CAP 1.2", "content": {CAP: {"schema": {"type": "string"}}}}}
# Nobody shall see an alert late because of a copy.
_FRESH = "public, no-cache"


@blueprint.post("")
@blueprint.doc(
    summary="Bring in an alert",
    responses={
        200: "The same message was here already",
        400: "The body is no CAP 1.2, or not for the public; `fields` says what is wrong where",
        403: "The token lacks the scope alerts.write, or may not speak for this sender or about this alert",
        409: "The sender gave another message this identifier",
    },
    extensions=_BODY,
)
@blueprint.auth_required(auth)
@blueprint.output(TakenOut, status_code=201)
@limiter.limit("120/minute")
@access("client")
def bring_in() -> Any:
    """Takes in a message of CAP 1.2: an alert, an update or the end of one. The same message again changes nothing: one
    whose answer was lost may be sent anew. Messages of status Exercise, System, Test or Draft are kept and told to
    nobody.
    """
    sender = client("alerts.write")
    try:
        taken = parts().alerts.take_in(request.get_data(), sender)
    except InvalidCap as error:
        raise ApiError(400, "invalid_cap", detail={"body": {"cap": list(error.problems)}}) from error
    except Refused as error:
        raise ApiError(_STATUS.get(error.code, 400), error.code) from error
    row = taken.alert
    return {"id": row.id, "state": row.state, "touches": districts_of(row)}, 201 if taken.new else 200


_STATUS = {"alert_sender": 403, "alert_of_another": 403, "alert_identifier_taken": 409}


@blueprint.get("")
@blueprint.doc(
    summary="The alerts that hold now",
    responses={304: "Not changed", 400: "The query is wrong", 404: "There is no such place"},
)
@blueprint.input(AlertsQuery, location="query")
@blueprint.output(AlertsOut)
@limiter.limit("120/minute", key_func=get_remote_address)
@access("public")
def current(query_data: AlertsQuery) -> Any:
    """All of them, or those that touch a district, a place or a point. The gravest first."""
    now = utcnow()
    rows = parts().alerts.current(now)
    spot = _spot(query_data)
    if spot is not None:
        rows = [one.alert for one in parts().alerts.at(spot, now, "zh")]
    return conditional(jsonify({"alerts": [alert_json(row) for row in rows]}), _FRESH)


@blueprint.get("/<alert_id>")
@blueprint.doc(summary="One alert", responses={304: "Not changed", 404: "There is no such alert"})
@blueprint.output(AlertOut)
@limiter.limit("120/minute", key_func=get_remote_address)
@access("public")
def one(alert_id: str) -> Any:
    """An alert and what became of it."""
    return conditional(jsonify(alert_json(_public(alert_id))), _FRESH)


@blueprint.get("/<alert_id>.cap")
@blueprint.doc(
    summary="One alert as CAP 1.2", responses={**_DOCUMENT, 304: "Not changed", 404: "There is no such alert"}
)
@limiter.limit("120/minute", key_func=get_remote_address)
@access("public")
def document(alert_id: str) -> Any:
    """The message itself, as it stands in our books."""
    return conditional(Response(_public(alert_id).xml, content_type=f"{CAP}; charset=utf-8"), _FRESH)


def _public(alert_id: str) -> Alert:
    """An actual message, or what ended one; what is a test is nobody's. Raises ApiError."""
    row = parts().alerts.get(alert_id)
    if row is None or row.status != "Actual":
        raise ApiError(404, "not_found")
    return row


def _spot(query: AlertsQuery) -> Spot | None:
    if query.district is None and query.place is None and query.lat is None:
        return None
    place = parts().places.get(query.place) if query.place is not None else None
    if query.place is not None and place is None:
        raise ApiError(404, "not_found")
    point = None
    if query.lat is not None and query.lon is not None and query.datum is not None:
        point = Point(query.lat, query.lon, Datum(query.datum))
    districts = frozenset({query.district}) if query.district is not None else frozenset()
    return Spot((place,) if place is not None else (), districts, point)
