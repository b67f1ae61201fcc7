"""The engine, whatever the database."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tests.support.container import Parts


def test_an_error_of_the_database_does_not_repeat_what_a_person_wrote(parts: Parts) -> None:
    with pytest.raises(SQLAlchemyError) as raised, parts.db.write() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:text)"), {"text": "我住在海港区"})
    assert "nowhere" in str(raised.value)
    assert "海港区" not in str(raised.value)
