"""The one door through which everything a person wrote goes to the disk and comes back.

SQL never looks inside: whatever a query filters on is a column of its own. Each value is sealed
for its place (table and key of its row): put in another one, it does not open.
"""

from typing import Any, Protocol

from bot.store.packing import pack, unpack

_BETWEEN = "\x1f"
Part = int | str


def place(*parts: Part) -> bytes:
    """Where a value belongs, as the bytes it is sealed for: its table, then the key of its row."""
    return _BETWEEN.join(map(str, parts)).encode("utf-8", "surrogatepass")


class Codec(Protocol):
    """Bytes made unreadable for whoever has only the file. `where`: the place of the value."""

    def seal(self, data: bytes, where: bytes) -> bytes: ...

    def open(self, data: bytes, where: bytes) -> bytes: ...


class Seals:
    """Values of the domain, packed then sealed for their place."""

    def __init__(self, codec: Codec) -> None:
        self.codec = codec

    def seal(self, kind: Any, value: object, *where: Part) -> bytes:
        return self.codec.seal(pack(kind, value), place(*where))

    def open(self, kind: Any, data: bytes, *where: Part) -> Any:
        return unpack(kind, self.codec.open(data, place(*where)))
