"""Writing notices down, in the transaction that makes them necessary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, cast

from sqlalchemy import Select, Table, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.database import record_event
from backend.models import Contact, Notice, utcnow
from backend.services.templates import check_values

Urgency = Literal["life_safety", "urgent", "normal", "bulk"]
# The lower is next; what is behind it waits.
LANES: Mapping[Urgency, int] = {"life_safety": 0, "urgent": 1, "normal": 2, "bulk": 3}

_TABLE = cast("Table", Notice.__table__)


def tell(
    session: Session,
    *,
    contact_id: str,
    template: str,
    values: Mapping[str, str],
    subject: str,
    dedupe: str,
    not_before: dt.datetime | None = None,
    expires_at: dt.datetime | None = None,
    urgency: Urgency = "normal",
) -> bool:
    """Writes a notice for a person into the caller's transaction; False where the same was told before.

    The same is told once: of all notices with one `dedupe` the person gets the first. `values` are what the template
    asks for, see `services.templates.TEMPLATES`; they become words when the notice is sent, in the person's language.
    `subject` names what it is about, as `booking/K7M2`. Times are aware: nothing is sent before `not_before`, or after
    `expires_at`. Raises UnknownTemplate and MissingValue, which names the placeholder.
    """
    check_values(template, values)
    row = {**_columns(template, subject, dedupe, not_before, expires_at, urgency), "facts": dict(values)}
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_TABLE).values({**row, "contact_id": contact_id})
    notice_id = session.scalar(statement.on_conflict_do_nothing().returning(_TABLE.c.id))
    if notice_id is None:
        return False
    record_event(session, "notice.created", f"notice/{notice_id}", {"subject": subject, "urgency": urgency})
    return True


def tell_all(
    session: Session,
    contact_ids: Select[Any],
    *,
    template: str,
    values: Mapping[str, str],
    subject: str,
    dedupe: str,
    not_before: dt.datetime | None = None,
    expires_at: dt.datetime | None = None,
    urgency: Urgency = "normal",
) -> int:
    """As `tell`, for all people a query finds, in one statement; how many are told who were not before.

    For more than some thousands of people a broadcast is the way: one transaction should not hold others up for long.
    """
    check_values(template, values)
    columns = {**_columns(template, subject, dedupe, not_before, expires_at, urgency), "facts": dict(values)}
    told = insert_for(session, contact_ids, columns)
    if told:
        record_event(session, "notice.created", subject, {"subject": subject, "urgency": urgency, "count": told})
    return told


def insert_for(session: Session, contact_ids: Select[Any], columns: Mapping[str, Any]) -> int:
    """Writes the same notice for each contact a query finds, where they have none with its `dedupe`; how many."""
    found = contact_ids.subquery()
    given = [literal(value, _TABLE.c[name].type).label(name) for name, value in columns.items()]
    # SQLite's grammar wants a WHERE between SELECT and ON CONFLICT.
    rows = select(Contact.id, *given).where(Contact.id.in_(select(found.c[0])))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_TABLE).from_select(["contact_id", *columns], rows, include_defaults=False)
    result = session.execute(statement.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True})
    return int(result.rowcount)  # type: ignore[attr-defined]


def withdraw(session: Session, subject: str, template: str | None = None) -> int:
    """What was told about a subject and is not on its way yet is not sent any more; how many notices. For a reminder of
    a booking that is cancelled.
    """
    wanted = [_TABLE.c.subject == subject, _TABLE.c.state == "queued"]
    if template is not None:
        wanted.append(_TABLE.c.template == template)
    result = session.execute(update(_TABLE).where(*wanted).values(state="dropped", error="withdrawn"))
    return int(result.rowcount)  # type: ignore[attr-defined]


def _columns(
    template: str,
    subject: str,
    dedupe: str,
    not_before: dt.datetime | None,
    expires_at: dt.datetime | None,
    urgency: Urgency,
) -> dict[str, Any]:
    now = utcnow()
    return {
        "template": template,
        "subject": subject,
        "dedupe": dedupe,
        "lane": LANES[urgency],
        "state": "queued",
        "not_before": not_before or now,
        "expires_at": expires_at,
        "created_at": now,
    }
