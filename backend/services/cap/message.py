"""A CAP message as values: the names are the standard's own, in the order of its element table (section 3.2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from backend.geo import Point

STATUS = ("Actual", "Exercise", "System", "Test", "Draft")
MSG_TYPE = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPE = ("Public", "Restricted", "Private")
CATEGORY = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
)  # fmt: skip
RESPONSE_TYPE = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
# The gravest first, as the standard lists them.
URGENCY = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITY = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTY = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
# What <language> means where it is left out.
DEFAULT_LANGUAGE = "en-US"


@dataclass(frozen=True)
class Reference:
    """An earlier message: `sent` is aware."""

    sender: str
    identifier: str
    sent: dt.datetime


@dataclass(frozen=True)
class Named:
    """A value of a code or a parameter, with the name of what it is a value of."""

    name: str
    value: str


@dataclass(frozen=True)
class Polygon:
    """A closed line in WGS-84: at least four points, the last of them the first."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Circle:
    """A point in WGS-84 and a radius in kilometres; a radius of 0 is the point alone."""

    centre: Point
    radius_km: float


@dataclass(frozen=True)
class Area:
    """Where a message holds: the union of all shapes and codes. Heights are in feet above mean sea level (WGS-84)."""

    description: str
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude: str = ""
    ceiling: str = ""


@dataclass(frozen=True)
class Resource:
    """A file that belongs to the message. `size` is in bytes, as written."""

    description: str
    mime_type: str
    size: str = ""
    uri: str = ""
    deref_uri: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Info:
    """What is to be known, in one language. Times are aware."""

    categories: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    language: str = DEFAULT_LANGUAGE
    response_types: tuple[str, ...] = ()
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective: dt.datetime | None = None
    onset: dt.datetime | None = None
    expires: dt.datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True)
class Message:
    """A message as a whole. `sent` is aware; `addresses` and `incidents` stand as written."""

    identifier: str
    sender: str
    sent: dt.datetime
    status: str
    msg_type: str
    scope: str
    source: str = ""
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: str = ""
    infos: tuple[Info, ...] = ()

    @property
    def as_reference(self) -> Reference:
        """How a later message names this one."""
        return Reference(self.sender, self.identifier, self.sent)
