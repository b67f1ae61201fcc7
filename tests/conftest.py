"""For all tests: no network but loopback (pyproject's --allow-hosts), and no setting leaks in from the shell."""

from __future__ import annotations

import os

import pytest

from dev.env import PORT_OFFSETS
from tests.support.browser import browser
from tests.support.container import app, city, city_url, clock, own_city, parts, sms
from tests.support.database import _shared, database_url, databases, engine
from tests.support.stack import stack
from tests.support.valkey import valkey

# One browser and one running copy of the product serve all tests of a run; so does one migrated database.
__all__ = [
    "_shared",
    "app",
    "browser",
    "city",
    "city_url",
    "clock",
    "database_url",
    "databases",
    "engine",
    "own_city",
    "parts",
    "sms",
    "stack",
    "valkey",
]

_LEAKS = (
    "APP_ENV",
    "DATABASE_URL",
    "REDIS_URL",
    "BOT_URLS",
    "ACTIONS_URL",
    "PUBLIC_BASE_URL",
    "FAKES_URL",
    "CITY_PACK",
)


# Whoever has a database has it from one of these.
_DATABASES = {"databases", "stack"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--with-database", action="store_true", help="only the tests that ask for a database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The second of two runs, on another kind of database, leaves out what has none (dev/both_databases.py)."""
    if config.getoption("--with-database"):
        without = [item for item in items if _DATABASES.isdisjoint(getattr(item, "fixturenames", ()))]
        items[:] = [item for item in items if not _DATABASES.isdisjoint(getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=without)


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_the_shell() -> None:
    for name in (*_LEAKS, "PORT", "VAR_DIR", *PORT_OFFSETS):
        os.environ.pop(name, None)
