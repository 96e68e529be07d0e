"""One aiosqlite connection, and the one thing it lacks: a whole piece of work in a single thread hop.

aiosqlite's own calls cost a hop per statement, and two concurrent BEGIN on one connection fail.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TypeVar, cast

import aiosqlite

from bot.store.faults import explained

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

_BUSY_SECONDS = 2.0  # how long another process (backup, export) is waited for
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten
    "PRAGMA temp_store = MEMORY",  # nothing a person wrote in a temporary file
    "PRAGMA journal_size_limit = 67108864",
)


class Connection(aiosqlite.Connection):
    """A thin subclass; the version of aiosqlite is pinned for its `_execute`."""

    async def run(self, work: Work[T]) -> T:
        """Run `work` in the connection's thread. Give closures: aiosqlite logs a partial's arguments."""
        done = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]  # untyped there
        return cast(T, done)

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one snapshot of the database; nothing it does is kept."""

        def snapshot(db: sqlite3.Connection) -> T:
            db.execute("BEGIN")
            try:
                return work(db)
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

        return await self.run(snapshot)


@asynccontextmanager
async def connected(path: Path, *, reading: bool = False) -> AsyncIterator[Connection]:
    """Open with the settings of the house; `reading` refuses every write."""

    def connect() -> sqlite3.Connection:
        db = sqlite3.connect(
            path, isolation_level=None, timeout=_BUSY_SECONDS, cached_statements=256
        )
        try:
            for pragma in _PRAGMAS:
                db.execute(pragma)
            if reading:
                db.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            db.close()
            raise explained(error, path) from error
        return db

    connection = Connection(connect, 64)
    async with connection:
        yield connection


def read_only(path: Path) -> "closing[sqlite3.Connection]":
    """A connection that cannot even checkpoint: to look at a file without touching it."""
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS, isolation_level=None
    )
    return closing(db)
