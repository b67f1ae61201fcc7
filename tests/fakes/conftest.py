"""The fake providers on a free loopback port, facing a small webhook receiver that records what reaches it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from flask import Flask, Response, request
from werkzeug.serving import BaseWSGIServer, make_server

from dev.fakes.app import create_app
from dev.fakes.config import FakesConfig

ACCOUNT = "AC0123456789abcdef0123456789abcdef"
FROM = "+15005550006"
PHONE = "+15551230001"
OPENID = "oTest0000000000000000000001"


def serve(app: Flask) -> BaseWSGIServer:
    """Serve an app on a free loopback port in the background; the caller shuts it down."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


@dataclass
class Receiver:
    """The product's place: notes each webhook (in order) and answers what the test wants."""

    url: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], Response] = lambda _call: Response("success")
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int, path: str = "") -> list[dict[str, Any]]:
        """The calls to `path` once there are `count` of them; fails after ten seconds."""

        def found() -> list[dict[str, Any]]:
            return [call for call in self.calls if path in call["path"]]

        with self.changed:
            assert self.changed.wait_for(lambda: len(found()) >= count, timeout=10), (
                f"only {len(found())} of {count} calls"
            )
            return found()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    app = Flask("receiver")
    notes = Receiver()

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
    @app.route("/<path:path>", methods=["GET", "POST"])
    def take(path: str) -> Response:
        call = {
            "path": f"/{path}",
            "url": request.url,
            "args": request.args.to_dict(),
            "form": request.form.to_dict(),
            "headers": dict(request.headers),
            "body": request.get_data(as_text=True),
        }
        with notes.changed:
            notes.calls.append(call)
            notes.changed.notify_all()
        return notes.answer(call)

    server = serve(app)
    notes.url = f"http://127.0.0.1:{server.server_port}"
    yield notes
    server.shutdown()


@pytest.fixture
def config(receiver: Receiver) -> FakesConfig:
    return FakesConfig(
        twilio_account_sid=ACCOUNT,
        twilio_auth_token="twilio-secret",
        twilio_from=FROM,
        wechat_app_id="wx0123456789abcdef",
        wechat_app_secret="wechat-secret",
        wechat_token="wechat-token",
        public_base_url=receiver.url,
        wechat_timeout_seconds=0.3,
        status_delay_seconds=0.01,
    )


class Fakes:
    """The running fakes and the few calls tests make all the time."""

    def __init__(self, url: str, config: FakesConfig) -> None:
        self.url = url
        self.config = config

    def control(self, **order: Any) -> None:
        requests.post(f"{self.url}/_control", json=order, timeout=5).raise_for_status()

    def events(self, kind: str, count: int = 1, **filters: str) -> list[dict[str, Any]]:
        """Events of one kind, as soon as there are `count` of them."""
        found: list[dict[str, Any]] = []
        since = 0
        while len(found) < count:
            params: dict[str, Any] = {"since": since, "kind": kind, "wait": 5, **filters}
            answer = requests.get(f"{self.url}/_feed", params=params, timeout=10).json()
            assert answer["events"], f"only {len(found)} of {count} {kind} events"
            found += answer["events"]
            since = answer["next"]
        return found

    def phone(self, path: str, **order: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.url}{path}", json=order, timeout=20)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture
def fakes(config: FakesConfig) -> Iterator[Fakes]:
    server = serve(create_app(config))
    yield Fakes(f"http://127.0.0.1:{server.server_port}", config)
    server.shutdown()
