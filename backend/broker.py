"""The queue's transport: kombu's for Redis, with one client for a channel instead of a new one for each command.

Making a client takes longer than what it is made for: two for every task taken were a tenth of a worker's processor
time. A client is only a handle on the channel's connection pool, and threads may share it.
"""

from __future__ import annotations

from typing import Any

import redis
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as kombu_redis


class Channel(kombu_redis.Channel):
    """Keeps its client for as long as its connection pool lasts."""

    _kept: redis.Redis | None = None

    def _create_client(self, asynchronous: bool = False) -> Any:
        if asynchronous:
            return super()._create_client(asynchronous=True)  # type: ignore[misc]  # kombu has no stubs
        kept = self._kept
        if kept is None or kept.connection_pool is not self.pool:
            kept = self._kept = super()._create_client()  # type: ignore[misc]
        return kept


class Transport(kombu_redis.Transport):
    """Makes such channels."""

    Channel = Channel


def install() -> None:
    """Every `redis://` and `rediss://` broker is spoken to this way from now on."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
