"""Fetching from a server that is slow, large, broken or moved."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from backend import transit_feeds
from backend.transit_feeds import RealtimeClient

Send = Callable[[bytes], None]


class Server:
    """Answers each connection with what `script` sends; it ends with the test."""

    def __init__(self, script: Callable[[Send, threading.Event], None]) -> None:
        self.over = threading.Event()
        self.gone = threading.Event()  # a client hung up
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/feed"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    self._script(connection.sendall, self.over)
                except OSError:
                    self.gone.set()

    def close(self) -> None:
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(30)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(script: Callable[[Send, threading.Event], None]) -> Server:
        servers.append(Server(script))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def answering(data: bytes) -> Callable[[Send, threading.Event], None]:
    return lambda send, _: send(data)


def dripping(head: bytes, drop: bytes) -> Callable[[Send, threading.Event], None]:
    """A byte now and then without end: each read is in time, the whole never is."""

    def script(send: Send, over: threading.Event) -> None:
        send(head)
        while not over.wait(0.02):
            send(drop)

    return script


def test_what_is_there_is_given(serve: Callable[..., Server]) -> None:
    server = serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfeed"))
    assert RealtimeClient(10)(server.url) == b"feed"


def test_where_it_moved_it_is_followed(serve: Callable[..., Server]) -> None:
    new = serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfeed"))
    moved = f"HTTP/1.1 302 Found\r\nLocation: {new.url}\r\nContent-Length: 0\r\n\r\n"
    assert RealtimeClient(10)(serve(answering(moved.encode())).url) == b"feed"


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),  # without a length: cut off it seems whole
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"", b"\x00"),
    ],
    ids=["body", "no length", "chunked", "headers", "status"],
)
def test_a_server_that_drips_is_left_at_the_deadline(serve: Callable[..., Server], head: bytes, drop: bytes) -> None:
    server = serve(dripping(head, drop))
    with pytest.raises(OSError, match=r"not there after 0\.3 seconds"):
        RealtimeClient(10, deadline=0.3)(server.url)
    assert server.gone.wait(30)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfeed",
        b"hello\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nfeed",
        b"HTTP/1.1 302 Found\r\nLocation: /feed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    ],
    ids=["status", "cut short", "no http", "nothing", "no gzip", "a circle"],
)
def test_what_is_broken_is_an_error_of_one_kind(serve: Callable[..., Server], answer: bytes) -> None:
    with pytest.raises(OSError):
        RealtimeClient(10)(serve(answering(answer)).url)


def test_nobody_there_and_an_address_that_is_none() -> None:
    for url in ("http://127.0.0.1:1/feed", "feed", "http://[::1/feed", "ftp://127.0.0.1/feed"):
        with pytest.raises(OSError):
            RealtimeClient(10)(url)


def test_too_much_is_refused(serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transit_feeds, "MAX_BYTES", 3)
    server = serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfeed"))
    with pytest.raises(OSError, match="too large"):
        RealtimeClient(10)(server.url)
