"""Rate limits of the public API. Providers' webhooks are never limited: a 429 would lose a message."""

from __future__ import annotations

import hashlib

from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address


def caller() -> str:
    """The bearer token where there is one, else the address: many people share one address behind a mobile network.

    Only for views that check the token: elsewhere a made-up one would be a new caller each time. It is hashed, since
    it becomes a key in Redis.
    """
    token = request.headers.get("Authorization", "")
    if not token.startswith("Bearer "):
        return get_remote_address()
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


limiter = Limiter(key_func=caller, default_limits=[])
