"""The store on SQLite: one database file, one writer that shares its commits, one reader beside it."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.domain.conversation import Limits
from bot.errors import StoreError
from bot.service.patience import untimed
from bot.service.ports import Key
from bot.store import copies, flows, keyring, register, schema, soundness
from bot.store.codecs import CLEAR
from bot.store.connection import Connection, connected
from bot.store.database import Database, T, Work
from bot.store.faults import explained
from bot.store.flows import FlowSnapshot
from bot.store.loading import Loader
from bot.store.sealed import Codec, Seals
from bot.store.store import LIMITS, SqlStore
from bot.store.turns import Writer


class SqliteStore(SqlStore):
    """Use `SqliteStore.open`."""

    def __init__(
        self, path: Path, connection: Connection, reading: Connection, loader: Loader
    ) -> None:
        super().__init__(loader)
        self.path = path
        self._writer = Writer(connection, path)
        self._reading = reading

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        path: Path,
        *snapshots: FlowSnapshot,
        limits: Limits = LIMITS,
        codec: Codec = CLEAR,
    ) -> AsyncIterator["SqliteStore"]:
        """The database `path`, made or brought up to date. StoreError: one line, nothing touched.

        `snapshots`: the flows in use, the one offered first in front.
        """

        def begin(db: sqlite3.Connection) -> None:
            schema.migrate(db, path)
            db.execute("BEGIN IMMEDIATE")  # a file that cannot be written is said now
            for one in snapshots:
                flows.keep(db, one)
            keyring.enroll(db, codec)
            db.execute("COMMIT")
            register.flush(db, path)
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what a kill left, deletions included

        small = await asyncio.to_thread(_looked_at, path, codec)
        async with connected(path) as connection, connected(path, reading=True) as reading:
            try:
                await connection.run(begin)
            except sqlite3.Error as error:
                raise explained(error, path) from error
            store = cls(
                path, connection, reading, Loader(flows.Shelf(snapshots), Seals(codec), limits)
            )
            stop = threading.Event()
            checking = None if small else asyncio.create_task(store._check(stop))
            try:
                yield store
            finally:
                stop.set()
                await store._writer.idle()
                if checking:
                    await checking

    async def backup(self, target: Path) -> None:
        """A consistent, checked copy in one file, while turns go on."""
        await asyncio.to_thread(copies.copy, self.path, target)

    async def _write(
        self,
        work: Work[T],
        *,
        key: Key | None = None,
        token: bytes = b"",
        dossier: int | None = None,
        alone: bool = False,
    ) -> T:
        """One writer: whoever's the rows are, turns are one after the other."""
        with untimed():
            return await self._writer.write(work)

    def _erase(self, db: Database) -> None:
        self._writer.erase()
        self._loader.forget()

    async def _size(self) -> int:
        return await asyncio.to_thread(_bytes_of, self.path)

    async def _read(self, work: Work[T]) -> T:
        try:
            with untimed():
                return await self._reading.read(work)
        except sqlite3.Error as error:
            raise explained(error, self.path) from error

    async def _check(self, stop: threading.Event) -> None:
        """A large file is read whole while it is used; damaged, nothing more is confirmed."""
        try:
            await asyncio.to_thread(soundness.check, self.path, whole=True, stop=stop)
        except StoreError as error:
            self._writer.refuse(str(error))


def _bytes_of(path: Path) -> int:
    """The file and its journal."""
    both = (path, path.with_name(path.name + "-wal"))
    return sum(one.stat().st_size for one in both if one.exists())


def _looked_at(path: Path, codec: Codec) -> bool:
    """Prepare and check the file; whether all of it was read."""
    soundness.prepare(path)
    small = soundness.small(path)
    soundness.check(path, whole=small, codec=codec)
    return small
