"""The readings API: stations send what they measure, anyone reads it."""

from __future__ import annotations

import logging
from typing import Any, cast

from apiflask import APIBlueprint, HTTPTokenAuth
from flask import Response, jsonify
from flask_limiter.util import get_remote_address

from backend.access import access
from backend.api.errors import ApiError
from backend.api.reading_schemas import LatestOut, OfPlace, ReadingsIn, ReadingsOut, Series, StoredOut
from backend.conditional import conditional
from backend.limits import limiter
from backend.services.readings import InvalidBatch, NewReading, Observed, UnknownStation
from backend.web_context import parts

log = logging.getLogger(__name__)
blueprint = APIBlueprint("readings", __name__, url_prefix="/api/v1/readings", tag="Readings")
auth = HTTPTokenAuth(
    scheme="Bearer",
    security_scheme_name="StationToken",
    description="The token of a station, from `python -m backend.cli station-token STATION`",
)
# How long a copy may be shown without asking again; what is old a client sees by `stale_at`.
CACHE_SECONDS = 30
_AT = "2026-07-16T11:50:00+08:00"
_EXAMPLE = {
    "a beach": {
        "value": {
            "readings": [
                {"quantity": "wave_height", "value": 0.4, "unit": "m", "observed_at": _AT},
                {"quantity": "beach_flag", "value": "green", "unit": "flag", "observed_at": _AT},
            ]
        }
    }
}


@auth.verify_token
def _station(token: str) -> str | None:
    return parts().readings.station_of(token) if token else None


@auth.error_processor
def _refused(_error: Any) -> Any:
    raise ApiError(401, "station_unauthorized")


@blueprint.post("")
@blueprint.doc(
    summary="Send readings of a station",
    responses={400: "A reading is not what it should be: nothing was stored, `fields` names each one"},
)
@blueprint.auth_required(auth)
@blueprint.input(ReadingsIn, examples=_EXAMPLE)
@blueprint.output(StoredOut)
@limiter.limit("120/minute")
@access("station")
def send(json_data: ReadingsIn) -> Any:
    """Stores a batch of at most 500 readings, all or nothing. The same readings again are stored once: a batch whose
    answer was lost may be sent anew.
    """
    station = cast(str, auth.current_user)
    batch = [NewReading(one.quantity, one.value, one.unit, one.observed_at, one.quality) for one in json_data.readings]
    try:
        stored = parts().readings.store(station, batch)
    except InvalidBatch as error:
        detail = {"json": {"readings": {str(position): fields for position, fields in error.errors.items()}}}
        raise ApiError(400, "invalid_readings", detail=detail) from error
    except UnknownStation as error:  # switched off between the check of the token and now
        raise ApiError(401, "station_unauthorized") from error
    log.info("readings_stored", extra={"station": station, "added": stored.added, "corrected": stored.corrected})
    return {"added": stored.added, "corrected": stored.corrected, "unchanged": stored.unchanged}


@blueprint.get("")
@blueprint.doc(
    summary="Readings of a place or a station over time",
    responses={304: "Not changed", 400: "Neither a place nor a station is named, or something is no time"},
)
@blueprint.input(Series, location="query")
@blueprint.output(ReadingsOut)
@limiter.limit("120/minute", key_func=get_remote_address)
@access("public")
def series(query_data: Series) -> Any:
    """Latest first. A place or a station must be named. Readings of quality `suspect` are among them."""
    if not query_data.place and not query_data.station:
        raise ApiError(400, "invalid_body", detail={"query": {"place": ["name a place or a station"]}})
    found = parts().readings.series(
        place_id=query_data.place or "",
        station_id=query_data.station or "",
        quantity_name=query_data.quantity or "",
        begin=query_data.from_,
        end=query_data.to,
        limit=query_data.limit + 1,
    )
    shown = found[: query_data.limit]
    return _cached({"readings": [_json(one) for one in shown], "truncated": len(found) > len(shown)})


@blueprint.get("/latest")
@blueprint.doc(
    summary="The latest reading of each station and quantity", responses={304: "Not changed", 400: "The query is wrong"}
)
@blueprint.input(OfPlace, location="query")
@blueprint.output(LatestOut)
@limiter.limit("120/minute", key_func=get_remote_address)
@access("public")
def latest(query_data: OfPlace) -> Any:
    """Of all stations where neither a place nor a station is named. Without those of quality `suspect`."""
    found = parts().readings.latest(
        query_data.names(),
        [query_data.place] if query_data.place else [],
        [query_data.station] if query_data.station else [],
    )
    return _cached({"readings": [_json(one) for one in found]})


def _cached(body: dict[str, Any]) -> Response:
    """The body with an ETag; 304 where the client has it already."""
    return conditional(jsonify(body), f"public, max-age={CACHE_SECONDS}")


def _json(observed: Observed) -> dict[str, Any]:
    reading, station = observed.reading, observed.station
    known = station.lat is not None and station.datum != "unknown"
    return {
        "station": {
            "id": station.id,
            "name_zh": station.name_zh,
            "name_en": station.name_en,
            "place": station.place_id or None,
            "lat": station.lat if known else None,
            "lon": station.lon if known else None,
            "datum": station.datum if known else None,
        },
        "quantity": reading.quantity,
        "value": reading.said,
        "unit": reading.unit,
        "quality": reading.quality,
        "observed_at": reading.observed_at.isoformat(),
        "stale_at": observed.stale_at.isoformat(),
    }
