"""A clean database for each test: SQLite by default, PostgreSQL with TEST_DATABASE=postgresql.

The schema is migrated once in a run. A test gets a copy of that file (SQLite) or the one database emptied (PostgreSQL).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import backend.models.staff  # noqa: F401  (its tables are emptied too)
from backend.cli import migrate_database
from backend.models import Base
from tests.support.postgres import new_database, postgres_server

POSTGRESQL = os.environ.get("TEST_DATABASE", "sqlite") == "postgresql"
# Nothing here has to survive the machine, and a file in memory need not be flushed to a disk.
_MEMORY = Path("/dev/shm")


@dataclass
class Databases:
    """Gives out migrated databases; `template` is the URL of the one they start from."""

    folder: Path
    template: str
    server: str = ""
    _given: int = 0
    _closing: ExitStack = field(default_factory=ExitStack)

    def fresh(self) -> str:
        """The URL of a database of its own with the schema and nothing in it; kept until the end of the run."""
        if POSTGRESQL:
            return self._closing.enter_context(
                new_database(self.server, self.template.rpartition("/")[2].split("?")[0])
            )
        return self.copy(self.template)

    def copy(self, file_url: str) -> str:
        """A copy of an SQLite database nobody is writing to."""
        self._given += 1
        path = self.folder / f"{self._given}.db"
        shutil.copyfile(file_url.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"


def empty(url: str) -> None:
    """Takes every row out of a PostgreSQL database and starts its numbers anew."""
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The migrated schema, once in a run."""
    folder = Path(tempfile.mkdtemp(prefix="concierge-tests-", dir=_MEMORY if _MEMORY.is_dir() else None))
    with ExitStack() as closing:
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        if POSTGRESQL:
            server = closing.enter_context(postgres_server())
            template = closing.enter_context(new_database(server))
        else:
            server, template = "", f"sqlite:///{folder / 'template.db'}"
        migrate_database(template)
        given = Databases(folder, template, server)
        closing.enter_context(given._closing)
        yield given


@pytest.fixture(scope="session")
def _shared(databases: Databases) -> str:
    """The one PostgreSQL database that tests take turns in."""
    return databases.fresh() if POSTGRESQL else ""


@pytest.fixture
def database_url(databases: Databases, _shared: str) -> str:
    """The URL of a database with the schema and nothing in it."""
    if POSTGRESQL:
        empty(_shared)
        return _shared
    return databases.fresh()
