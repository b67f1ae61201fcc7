"""A stand-in for the chat API with scripted answers: it keeps the contract, and a test can make it fail or fall silent.

It lets the page's behaviour be tested alone, without bot and queue.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import BaseWSGIServer, make_server

from backend import city_pack
from backend.config import Settings
from backend.web import init_web

Reply = dict[str, Any]
Script = Callable[[dict[str, Any]], list[Reply]]


def reply(text: str, lang: str = "zh", **parts: Any) -> Reply:
    """A reply as the API gives it."""
    return {"id": f"r-{secrets.token_hex(6)}", "text": text, "lang": lang, "cards": [], "quick_replies": [], **parts}


@dataclass
class StandIn:
    """What the page did and what it gets. All fields may be changed while it runs, under `changed`."""

    script: Script = lambda body: [reply(f"收到：{body.get('text', '')}")]
    changed: threading.Condition = field(default_factory=threading.Condition)
    tokens: set[str] = field(default_factory=set)
    posts: list[dict[str, Any]] = field(default_factory=list)
    prefers: list[str | None] = field(default_factory=list)
    answered: dict[str, list[Reply]] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)
    stream_cursors: list[str] = field(default_factory=list)
    streams_open: int = 0
    stream_generation: int = 0
    streaming: bool = True
    fail: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    drop_answers: int = 0
    closing: bool = False
    url: str = ""

    def say(self, *replies: Reply) -> None:
        """The city says something by itself."""
        with self.changed:
            self.replies += replies
            self.changed.notify_all()

    def cut_streams(self) -> None:
        """All open streams end, as when a server is restarted."""
        with self.changed:
            self.stream_generation += 1
            self.changed.notify_all()

    def wait(self, condition: Callable[[StandIn], bool], seconds: float = 10) -> None:
        """Until something is true on the server's side; fails after `seconds`."""
        with self.changed:
            assert self.changed.wait_for(lambda: condition(self), timeout=seconds), "did not happen"

    def distinct_ids(self) -> set[str]:
        """The ids of the messages that arrived."""
        return {post["client_message_id"] for post in self.posts}


def create_app(settings: Settings, server: StandIn) -> Flask:
    """The page as the product serves it, over the scripted API."""
    app = Flask("stand_in")
    init_web(app, settings, city_pack.load(settings.pack_dir))

    @app.before_request
    def check_token() -> ResponseReturnValue | None:
        if not request.path.startswith("/api/v1/chat"):
            return None
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return None if token in server.tokens else (jsonify(message="session"), 401)

    @app.post("/api/v1/sessions")
    def sessions() -> ResponseReturnValue:
        token = secrets.token_urlsafe(16)
        server.tokens.add(token)
        return jsonify(token=token, contact_id=secrets.token_hex(8)), 201

    @app.post("/api/v1/chat/messages")
    def take() -> ResponseReturnValue:
        body = request.get_json()
        with server.changed:
            server.posts.append(body)
            server.prefers.append(request.headers.get("Prefer"))
            server.changed.notify_all()
            if server.fail:
                status, error = server.fail.pop(0)
                return jsonify(error), status
            known = server.answered.get(body["client_message_id"])
            if known is None:
                known = server.script(body)
                server.answered[body["client_message_id"]] = known
                server.replies += known
                server.changed.notify_all()
            if server.drop_answers:
                server.drop_answers -= 1
                return jsonify(message="lost on the way back"), 502
            cursor = str(len(server.replies))
        if not request.headers.get("Prefer"):
            return jsonify(message_id=body["client_message_id"], cursor=cursor), 202
        return jsonify(message_id=body["client_message_id"], replies=known, cursor=cursor)

    @app.get("/api/v1/chat/messages")
    def since() -> ResponseReturnValue:
        after = int(request.args.get("after") or 0)
        with server.changed:
            return jsonify(messages=server.replies[after:], cursor=str(len(server.replies)))

    @app.get("/api/v1/chat/stream")
    def stream() -> ResponseReturnValue:
        if not server.streaming:
            return jsonify(message="no streams"), 503
        cursor = int(request.args.get("after") or 0)
        with server.changed:
            server.stream_cursors.append(request.args.get("after") or "")
            generation = server.stream_generation
            server.streams_open += 1
            server.changed.notify_all()

        def over() -> bool:
            return server.closing or not server.streaming or server.stream_generation != generation

        def something_new(position: int) -> bool:
            return over() or len(server.replies) > position

        def events() -> Iterator[str]:
            yield ": hello\n\n"
            position = cursor
            while True:
                with server.changed:
                    server.changed.wait_for(partial(something_new, position), timeout=1)
                    if over():
                        return
                    fresh = server.replies[position:]
                for item in fresh:
                    position += 1
                    yield f"id: {position}\nevent: message\ndata: {json.dumps(item, ensure_ascii=False)}\n\n"
                if not fresh:
                    yield ": still here\n\n"

        def closed() -> None:
            with server.changed:
                server.streams_open -= 1
                server.changed.notify_all()

        response = Response(events(), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})
        response.call_on_close(closed)
        return response

    return app


def serve(settings: Settings, server: StandIn, port: int = 0) -> BaseWSGIServer:
    """Serves in the background; the caller shuts it down."""
    made = make_server("127.0.0.1", port, create_app(settings, server), threaded=True)
    made.daemon_threads = True  # type: ignore[attr-defined]
    server.url = f"http://127.0.0.1:{made.server_port}"
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return made
