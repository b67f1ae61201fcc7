"""The fake providers as one WSGI app: `gunicorn -k gthread --threads 24 -b 127.0.0.1:$FAKES_PORT dev.fakes.app:app`.

Keep it to one worker: all state is in its memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, jsonify, request, stream_with_context
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from dev.fakes import phones, twilio, wechat
from dev.fakes.config import FakesConfig
from dev.fakes.feed import Event
from dev.fakes.state import STATUSES, State

MAX_STREAMS = 8
MAX_WAIT_SECONDS = 30.0


def create_app(config: FakesConfig | None = None) -> Flask:
    """Build the app. Exits when the environment is production or incomplete."""
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = 256 * 1024
    current = State(config or FakesConfig.from_env())
    app.extensions["fakes"] = current
    streams = BoundedSemaphore(MAX_STREAMS)
    parts = urlsplit(current.config.public_base_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    app.register_blueprint(phones.blueprint)
    # At the vendors' own paths, and under a prefix for whoever wants one base URL for each provider.
    for part in (twilio.blueprint, wechat.blueprint):
        app.register_blueprint(part)
        app.register_blueprint(part, name=f"prefixed_{part.name}", url_prefix=f"/{part.name}{part.url_prefix}")

    @app.after_request
    def allow_simulator(response: Response) -> Response:
        if request.path.startswith("/_"):
            response.headers["Vary"] = "Origin"
            if request.headers.get("Origin") == origin:
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        return response

    @app.errorhandler(HTTPException)
    def http_error(exc: HTTPException) -> ResponseReturnValue:
        return jsonify(error=exc.description), exc.code or 500

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok")

    @app.get("/_feed")
    def feed() -> ResponseReturnValue:
        """Events after `since`, by optional provider, kind and contact; `wait` seconds for the first one."""
        found, last = current.feed.since(
            _number("since", 0), wait=min(_number("wait", 0.0), MAX_WAIT_SECONDS), match=_filter()
        )
        return jsonify(events=found, next=last)

    @app.get("/_feed/stream")
    def stream() -> ResponseReturnValue:
        """The same as server-sent events, resumable by Last-Event-ID."""
        if not streams.acquire(blocking=False):
            abort(503, "too many open streams")
        since = int(request.headers.get("Last-Event-ID") or _number("since", 0))
        match = _filter()

        def lines() -> Iterator[str]:
            cursor = since
            yield ": connected\n\n"
            while True:
                found, cursor = current.feed.since(cursor, wait=10.0, match=match)
                yield from (f"id: {e['seq']}\ndata: {json.dumps(e, ensure_ascii=False)}\n\n" for e in found)
                if not found:
                    yield ": still here\n\n"

        response = Response(
            stream_with_context(lines()), mimetype="text/event-stream", headers={"Cache-Control": "no-store"}
        )
        response.call_on_close(streams.release)
        return response

    @app.get("/_stats")
    def stats() -> ResponseReturnValue:
        """How many of each kind of event there were since the last reset, and how many tokens were issued."""
        return jsonify(events=current.feed.counts(), wechat_tokens_issued=current.wechat.tokens_issued)

    @app.get("/_control")
    def control_state() -> ResponseReturnValue:
        return jsonify(_control_state(current))

    @app.post("/_control")
    def control() -> ResponseReturnValue:
        """Switch faults.

        {"reset": true} forgets everything. Otherwise {"provider": "twilio" | "wechat", …} with any of
        both     mode, times, accepted, latency, rate, hang_seconds (see faults.Faults)
        twilio   opted_out [numbers], undelivered {number: error code}, statuses [order of callbacks],
                 drop_status, carrier_opt_out
        wechat   refused [openids], expire_token (the token in force answers 42001),
                 close_windows (all openids answer 45015)
        """
        order = request.get_json()
        if not isinstance(order, dict):
            abort(400, "a JSON object is expected")
        if order.get("reset"):
            current.reset()
            return jsonify(_control_state(current))
        try:
            if order.get("provider") == "twilio":
                _control_twilio(current, order)
            elif order.get("provider") == "wechat":
                _control_wechat(current, order)
            else:
                raise ValueError("provider must be twilio or wechat")
        except (ValueError, TypeError) as exc:
            abort(400, str(exc))
        return jsonify(_control_state(current))

    return app


def _number[T: (int, float)](name: str, default: T) -> T:
    try:
        return type(default)(request.args.get(name, default))
    except ValueError:
        abort(400, f"{name} is not a number")


def _filter() -> Any:
    wanted = {key: request.args[key] for key in ("provider", "kind", "contact") if key in request.args}

    def match(event: Event) -> bool:
        return all(event[key] == value for key, value in wanted.items())

    return match


def _control_twilio(current: State, order: dict[str, Any]) -> None:
    current.twilio.faults.update(order)
    with current.lock:
        fake = current.twilio
        if "opted_out" in order:
            fake.opted_out = {str(number) for number in order["opted_out"]}
        if "undelivered" in order:
            fake.undelivered = {str(number): int(code) for number, code in dict(order["undelivered"]).items()}
        if "statuses" in order:
            fake.statuses = tuple(str(status) for status in order["statuses"] or STATUSES)
        fake.drop_status = bool(order.get("drop_status", fake.drop_status))
        fake.carrier_opt_out = bool(order.get("carrier_opt_out", fake.carrier_opt_out))


def _control_wechat(current: State, order: dict[str, Any]) -> None:
    current.wechat.faults.update(order)
    with current.lock:
        fake = current.wechat
        if "refused" in order:
            fake.refused = {str(openid) for openid in order["refused"]}
        if order.get("expire_token") and fake.token:
            fake.expired_tokens.add(fake.token)
            fake.token = ""
        if order.get("close_windows"):
            fake.windows.clear()


def _control_state(current: State) -> dict[str, Any]:
    with current.lock:
        return {
            "twilio": {
                **current.twilio.faults.state(),
                "opted_out": sorted(current.twilio.opted_out),
                "undelivered": current.twilio.undelivered,
                "statuses": list(current.twilio.statuses),
                "drop_status": current.twilio.drop_status,
                "carrier_opt_out": current.twilio.carrier_opt_out,
            },
            "wechat": {**current.wechat.faults.state(), "refused": sorted(current.wechat.refused)},
        }


def __getattr__(name: str) -> Flask:
    # Built on first use, so that importing this module in a test needs no environment.
    if name == "app":
        globals()["app"] = create_app()
        return globals()["app"]  # type: ignore[no-any-return]
    raise AttributeError(name)
