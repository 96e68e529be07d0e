"""How bytes are sealed: AES-256-GCM from `cryptography`, or nothing at all without a key.

AESGCM rather than MultiFernet: it binds each value to its place (associated data), where Fernet's
would open in any row; the key's id stands before the value, so a rotation knows what is left to do
and never tries one key after the other; 256 bits, and 37 bytes more where base64 takes a third.
Nonces are random: 96 bits are good for some four billion values under one key.

A sealed value is MARK, the id of its key, the nonce, then text and tag. What is clear is as it is,
except a clear value that happens to begin with MARK, kept behind MARK and the id NOBODY.
"""

import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import StoreError
from bot.store import faults

MARK = b"\x00fil1"
KEY_BYTES = 32
_ID, _NONCE = 4, 12
_START = len(MARK) + _ID
NOBODY = bytes(_ID)


class Clear:
    """No key is set: the bytes as they are."""

    current = b""

    def seal(self, data: bytes, where: bytes) -> bytes:
        return MARK + NOBODY + data if data.startswith(MARK) else data

    def open(self, data: bytes, where: bytes) -> bytes:
        if not data.startswith(MARK):
            return data
        if data[len(MARK) : _START] != NOBODY:
            raise unreadable(data)
        return data[_START:]


CLEAR = Clear()


class Sealed:
    """The first key seals; each of them opens, and so does what was written before there was one."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(one) != KEY_BYTES for one in keys):
            raise ValueError("keys of 32 bytes")
        self._ciphers = {key_id(one): AESGCM(one) for one in keys}
        self.current = key_id(keys[0])
        self.prefix = MARK + self.current  # how a value sealed by the first key begins
        self._first = self._ciphers[self.current]

    @property
    def ids(self) -> frozenset[bytes]:
        return frozenset(self._ciphers)

    def seal(self, data: bytes, where: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return self.prefix + nonce + self._first.encrypt(nonce, data, where)

    def open(self, data: bytes, where: bytes) -> bytes:
        if not data.startswith(MARK) or data[len(MARK) : _START] == NOBODY:
            return CLEAR.open(data, where)
        cipher = self._ciphers.get(data[len(MARK) : _START])
        if cipher is None:
            raise unreadable(data)
        try:
            return cipher.decrypt(data[_START : _START + _NONCE], data[_START + _NONCE :], where)
        except (InvalidTag, ValueError):
            raise unreadable(data) from None


def key_id(key: bytes) -> bytes:
    """A name for a key that says nothing of it."""
    return hashlib.sha256(b"fil rouge key id\n" + key).digest()[:_ID]


def unreadable(data: bytes) -> StoreError:
    """Altered, moved from another row, or of a key that is not given."""
    return faults.sealed_unreadable(data[len(MARK) : _START].hex())
