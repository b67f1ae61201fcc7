"""What people want to be told of: begun, listed and ended at will."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from backend.database import Database
from backend.models import Subscription, utcnow
from backend.services.subscription_topics import ANYWHERE, InvalidSubscription, checked

MAX_EACH = 50  # of a person


class NoSuchSubscription(LookupError):
    """The person has no running subscription of this id."""


@dataclass(frozen=True)
class SubscriptionView:
    """A subscription as it is given out. `created_at` is aware."""

    id: int
    topic: str
    params: Mapping[str, str]
    created_at: dt.datetime


class Subscriptions:
    """Begins, lists and ends them. `exists` says whether there is a record of an id: a place, a district, a line."""

    def __init__(self, db: Database, exists: Callable[[str], bool]) -> None:
        self._db = db
        self._exists = exists

    def subscribe(self, contact_id: str, topic: str, params: Mapping[str, Any], key: str) -> SubscriptionView:
        """Begins a subscription. The same again, or with the same `key`, is the one there is.

        `key` names the request: an Idempotency-Key or the id of a turn. Raises InvalidSubscription.
        """
        full, about = checked(topic, params, self._exists)
        with self._db.write() as session:
            mine = _of(contact_id)
            # Whoever asks twice at once takes turns by the rows of the person, or by the unique indexes.
            known = session.scalars(
                select(Subscription).where(Subscription.contact_id == contact_id, Subscription.key == key)
            ).first()
            if known is not None and known.ended_at is not None:
                return _view(known)  # an old request, sent again: what was ended since stays so
            running = list(session.scalars(mine.with_for_update()))
            same = known or next((row for row in running if (row.topic, row.about) == (topic, about)), None)
            if same is not None:
                return _view(same)
            if len(running) >= MAX_EACH:
                raise InvalidSubscription("topic", f"{MAX_EACH} subscriptions are the most: end one first")
            row = Subscription(contact_id=contact_id, topic=topic, about=about, params=full, key=key[:100])
            session.add(row)
            session.flush()
            return _view(row)

    def of_contact(self, contact_id: str) -> list[SubscriptionView]:
        """A person's running subscriptions, the oldest first."""
        with self._db.read() as session:
            return [_view(row) for row in session.scalars(_of(contact_id))]

    def end(self, contact_id: str, subscription_id: int) -> SubscriptionView:
        """Ends one of a person's subscriptions. Raises NoSuchSubscription."""
        with self._db.write() as session:
            row = session.scalars(
                _of(contact_id).where(Subscription.id == subscription_id).with_for_update()
            ).one_or_none()
            if row is None:
                raise NoSuchSubscription(subscription_id)
            row.ended_at = utcnow()
            return _view(row)

    def end_all(self, contact_id: str, topic: str | None = None) -> int:
        """Ends all of a person's subscriptions, or those of one topic; how many."""
        wanted = [Subscription.contact_id == contact_id, Subscription.ended_at.is_(None)]
        if topic is not None:
            wanted.append(Subscription.topic == topic)
        with self._db.write() as session:
            ended = session.execute(update(Subscription).where(*wanted).values(ended_at=utcnow()))
            return int(ended.rowcount)  # type: ignore[attr-defined]


def subscribers(topic: str, about: Collection[str]) -> Select[Any]:
    """The ids of who wants to be told of one of these, or of all of the topic."""
    return select(Subscription.contact_id).where(
        Subscription.topic == topic, Subscription.about.in_({*about, ANYWHERE}), Subscription.ended_at.is_(None)
    )


def followers_of(topics: Collection[str]) -> Select[Any]:
    """The ids of who wants to be told of anything of some topics: an audience of broadcasts."""
    return select(Subscription.contact_id).where(Subscription.topic.in_(topics), Subscription.ended_at.is_(None))


def slice_of(session: Session, contacts: Select[Any], after: str, limit: int) -> list[str]:
    """The next contacts of a query, each once, in the order of their ids."""
    found = contacts.subquery()
    query = select(found.c[0]).where(found.c[0] > after).distinct().order_by(found.c[0]).limit(limit)
    return list(session.scalars(query))


def _of(contact_id: str) -> Select[Any]:
    return (
        select(Subscription)
        .where(Subscription.contact_id == contact_id, Subscription.ended_at.is_(None))
        .order_by(Subscription.id)
    )


def _view(row: Subscription) -> SubscriptionView:
    return SubscriptionView(row.id, row.topic, dict(row.params), row.created_at)
