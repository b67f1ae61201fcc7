"""Alive, ready, and the figures: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

import datetime as dt
import hmac
import time
from collections.abc import Callable, Iterable

import requests
from flask import Blueprint, Flask, Response, g, jsonify, request
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from backend.access import access
from backend.heartbeat import HEARTBEAT_KEY, NOTICES_KEY, SENDER_KEY
from backend.models import InboundMessage, OutboundMessage, utcnow
from backend.web_context import parts
from backend.wiring import Container

blueprint = Blueprint("monitoring", __name__)

REQUESTS = Histogram("concierge_http_request_seconds", "Time to answer a request", ["endpoint", "status"])


@blueprint.get("/healthz")
@access("public")
def healthz() -> Response:
    """This process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@access("public")
def readyz() -> tuple[Response, int]:
    """Every part by name: `ok`, or what is wrong with it in one word. `understanding` says whether the bot reads with
    its sentence embedding; without it the bot works, less well.
    """
    container = parts()
    checks: dict[str, Callable[[], object]] = {
        "database": container.db.ping,
        "broker": container.redis.ping,
        "worker": lambda: _alive(container, HEARTBEAT_KEY),
        "sender": lambda: _alive(container, SENDER_KEY),
        "notices": lambda: _alive(container, NOTICES_KEY),
        "bot": lambda: _bot(container),
        "actions": lambda: _actions(container),
        "content": lambda: _content(container),
    }
    state = {}
    for name, check in checks.items():
        try:
            check()
            state[name] = "ok"
        except Exception as error:  # whatever it is, the part is not ready, and which one is what the reader needs
            state[name] = type(error).__name__
    ready = all(value == "ok" for value in state.values())
    understanding = container.dialogue.understanding() if state["bot"] == "ok" else "unknown"
    answer = jsonify(status="ready" if ready else "not ready", parts=state, understanding=understanding)
    return answer, 200 if ready else 503


class NotYetError(Exception):
    """A part has not reported itself yet."""


def _alive(container: Container, key: str) -> None:
    if container.redis.get(key) is None:
        raise NotYetError


def _bot(container: Container) -> None:
    if not container.dialogue.probe():
        raise NotYetError


def _actions(container: Container) -> None:
    base = container.settings.actions_url.removesuffix("/webhook")
    requests.get(f"{base}/health", timeout=1).raise_for_status()


def _content(container: Container) -> None:
    if container.gazetteer.version() == 0:
        raise NotYetError


@blueprint.get("/metrics")
@access("internal")
def metrics() -> Response:
    """Prometheus text. In production it asks for the METRICS_TOKEN as bearer."""
    settings = parts().settings
    token = settings.metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not (token and hmac.compare_digest(given.encode(), token.encode())) and not settings.development:
        return Response("bearer token missing or wrong", status=403, mimetype="text/plain")
    registry = CollectorRegistry()
    registry.register(Backlog(parts()))
    return Response(
        generate_latest(registry) + generate_latest(REGISTRY), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


class Backlog:
    """What waits, read from the rows themselves at the moment of asking."""

    def __init__(self, container: Container) -> None:
        self._container = container

    def collect(self) -> Iterable[Metric]:
        """Open turns, the age of the oldest, and messages not yet delivered by state."""
        with self._container.db.read() as session:
            open_turns, oldest = session.execute(
                select(func.count(), func.min(InboundMessage.received_at)).where(InboundMessage.state == "received")
            ).one()
            unsent = session.execute(
                select(OutboundMessage.channel, OutboundMessage.state, func.count())
                .where(OutboundMessage.state.in_(("queued", "sending", "unknown")))
                .group_by(OutboundMessage.channel, OutboundMessage.state)
            ).all()
        age = (utcnow() - _aware(oldest)).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily("concierge_turns_open", "Messages received and not answered", value=open_turns)
        yield GaugeMetricFamily("concierge_turns_oldest_seconds", "Age of the oldest open message", value=age)
        family = GaugeMetricFamily("concierge_outbound_unsent", "Messages owed, by state", labels=["channel", "state"])
        for channel, state, count in unsent:
            family.add_metric([channel, state], count)
        yield family


def _aware(value: dt.datetime) -> dt.datetime:
    return value if value.tzinfo else value.replace(tzinfo=dt.UTC)


def measure_requests(app: Flask) -> None:
    """Times every request by endpoint and status."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def stop(response: Response) -> Response:
        if "started" in g:
            REQUESTS.labels(request.endpoint or "none", str(response.status_code)).observe(
                time.perf_counter() - g.started
            )
        return response
