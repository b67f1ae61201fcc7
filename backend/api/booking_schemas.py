"""What the bookings API takes and gives. Times are ISO 8601 with their offset, prices are fen."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from backend.api.schemas import Body, Params
from backend.services.guest_documents import KINDS

Kind = Literal["entry", "appointment", "service", "tour"]
RecordId = Annotated[str, StringConstraints(pattern=r"^[a-z_]+:[A-Za-z0-9_.-]+$", max_length=64)]
SlotId = Annotated[int, Field(ge=1, lt=2**63, examples=[17])]
Count = Annotated[int, Field(ge=0, le=500)]
Day = Annotated[dt.date, Field(strict=False, ge=dt.date(1970, 1, 1), le=dt.date(3000, 12, 31), examples=["2026-11-24"])]


class WhichBookables(Params):
    """By kind, by the place they belong to."""

    kind: Kind | None = None
    place: RecordId | None = None


class WhichSlots(Params):
    """Days of the city's calendar, both included; without them from today as far as one can book."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None


class BookableOut(BaseModel):
    """Something to book. `prices` by kind of person; `documents`: kinds of paper one of which each person names.
    Minutes count back from the start of a slot.
    """

    id: str
    kind: Kind
    place: str | None
    department: str | None
    name_zh: str
    name_en: str
    bring_zh: str
    bring_en: str
    prices: dict[str, int]
    payment: str
    documents: list[str]
    ahead_days: int
    lead_minutes: int
    cancel_minutes: int
    hold_minutes: int
    most_people: int
    source: str
    confidence: str
    as_of: str


class BookablesOut(BaseModel):
    """What can be booked."""

    bookables: list[BookableOut]


class SlotOut(BaseModel):
    """A time. With `left` 0 one can wait, unless it is `closed`."""

    slot_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    left: int
    closed: bool
    reason_zh: str
    reason_en: str


class SlotsOut(BaseModel):
    """Times, soonest first."""

    bookable: str
    slots: list[SlotOut]


class PartyIn(Body):
    """How many come, by price kind."""

    adult: Count = 0
    child: Count = 0
    senior: Count = 0

    def counts(self) -> dict[str, int]:
        """Those that are not nobody."""
        return {kind: count for kind, count in self.model_dump().items() if count}


class HoldIn(Body):
    """Places of a slot for a party: all of it or none."""

    slot_id: SlotId
    party: PartyIn


class GuestIn(Body):
    """One who comes, the name as on the paper."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    document_kind: Literal["", *KINDS] = ""  # type: ignore[valid-type]
    document_number: Annotated[str, StringConstraints(max_length=40)] = ""


class ConfirmIn(Body):
    """Who comes; may be empty where no papers are asked for."""

    guests: Annotated[list[GuestIn], Field(max_length=500, default_factory=list)]


class MoveIn(Body):
    """The other slot of the same thing."""

    slot_id: SlotId


class GuestOut(BaseModel):
    """One who comes; of the paper's number only its end."""

    name: str
    document_kind: str
    document_hint: str


class BookingOut(BaseModel):
    """A booking: held until `held_until`, then confirmed, arrived, done; or lapsed, cancelled, closed, missed.

    `qr` and `calendar` are addresses that open without a token; who has them has the booking.
    """

    code: str
    state: str
    bookable: str
    name_zh: str
    name_en: str
    place: str | None
    slot_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    party: dict[str, int]
    size: int
    price_fen: int
    payment: str
    held_until: dt.datetime | None
    changing_ends: dt.datetime
    documents: list[str]
    bring_zh: str
    bring_en: str
    guests: list[GuestOut]
    qr: str
    calendar: str


class BookingsOut(BaseModel):
    """A person's bookings, the soonest first."""

    bookings: list[BookingOut]


class WaitingOut(BaseModel):
    """A place on a waiting list. `code` is that of the offer, to be confirmed, where there is one."""

    slot_id: int
    state: str
    size: int
    before: int
    code: str | None


class WaitingListOut(BaseModel):
    """Where a person waits."""

    waiting: list[WaitingOut]


class RefusalOut(BaseModel):
    """Why not: a stable `code`, words in the caller's language, and what the words name."""

    error: dict[str, Any]
