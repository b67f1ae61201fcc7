"""Devices that take push messages: registered by the app, forgotten when they are gone."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.database import Database, record_event
from backend.models import ChannelIdentity, Device, OutboundMessage, utcnow
from backend.services.addresses import AddressBook, mask

MAX_DEVICES = 10


class EndpointNotAllowed(ValueError):
    """An endpoint that is none of a known push service."""


class TooManyDevices(ValueError):
    """A person has as many devices as one may have."""


def forget(session: Session, identity_id: int) -> None:
    """Deletes what is known of a device that is gone; in the caller's transaction.

    The identity stays, since messages refer to it, with no address and no consent.
    """
    session.execute(delete(Device).where(Device.identity_id == identity_id))
    session.execute(
        update(ChannelIdentity)
        .where(ChannelIdentity.id == identity_id, ChannelIdentity.channel == "push")
        .values(consent="out", consent_changed_at=utcnow(), address_encrypted=b"")
    )
    # What nobody knows the outcome of could be asked after no more.
    session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.identity_id == identity_id, OutboundMessage.state == "unknown")
        .values(state="failed", error="gone")
    )


class Devices:
    """Registers devices. `allows` says which endpoints may be sent to."""

    def __init__(self, db: Database, addresses: AddressBook, allows: Callable[[str], bool]) -> None:
        self._db = db
        self._addresses = addresses
        self._allows = allows

    def register(self, contact_id: str, endpoint: str, p256dh: str, auth: str, name: str) -> int:
        """Registers a device for a person, or renews it; its id. A device of somebody else becomes this person's: who
        holds it now has signed in anew. Raises EndpointNotAllowed and TooManyDevices.
        """
        if not self._allows(endpoint):
            raise EndpointNotAllowed(endpoint)
        now = utcnow()
        key = self._addresses.hash("push", endpoint)
        stored = json.dumps({"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}})
        with self._db.write() as session:
            identity = session.scalar(
                select(ChannelIdentity)
                .where(ChannelIdentity.channel == "push", ChannelIdentity.address_hash == key)
                .with_for_update()
            )
            if identity is None:
                identity = ChannelIdentity(channel="push", address_hash=key, created_at=now)
                session.add(identity)
            elif identity.contact_id != contact_id:  # what was on its way was for somebody else
                session.execute(
                    update(OutboundMessage)
                    .where(OutboundMessage.identity_id == identity.id, OutboundMessage.state == "queued")
                    .values(state="dropped", error="device_changed_hands")
                )
            identity.contact_id = contact_id
            identity.address_encrypted, identity.hint = self._addresses.encrypt(stored), mask(endpoint)
            identity.consent, identity.consent_changed_at = "in", now
            session.flush()
            device = session.scalar(select(Device).where(Device.identity_id == identity.id))
            if device is None:
                known = session.scalars(select(Device.id).where(Device.contact_id == contact_id)).all()
                if len(known) >= MAX_DEVICES:
                    raise TooManyDevices
                device = Device(identity_id=identity.id, created_at=now)
                session.add(device)
            device.contact_id, device.name, device.seen_at = contact_id, name, now
            session.flush()
            record_event(session, "device.registered", f"device/{device.id}", {})
            return device.id

    def of(self, contact_id: str) -> list[Device]:
        """A person's devices, the newest first."""
        with self._db.read() as session:
            return list(
                session.scalars(select(Device).where(Device.contact_id == contact_id).order_by(Device.id.desc()))
            )

    def remove(self, contact_id: str, device_id: int) -> bool:
        """Forgets a person's device; False where they have none of this id."""
        with self._db.write() as session:
            mine = (Device.id == device_id, Device.contact_id == contact_id)
            identity_id = session.scalar(select(Device.identity_id).where(*mine))
            if identity_id is None:
                return False
            forget(session, identity_id)
            return True
