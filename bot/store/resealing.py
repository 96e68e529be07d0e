"""Seals what is clear, or sealed by a former key, a few rows at a time while turns go on.

A row says by its first bytes which key sealed it: stopped at any instant, this begins again where
it was.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from bot.errors import StoreError
from bot.store import keyring
from bot.store.cells import CELLS, Cell
from bot.store.codecs import Sealed
from bot.store.database import Database, Work
from bot.store.sealed import place

BYTES = 1_000_000  # of one transaction: people wait for it
Row = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What one transaction did. `last`: the key of the last row seen, None at the end of the cell."""

    sealed: int
    unreadable: int
    last: Row | None


def step(db: Database, codec: Sealed, cell: Cell, after: Row | None) -> Step:
    """Seal the next rows. One that does not open is left as it is, and counted."""
    rows = _some(db, cell, (len(codec.prefix), codec.prefix, *(after or ())), after is not None)
    done = 0
    for row in rows:
        key, content = row[: len(cell.key)], row[-1]
        where = place(cell.table, *row[len(cell.key) : -1], *cell.word)
        with suppress(StoreError):
            sealed = codec.seal(codec.open(content, where), where)
            db.execute(cell.update(), (sealed, *key, content))
            done += 1
    return Step(done, len(rows) - done, rows[-1][: len(cell.key)] if rows else None)


def _some(
    db: Database, cell: Cell, parameters: tuple[Any, ...], after: bool
) -> list[tuple[Any, ...]]:
    """A few rows, fewer when they are large."""
    rows, size = [], 0
    for row in db.execute(cell.pending(after=after), parameters):
        rows.append(row)
        size += len(row[-1])
        if size > BYTES:
            break
    return rows


class Write(Protocol):
    """Runs a piece of work in a transaction of its own."""

    def __call__(self, work: Work[Step], /) -> Awaitable[Step]: ...


async def everything(write: Write, codec: Sealed, pause: float) -> tuple[int, int]:
    """Every cell, step by step: how many values were sealed, and how many did not open."""
    done = unreadable = 0
    for cell in CELLS:
        last: Row | None = None
        while True:
            one = await write(_step(codec, cell, last))
            done, unreadable, last = done + one.sealed, unreadable + one.unreadable, one.last
            if last is None:
                break
            await asyncio.sleep(pause)
    return done, unreadable


def _step(codec: Sealed, cell: Cell, after: Row | None) -> Work[Step]:
    return lambda db: step(db, codec, cell, after)


def finish(db: Database, codec: Sealed) -> bool:
    """Once nothing is left, the other keys are not asked for any more. Whether nothing is left."""
    prefix = (len(codec.prefix), codec.prefix)
    if any(db.execute(one.pending(after=False), prefix).fetchone() for one in CELLS):
        return False
    keyring.retire(db, codec)
    return True
