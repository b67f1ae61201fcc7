"""Signed webhooks: public events posted to other systems in their order, again until they are taken.

One endpoint is served by one process at a time, which holds no connection to the database while it waits for an
answer. How far an endpoint has come is a number of the event feed, so to replay is to set it back. Signed as
https://www.standardwebhooks.com says: HMAC-SHA256 over the id, the time and the body.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Sequence

from sqlalchemy import select, update
from standardwebhooks import Webhook

from backend.database import Database, record_event
from backend.models import Event, WebhookEndpoint, new_uuid, utcnow
from backend.models.events import PUBLIC_TYPES
from backend.services.addresses import AddressBook
from backend.services.audit import record_audit
from backend.services.cloud_events import CONTENT_TYPE, CloudEvents
from backend.services.event_feed import EventFeed

log = logging.getLogger(__name__)

# Posts a body with headers to an address; the status of the answer. Raises Unreachable.
Post = Callable[[str, dict[str, str], bytes], int]

SOONEST, LATEST = dt.timedelta(seconds=5), dt.timedelta(hours=1)
# Who fails for so long has to ask for it again.
DISABLED_AFTER = dt.timedelta(days=3)
# An event that an endpoint answers with "bad request" so often is passed over: the next ones must not wait for ever.
MAX_REFUSALS = 8
# Bad requests that may be none the next time (RFC 9110, RFC 8470).
_PASSING = (408, 425, 429)
GONE = 410
CLAIM = dt.timedelta(seconds=90)
# One endpoint is served for so long at most; the next run goes on. Below the claim by more than one answer takes.
SERVE_SECONDS = 40.0
# A slow endpoint takes a thread: so many may at once.
AT_ONCE = 2


class Unreachable(Exception):
    """Nothing answered at an address, or nothing that we talk to; the message says why in a few words."""


class NoSuchEndpoint(LookupError):
    """There is no endpoint of this id."""


class Webhooks:
    """Keeps endpoints and serves them. Any number of processes may call it at once."""

    def __init__(
        self,
        db: Database,
        feed: EventFeed,
        cloud_events: CloudEvents,
        secrets_book: AddressBook,
        post: Post,
        check_url: Callable[[str], None],
    ) -> None:
        self._db = db
        self._feed = feed
        self._cloud_events = cloud_events
        self._secrets = secrets_book
        self._post = post
        self._check_url = check_url

    # endpoints

    def add(self, url: str, types: Sequence[str], actor: str) -> tuple[int, str]:
        """A new endpoint, for the events from now on, of some types or of all public ones: its id and its secret, which
        is shown this once. Raises ValueError for an address or a type that cannot be.
        """
        self._check_url(url)
        if unknown := sorted(set(types) - PUBLIC_TYPES):
            raise ValueError(f"{', '.join(unknown)}: public events are {', '.join(sorted(PUBLIC_TYPES))}")
        secret = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
        last = self._feed.last()
        with self._db.write() as session:
            row = WebhookEndpoint(
                url=url, types=sorted(set(types)), secret_encrypted=self._secrets.encrypt(secret), cursor=last
            )
            session.add(row)
            session.flush()
            record_event(session, "webhook.added", f"webhook/{row.id}", {"types": row.types})
            record_audit(session, actor, "webhook.added", f"webhook:{row.id}", {"summary": url[:200]})
            return row.id, secret

    def listed(self) -> list[WebhookEndpoint]:
        """All endpoints, by id."""
        with self._db.read() as session:
            return list(session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id)))

    def enable(self, endpoint_id: int, actor: str, replay_from: int | None = None) -> None:
        """Serves an endpoint again, from where it stopped or from behind the event of a number. Raises
        NoSuchEndpoint.
        """
        changes: dict[str, object] = {
            "state": "active",
            "failing_since": None,
            "attempts": 0,
            "next_attempt_at": utcnow(),
        }
        if replay_from is not None:
            changes["cursor"] = replay_from
        self._change(endpoint_id, changes, actor, "webhook.enabled" if replay_from is None else "webhook.replayed")

    def disable(self, endpoint_id: int, actor: str) -> None:
        """Serves an endpoint no more. Raises NoSuchEndpoint."""
        self._change(endpoint_id, {"state": "disabled"}, actor, "webhook.disabled")

    def _change(self, endpoint_id: int, changes: dict[str, object], actor: str, action: str) -> None:
        with self._db.write() as session:
            row = session.get(WebhookEndpoint, endpoint_id, with_for_update=True)
            if row is None:
                raise NoSuchEndpoint(endpoint_id)
            for name, value in changes.items():
                setattr(row, name, value)
            row.claim_token = None  # who serves it now may not write over this
            record_event(session, action, f"webhook/{endpoint_id}", {"by": "staff"})
            record_audit(session, actor, action, f"webhook:{endpoint_id}", {})

    # serving

    def run(self) -> int:
        """Serves the endpoints for which there is something; how many events were taken."""
        taken = 0
        for endpoint in self._due():
            token = self._claim(endpoint)
            if token is not None:
                taken += self._serve(endpoint, token)
        return taken

    def _due(self) -> list[WebhookEndpoint]:
        now = utcnow()
        query = select(WebhookEndpoint).where(WebhookEndpoint.state == "active")
        with self._db.read() as session:
            active = list(session.scalars(query.order_by(WebhookEndpoint.next_attempt_at, WebhookEndpoint.id)))
        free = AT_ONCE - sum(1 for row in active if row.claim_token is not None and row.next_attempt_at > now)
        due = [row for row in active if row.next_attempt_at <= now and self._feed.after(row.cursor, 1, row.types)]
        return due[: max(0, free)]

    def _claim(self, endpoint: WebhookEndpoint) -> str | None:
        token, now = new_uuid(), utcnow()
        with self._db.write() as session:
            claimed = session.execute(
                update(WebhookEndpoint)
                .where(
                    WebhookEndpoint.id == endpoint.id,
                    WebhookEndpoint.state == "active",
                    WebhookEndpoint.next_attempt_at <= now,
                )
                .values(claim_token=token, next_attempt_at=now + CLAIM)
            )
            return token if claimed.rowcount else None  # type: ignore[attr-defined]

    def _serve(self, endpoint: WebhookEndpoint, token: str) -> int:
        secret = self._secrets.decrypt(endpoint.secret_encrypted)
        end, taken = time.monotonic() + SERVE_SECONDS, 0
        cursor, attempts = endpoint.cursor, endpoint.attempts
        while time.monotonic() < end:
            events = self._feed.after(cursor, 1, endpoint.types)
            if not events:
                break
            event = events[0]
            assert event.number is not None
            said = self._send(endpoint.url, secret, event)
            if not self._record(endpoint, token, event, said, attempts):
                return taken
            taken, cursor, attempts, endpoint.failing_since = taken + 1, event.number, 0, None
        self._write(endpoint, token, {"claim_token": None, "next_attempt_at": utcnow()})
        return taken

    def _send(self, url: str, secret: str, event: Event) -> int | str:
        """The status of the answer, or why there is none."""
        body = json.dumps(self._cloud_events.write(event), ensure_ascii=False, separators=(",", ":"))
        id_, now = f"evt_{event.id}", utcnow()
        headers = {
            "Content-Type": CONTENT_TYPE,
            "User-Agent": "city-concierge",
            "webhook-id": id_,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(id_, now, body),
        }
        try:
            return self._post(url, headers, body.encode())
        except Unreachable as error:
            return str(error)[:40]

    def _record(self, endpoint: WebhookEndpoint, token: str, event: Event, said: int | str, attempts: int) -> bool:
        """Writes down what came of an attempt; True where the endpoint is to be sent the next event."""
        now = utcnow()
        changes: dict[str, object] = {"last_status": str(said), "last_attempt_at": now}
        if isinstance(said, int) and 200 <= said < 300:
            taken = {"cursor": event.number, "attempts": 0, "failing_since": None, "next_attempt_at": now + CLAIM}
            return self._write(endpoint, token, {**changes, **taken})
        log.warning("webhook_failed", extra={"endpoint": endpoint.id, "status": said, "attempts": attempts + 1})
        refused = isinstance(said, int) and 400 <= said < 500 and said not in _PASSING
        if refused and said != GONE and attempts + 1 >= MAX_REFUSALS:
            passed = {"cursor": event.number, "attempts": 0, "claim_token": None, "next_attempt_at": now}
            self._write(endpoint, token, {**changes, **passed}, "webhook.refused", {"event": event.id})
            return False
        since = endpoint.failing_since or now
        if said == GONE or now - since >= DISABLED_AFTER:
            ended = {"state": "disabled", "failing_since": since, "claim_token": None}
            self._write(endpoint, token, {**changes, **ended}, "webhook.disabled", {"status": str(said)})
            return False
        wait = min(SOONEST * 2 ** min(attempts, 12), LATEST)
        again = {"attempts": attempts + 1, "failing_since": since, "claim_token": None, "next_attempt_at": now + wait}
        self._write(endpoint, token, {**changes, **again})
        return False

    def _write(
        self,
        endpoint: WebhookEndpoint,
        token: str,
        changes: dict[str, object],
        event: str = "",
        data: dict[str, object] | None = None,
    ) -> bool:
        """Changes the row while the claim is ours; False where it is not any more."""
        with self._db.write() as session:
            written = session.execute(
                update(WebhookEndpoint)
                .where(WebhookEndpoint.id == endpoint.id, WebhookEndpoint.claim_token == token)
                .values(**changes)
            )
            if not written.rowcount:  # type: ignore[attr-defined]
                return False
            if event:
                record_event(session, event, f"webhook/{endpoint.id}", data)
        return True
