"""The Flask application: webhooks, API, chat page, staff console, health."""

from __future__ import annotations

import logging
from typing import Any, cast

from apiflask import APIFlask
from flask import Response, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.middleware.proxy_fix import ProxyFix

from backend import monitoring
from backend.api import alerts, bookings, chat, devices, docs, events, notices, places, readings, subscriptions, transit
from backend.api.errors import error_body, person_lang, process
from backend.config import Settings
from backend.console import error_page, init_console
from backend.limits import limiter
from backend.web import init_web
from backend.webhooks import twilio, wechat
from backend.wiring import Container
from backend.wording import t

log = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 1024 * 1024


def create_app(container: Container | None = None) -> APIFlask:
    """Builds the application around a container; without one, around the environment's."""
    parts = container or Container(Settings())  # type: ignore[call-arg]
    settings = parts.settings
    app = APIFlask(
        "backend",
        title=t("en", "api-title", city=parts.city_words.name["en"]),
        version="1",
        docs_path=None,
        docs_oauth2_redirect_path=None,
        spec_path="/api/openapi.json",
        static_folder=cast(str, None),  # APIFlask's annotation leaves out that Flask takes None
    )
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        MAX_FORM_PARTS=200,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=not settings.development,
        RATELIMIT_STORAGE_URI=settings.redis_url,
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": 1, "socket_timeout": 1},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_SWALLOW_ERRORS=True,
        RATELIMIT_HEADERS_ENABLED=True,
        VALIDATION_ERROR_STATUS_CODE=400,
        DESCRIPTION=t("en", "api-description"),
    )
    app.extensions["concierge"] = parts
    if settings.trusted_proxies:
        # Only for addresses and https in limits and cookies; signatures are checked against PUBLIC_BASE_URL.
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    limiter.init_app(app)
    app.register_blueprint(twilio.blueprint)
    app.register_blueprint(wechat.blueprint)
    app.register_blueprint(chat.blueprint)
    app.register_blueprint(readings.blueprint)
    app.register_blueprint(places.blueprint)
    app.register_blueprint(transit.blueprint)
    app.register_blueprint(bookings.blueprint)
    app.register_blueprint(bookings.tickets)
    app.register_blueprint(notices.blueprint)
    app.register_blueprint(devices.blueprint)
    app.register_blueprint(alerts.blueprint)
    app.register_blueprint(events.blueprint)
    app.register_blueprint(subscriptions.blueprint)
    app.register_blueprint(monitoring.blueprint)
    docs.init_docs(app)
    init_web(app, settings, parts.basics)
    init_console(app, parts)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # after Flask-Security, which puts its own provider there
    docs.leave_out_pages(app)
    _handle_errors(app)
    monitoring.measure_requests(app)
    app.after_request(_harden)
    return app


def _handle_errors(app: APIFlask) -> None:
    """Every error a person or a client can meet: the right status, their language, no inner detail."""
    app.error_processor(process)

    @app.errorhandler(SQLAlchemyError)
    def database_error(error: SQLAlchemyError) -> Any:
        # Whoever sent this must send it again: never a false 200.
        log.error("database_error", exc_info=error, extra={"path": request.path})
        return error_body(503, "unavailable"), 503, {"Retry-After": "5"}

    @app.errorhandler(RecursionError)
    def too_deep(_error: RecursionError) -> Any:
        return error_body(400, "invalid_body"), 400

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Any:
        if error.response is not None:
            return error.response
        status = error.code or 500
        if request.path.startswith("/staff"):
            return error_page(error)
        if request.path.startswith("/simulator") or request.path == "/":
            text = t(person_lang(), "page-error", status=str(status))
            return Response(text, status=status, content_type="text/plain; charset=utf-8")
        return (
            error_body(status),
            status,
            {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")},
        )

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Any:
        log.error("unexpected_error", exc_info=error, extra={"path": request.path})
        if request.path.startswith("/staff"):
            return error_page(InternalServerError())
        return error_body(500, "unexpected"), 500


def _harden(response: Response) -> Response:
    """Security headers; nothing is loaded from elsewhere, nothing is run inline."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    policy = (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
    )
    headers.setdefault("Content-Security-Policy", g.get("content_security_policy", policy))
    return response
