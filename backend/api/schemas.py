"""What the chat API takes and gives, as pydantic models: they validate, and they are the OpenAPI document."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from backend.services.inbound import MAX_TEXT

ClientId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._~-]+$")]
Datum = Literal["WGS-84", "GCJ-02", "BD-09"]
Lang = Literal["zh", "en"]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, examples=[39.8186])]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, examples=[119.4839])]
_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]")


def in_our_time(moment: dt.datetime) -> dt.datetime:
    """The time, if it is of this age. Raises ValueError (an id of `fields.ftl`) else: the first and the last day
    of the calendar have no other time zone.
    """
    if not 1970 <= moment.year <= 3000:
        raise ValueError("field-time-range")
    return moment


def _written(value: object) -> str:
    """A time as text: a number would be taken for seconds since 1970. A plus in an address that was not written as %2B
    has become a space.
    """
    if not isinstance(value, str) or not _WRITTEN.match(value):
        raise ValueError("field-time")
    return re.sub(r" (?=\d\d:?\d\d$)", "+", value)


# A moment: written in ISO 8601 with its offset.
Time = Annotated[
    AwareDatetime,
    BeforeValidator(_written),
    AfterValidator(in_our_time),
    Field(strict=False, examples=["2026-11-23T20:00:00+08:00"]),
]


class Params(BaseModel):
    """The parameters of an address. Refuses those nobody reads: a misspelt name must not pass in silence."""

    model_config = ConfigDict(extra="forbid")


class Body(BaseModel):
    """A body of JSON. Refuses fields nobody reads, and values of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SessionIn(Body):
    """`lang`: the language to begin in; detected from the messages where it is not given."""

    lang: Lang | None = None


class SessionOut(BaseModel):
    """`token` is shown once and kept by the client."""

    token: str
    contact_id: str


class Location(Body):
    """A point in degrees, with its datum; a browser gives WGS-84."""

    lat: Lat
    lon: Lon
    datum: Datum


class MessageIn(Body):
    """A text, or a location. `payload` is that of a tapped quick reply."""

    client_message_id: ClientId = Field(examples=["5f0c2a4e-5b0e-4e0e-9a55-0d9a7c1f2b3d"])
    text: str | None = Field(None, min_length=1, max_length=MAX_TEXT, examples=["鸽子窝公园几点开门"])
    location: Location | None = None
    payload: str | None = Field(None, max_length=120)
    lang: Lang | None = None

    @model_validator(mode="after")
    def _one_of(self) -> MessageIn:
        if (self.text is None) == (self.location is None):
            raise ValueError("give either text or location")
        return self


class PositionOut(BaseModel):
    """Never use the numbers without their datum."""

    lat: float
    lon: float
    datum: Datum


class PlaceOut(PositionOut):
    """Where a card's place is; never use the numbers without their datum."""

    id: str
    name: str


class LinkOut(BaseModel):
    """https, geo or tel."""

    title: str
    url: str


class SourceOut(BaseModel):
    """Where a fact comes from, how far to trust it, how old it is, who checked it."""

    record: str
    source: str
    confidence: Literal["high", "medium", "low"]
    as_of: str
    checked_by: str


class ImageOut(BaseModel):
    """A picture, drawn as SVG by this server: its path, and what it shows in words."""

    url: str
    alt: str


class CardOut(BaseModel):
    """One place or number of an answer."""

    title: str
    lines: list[str]
    place: PlaceOut | None
    links: list[LinkOut]
    source: SourceOut | None
    image: ImageOut | None = None


class QuickReplyOut(BaseModel):
    """What the person may do next: send `title` as text with `payload`."""

    title: str
    payload: str


class ReplyOut(BaseModel):
    """One reply; `text` alone makes sense. `kind` is answer, urgent, holding or consent; `in_reply_to` is your
    client_message_id.
    """

    id: str
    in_reply_to: str | None
    kind: str
    text: str
    lang: Lang
    cards: list[CardOut]
    quick_replies: list[QuickReplyOut]
    source: SourceOut | None


class MessageOut(BaseModel):
    """The turn: `message_id` is our id of your message, `cursor` where to go on reading."""

    message_id: str
    replies: list[ReplyOut]
    cursor: str


class MessagesOut(BaseModel):
    """Replies after a cursor."""

    messages: list[ReplyOut]
    cursor: str


class After(Body):
    """`after` is a cursor an earlier answer gave; 0 is the beginning."""

    after: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")] = "0"

    def position(self) -> int:
        """The cursor as a number."""
        return int(self.after)
