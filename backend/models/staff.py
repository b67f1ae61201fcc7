"""Staff accounts and roles, in the shape Flask-Security asks for."""

from __future__ import annotations

import datetime as dt

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table, Text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, UtcDateTime, utcnow

staff_roles = Table(
    "staff_roles",
    Base.metadata,
    Column("user_id", ForeignKey("staff_users.id"), primary_key=True),
    Column("role_id", ForeignKey("roles.id"), primary_key=True),
)


class Role(Base, RoleMixin):
    """A role; permissions are names the console's routes ask for."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    description: Mapped[str] = mapped_column(String(200), default="")
    permissions: Mapped[list[str]] = mapped_column(MutableList.as_mutable(JSON), default=list)


class StaffUser(Base, UserMixin):
    """A member of the city's staff who may sign in to the console."""

    __tablename__ = "staff_users"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    email: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    lang: Mapped[str] = mapped_column(String(8), default="zh")
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    # Seeded for development: never valid in production.
    development_only: Mapped[bool] = mapped_column(default=False)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON))
    last_login_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # type: ignore[assignment]
    current_login_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # type: ignore[assignment]
    last_login_ip: Mapped[str | None] = mapped_column(Text)
    current_login_ip: Mapped[str | None] = mapped_column(Text)
    login_count: Mapped[int | None] = mapped_column(Integer)  # type: ignore[assignment]
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)

    roles: Mapped[list[Role]] = relationship(secondary=staff_roles, lazy="selectin")  # type: ignore[assignment]
