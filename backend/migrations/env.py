"""Alembic's environment: the URL comes from the caller, the schema from the models."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context

import backend.models.staff  # noqa: F401  (its tables belong to the schema too)
from backend.database import make_engine
from backend.models import Base, UtcDateTime


def render_item(type_: str, item: Any, autogen_context: Any) -> str | bool:
    """Writes our column types as plain SQLAlchemy, so that a migration never depends on the models of a later day."""
    if type_ != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, sa.JSON) and item._variant_mapping:
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


engine = make_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
