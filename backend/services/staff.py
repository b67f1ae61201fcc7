"""Staff accounts in the database: roles, accounts, changes to them. Passwords arrive here hashed."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from backend.database import Database
from backend.models.staff import Role, StaffUser
from backend.services.audit import record_audit

# What a role may do; console routes ask for these names. Deny by default: a permission belongs to nobody but who has
# it here.
ROLES = {
    "viewer": ("content.read",),
    "editor": ("content.read", "content.edit", "broadcasts.write", "bookings.keep"),
    "manager": (
        "content.read",
        "content.edit",
        "audit.read",
        "bookings.keep",
        "broadcasts.write",
        "broadcasts.approve",
        "alerts.raise",
        "webhooks.keep",
    ),
}
MAX_EMAIL = 80  # as long as the audit trail's actor


class AccountExists(Exception):
    """There is an account with this email address already."""


def ensure_roles(db: Database) -> None:
    """Creates the roles and gives them exactly the permissions above."""
    with db.write() as session:
        known = {role.name: role for role in session.scalars(select(Role))}
        for name, permissions in ROLES.items():
            role = known.get(name) or Role(name=name)
            role.permissions = list(permissions)
            session.add(role)


def create_account(
    db: Database, email: str, password_hash: str, role: str, name: str = "", development_only: bool = False
) -> None:
    """A new account. Raises LookupError for an unknown role, ValueError for a bad address, AccountExists."""
    email = email.strip().lower()
    if "@" not in email or len(email) > MAX_EMAIL:
        raise ValueError(f"{email} is not an email address of at most {MAX_EMAIL} characters")
    with db.write() as session:
        found = session.scalars(select(Role).where(Role.name == role)).one_or_none()
        if found is None:
            raise LookupError(role)
        if session.scalars(select(StaffUser.id).where(StaffUser.email == email)).first() is not None:
            raise AccountExists(email)
        session.add(
            StaffUser(
                email=email,
                name=name or email.split("@", 1)[0],
                password=password_hash,
                fs_uniquifier=uuid.uuid4().hex,
                development_only=development_only,
                roles=[found],
            )
        )
        record_audit(session, "operator", "staff.created", email, {"role": role})


def find_account(db: Database, email: str) -> StaffUser | None:
    """The account with this address."""
    with db.read() as session:
        return session.scalars(select(StaffUser).where(StaffUser.email == email.strip().lower())).one_or_none()


def change_account(db: Database, account_id: int, changes: dict[str, Any], actor: str = "", action: str = "") -> None:
    """Sets columns of an account; with an action given, the audit trail says who did what. No such account: nothing
    happens.
    """
    with db.write() as session:
        account = session.get(StaffUser, account_id, with_for_update=True)
        if account is None:
            return
        for name, value in changes.items():
            setattr(account, name, value)
        if action:
            record_audit(session, actor, action, account.email, {})


def note(db: Database, actor: str, action: str) -> None:
    """An entry in the audit trail about an account's own doing, such as signing in."""
    with db.write() as session:
        record_audit(session, actor[:MAX_EMAIL], action, actor[:MAX_EMAIL], {})


def may_sign_in(account: StaffUser, production: bool) -> bool:
    """Whether an account may be used here at all."""
    return bool(account.active) and not (production and account.development_only)
