"""Fetches what operators publish: the one place where transit meets the network."""

from __future__ import annotations

import urllib3

from backend.services.transit.realtime import MAX_BYTES


class RealtimeClient:
    """Gives the body at an address. `timeout` in seconds, for the connection and for each read."""

    def __init__(self, timeout: float) -> None:
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(timeout), retries=urllib3.Retry(1, redirect=2))

    def __call__(self, url: str) -> bytes:
        """Raises OSError when it cannot be had, is not a 200 or is too large."""
        try:
            response = self._pool.request("GET", url, preload_content=False)
            try:
                if response.status != 200:
                    raise OSError(f"status {response.status}")
                body = response.read(MAX_BYTES + 1, decode_content=True)
            finally:
                response.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise OSError(str(error)) from error
        if len(body) > MAX_BYTES:
            raise OSError("too large")
        return body
