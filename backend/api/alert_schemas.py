"""What the alerts API takes and gives, as pydantic models: they validate, and they are the OpenAPI document."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, StringConstraints, model_validator

from backend.api.schemas import Datum, Lat, Lon, Params, PositionOut

RecordId = Annotated[str, StringConstraints(pattern=r"^[a-z_]+:[a-z0-9_]{1,60}$")]
Severity = Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
Urgency = Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
Certainty = Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"]


class AlertsQuery(Params):
    """Which alerts: those that touch a district (`district:130304`), a place (`beach:laohushi`) or a point."""

    district: RecordId | None = None
    place: RecordId | None = None
    lat: Lat | None = None
    lon: Lon | None = None
    datum: Datum | None = None

    @model_validator(mode="after")
    def _whole_point(self) -> AlertsQuery:
        if len({self.lat is None, self.lon is None, self.datum is None}) > 1:
            raise ValueError("field-whole-point")
        return self


class CircleOut(PositionOut):
    """A point with its datum, and a radius in kilometres."""

    radius_km: float


class AreaOut(BaseModel):
    """Where it holds: the union of shapes and codes. Polygons are GeoJSON (RFC 7946): WGS-84, longitude first."""

    description: str
    polygons: list[dict[str, Any]]
    circles: list[CircleOut]
    codes: list[dict[str, str]]


class InfoOut(BaseModel):
    """What is to be known, in one language."""

    language: str
    event: str
    headline: str
    description: str
    instruction: str
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    response_types: list[str]
    effective: dt.datetime | None
    onset: dt.datetime | None
    expires: dt.datetime | None
    sender_name: str
    web: str
    contact: str
    areas: list[AreaOut]


class AlertOut(BaseModel):
    """An alert. `districts` are the ids of those it names or reaches, `city` for all of them. `state`: waiting,
    current, superseded, cancelled, expired, or recorded (what ended another). `cap` is its address as CAP.
    """

    id: str
    thread: str
    identifier: str
    sender: str
    sent: dt.datetime
    status: str
    msg_type: str
    kind: str
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    districts: list[str]
    effective_at: dt.datetime
    expires_at: dt.datetime
    state: str
    cap: str
    infos: list[InfoOut]


class AlertsOut(BaseModel):
    """What holds now, the gravest first."""

    alerts: list[AlertOut]


class TakenOut(BaseModel):
    """The message as it is kept. `touches` says where it was found to hold: empty where its area tells us nothing, and
    then nobody is told of it.
    """

    id: str
    state: str
    touches: list[str]
