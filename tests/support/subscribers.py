"""People who subscribed, and what they were told."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import select

from backend.models import Contact, Notice
from tests.support.container import Parts

_KEYS = itertools.count(1)


class Subscriber:
    """A person with subscriptions."""

    def __init__(self, parts: Parts, lang: str = "zh") -> None:
        self.parts = parts
        with parts.db.write() as session:
            contact = Contact(lang=lang)
            session.add(contact)
            session.flush()
            self.id = contact.id

    def wants(self, topic: str, **params: Any) -> Subscriber:
        self.parts.subscriptions.subscribe(self.id, topic, params, f"k{next(_KEYS)}")
        return self

    def told(self) -> list[str]:
        """The templates of the notices written for this person, in their order."""
        return [notice.template for notice in self.notices()]

    def notices(self) -> list[Notice]:
        with self.parts.db.read() as session:
            query = select(Notice).where(Notice.contact_id == self.id).order_by(Notice.id)
            return list(session.scalars(query))


def follow(parts: Parts) -> None:
    """What the workers would do with the new events."""
    for follower in parts.followers:
        follower.run()
