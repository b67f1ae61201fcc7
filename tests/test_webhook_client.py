"""Posting webhooks: only to public addresses, whatever name leads elsewhere, and never further than asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from backend.services.webhooks import Unreachable
from backend.webhook_client import WebhookClient


class Target(BaseHTTPRequestHandler):
    """Answers with the status the path names, and keeps what came."""

    came: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.came.append((self.path, dict(self.headers), body))
        self.send_response(int(self.path.strip("/").partition("?")[0]))
        self.send_header("Location", "/200")
        self.end_headers()
        self.wfile.write(b"x" * 100_000)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def target() -> Iterator[tuple[str, list[Any]]]:
    came: list[Any] = []
    server = HTTPServer(("127.0.0.1", 0), type("Kept", (Target,), {"came": came}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", came
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_body_is_posted_with_its_headers(target: tuple[str, list[Any]]) -> None:
    url, came = target
    assert WebhookClient(5, allow_private=True).post(f"{url}/204?a=b", {"webhook-id": "evt_1"}, b"{}") == 204
    [(path, headers, body)] = came
    assert (path, headers["webhook-id"], body) == ("/204?a=b", "evt_1", b"{}")


@pytest.mark.parametrize("status", [200, 302, 307, 400, 410, 500])
def test_the_status_is_told_and_no_redirect_is_followed(target: tuple[str, list[Any]], status: int) -> None:
    url, came = target
    assert WebhookClient(5, allow_private=True).post(f"{url}/{status}", {}, b"") == status
    assert len(came) == 1


def test_nobody_there(target: tuple[str, list[Any]]) -> None:
    with pytest.raises(Unreachable, match="no connection"):
        WebhookClient(1, allow_private=True).post("http://127.0.0.1:1/", {}, b"")


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org/", "//example.org", "https://", "https://user:pw@example.org/",
     "https://example.org/#x", "https://example.org:0/", "https://example.org:99999/", "https://例子.org/",
     "https://example.org/ x", "https://127.0.0.1/", "https://10.0.0.1/", "https://192.168.1.1/",
     "https://169.254.169.254/latest/meta-data/", "https://0.0.0.0/", "https://[::1]/", "https://[fe80::1]/",
     "https://[fc00::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::]/",
     "https://224.0.0.1/", "https://100.64.0.1/", "https://198.18.0.1/", "https://[x/", "x" * 600],
)  # fmt: skip
def test_addresses_that_are_none_of_the_internet(url: str) -> None:
    client = WebhookClient(1)
    with pytest.raises(ValueError, match=r"address"):
        client.check_url(url)
    with pytest.raises(Unreachable, match="refused"):
        client.post(url, {}, b"")


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.1.2.3"], ["93.184.216.34", "127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]],
)
def test_a_name_that_leads_into_our_network(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    client = WebhookClient(1)
    client.check_url("https://hooks.example.org/")
    with pytest.raises(Unreachable, match="not a public address"):
        client.post("https://hooks.example.org/", {}, b"")


def test_a_name_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(Unreachable, match="unknown host"):
        WebhookClient(1).post("https://hooks.example.org/", {}, b"")
