"""What can be booked, when, and by whom it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, BigId, Json, UtcDateTime, utcnow

_WAITS = text("state IN ('waiting', 'offered')")


class Bookable(Base):
    """Something that can be booked: the entry to a sight, a doctor, a service at home, a tour.

    `prices` are fen by the kind of person (adult, child, senior); who has none pays as an adult does. `documents` are
    the kinds of paper one of which each person has to name; none: nobody is asked. Minutes count back from the start of
    a slot.
    """

    __tablename__ = "bookables"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # bookable:geziwo_entry
    kind: Mapped[str] = mapped_column(String(12))  # entry appointment service tour
    place_id: Mapped[str | None] = mapped_column(String(64), index=True)
    department: Mapped[str | None] = mapped_column(String(64))  # of an appointment, as department:pediatrics
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    aliases: Mapped[list[str]] = mapped_column(Json, default=list)
    bring_zh: Mapped[str] = mapped_column(Text, default="")
    bring_en: Mapped[str] = mapped_column(Text, default="")
    prices: Mapped[dict[str, int]] = mapped_column(Json)
    documents: Mapped[list[str]] = mapped_column(Json, default=list)
    ahead_days: Mapped[int]  # how far ahead one can book
    lead_minutes: Mapped[int]  # bookings end
    cancel_minutes: Mapped[int]  # until when one may cancel or move
    hold_minutes: Mapped[int] = mapped_column(default=15)
    most_people: Mapped[int]  # of one person for one slot
    payment: Mapped[str] = mapped_column(String(16), default="venue")
    state: Mapped[str] = mapped_column(String(8), default="open")  # open paused
    slots_until: Mapped[dt.date | None] = mapped_column(Date)  # the last day that has its slots, city's calendar
    source: Mapped[str] = mapped_column(Text, default="")
    confidence: Mapped[str] = mapped_column(String(8), default="low")
    as_of: Mapped[str] = mapped_column(String(10), default="")
    # When its slots come again, see `services.inventory.Schedule`.
    schedules: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    pack_hash: Mapped[str | None] = mapped_column(String(64))

    exceptions: Mapped[list[ScheduleException]] = relationship(cascade="all, delete-orphan")


class ScheduleException(Base):
    """A day on which the schedules do not hold: nothing can be booked, or another number of places."""

    __tablename__ = "schedule_exceptions"
    __table_args__ = (UniqueConstraint("bookable_id", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bookable_id: Mapped[str] = mapped_column(ForeignKey("bookables.id"))
    day: Mapped[dt.date] = mapped_column(Date)
    capacity: Mapped[int | None]  # None: closed
    reason_zh: Mapped[str] = mapped_column(Text, default="")
    reason_en: Mapped[str] = mapped_column(Text, default="")


class Slot(Base):
    """A time at which so many places can be booked. `taken` counts the people of held, confirmed and arrived bookings.

    The database itself refuses more than there are.
    """

    __tablename__ = "slots"
    __table_args__ = (
        UniqueConstraint("bookable_id", "starts_at"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="taken"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bookable_id: Mapped[str] = mapped_column(ForeignKey("bookables.id"))
    starts_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    scheduled: Mapped[bool] = mapped_column(default=False)  # made by a schedule, which may do away with it
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str] = mapped_column(String(80), default="")  # who, or `calendar`
    reason_zh: Mapped[str] = mapped_column(Text, default="")
    reason_en: Mapped[str] = mapped_column(Text, default="")

    bookable: Mapped[Bookable] = relationship()


class Booking(Base):
    """Places of one slot for one person and who comes with them.

    `state`: held → confirmed → arrived → done; or lapsed (a hold nobody confirmed), cancelled, closed (by the venue),
    missed. The price is that of the moment of booking.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        UniqueConstraint("contact_id", "hold_key"),
        Index("ix_bookings_slot_id_state", "slot_id", "state"),
        Index("ix_bookings_contact_id_id", "contact_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id"))
    hold_key: Mapped[str] = mapped_column(String(80))  # the request or the turn that made it
    state: Mapped[str] = mapped_column(String(10), default="held")
    party: Mapped[dict[str, int]] = mapped_column(Json)
    size: Mapped[int]
    price_fen: Mapped[int]
    payment: Mapped[str] = mapped_column(String(16))
    held_until: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    arrived_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    changes: Mapped[int] = mapped_column(default=0)  # how often it was moved; each is told once

    slot: Mapped[Slot] = relationship()
    guests: Mapped[list[BookingGuest]] = relationship(order_by="BookingGuest.position", cascade="all, delete-orphan")


class BookingGuest(Base):
    """One of those who come: the name as typed, and the number of their paper, encrypted."""

    __tablename__ = "booking_guests"
    __table_args__ = (UniqueConstraint("booking_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    document_kind: Mapped[str] = mapped_column(String(20), default="")
    document_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    document_hint: Mapped[str] = mapped_column(String(16), default="")  # masked


class WaitingEntry(Base):
    """Somebody who waits for places of a slot. `state`: waiting → offered → taken or lapsed; or left."""

    __tablename__ = "waiting_entries"
    __table_args__ = (
        Index(
            "uq_waiting_entries_slot_id", "slot_id", "contact_id",
            unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id"))
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), index=True)
    party: Mapped[dict[str, int]] = mapped_column(Json)
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))  # the hold that is the offer
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)


class IdempotencyKey(Base):
    """A request that was sent with a key, and its answer once there is one."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("owner", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(80))
    request_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]  # None: still in flight
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    in_flight_until: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
