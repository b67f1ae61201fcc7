"""What the API of places takes and gives (`backend/api/places.py`), as pydantic models."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from backend.api.schemas import Datum, Lang, Lat, Lon, Params, PositionOut, SourceOut, Time
from backend.services.opening import OpenKind
from backend.services.places import Wanted

MAX_LIMIT = 200
_IDS = re.compile(r"[a-z0-9_]+(?::[a-z0-9_]+)?(?:,[a-z0-9_]+(?::[a-z0-9_]+)?)*")
# Opening hours are worked out for some years around today; nobody asks for others.
_YEARS = 3


def _ids(text: str) -> str:
    if not _IDS.fullmatch(text):
        raise ValueError("field-id")
    return text


def _not_far(moment: dt.datetime) -> dt.datetime:
    if abs(moment.year - dt.datetime.now(dt.UTC).year) > _YEARS:
        raise ValueError("field-time-range")
    return moment


Ids = Annotated[str, StringConstraints(max_length=400), AfterValidator(_ids)]
Moment = Annotated[Time, AfterValidator(_not_far)]
Cursor = Annotated[str, StringConstraints(max_length=300, pattern=r"^[A-Za-z0-9_-]+$")]


class Query(Params):
    """Which places, how many and in which language."""

    kind: Ids | None = Field(
        None, description="attraction, beach, clinic, hub; several parted by commas", examples=["attraction,beach"]
    )
    category: Ids | None = Field(None, description="Ids of categories", examples=["category:park"])
    tag: Ids | None = Field(None, description="Ids of tags, of which one must fit", examples=["tag:family"])
    district: Ids | None = Field(None, description="Ids of districts", examples=["district:130304"])
    department: Ids | None = Field(None, description="Ids of medical departments", examples=["department:pediatrics"])
    lang: Lang | None = Field(None, description="Language of the words; by Accept-Language where it is not given")
    limit: int = Field(10, ge=1, le=MAX_LIMIT, description="How many at most")
    cursor: Cursor | None = Field(None, description="`next_cursor` of the answer before; leave the others as they were")

    def wanted(self) -> Wanted:
        """The filters; a category and so on with its narrower ones is the caller's to add."""
        return Wanted(
            _parted(self.kind),
            _parted(self.category),
            _parted(self.tag),
            _parted(self.district),
            _parted(self.department),
        )


class PlacesQuery(Query):
    """Filters of the list; all must fit."""

    q: str | None = Field(None, min_length=1, max_length=60, description="Part of a name", examples=["公园"])
    # A mobile client may come back after years: all it asks for is what has changed.
    updated_since: Time | None = Field(
        None, description="Only what changed since, in the order of the changes, what is gone included"
    )


class NearQuery(Query):
    """Where from, what, and when it must be open."""

    lat: Lat
    lon: Lon
    datum: Datum = Field(description="A browser and a phone's GPS give WGS-84; Chinese maps GCJ-02 or BD-09")
    within_m: float | None = Field(
        None, gt=0, le=1_000_000, allow_inf_nan=False, description="Metres, straight line; 1500 is a walk"
    )
    open: Literal["now"] | None = Field(None, description="Only what is open now")
    open_at: Moment | None = Field(None, description="Only what is open at this time")

    @model_validator(mode="after")
    def _one_time(self) -> NearQuery:
        if self.open is not None and self.open_at is not None:
            raise ValueError("field-one-time")
        return self


class PlaceQuery(Params):
    """The language of one place."""

    lang: Lang | None = None


class NamesOut(BaseModel):
    """In both languages; the English one may be empty."""

    zh: str
    en: str


class SurePositionOut(PositionOut):
    """A position, and how far to trust it; never use the numbers without their datum."""

    confidence: str


class HoursOut(BaseModel):
    """`text` is what the source says, `osm` the same in OpenStreetMap's notation; empty where not known."""

    text: str
    osm: str
    confidence: str


class OpeningOut(BaseModel):
    """The state now, or at the time asked for: when it ends, and when a closed place opens next; null where not known,
    which is never guessed. Times are the city's. `certain` is false where the holidays of that year are not announced.
    """

    kind: OpenKind
    until: AwareDatetime | None
    next_open: AwareDatetime | None
    certain: bool


_EXAMPLE = {
    "id": "attraction:old_tower",
    "deleted": False,
    "kind": "attraction",
    "name": "Old Tower",
    "names": {"zh": "老塔公园", "en": "Old Tower"},
    "aliases": ["老塔"],
    "category": "category:park",
    "tags": ["tag:family"],
    "departments": [],
    "district": "district:130304",
    "summary": "An old tower by the sea.",
    "address": "1 Seaside Road",
    "phones": ["0335-0000000"],
    "website": "",
    "hours": {"text": "05:30-18:30", "osm": "Mo-Su 05:30-18:30", "confidence": "medium"},
    "opening": {
        "kind": "closed",
        "until": "2026-11-24T05:30:00+08:00",
        "next_open": "2026-11-24T05:30:00+08:00",
        "certain": True,
    },
    "price": "40 yuan",
    "rating": "AAAA",
    "status": "open",
    "position": {"lat": 39.8354, "lon": 119.5262, "datum": "GCJ-02", "confidence": "medium"},
    "source": {
        "record": "attraction:old_tower",
        "source": "official site",
        "confidence": "medium",
        "as_of": "2025-06",
        "checked_by": "",
    },
    "version": 3,
    "updated_at": "2026-11-20T08:15:00Z",
}
_NEAR = {**_EXAMPLE, "distance_m": 412.6, "distance": "straight line", "walking_minutes_estimate": 7}
EXAMPLES: dict[str, dict[str, object]] = {
    "place": _EXAMPLE,
    "places": {"places": [_EXAMPLE], "next_cursor": "WyJsaXN0Iiwx", "sync_cursor": "WyJzeW5jIiwx"},
    "near": {"places": [_NEAR], "hours_unknown": [], "open_at": None, "next_cursor": None},
}


class PlaceRecordOut(BaseModel):
    """A place. Words are in the language asked for, in Chinese where there are no others."""

    id: str
    deleted: Literal[False] = False
    kind: str
    name: str
    names: NamesOut
    aliases: list[str]
    category: str
    tags: list[str]
    departments: list[str]
    district: str
    summary: str
    address: str
    phones: list[str]
    website: str
    hours: HoursOut
    opening: OpeningOut
    price: str
    rating: str
    status: str
    position: SurePositionOut | None
    source: SourceOut
    version: int
    updated_at: AwareDatetime


class GoneOut(BaseModel):
    """A place that is no longer there, or no longer fits: take it out."""

    id: str
    deleted: Literal[True] = True
    updated_at: AwareDatetime


class PlacesOut(BaseModel):
    """`next_cursor` leads on and is null at the end. `sync_cursor` asks later, as `cursor`, for what changed since."""

    places: list[PlaceRecordOut | GoneOut]
    next_cursor: str | None
    sync_cursor: str


class NearPlaceOut(PlaceRecordOut):
    """A place with its distance. The minutes on foot are an estimate: 1.3 times the straight line at 4.5 km/h, null
    beyond a walk of 1,500 m.
    """

    distance_m: float
    distance: Literal["straight line"] = "straight line"
    walking_minutes_estimate: int | None


class NearOut(BaseModel):
    """Nearest first. `hours_unknown` are places on the way to the last of `places` that may be open as well: nobody
    knows their hours. It is empty where no time was asked for.
    """

    places: list[NearPlaceOut]
    hours_unknown: list[NearPlaceOut]
    open_at: AwareDatetime | None
    next_cursor: str | None


def _parted(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.split(","))) if text else ()
