"""Web Push against a push service that decrypts what it gets, sees who signed it, and answers as told."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backend.channels.web_push import WebPush, allowed
from backend.services.ports import Outgoing, SendPermanent, SendTemporary, SendUnknown
from backend.services.replies import Reply

KEY = base64.urlsafe_b64encode(b"\x01" * 32).decode()


class PushService:
    """Answers `status` and keeps what it got."""

    def __init__(self) -> None:
        self.status = 201
        self.headers: dict[str, str] = {}
        self.got: list[tuple[dict[str, str], bytes]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(service.status)
                for name, value in service.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)

    def subscription(self, endpoint: str = "") -> str:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _b64(point), "auth": _b64(self.auth)}
        return json.dumps({"endpoint": endpoint or f"{self.url}/push/1", "keys": keys})


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture
def service() -> Iterator[PushService]:
    made = PushService()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def channel(service: PushService) -> WebPush:
    return WebPush(KEY, "mailto:push@example.org", (service.url,), timeout=5)


def message(service: PushService, address: str = "") -> Outgoing:
    reply = Reply("notice", "zh", "台风红色预警", ["请立即撤到高处。"])
    push = channel(service)
    return Outgoing(7, None, address or service.subscription(), push.render(reply), reply, dt.datetime.now(dt.UTC))


def test_the_device_can_read_it_and_nobody_else(service: PushService) -> None:
    service.headers = {"Location": f"{service.url}/message/abc"}
    assert channel(service).send(message(service)) == f"{service.url}/message/abc"
    [(headers, body)] = service.got
    assert headers["content-encoding"] == "aes128gcm"
    assert int(headers["ttl"]) > 0
    read = http_ece.decrypt(body, private_key=service.key, auth_secret=service.auth, version="aes128gcm")
    assert json.loads(read) == {"id": 7, "title": "台风红色预警", "text": "请立即撤到高处。", "lang": "zh"}
    assert "预警".encode() not in body


def test_it_says_who_sent_it(service: PushService) -> None:
    channel(service).send(message(service))
    scheme, _, rest = service.got[0][0]["authorization"].partition(" ")
    given = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert scheme == "vapid"
    assert given["k"] == channel(service).public_key()
    claims = json.loads(base64.urlsafe_b64decode(given["t"].split(".")[1] + "=="))
    assert (claims["aud"], claims["sub"]) == (service.url, "mailto:push@example.org")


@pytest.mark.parametrize(
    ("status", "error", "gone"),
    [
        (404, SendPermanent, True),
        (410, SendPermanent, True),
        (400, SendPermanent, False),
        (413, SendPermanent, False),
        (429, SendTemporary, None),
        (503, SendTemporary, None),
        (500, SendUnknown, None),
    ],
)
def test_what_the_service_refuses(service: PushService, status: int, error: type[Exception], gone: bool | None) -> None:
    service.status = status
    service.headers = {"Retry-After": "17"}
    with pytest.raises(error) as raised:
        channel(service).send(message(service))
    assert getattr(raised.value, "gone", None) == gone
    assert getattr(raised.value, "retry_after", 17.0) == 17.0


def test_no_redirect_is_followed(service: PushService) -> None:
    service.status, service.headers = 307, {"Location": "http://127.0.0.1:1/elsewhere"}
    with pytest.raises((SendUnknown, SendPermanent)):
        channel(service).send(message(service))
    assert len(service.got) == 1


def test_nothing_is_sent_to_another_host(service: PushService) -> None:
    with pytest.raises(SendPermanent, match="endpoint_not_allowed"):
        channel(service).send(message(service, service.subscription("https://intranet.example.org/push")))


def test_a_service_that_is_away(service: PushService) -> None:
    service.server.shutdown()
    service.server.server_close()
    with pytest.raises(SendTemporary, match="unreachable"):
        channel(service).send(message(service))


@pytest.mark.parametrize(
    ("endpoint", "fine"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=abc", True),
        ("https://web.push.apple.com/abc", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com.evil.example/abc", False),
        ("https://evilpush.services.mozilla.com.example/abc", False),
        ("https://fcm.googleapis.com:8443/abc", False),
        ("https://user@fcm.googleapis.com/abc", False),
        ("https://fcm.googleapis.com@127.0.0.1/abc", False),
        ("https://127.0.0.1/abc", False),
        ("https://[::1/abc", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_known_push_services_are_sent_to(endpoint: str, fine: bool) -> None:
    assert allowed(endpoint) is fine
