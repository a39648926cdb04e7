"""What keeps addresses secret at rest: sealed with AES-SIV (RFC 5297), found again by a keyed hash."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

HASH_BYTES = 16


class SealBrokenError(Exception):
    """Something sealed with another key, or changed since."""


class Secrets:
    """Everything made from the service's one key; each use has a key of its own, derived from it."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._hasher = hmac.new(_derived(key, "address hash"), digestmod=hashlib.sha256)
        self._namer = hmac.new(_derived(key, "pseudonym"), digestmod=hashlib.sha256)
        self._cipher = AESSIV(_derived(key, "seal"))

    def hash(self, text: str) -> bytes:
        """16 bytes that find a text again and tell nobody without the key what it is."""
        hasher = self._hasher.copy()
        hasher.update(text.encode())
        return hasher.digest()[:HASH_BYTES]

    def text_hash(self, channel: str, provider_id: str) -> bytes:
        """What a text is known by once its person is forgotten."""
        return self.hash(f"message {channel} {provider_id}")

    def pseudonym(self, kind: str, number: int) -> str:
        """A made-up id, 16 letters and digits, the same each time; ids of different kinds cannot be compared."""
        namer = self._namer.copy()
        namer.update(f"{kind} {number}".encode())
        return base64.b32encode(namer.digest()[:10]).decode().lower()

    def derived(self, purpose: str) -> bytes:
        """64 bytes for another purpose, such as signing a cookie."""
        return _derived(self._key, purpose)

    def seal(self, data: bytes) -> bytes:
        """The data encrypted and guarded against change, 16 bytes longer. The same data gives the same bytes."""
        return self._cipher.encrypt(data, None)

    def unseal(self, sealed: bytes) -> bytes:
        """What was sealed.

        Raises:
            SealBrokenError: it was sealed with another key, or changed.
        """
        try:
            return self._cipher.decrypt(sealed, None)
        except (InvalidTag, ValueError):
            raise SealBrokenError("This was sealed with another key, or changed since.") from None


def _derived(key: bytes, purpose: str) -> bytes:
    """64 bytes: a key for one purpose, from which neither the first key nor another's can be found."""
    return hmac.new(key, f"sayso {purpose}".encode(), hashlib.sha512).digest()
