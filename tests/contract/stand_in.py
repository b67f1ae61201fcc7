"""A bot's side of the contract on loopback: it checks what it is sent and answers what the test wants."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import BaseWSGIServer, make_server

TOKEN = "t" * 16


@dataclass
class StandInBot:
    """`turns` and `snapshots` are the bodies received; `answer` and `health` may be replaced."""

    version: int = 0
    turns: list[dict[str, Any]] = field(default_factory=list)
    snapshots: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], Response | None] = lambda turn: None
    alive: bool = True
    health: dict[str, Any] = field(default_factory=lambda: {"status": "ok"})
    url: str = ""

    def app(self) -> Flask:
        app = Flask("stand-in bot")

        @app.get("/webhooks/concierge/")
        def health() -> Response:
            return said(self.health, 200 if self.alive else 503)

        @app.post("/webhooks/concierge/turn")
        def turn() -> Response:
            self.tokens.append(request.headers.get("Authorization", ""))
            body = request.get_json()
            if body["gazetteer_version"] > self.version:
                return said({"error": "gazetteer_stale", "have": self.version}, 409)
            self.turns.append(body)
            return self.answer(body) or said(good(body))

        @app.put("/webhooks/concierge/gazetteer")
        def gazetteer() -> Response:
            body = request.get_json()
            self.snapshots.append(body)
            self.version = body["version"]
            return said({"version": self.version})

        return app

    def serve(self) -> BaseWSGIServer:
        server = make_server("127.0.0.1", 0, self.app(), threaded=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        return server


def said(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")


def good(turn: dict[str, Any]) -> dict[str, Any]:
    """An answer that keeps the contract."""
    reply = {
        "code": "greet",
        "lang": turn["lang"],
        "headline": "您好",
        "lines": [],
        "caution": "",
        "cards": [],
        "choices": [],
        "source": None,
    }
    return {
        "turn_id": turn["turn_id"],
        "replies": [reply],
        "state": {"slots": {}, "loop": None},
        "understanding": {"intent": "greet", "confidence": 0.97, "entities": []},
    }
