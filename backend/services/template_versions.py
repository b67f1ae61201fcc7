"""The versions of templates: staff edits are new versions over the shipped one; none is ever lost."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import TemplateVersion
from backend.services.templates import shipped

Texts = dict[str, dict[str, str]]


def texts_in_force(session: Session, key: str) -> Texts:
    """The texts of a template as they are now. Raises UnknownTemplate."""
    newest = session.scalar(
        select(TemplateVersion.texts)
        .where(TemplateVersion.key == key)
        .order_by(TemplateVersion.version.desc())
        .limit(1)
    )
    return newest if newest is not None else shipped(key)
