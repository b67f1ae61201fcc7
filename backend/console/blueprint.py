"""The console's blueprint: who may pass, and the language of whoever reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from flask_security.utils import logout_user

from backend.access import access
from backend.console.security import signed_in_too_long, two_factor_missing
from backend.services.content import Editor
from backend.web_context import parts
from backend.wording import LANGUAGES, t

View = TypeVar("View", bound=Callable[..., Any])

blueprint = Blueprint("console", __name__, url_prefix="/staff", template_folder="templates", static_folder="static")
blueprint.access = "staff"  # type: ignore[attr-defined]
LANGUAGE_COOKIE = "lang"
# All that stands open before sign-in: style sheets, and the choice of language on the sign-in page.
_OPEN = frozenset({"console.static", "console.language"})


def needs(permission: str) -> Callable[[View], View]:
    """Marks a view with the permission it asks for; a view without one is closed to everybody."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return access("staff")(view)

    return mark


# What every signed-in member of staff may do: see the own account, choose the language.
OWN_ACCOUNT = "own"


@blueprint.before_request
def admit() -> ResponseReturnValue | None:
    """Deny by default."""
    if request.endpoint in _OPEN:
        return None
    if current_user.is_authenticated and signed_in_too_long():
        logout_user()
    if not current_user.is_authenticated:
        if request.method == "GET":
            return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
        # The form the person sent must not get lost behind a sign-in page: the browser's "back" still has it.
        return render_template("console/signed_out.html"), 401
    if two_factor_missing(current_user, parts().settings):
        return redirect(url_for("security.two_factor_setup"))
    permission = getattr(current_app.view_functions[request.endpoint or ""], "permission", None)
    if permission != OWN_ACCOUNT and not may(permission):
        abort(403)
    session.permanent = True
    return None


def may(permission: str | None) -> bool:
    """Whether the signed-in person has a permission."""
    return bool(permission) and current_user.is_authenticated and current_user.has_permission(permission)


def lang() -> str:
    """The reader's language: the account's, before sign-in the browser's choice."""
    if current_user.is_authenticated and current_user.lang in LANGUAGES:
        return current_user.lang
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def say(message_id: str, **values: Any) -> str:
    """A text of the console in the reader's language."""
    return t(lang(), message_id, **values)


def editor() -> Editor:
    """Who edits now."""
    return Editor(current_user.name or current_user.email, current_user.email)
