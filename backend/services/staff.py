"""Staff accounts: roles, creation, and the development login that production never accepts."""

from __future__ import annotations

import uuid

from flask_security.core import UserMixin
from sqlalchemy import select

from backend.database import Database
from backend.models.staff import Role, StaffUser
from backend.services.passwords import hash_password

# What a role may do; console routes ask for these names. Deny by default: a new permission belongs to nobody until it stands here.
ROLES = {
    "editor": ("content.read", "content.edit"),
    "viewer": ("content.read",),
    "manager": ("content.read", "content.edit", "audit.read"),
}


def ensure_roles(db: Database) -> None:
    """Creates the roles and gives them exactly the permissions above."""
    with db.write() as session:
        known = {role.name: role for role in session.scalars(select(Role))}
        for name, permissions in ROLES.items():
            role = known.get(name) or Role(name=name)
            role.permissions = list(permissions)
            session.add(role)


def create_staff(db: Database, email: str, password: str, role: str, name: str = "", development_only: bool = False) -> None:
    """A new account. Raises LookupError for an unknown role and IntegrityError for an email in use."""
    with db.write() as session:
        found = session.scalars(select(Role).where(Role.name == role)).one_or_none()
        if found is None:
            raise LookupError(role)
        session.add(
            StaffUser(
                email=email.lower(),
                name=name or email.split("@", 1)[0],
                password=hash_password(password),
                fs_uniquifier=uuid.uuid4().hex,
                development_only=development_only,
                roles=[found],
            )
        )


def ensure_development_staff(db: Database, email: str, password: str) -> None:
    """The login `make run` prints. Its password follows the copy's secrets."""
    with db.read() as session:
        known = session.scalars(select(StaffUser).where(StaffUser.email == email.lower())).one_or_none()
    if known is None:
        create_staff(db, email, password, "manager", name="dev", development_only=True)


def may_sign_in(user: UserMixin, production: bool) -> bool:
    """Whether an account may be used here at all."""
    return bool(user.active) and not (production and getattr(user, "development_only", False))
