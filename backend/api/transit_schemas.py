"""What the public transport API takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from backend.api.schemas import Datum, Lat, LinkOut, Lon, Params, PositionOut, SourceOut, Time

# A record id of a place or a stop, or a point with its datum.
POINT_PATTERN = r"-?[0-9]{1,3}(\.[0-9]{1,9})?,-?[0-9]{1,3}(\.[0-9]{1,9})?,(WGS-84|GCJ-02|BD-09)"
EndId = Annotated[
    str, StringConstraints(pattern=rf"^([a-z_]{{1,20}}:[A-Za-z0-9_.-]{{1,60}}|{POINT_PATTERN})$", max_length=90)
]
Query = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]


class LinesIn(Params):
    """`q`: a number or a part of a name."""

    q: Query | None = Field(None, examples=["34"])


class StopsIn(Params):
    """`q`: a part of a name; or a point with its datum, around which stops are found, nearest first."""

    q: Query | None = Field(None, examples=["人民公园"])
    lat: Lat | None = None
    lon: Lon | None = None
    datum: Datum | None = Field(None, examples=["GCJ-02"])
    radius: int = Field(900, ge=50, le=5000, description="metres in a straight line")

    @model_validator(mode="after")
    def _whole_point(self) -> StopsIn:
        if len({self.lat is None, self.lon is None, self.datum is None}) > 1:
            raise ValueError("field-whole-point")
        return self


class JourneysIn(Params):
    """From where to where: a record id (`hub:rail_qhd`, `bus_stop:…`) or `lat,lon,datum`. Times are ISO 8601 with an
    offset; without one, leaving now.
    """

    model_config = ConfigDict(populate_by_name=True)

    from_: EndId = Field(alias="from", examples=["hub:rail_qhd"])
    to: EndId = Field(examples=["attraction:geziwo"])
    depart_at: Time | None = Field(None, examples=["2026-07-15T08:00:00+08:00"])
    arrive_by: Time | None = Field(None, examples=["2026-07-15T09:30:00+08:00"])

    @model_validator(mode="after")
    def _one_time(self) -> JourneysIn:
        if self.depart_at is not None and self.arrive_by is not None:
            raise ValueError("field-one-moment")
        return self


class StopRef(BaseModel):
    """A stop by its id and names."""

    id: str = Field(examples=["bus_stop:s070179e437"])
    name_zh: str
    name_en: str


class LineRef(BaseModel):
    """A line by its id and names."""

    id: str = Field(examples=["bus_line:34"])
    name_zh: str = Field(examples=["34路"])
    name_en: str = Field(examples=["Bus 34"])


class DirectionOut(BaseModel):
    """One direction: its stops in order; first and last departure from its first stop today, where known."""

    towards: str
    stops: list[StopRef]
    first: dt.datetime | None
    last: dt.datetime | None


class LineOut(LineRef):
    """A line. `first_last` are times by season as the source gives them; `unordered_stops` are served, though it is not
    known where on the way.
    """

    directions: list[DirectionOut]
    unordered_stops: list[StopRef]
    first_last: dict[str, str]
    fare_cny: float | None
    source: SourceOut


class FeedOut(BaseModel):
    """What the answers come from; null where no feed is loaded yet. `partial`: departure times are not known."""

    name: str
    partial: bool
    as_of: str
    valid_until: str


class LinesOut(BaseModel):
    """All lines, or those that fit."""

    lines: list[LineRef]
    feed: FeedOut | None


class StopOut(StopRef):
    """A stop with the lines that serve it; `metres` in a straight line where a point was given."""

    aliases: list[str]
    point: PositionOut | None
    lines: list[LineRef]
    metres: int | None = None


class StopsOut(BaseModel):
    """Stops, at most 50."""

    stops: list[StopOut]
    feed: FeedOut | None


class LegOut(BaseModel):
    """A ride, or a walk (`line` is null). Times and counts are null where they are not known; `estimated` where they
    are no timetable.
    """

    line: LineRef | None
    towards: str
    from_stop: StopRef | None
    to_stop: StopRef | None
    departs: dt.datetime | None
    arrives: dt.datetime | None
    minutes: int | None
    stops: int | None
    estimated: bool


class JourneyOut(BaseModel):
    """A way, its legs in order; `fare_cny` where the feed gives it."""

    departs: dt.datetime | None
    arrives: dt.datetime | None
    rides: int
    fare_cny: float | None
    legs: list[LegOut]


class JourneysOut(BaseModel):
    """Ways, fewest rides first; none where we know of none: then `links` open the way in a map app all the same."""

    journeys: list[JourneyOut]
    links: list[LinkOut]
    feed: FeedOut | None
