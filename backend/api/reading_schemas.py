"""What the readings API takes and gives, as pydantic models: they validate, and they are the OpenAPI document."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from backend.api.schemas import Body, Datum, Params, Time
from backend.services.quantities import QUANTITIES
from backend.services.readings import MAX_BATCH, MAX_SERIES

QuantityName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$"), Field(examples=["wave_height"])]
RecordId = Annotated[str, StringConstraints(pattern=r"^[a-z_]+:[a-z0-9_]{1,60}$")]
Value = Annotated[float, Field(allow_inf_nan=False)] | Annotated[str, StringConstraints(max_length=24)]


class ReadingIn(Body):
    """One reading: a number with its unit, or a declared value (`red`, `excellent`) with the unit `flag` or `class`.

    `quality`: `raw` as the instrument gave it, `reviewed` by people (replaces a raw one of the same moment), `suspect`.
    """

    quantity: QuantityName
    value: Value = Field(examples=[0.4])
    unit: str = Field(min_length=1, max_length=12, examples=["m"])
    observed_at: Time
    quality: Literal["raw", "reviewed", "suspect"] = "raw"


class ReadingsIn(Body):
    """A batch: all of it is stored or nothing."""

    readings: list[ReadingIn] = Field(min_length=1, max_length=MAX_BATCH)


class StoredOut(BaseModel):
    """How many readings were new, replaced a raw one, were there already."""

    added: int
    corrected: int
    unchanged: int


class StationOut(BaseModel):
    """Where a reading is from. A position comes with its datum; without one it is not known."""

    id: str
    name_zh: str
    name_en: str
    place: str | None
    lat: float | None
    lon: float | None
    datum: Datum | None


class ReadingOut(BaseModel):
    """A reading in its canonical unit. From `stale_at` on it no longer speaks of the present."""

    station: StationOut
    quantity: str
    value: float | str
    unit: str
    quality: str
    observed_at: dt.datetime
    stale_at: dt.datetime


class ReadingsOut(BaseModel):
    """Readings; `truncated` says that there are older ones that fit: ask on with `to` as the last `observed_at`."""

    readings: list[ReadingOut]
    truncated: bool


class LatestOut(BaseModel):
    """The latest reading of each station and quantity."""

    readings: list[ReadingOut]


class OfPlace(Params):
    """Which readings: of a place (`beach:laohushi`), of a station, of one quantity."""

    place: RecordId | None = Field(None, examples=["beach:laohushi"])
    station: RecordId | None = Field(None, examples=["station:laohushi"])
    quantity: QuantityName | None = None

    def names(self) -> tuple[str, ...]:
        """The quantities asked for; all where none is named."""
        return (self.quantity,) if self.quantity else tuple(QUANTITIES)


class Series(OfPlace):
    """And of which time: observed from `from` on and before `to`, at most `limit` of them, latest first."""

    from_: Time | None = Field(None, alias="from")
    to: Time | None = None
    limit: int = Field(100, ge=1, le=MAX_SERIES)
