"""Fetches what operators publish: the one place where transit meets the network."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from backend.services.transit.realtime import MAX_BYTES

# A fetch takes no longer, however slowly a server drips: it holds a thread of a worker.
DEADLINE_SECONDS = 20.0


class RealtimeClient:
    """Gives the body at an address. `timeout` in seconds is for the connection and each read, `deadline` for all."""

    def __init__(self, timeout: float, deadline: float = DEADLINE_SECONDS) -> None:
        self._timeout = urllib3.Timeout(timeout)
        self._deadline = deadline

    def __call__(self, url: str) -> bytes:
        """Raises OSError when it cannot be had in time, is not a 200 or is too large."""
        watch = _Watch()
        timer = threading.Timer(self._deadline, watch.cut)
        timer.daemon = True
        timer.start()
        try:
            with _pool(watch, self._timeout) as pool:
                body = self._get(pool, url)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise OSError(str(watch.late(self._deadline) or error)) from error
        finally:
            timer.cancel()
        if (late := watch.late(self._deadline)) is not None:
            raise late  # a body without a length seems whole when its connection was cut
        if len(body) > MAX_BYTES:
            raise OSError("too large")
        return body

    def _get(self, pool: urllib3.PoolManager, url: str) -> bytes:
        # Not tried again at once: the next poll is half a minute away.
        retries = urllib3.Retry(total=None, connect=0, read=0, status=0, other=0, redirect=2)
        response = pool.request("GET", url, preload_content=False, timeout=self._timeout, retries=retries)
        try:
            if response.status != 200:
                raise OSError(f"status {response.status}")
            return response.read(MAX_BYTES + 1, decode_content=True)
        finally:
            response.close()


class _Watch:
    """The connections of one fetch. Once it is cut they end, and there can be no other: neither the timeout of a read
    nor a look at the clock between reads ends headers that come a byte at a time.
    """

    def __init__(self) -> None:
        self._connections: list[HTTPConnection] = []
        self._cut = threading.Event()

    def add(self, connection: HTTPConnection) -> None:
        """Raises TimeoutError when it is too late."""
        self._connections.append(connection)
        if self._cut.is_set():
            connection.close()
            raise TimeoutError("no time is left")

    def cut(self) -> None:
        """Ends them: who reads from one gets an end of file or an error."""
        self._cut.set()
        for connection in list(self._connections):
            sock = getattr(connection, "sock", None)
            if sock is not None:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def late(self, deadline: float) -> OSError | None:
        """What to say if it was cut."""
        return TimeoutError(f"not there after {deadline:g} seconds") if self._cut.is_set() else None


def _pool(watch: _Watch, timeout: urllib3.Timeout) -> urllib3.PoolManager:
    """Connections that report to a watch."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            watch.add(self)

    class Encrypted(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            watch.add(self)

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Encrypted

    pool = urllib3.PoolManager(timeout=timeout)
    classes: dict[str, Any] = {"http": PlainPool, "https": EncryptedPool}
    pool.pool_classes_by_scheme = classes
    return pool
