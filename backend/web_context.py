"""What views take from the running application."""

from __future__ import annotations

from typing import cast

from flask import current_app, request

from backend.wiring import Container


def parts() -> Container:
    """The container of this application."""
    return cast(Container, current_app.extensions["concierge"])


def path_and_query() -> str:
    """The path and raw query of this request, as the provider signed them."""
    query = request.query_string.decode("latin-1")
    return request.path + (f"?{query}" if query else "")
