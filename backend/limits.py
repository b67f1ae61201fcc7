"""Rate limits of the public API. Providers' webhooks are never limited: a 429 would lose a message."""

from __future__ import annotations

from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address


def caller() -> str:
    """The bearer token where there is one, else the address: many people share one address behind a mobile network."""
    token = request.headers.get("Authorization", "")
    return token[-64:] if token.startswith("Bearer ") else get_remote_address()


limiter = Limiter(key_func=caller, default_limits=[])
