"""Phone numbers and openids: encrypted at rest, found by a keyed hash, shown masked."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet


class AddressBook:
    """Turns an address into its stored forms and back. One key; hash and encryption keys are derived from it."""

    def __init__(self, key: str) -> None:
        master = key.encode()
        self._hash_key = hmac.digest(master, b"address hash", hashlib.sha256)
        self._fernet = Fernet(base64.urlsafe_b64encode(hmac.digest(master, b"address encryption", hashlib.sha256)))

    def hash(self, channel: str, address: str) -> str:
        """Keyed hash for look-up; the same address on two channels gives two hashes."""
        return hmac.new(self._hash_key, f"{channel}:{address}".encode(), hashlib.sha256).hexdigest()

    def encrypt(self, address: str) -> bytes:
        """The stored form of an address."""
        return self._fernet.encrypt(address.encode())

    def decrypt(self, stored: bytes) -> str:
        """The address. Raises cryptography.fernet.InvalidToken when the key is another."""
        return self._fernet.decrypt(stored).decode()


def mask(address: str) -> str:
    """The form that may appear in logs and on staff pages: the last four characters."""
    return f"…{address[-4:]}" if len(address) > 6 else "…"
