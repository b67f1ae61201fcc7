"""Staff accounts for the command line: hashes passwords as the console checks them. Needs an app context."""

from __future__ import annotations

from flask_security.utils import hash_password, verify_password

from backend.database import Database
from backend.services import staff

MIN_PASSWORD = 10


def create_staff(db: Database, email: str, password: str, role: str, name: str = "") -> None:
    """A new account. Raises ValueError for a short password or a bad address, LookupError for an unknown role,
    staff.AccountExists."""
    if len(password) < MIN_PASSWORD:
        raise ValueError(f"the password needs at least {MIN_PASSWORD} characters")
    staff.create_account(db, email, hash_password(password), role, name)


def ensure_development_staff(db: Database, email: str, password: str) -> None:
    """The login `make run` prints: made when missing, its password following the copy's secrets."""
    known = staff.find_account(db, email)
    if known is None:
        staff.create_account(db, email, hash_password(password), "manager", name="演示账号", development_only=True)
    elif known.development_only and not verify_password(password, known.password):
        staff.change_account(db, known.id, {"password": hash_password(password)})


def reset_second_factor(db: Database, email: str) -> None:
    """Takes the second factor off an account whose phone is lost. Raises LookupError when there is none such."""
    known = staff.find_account(db, email)
    if known is None:
        raise LookupError(email)
    gone = {"tf_primary_method": None, "tf_totp_secret": None, "mf_recovery_codes": None}
    staff.change_account(db, known.id, gone, "operator", "staff.second_factor_reset")
