"""Other systems of the city: who they are and what they may do."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from backend.database import Database
from backend.models import ApiClient, utcnow
from backend.services.audit import record_audit
from backend.services.inbound import token_hash

# alerts.write: bring alerts in; events.read: follow the event feed.
SCOPES = ("alerts.write", "events.read")


@dataclass(frozen=True)
class Client:
    """A system that showed a good token."""

    id: int
    name: str
    scopes: frozenset[str]
    senders: frozenset[str]


class Clients:
    """Gives out tokens and knows them again."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def issue_token(self, name: str, scopes: Sequence[str], senders: Sequence[str] = ()) -> str:
        """A new bearer token for a system, which ends the one before; only its hash is kept. `senders` are the CAP
        senders it may speak for, none named: any. Raises ValueError for a scope nobody knows.
        """
        if unknown := sorted(set(scopes) - set(SCOPES)):
            raise ValueError(f"{', '.join(unknown)} is no scope; scopes are {', '.join(SCOPES)}")
        token = secrets.token_urlsafe(32)
        with self._db.write() as session:
            client = session.scalars(select(ApiClient).where(ApiClient.name == name).with_for_update()).one_or_none()
            if client is None:
                client = ApiClient(name=name)
                session.add(client)
            client.scopes, client.senders, client.enabled = list(scopes), list(senders), True
            client.token_hash, client.token_at = token_hash(token), utcnow()
            record_audit(session, "operator", "client.token", f"client:{name}"[:80], {"scopes": list(scopes)})
        return token

    def disable(self, name: str) -> None:
        """Ends a system's token. Raises LookupError."""
        with self._db.write() as session:
            client = session.scalars(select(ApiClient).where(ApiClient.name == name)).one_or_none()
            if client is None:
                raise LookupError(name)
            client.enabled = False
            record_audit(session, "operator", "client.disabled", f"client:{name}"[:80], {})

    def of_token(self, token: str) -> Client | None:
        """The enabled system behind a bearer token; None for an unknown token."""
        with self._db.read() as session:
            found = session.scalars(
                select(ApiClient).where(ApiClient.token_hash == token_hash(token), ApiClient.enabled)
            ).one_or_none()
        if found is None:
            return None
        return Client(found.id, found.name, frozenset(found.scopes), frozenset(found.senders))
