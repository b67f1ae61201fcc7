"""Taking messages in: one row for each, however often it is sent; once the row is committed the message is ours."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.database import Database, record_event
from backend.models import ChannelIdentity, Contact, Conversation, InboundMessage, WebSession, new_uuid, utcnow
from backend.services import languages
from backend.services.addresses import AddressBook, mask

MAX_TEXT = 10_000
MAX_PROVIDER_ID = 128
MAX_ADDRESS = 128

# What every message goes through is built once: putting it together anew takes longer than running it.
_KNOWN = select(InboundMessage.id, InboundMessage.conversation_id).where(
    InboundMessage.channel == bindparam("channel"), InboundMessage.provider_id == bindparam("provider_id")
)
_OF_TOKEN = (
    select(ChannelIdentity.address_encrypted, Conversation.id, ChannelIdentity.contact_id)
    .join(WebSession, WebSession.identity_id == ChannelIdentity.id)
    .join(Conversation, Conversation.contact_id == ChannelIdentity.contact_id)
    .where(WebSession.token_hash == bindparam("hash"), WebSession.expires_at > bindparam("now"))
)
_WRITER = (
    select(
        ChannelIdentity.id.label("identity_id"),
        ChannelIdentity.contact_id,
        Contact.lang,
        Contact.lang_chosen,
        Conversation.id.label("conversation_id"),
    )
    .join(Contact, Contact.id == ChannelIdentity.contact_id)
    .join(Conversation, Conversation.contact_id == ChannelIdentity.contact_id)
    .where(ChannelIdentity.channel == bindparam("channel"), ChannelIdentity.address_hash == bindparam("address_hash"))
)
# On the tables: a session takes several times as long for a row that nobody changes again.
_INBOUND = cast("Table", InboundMessage.__table__)
_INSERT = insert(_INBOUND).returning(_INBOUND.c.id)
_CONTACTS = cast("Table", Contact.__table__)
_SET_LANG = update(_CONTACTS).where(_CONTACTS.c.id == bindparam("contact_id"))


@dataclass(frozen=True)
class Received:
    """A message as a channel's parser gives it. `location` is `{lat, lon, datum}`; `window_seconds` is how long an
    answer may ride
    on the response to this request."""

    channel: str
    provider_id: str
    address: str
    kind: str
    text: str = ""
    payload: str = ""
    location: dict[str, Any] | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    lang: str | None = None
    window_seconds: float = 0.0


@dataclass(frozen=True)
class Accepted:
    """The stored message; `new` is False for a repeat."""

    inbound_id: int
    conversation_id: int
    new: bool


class InvalidMessage(ValueError):
    """The message cannot be stored: `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Inbound:
    """Stores messages and opens web sessions."""

    def __init__(self, db: Database, addresses: AddressBook, default_lang: str, web_session_days: int) -> None:
        self._db = db
        self._addresses = addresses
        self._default_lang = default_lang
        self._web_session_days = web_session_days

    def receive(self, message: Received) -> Accepted:
        """Stores a message once. Raises InvalidMessage, or the database's error when it cannot be stored."""
        if not 0 < len(message.provider_id) <= MAX_PROVIDER_ID or not 0 < len(message.address) <= MAX_ADDRESS:
            raise InvalidMessage("bad_id")
        # An id with characters taken out would be another id.
        if any(storable(name) != name for name in (message.provider_id, message.address)):
            raise InvalidMessage("bad_id")
        if len(message.text) > MAX_TEXT or len(message.payload) > MAX_PROVIDER_ID:
            raise InvalidMessage("too_long")
        # Two first messages of one person at once: one of them meets the other's rows and starts again.
        for _ in range(4):
            try:
                with self._db.write() as session:
                    return self._store(session, message)
            except IntegrityError as error:
                conflict = error
        raise conflict

    def _store(self, session: Session, message: Received) -> Accepted:
        known = session.execute(_KNOWN, {"channel": message.channel, "provider_id": message.provider_id}).first()
        if known:
            return Accepted(known.id, known.conversation_id, new=False)
        text = storable(message.text)
        writer = self._writer(session, message, text)
        lang = writer.lang if writer.lang_chosen else message.lang or languages.detect(text, writer.lang)
        if lang != writer.lang:
            session.execute(_SET_LANG, {"contact_id": writer.contact_id, "lang": lang})
        now = utcnow()
        row = {
            "conversation_id": writer.conversation_id,
            "identity_id": writer.identity_id,
            "channel": message.channel,
            "provider_id": message.provider_id,
            "kind": message.kind,
            "text": text,
            "payload": storable(message.payload),
            "location": message.location,
            "meta": message.meta,
            "lang": lang,
            "received_at": now,
            "next_attempt_at": now,
            "window_until": now + dt.timedelta(seconds=message.window_seconds) if message.window_seconds else None,
        }
        inbound_id = session.execute(_INSERT, row).scalar_one()
        record_event(
            session,
            "message.received",
            f"conversation/{writer.conversation_id}",
            {"turn_id": inbound_id, "channel": message.channel},
        )
        return Accepted(inbound_id, writer.conversation_id, new=True)

    def _writer(self, session: Session, message: Received, text: str) -> Row[int, str, str, bool, int]:
        """Who writes, and the id of their conversation; made where they write for the first time."""
        of = {"channel": message.channel, "address_hash": self._addresses.hash(message.channel, message.address)}
        found = session.execute(_WRITER, of).one_or_none()
        if found is None:
            self._new_identity(
                session, message.channel, message.address, message.lang or languages.detect(text, self._default_lang)
            )
            found = session.execute(_WRITER, of).one()
        return found

    def _new_identity(self, session: Session, channel: str, address: str, lang: str) -> ChannelIdentity:
        contact = Contact(id=new_uuid(), lang=lang)
        session.add(contact)
        session.flush()
        identity = ChannelIdentity(
            contact=contact,
            channel=channel,
            address_hash=self._addresses.hash(channel, address),
            address_encrypted=self._addresses.encrypt(address),
            hint=mask(address),
        )
        session.add(identity)
        session.add(Conversation(contact_id=contact.id))
        session.flush()
        return identity

    def open_web_session(self, lang: str | None) -> tuple[str, str]:
        """A new contact of the web chat: `(token, contact_id)`. Only the token's hash is kept."""
        token = secrets.token_urlsafe(32)
        with self._db.write() as session:
            identity = self._new_identity(session, "web", new_uuid(), lang or self._default_lang)
            session.add(
                WebSession(
                    token_hash=token_hash(token),
                    identity_id=identity.id,
                    expires_at=utcnow() + dt.timedelta(days=self._web_session_days),
                )
            )
            return token, identity.contact_id

    def web_address(self, token: str) -> tuple[str, int, str] | None:
        """The address, the conversation and the contact behind a bearer token; None for an unknown or expired one."""
        with self._db.look() as connection:
            row = connection.execute(_OF_TOKEN, {"hash": token_hash(token), "now": utcnow()}).one_or_none()
        return (self._addresses.decrypt(row[0]), row[1], row[2]) if row else None


def token_hash(token: str) -> str:
    """SHA-256 of a bearer token; the token has 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def storable(text: str) -> str:
    """The text without what a database cannot hold: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
