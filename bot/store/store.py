"""The store that the use cases see: every method one transaction, on the disk when it returns."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.domain.conversation import Attachment, Conversation, Limits
from bot.errors import StoreError
from bot.service.ports import (
    Decide,
    DossierRecord,
    DossierSummary,
    Due,
    Edition,
    Key,
    PersonalData,
    Turn,
    WordTemplate,
)
from bot.store import (
    cards,
    copies,
    editions,
    files,
    flows,
    keyring,
    people,
    records,
    register,
    resealing,
    schema,
    sleeping,
    soundness,
    templates,
    updates,
)
from bot.store.cards import Shown
from bot.store.codecs import CLEAR, Sealed
from bot.store.connection import Connection, T, Work, connected
from bot.store.faults import explained
from bot.store.files import KeptFile
from bot.store.flows import FlowSnapshot
from bot.store.loading import Loader
from bot.store.sealed import Codec, Seals
from bot.store.sleeping import Announce
from bot.store.turns import Writer
from bot.store.writing import Arrival, write_turn

LIMITS = Limits()
_PURGE_EVERY = 500  # turns


class SqliteStore:
    """One database file, one writer, and one reader beside it. Use `SqliteStore.open`."""

    def __init__(
        self, path: Path, connection: Connection, reading: Connection, loader: Loader
    ) -> None:
        self.path = path
        self._writer = Writer(connection, path)
        self._reading = reading
        self._loader = loader
        self._seals = loader.seals
        self._turns = 0

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        path: Path,
        flow: FlowSnapshot,
        *,
        limits: Limits = LIMITS,
        codec: Codec = CLEAR,
    ) -> AsyncIterator["SqliteStore"]:
        """The database `path`, made or brought up to date. StoreError: one line, nothing touched."""

        def begin(db: sqlite3.Connection) -> None:
            schema.migrate(db, path)
            db.execute("BEGIN IMMEDIATE")  # a file that cannot be written is said now
            flows.keep(db, flow)
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
            store = cls(path, connection, reading, Loader(flow, Seals(codec), limits))
            stop = threading.Event()
            checking = None if small else asyncio.create_task(store._check(stop))
            try:
                yield store
            finally:
                stop.set()
                await store._writer.idle()
                if checking:
                    await checking

    # --- turns -------------------------------------------------------------------------------

    async def turn(
        self,
        key: Key,
        decide: Decide,
        *,
        update: int | None = None,
        reply_to: int | None = None,
        language: str = "",
    ) -> Turn:
        """See the port. `language`: what the door says of the person, kept when it changes."""
        arrival = Arrival(
            key,
            time.time(),
            None if update is None else updates.number(update),
            reply_to,
            _storable(language),
        )

        def work(db: sqlite3.Connection) -> Turn:
            turn, erased = write_turn(self._loader, db, arrival, decide)
            if erased:
                self._writer.erase()
                self._loader.forget()
            self._turns += 1
            if self._turns % _PURGE_EVERY == 0:
                updates.purge(db, arrival.at)
            return turn

        return await self._writer.write(work)

    async def conversation(self, key: Key) -> Conversation:
        return await self._read(lambda db: self._loader.load(db, key).conversation)

    async def shown(
        self, key: Key, turn: int, card: int | None, revision: int, question: str
    ) -> None:
        seen = Shown(turn, card, revision, question)
        await self._writer.write(lambda db: cards.shown(db, key, seen))

    async def due(self) -> list[Due]:
        return await self._read(lambda db: records.due(self._loader, db))

    async def blocked(self, key: Key, blocked: bool) -> None:
        await self._writer.write(lambda db: people.blocked(db, key, blocked))

    async def set_aside(
        self, door: str, update: int, payload: str, reason: str, *, key: Key | None = None
    ) -> None:
        """See the port. `key`: whose it is when known, so that it is deleted with the rest of theirs."""
        number, reason, at = updates.number(update), _storable(reason), time.time()
        await self._writer.write(
            lambda db: updates.set_aside(db, self._seals, key, door, number, payload, reason, at)
        )

    # --- records -----------------------------------------------------------------------------

    async def dossier(self, dossier: int) -> DossierRecord | None:
        return await self._read(lambda db: records.dossier(self._loader, db, dossier))

    async def dossiers(self) -> list[DossierSummary]:
        return await self._read(lambda db: records.dossiers(self._loader, db))

    async def freeze(self, dossier: int, document: str, at: float) -> Edition:
        return await self._writer.write(
            lambda db: editions.freeze(db, self._seals, dossier, document, at)
        )

    async def edition(self, dossier: int, number: int | None = None) -> Edition | None:
        def work(db: sqlite3.Connection) -> Edition | None:
            if number is None:
                return editions.latest(db, self._seals, dossier)
            return editions.edition(db, self._seals, dossier, number)

        return await self._read(work)

    async def personal_data(self, key: Key) -> PersonalData | None:
        return await self._read(lambda db: records.personal_data(self._loader, db, key))

    async def flow_content(self, hash_: str) -> str | None:
        """The file of a version of the flow that some dossier knew."""
        return await self._read(lambda db: flows.content(db, hash_))

    # --- files -------------------------------------------------------------------------------

    async def pending_files(self) -> list[tuple[int, Key, Attachment]]:
        return await self._read(lambda db: files.pending(db, self._seals))

    async def keep_file(self, attachment: int, content: bytes | None) -> None:
        size = len(content or b"")
        codec, where = self._seals.codec, files.place_of_content(attachment)
        sealed = None if content is None else await asyncio.to_thread(codec.seal, content, where)
        await self._writer.write(lambda db: files.keep(db, attachment, sealed, size))

    async def files(self, dossier: int) -> list[KeptFile]:
        return await self._read(lambda db: files.of_dossier(db, self._seals, dossier))

    async def file_content(self, attachment: int) -> bytes | None:
        """The bytes of one file; None when they were never had."""
        sealed = await self._read(lambda db: files.content(db, attachment))
        if sealed is None:
            return None
        where = files.place_of_content(attachment)
        return await asyncio.to_thread(self._seals.codec.open, sealed, where)

    async def template(self, key: Key) -> WordTemplate | None:
        return await self._read(lambda db: templates.of_person(db, self._seals, key))

    # --- dossiers asleep -----------------------------------------------------------------------

    async def announce_sleeping(self, before: float, at: float, say: Announce) -> list[Due]:
        """See the port."""
        return await self._writer.write(
            lambda db: sleeping.announce(self._loader, db, before, at, say)
        )

    async def purge_sleeping(self, before: float, announced: float) -> int:
        """See the port."""

        def work(db: sqlite3.Connection) -> int:
            purged = sleeping.purge(self._loader, db, before, announced)
            if purged:
                self._writer.erase()
                self._loader.forget()
            return purged

        return await self._writer.write(work)

    # --- sealing -----------------------------------------------------------------------------

    @property
    def sealed(self) -> bool:
        """Whether what is written from now on is."""
        return isinstance(self._seals.codec, Sealed)

    async def sealed_whole(self) -> bool:
        """Whether nothing clear is left, nor anything that a former key sealed."""
        return await self._read(lambda db: keyring.whole(db, self._seals.codec))

    async def seal(self, pause: float = 0.0) -> tuple[int, int]:
        """Seal the rest with the first key, between turns: how many values, and how many do not open."""
        codec = self._seals.codec
        if not isinstance(codec, Sealed) or await self.sealed_whole():
            return 0, 0
        counts = await resealing.everything(self._writer.write, codec, pause)
        self._writer.erase()  # the clear values leave the log too
        await self._writer.write(lambda db: resealing.finish(db, codec))
        return counts

    # --- the file itself ---------------------------------------------------------------------

    async def backup(self, target: Path) -> None:
        """A consistent, checked copy in one file, while turns go on."""
        await asyncio.to_thread(copies.copy, self.path, target)

    async def _read(self, work: Work[T]) -> T:
        try:
            return await self._reading.read(work)
        except sqlite3.Error as error:
            raise explained(error, self.path) from error

    async def _check(self, stop: threading.Event) -> None:
        """A large file is read whole while it is used; damaged, nothing more is confirmed."""
        try:
            await asyncio.to_thread(soundness.check, self.path, whole=True, stop=stop)
        except StoreError as error:
            self._writer.refuse(str(error))


def _looked_at(path: Path, codec: Codec) -> bool:
    """Prepare and check the file; whether all of it was read."""
    soundness.prepare(path)
    small = soundness.small(path)
    soundness.check(path, whole=small, codec=codec)
    return small


def _storable(text: str) -> str:
    """A lone surrogate has no place in a TEXT column."""
    return text.encode("utf-8", "replace").decode()
