"""Sign-in of staff by Flask-Security: password (argon2), TOTP second factor, recovery codes, password change."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from typing import Any

from flask import Flask, Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_login import user_logged_in, user_logged_out
from flask_security import LoginForm, Security, password_changed, tf_disabled, tf_profile_changed
from flask_wtf.csrf import CSRFProtect

from backend.config import Settings
from backend.console.accounts import MIN_PASSWORD
from backend.console.datastore import init_datastore
from backend.console.messages import MESSAGES
from backend.limits import limiter
from backend.models import utcnow
from backend.models.staff import StaffUser
from backend.services import staff
from backend.wiring import Container

SESSION_HOURS = 12  # a working day; then everybody signs in again
# Views a person needs before being signed in; each checks for itself how far the sign-in has come.
_BEFORE_SIGN_IN = frozenset(
    {"login", "two_factor_setup", "two_factor_token_validation", "two_factor_rescue", "mf_recovery", "tf_select"}
)
# Where a password, a code or a recovery code can be guessed.
_GUESSABLE = frozenset(
    {"login", "two_factor_token_validation", "two_factor_setup_validate", "mf_recovery", "verify", "change_password"}
)


class StaffLoginForm(LoginForm):
    """Email and password. No "remember me": a session ends with the working day."""

    remember = None


def init_security(app: Flask, parts: Container) -> None:
    """Adds sign-in, sign-out and the account's own pages under /staff, with CSRF checks on everything there."""
    settings = parts.settings
    production = not settings.development
    app.config.update(_config(settings, production, parts.city_words.name["en"]))
    csrf = CSRFProtect(app)
    store = init_datastore(app, parts.db, production)
    security = Security(app, store, login_form=StaffLoginForm)
    # Pages for people only: no answers in JSON, so no tokens that would outlive the session.
    security.want_json(lambda _request: False)
    app.login_manager.session_protection = "strong"  # type: ignore[attr-defined]
    app.view_functions["security.two_factor_rescue"] = _no_rescue
    for endpoint, view in app.view_functions.items():
        blueprint, _, name = endpoint.rpartition(".")
        if blueprint == "security":
            setattr(view, "access", "public" if name in _BEFORE_SIGN_IN else "staff")  # noqa: B010 (a function)

    @app.before_request
    def protect_staff_pages() -> ResponseReturnValue | None:
        """Everything under /staff is checked here; the API and the webhooks carry no cookies and check otherwise."""
        if not request.path.startswith("/staff"):
            return None
        if request.is_json:  # the pages send forms; Flask-Security reads JSON, and fails over what is no object
            return Response("forms only", status=415, mimetype="text/plain")
        blueprint, _, name = (request.endpoint or "").rpartition(".")
        if request.method == "POST" and blueprint == "security" and name in _GUESSABLE:
            _count_attempt()
        if request.endpoint is not None:
            csrf.protect()
        return None

    _keep_trail(app, parts)


def two_factor_missing(user: StaffUser, settings: Settings) -> bool:
    """Whether this account has to set up its second factor before it may do anything."""
    return not settings.development and not (user.tf_primary_method and user.tf_totp_secret)


def signed_in_too_long() -> bool:
    """Whether the password was given longer ago than a working day."""
    return utcnow().timestamp() - float(session.get("fs_paa", 0)) > SESSION_HOURS * 3600


@limiter.limit("10 per minute;60 per hour", key_func=get_remote_address)
def _count_attempt() -> None:
    """Raises 429 when an address tries too often."""


def _no_rescue() -> ResponseReturnValue:
    """There is no mail to rescue by: the recovery codes are the way, or the operator's command line."""
    return redirect(url_for("security.mf_recovery"))


def _key(settings: Settings, purpose: str) -> bytes:
    return hmac.new(settings.secret_key.get_secret_value().encode(), purpose.encode(), hashlib.sha256).digest()


def _config(settings: Settings, production: bool, city: str) -> dict[str, Any]:
    pages = {
        "LOGIN_USER": "login",
        "CHANGE_PASSWORD": "password",
        "VERIFY": "verify",
        "TWO_FACTOR_SETUP": "two_factor_setup",
        "TWO_FACTOR_VERIFY_CODE": "two_factor_code",
        "TWO_FACTOR_SELECT": "two_factor_code",
        "MULTI_FACTOR_RECOVERY": "recovery",
        "MULTI_FACTOR_RECOVERY_CODES": "recovery_codes",
    }
    values: dict[str, Any] = {
        "URL_PREFIX": "/staff",
        "STATIC_FOLDER": None,
        "POST_LOGIN_VIEW": "/staff/",
        "POST_LOGOUT_VIEW": "/staff/login",
        "POST_CHANGE_VIEW": "/staff/account",
        "TWO_FACTOR_POST_SETUP_VIEW": "/staff/account",
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SALT": settings.password_salt.get_secret_value(),
        "PASSWORD_LENGTH_MIN": MIN_PASSWORD,
        "DATETIME_FACTORY": utcnow,
        # One message for every refusal, so that nobody learns which addresses have an account.
        "RETURN_GENERIC_RESPONSES": True,
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "allow_smtputf8": False, "test_environment": True},
        "API_ENABLED_METHODS": ["session"],
        "TRACKABLE": True,
        "REGISTERABLE": False,
        "RECOVERABLE": False,
        "CHANGEABLE": True,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "LOGOUT_METHODS": ["POST"],
        "TWO_FACTOR": True,
        "TWO_FACTOR_REQUIRED": production,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TOTP_SECRETS": {"1": base64.b64encode(_key(settings, "totp")).decode()},
        "TOTP_ISSUER": f"{city} Concierge",
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [base64.urlsafe_b64encode(_key(settings, "recovery-codes"))],
        # Changing the second factor asks for the password again after this time.
        "FRESHNESS": dt.timedelta(minutes=30),
        "FRESHNESS_GRACE_PERIOD": dt.timedelta(minutes=5),
        **{f"{page}_TEMPLATE": f"console/{name}.html" for page, name in pages.items()},
        **{f"MSG_{code}": (text, category) for code, (text, category) in MESSAGES.items()},
    }
    return {
        **{f"SECURITY_{name}": value for name, value in values.items()},
        "PERMANENT_SESSION_LIFETIME": dt.timedelta(hours=SESSION_HOURS),
        # Checked by hand for /staff alone; a form may stay open as long as its session lives.
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_I18N_ENABLED": False,
    }


def _keep_trail(app: Flask, parts: Container) -> None:
    """Sign-ins and changes of an account's locks go into the audit trail."""

    def noting(action: str) -> Any:
        def receive(_app: Flask, user: StaffUser, **_extra: Any) -> None:
            if getattr(user, "email", None):
                staff.note(parts.db, user.email, action)

        return receive

    for signal, action in (
        (user_logged_in, "staff.signed_in"),
        (user_logged_out, "staff.signed_out"),
        (password_changed, "staff.password_changed"),
        (tf_profile_changed, "staff.second_factor_set"),
        (tf_disabled, "staff.second_factor_off"),
    ):
        signal.connect(noting(action), app, weak=False)
