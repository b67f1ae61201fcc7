"""A later start leaves a prepared database alone, and only then."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from dev.database import is_prepared, remember_prepared
from dev.env import development_env


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("backend/migrations/versions/0001_first.py", "data/qinhuangdao/places.yml"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("first")
    return tmp_path


@pytest.fixture
def env(root: Path) -> dict[str, str]:
    env = development_env({"VAR_DIR": str(root / "var")}, root)
    give_schema(root, "0001")
    remember_prepared(env, root)
    return env


def give_schema(root: Path, version: str) -> None:
    with sqlite3.connect(root / "var" / "concierge.sqlite3") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num text)")
        connection.execute("DELETE FROM alembic_version")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (version,))
    connection.close()


def test_prepared_database_is_left_alone(root: Path, env: dict[str, str]) -> None:
    assert is_prepared(env, root)


@pytest.mark.parametrize("name", ["backend/migrations/versions/0002_second.py", "data/qinhuangdao/places.yml"])
def test_changed_source_asks_for_it_again(name: str, root: Path, env: dict[str, str]) -> None:
    (root / name).write_text("second")
    assert not is_prepared(env, root)


def test_other_schema_asks_for_it_again(root: Path, env: dict[str, str]) -> None:
    give_schema(root, "0000")
    assert not is_prepared(env, root)


def test_deleted_database_asks_for_it_again(root: Path, env: dict[str, str]) -> None:
    (root / "var" / "concierge.sqlite3").unlink()
    assert not is_prepared(env, root)


def test_server_database_is_always_asked(root: Path, env: dict[str, str]) -> None:
    server = {**env, "DATABASE_URL": "postgresql+psycopg://localhost/concierge"}
    remember_prepared(server, root)
    assert not is_prepared(server, root)
