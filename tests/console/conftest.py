"""The application around a loaded city that a test may change, and clerks of every role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from backend.limits import limiter
from tests.support.console import Clerk, add_staff
from tests.support.web import web_app


@pytest.fixture
def site(own_city: Any) -> Iterator[Flask]:
    """The whole application; attempts to sign in are not limited."""
    made = web_app(own_city)
    limiter.enabled = False
    yield made
    limiter.enabled = True


@pytest.fixture
def clerk(site: Flask, own_city: Any) -> Clerk:
    """A signed-in editor."""
    return Clerk(site, add_staff(site, own_city, "editor", "li"))
