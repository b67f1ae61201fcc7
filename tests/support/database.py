"""A clean database for each test: SQLite by default, PostgreSQL with TEST_DATABASE=postgresql.

The schema is migrated once in a run; tests take turns in one database, which is emptied before each. A test that needs
one with content in it gets a copy.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

import backend.models.staff  # noqa: F401  (its tables are emptied too)
from backend.cli import migrate_database
from backend.database import make_engine
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
    _loading: list[str] = field(default_factory=list)
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

    def load(self, engine: Engine, first: Callable[[], object]) -> None:
        """Fills the emptied PostgreSQL database: the first time by `first`, then with what that put there."""
        if not self._loading:
            first()
            self._loading = keep(engine)
            return
        with engine.execution_options(writes=True).begin() as connection:
            connection.exec_driver_sql("; ".join(self._loading))


def empty(engine: Engine) -> None:
    """Takes every row out of a database; its numbers begin anew."""
    names = [f'"{table.name}"' for table in reversed(Base.metadata.sorted_tables)]
    with engine.execution_options(writes=True).begin() as connection:
        if POSTGRESQL:
            # A hundredth of the time that TRUNCATE takes, which gives every table new files.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.exec_driver_sql("; ".join(f"DELETE FROM {name}" for name in names))
            connection.execute(text("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"))
        else:
            for name in names:
                connection.execute(text(f"DELETE FROM {name}"))
            # Once more: the rows say which places were removed just now.
            connection.execute(text("DELETE FROM place_changes"))


def keep(engine: Engine) -> list[str]:
    """Puts what is in a PostgreSQL database aside, and gives the statements that bring it back into the emptied one."""
    back = ["SET LOCAL session_replication_role = replica"]
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("CREATE SCHEMA kept"))
        for table in Base.metadata.sorted_tables:
            if connection.scalar(text(f'SELECT EXISTS (SELECT FROM "{table.name}")')):
                connection.execute(text(f'CREATE TABLE kept."{table.name}" AS TABLE "{table.name}"'))
                back.append(f'INSERT INTO "{table.name}" TABLE kept."{table.name}"')
        numbers = connection.execute(text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value > 0"))
        back += [f"SELECT setval('\"{name}\"', {last})" for name, last in numbers]
    return back


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
def _shared(databases: Databases) -> Iterator[Engine]:
    """The one database that tests take turns in. One engine, so that SQLAlchemy compiles each statement once."""
    engine = make_engine(databases.fresh())
    yield engine
    engine.dispose()


@pytest.fixture
def engine(_shared: Engine) -> Engine:
    """A database with the schema and nothing in it."""
    empty(_shared)
    return _shared


@pytest.fixture
def database_url(engine: Engine) -> str:
    """Its URL."""
    return engine.url.render_as_string(hide_password=False)
