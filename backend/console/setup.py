"""Puts the console into the application."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_bootstrap import Bootstrap5
from flask_security import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from backend.console import (
    account,
    actions,
    alerts,
    articles,
    bookings,
    broadcasts,
    calendar,
    closures,
    history,
    places,
    records,
    show,
    templates,
    unanswered,
    webhooks,
)  # fmt: skip
from backend.console.blueprint import blueprint, lang, may, say
from backend.console.security import init_security
from backend.web_context import parts
from backend.wiring import Container
from backend.wording import has

__all__ = [
    "account", "actions", "alerts", "articles", "bookings", "broadcasts", "calendar", "closures", "error_page",
    "history", "init_console", "places", "templates", "unanswered", "webhooks",
]  # fmt: skip


def init_console(app: Flask, container: Container) -> None:
    """Adds /staff with everything below it."""
    app.config.update(BOOTSTRAP_SERVE_LOCAL=True)
    app.static_url_path = "/assets"  # the app has no static folder of its own; Bootstrap's path is made from this
    Bootstrap5(app)
    app.blueprints["bootstrap"].access = "public"  # type: ignore[attr-defined]
    init_security(app, container)
    app.register_blueprint(blueprint)
    app.register_error_handler(CSRFError, _untrusted_form)
    app.context_processor(_helpers)
    app.after_request(_staff_headers)


@blueprint.errorhandler(SQLAlchemyError)
def _no_database(_error: SQLAlchemyError) -> ResponseReturnValue:
    return render_template("console/error.html", status=503, text=say("console-error-503")), 503


def error_page(error: HTTPException) -> ResponseReturnValue:
    """An error under /staff as a page that says what to do."""
    status = error.code or 500
    key = f"console-error-{status}"
    return render_template(
        "console/error.html", status=status, text=say(key if has(key) else "console-error-other")
    ), status


blueprint.register_error_handler(HTTPException, error_page)


def _untrusted_form(_error: CSRFError) -> ResponseReturnValue:
    """A form without a valid token changes nothing; a clerk's text is given back all the same."""
    if not current_user.is_authenticated and request.blueprint == "console":
        return render_template("console/signed_out.html"), 400
    if request.endpoint == "console.save_record" and may("content.edit"):
        return records.unsaved_page(**(request.view_args or {}))
    return render_template("console/error.html", status=400, text=say("console-page-old-other")), 400


def _staff_headers(response: Response) -> Response:
    """Pages are kept nowhere; on https the CSRF check compares the referrer, so it must be sent to us."""
    if request.path.startswith("/staff") and request.endpoint != "console.static":
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["Referrer-Policy"] = "same-origin"
    return response


def _helpers() -> dict[str, Any]:
    """What the templates of the console use."""
    if not request or not request.path.startswith("/staff"):
        return {}
    city = parts().city_words.name[lang()]
    return {"say": say, "said": said, "lang": lang(), "may": may, "show": show, "city": city}


def said(text: object) -> str:
    """A message of Flask-Security in the reader's language; any other text as it is."""
    return say(str(text)) if str(text).startswith("console-") and has(str(text)) else str(text)
