from __future__ import annotations

from sqlalchemy import create_engine, make_url, text

from tests.support.postgres import new_database, postgres_server


def test_databases_come_and_go() -> None:
    with postgres_server() as server:
        with new_database(server) as first, new_database(server) as second:
            assert first != second
            assert run(first, "CREATE TABLE place AS SELECT '鸽子窝公园' AS name; SELECT name FROM place") == [
                "鸽子窝公园"
            ]
            names = {make_url(first).database, make_url(second).database}
        assert names.isdisjoint(run(server, "SELECT datname FROM pg_database"))


def run(url: str, statements: str) -> list[str]:
    """The first column of the last statement's rows."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements.split(";"):
            result = connection.execute(text(statement))
        rows = list(result.scalars())
    engine.dispose()
    return rows
