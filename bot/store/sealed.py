"""The one door through which everything a person wrote goes to the disk and comes back.

SQL never looks inside: whatever a query filters on is a column of its own.
"""

from typing import Any, Protocol

from bot.store.packing import pack, unpack


class Codec(Protocol):
    """Bytes made unreadable for whoever has only the file."""

    def seal(self, data: bytes) -> bytes: ...

    def open(self, data: bytes) -> bytes: ...


class Clear:
    """No key is set: the bytes as they are."""

    def seal(self, data: bytes) -> bytes:
        return data

    def open(self, data: bytes) -> bytes:
        return data


CLEAR = Clear()


class Seals:
    """Values of the domain, packed then sealed."""

    def __init__(self, codec: Codec) -> None:
        self.codec = codec

    def seal(self, kind: Any, value: object) -> bytes:
        return self.codec.seal(pack(kind, value))

    def open(self, kind: Any, data: bytes) -> Any:
        return unpack(kind, self.codec.open(data))
