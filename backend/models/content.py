"""What the city knows: places, articles, hotlines, divisions, terms; their revisions and the version the gazetteer
follows.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Date, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, Json, UtcDateTime, utcnow


class Provenance:
    """Where a record comes from and who last vouched for it."""

    source: Mapped[str] = mapped_column(Text, default="")
    confidence: Mapped[str] = mapped_column(String(8), default="medium")  # high medium low
    as_of: Mapped[str] = mapped_column(String(10), default="")  # YYYY, YYYY-MM or YYYY-MM-DD, as precise as known
    checked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    checked_by: Mapped[str] = mapped_column(String(80), default="")
    # Fingerprint of the pack row last loaded: tells a changed pack row from a staff edit.
    pack_hash: Mapped[str | None] = mapped_column(String(64))


class Edited(Provenance):
    """A record that staff edit: versioned, with a revision for each version; deleted by a mark alone."""

    id: Mapped[str] = mapped_column(String(80), primary_key=True)  # kind:slug
    version: Mapped[int] = mapped_column(Integer, default=1)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow, onupdate=utcnow)
    deleted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Place(Edited, Base):
    """A place a person can go to. The point is stored as published, with its datum."""

    __tablename__ = "places"

    kind: Mapped[str] = mapped_column(String(16), index=True)  # attraction beach clinic hub
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    aliases: Mapped[list[str]] = mapped_column(Json, default=list)
    district: Mapped[str] = mapped_column(String(32), default="", index=True)  # district:130304, or empty
    category: Mapped[str] = mapped_column(String(40), default="")
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    departments: Mapped[list[str]] = mapped_column(Json, default=list)
    summary_zh: Mapped[str] = mapped_column(Text, default="")
    summary_en: Mapped[str] = mapped_column(Text, default="")
    address_zh: Mapped[str] = mapped_column(Text, default="")
    address_en: Mapped[str] = mapped_column(Text, default="")
    phones: Mapped[list[str]] = mapped_column(Json, default=list)
    website: Mapped[str] = mapped_column(String(160), default="")
    opening_hours: Mapped[str] = mapped_column(Text, default="")  # OSM opening_hours, or empty
    hours_text_zh: Mapped[str] = mapped_column(Text, default="")  # as the source had it
    hours_text_en: Mapped[str] = mapped_column(Text, default="")
    hours_confidence: Mapped[str] = mapped_column(String(8), default="")
    last_entry_zh: Mapped[str] = mapped_column(Text, default="")
    last_entry_en: Mapped[str] = mapped_column(Text, default="")
    price_text_zh: Mapped[str] = mapped_column(Text, default="")
    price_text_en: Mapped[str] = mapped_column(Text, default="")
    price_notes_zh: Mapped[str] = mapped_column(Text, default="")
    price_notes_en: Mapped[str] = mapped_column(Text, default="")
    notes_zh: Mapped[str] = mapped_column(Text, default="")
    notes_en: Mapped[str] = mapped_column(Text, default="")
    rating: Mapped[str] = mapped_column(String(8), default="")  # A … AAAAA
    level_zh: Mapped[str] = mapped_column(String(40), default="")  # of a hospital
    level_en: Mapped[str] = mapped_column(String(80), default="")
    bus_lines: Mapped[list[str]] = mapped_column(Json, default=list)
    status: Mapped[str] = mapped_column(String(16), default="unknown")  # open seasonal suspended closed unknown
    closed_from: Mapped[dt.date | None] = mapped_column(
        Date
    )  # "closed today", in the city's time zone, both ends included
    closed_to: Mapped[dt.date | None] = mapped_column(Date)
    closed_reason_zh: Mapped[str] = mapped_column(Text, default="")
    closed_reason_en: Mapped[str] = mapped_column(Text, default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    datum: Mapped[str] = mapped_column(String(8), default="unknown")  # WGS-84 GCJ-02 BD-09 unknown
    coord_confidence: Mapped[str] = mapped_column(String(8), default="")
    extra: Mapped[dict[str, Any]] = mapped_column(
        Json, default=dict
    )  # what only one kind has: see services.pack_loading


class PlaceChange(Base):
    """The last change of a place. `number` grows in the order in which changes become visible to others.

    Triggers of the database write it, whoever changes a place and in whatever way (migration 0005); a row whose place
    is no longer there tells that it was removed. `changed_at` is by the database's clock.
    """

    __tablename__ = "place_changes"

    place_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[int] = mapped_column(BigId, index=True, unique=True)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class Article(Edited, Base):
    """A rule or a service of the city: the questions it answers and the answer, from a document. `id` is
    `article:slug`.
    """

    __tablename__ = "articles"

    topic: Mapped[str] = mapped_column(String(40), default="", index=True)
    title_zh: Mapped[str] = mapped_column(String(60))
    title_en: Mapped[str] = mapped_column(String(60), default="")
    questions_zh: Mapped[list[str]] = mapped_column(Json, default=list)
    questions_en: Mapped[list[str]] = mapped_column(Json, default=list)
    answer_zh: Mapped[str] = mapped_column(Text)
    answer_en: Mapped[str] = mapped_column(Text, default="")
    source_url: Mapped[str] = mapped_column(Text, default="")


class Hotline(Provenance, Base):
    """A number people may call, or an office that has one."""

    __tablename__ = "hotlines"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)  # hotline:slug
    kind: Mapped[str] = mapped_column(String(16))  # hotline office info
    category: Mapped[str] = mapped_column(String(40), index=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    aliases: Mapped[list[str]] = mapped_column(Json, default=list)
    phone: Mapped[str] = mapped_column(String(80), default="")
    opening_hours: Mapped[str] = mapped_column(Text, default="")
    hours_text_zh: Mapped[str] = mapped_column(Text, default="")
    hours_text_en: Mapped[str] = mapped_column(Text, default="")
    district: Mapped[str] = mapped_column(String(32), default="")
    website: Mapped[str] = mapped_column(String(160), default="")
    notes_zh: Mapped[str] = mapped_column(Text, default="")
    notes_en: Mapped[str] = mapped_column(Text, default="")


class Division(Provenance, Base):
    """The city, a district or county, or a town."""

    __tablename__ = "divisions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # district:130304 for districts, division:… below
    level: Mapped[str] = mapped_column(String(16))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    aliases: Mapped[list[str]] = mapped_column(Json, default=list)
    parent_id: Mapped[str] = mapped_column(String(32), default="")


class Term(Base):
    """A word of the city's vocabulary: a category, a tag or a medical department, with what people call it."""

    __tablename__ = "terms"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)  # tag:family, category:beach, department:pediatrics
    type: Mapped[str] = mapped_column(String(16))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80))
    aliases: Mapped[list[str]] = mapped_column(Json, default=list)
    parent_id: Mapped[str] = mapped_column(String(60), default="")
    pack_hash: Mapped[str | None] = mapped_column(String(64))


class Revision(Base):
    """A record as it was after one change, with who made it."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("record_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record_id: Mapped[str] = mapped_column(String(80), index=True)
    version: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    changed: Mapped[list[str]] = mapped_column(Json, default=list)  # names of the fields that changed
    author: Mapped[str] = mapped_column(String(80))
    comment: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)


class ContentVersion(Base):
    """One row: the number that grows with every change of names; the bot's gazetteer follows it."""

    __tablename__ = "content_version"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    gazetteer: Mapped[int] = mapped_column(Integer, default=0)


class AuditEntry(Base):
    """Who did what to which object; each entry carries the hash of the one before: tampering shows."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(80), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    previous_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
