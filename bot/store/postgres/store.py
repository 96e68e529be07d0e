"""The store on PostgreSQL: each transaction on a connection and in a thread of its own.

Any number of workers may have it open. `decide` is pure: a transaction that the server breaks off
begins again; one whose end is unknown is not told as kept, and is recognised when it comes again.
"""

import asyncio
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from weakref import WeakValueDictionary

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from bot.domain.conversation import Attachment, Limits
from bot.errors import StoreError
from bot.service.patience import untimed
from bot.service.ports import Due, Key, RoomActed, RoomTurn, Screen, Turn
from bot.store import flows, keyring, records, register
from bot.store.codecs import CLEAR
from bot.store.database import Database, T, Work
from bot.store.flows import FlowSnapshot
from bot.store.loading import Loader
from bot.store.postgres import faults, fellows, locks, schema
from bot.store.postgres.connection import SIZE, Connection, Session, connect, lost, pool, shown
from bot.store.postgres.fellows import Fellows
from bot.store.register import Mark
from bot.store.sealed import Codec, Seals
from bot.store.store import LIMITS, SqlStore

SILENCE = 25.0  # seconds without an answer, less than an update may take: it comes again
PATIENCE = 15.0  # seconds in which a transaction broken off begins again
_READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITING = b"BEGIN ISOLATION LEVEL READ COMMITTED"


class PostgresStore(SqlStore):
    """Use `PostgresStore.open`."""

    def __init__(
        self,
        url: str,
        where: str,
        worker: int,
        connections: "ConnectionPool[Connection]",
        loader: Loader,
    ) -> None:
        super().__init__(loader)
        self.where = where
        self.worker = worker
        self._fellows = Fellows(url, where, worker, loader.forget)
        self._doubtful: set[Key] = set()  # whose last turn may have been kept, unknown to anybody
        self._connections = connections
        self._threads = ThreadPoolExecutor(SIZE, thread_name_prefix="postgresql")
        self._lanes: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        url: str,
        *snapshots: FlowSnapshot,
        limits: Limits = LIMITS,
        codec: Codec = CLEAR,
    ) -> AsyncIterator["PostgresStore"]:
        """The database `url`, brought up to date. StoreError: one line, nothing touched.

        `snapshots`: the flows in use, the one offered first in front.
        """
        where = _shown(url)
        worker = 1 + secrets.randbelow(2**31 - 1)
        await asyncio.to_thread(_begin, url, where, snapshots, codec)
        with pool(url, worker) as connections:
            store = cls(
                url,
                where,
                worker,
                connections,
                Loader(flows.Shelf(snapshots), Seals(codec), limits),
            )
            try:
                yield store
            finally:
                await asyncio.to_thread(store._threads.shutdown)

    async def _read(self, work: Work[T]) -> T:
        return await self._in_thread(lambda: self._attempt(_READING, work))

    async def _write(
        self,
        work: Work[T],
        *,
        key: Key | None = None,
        token: bytes = b"",
        dossier: int | None = None,
        alone: bool = False,
    ) -> T:
        def locked(db: Database) -> T:
            locks.enter(db, key=key, token=token, dossier=dossier, alone=alone)
            return work(db)

        def run() -> T:
            return self._attempt(_WRITING, locked)

        if key is None:
            return await self._in_thread(run)
        lane = self._lanes.setdefault((key.door, key.person), asyncio.Lock())
        with untimed():
            async with lane:  # in the order they came, whichever thread is free
                return await self._in_thread(run, key)

    def _erase(self, db: Database) -> None:
        self._loader.forget()
        fellows.tell_of_deletion(db)  # it leaves every worker's memory, this one's again

    # --- the other workers -----------------------------------------------------------------------

    @property
    def fellows(self) -> Fellows:
        return self._fellows

    def _showing(self, db: Database, key: Key, turn: Turn, screen: Screen) -> Turn:
        if turn.repeated or not turn.number or not turn.effects:
            return turn
        if fellows.shown_elsewhere(db, self.worker, key, turn.number, screen):
            return replace(turn, elsewhere=True)
        return turn

    def _acted(self, db: Database, key: Key, turn: RoomTurn | None) -> None:
        if turn is None or turn.room is None or turn.repeated:
            return
        room = turn.room
        seat, desk = room.seat.id if room.seat else None, key if room.desk else None
        acted = RoomActed(room.id, turn.turns, seat, room.workshop.turn, desk)
        fellows.tell_of_room(db, self.worker, acted)

    async def due(self) -> list[Due]:
        """Among several workers: what nobody alive is to say, taken over by this one."""
        if not self._fellows.joined:
            return await super().due()
        doubtful, settled = frozenset(self._doubtful), self._fellows.settled

        def work(db: Database) -> list[Due]:
            for key in doubtful:
                fellows.let_go(db, self.worker, key)
            taken = fellows.take_over(db, self.worker, settled=settled)
            return records.due(self._loader, db, taken) if taken else []

        found = await self._write(work)
        self._doubtful -= doubtful
        return found

    async def holds(self, key: Key, turn: int) -> bool:
        if not (self._fellows.joined and turn) or self._fellows.sure:
            return True
        return await self._read(lambda db: fellows.holds(db, self.worker, key, turn))

    async def slot(self, rate: float, burst: float) -> float:
        return await self._in_thread(
            lambda: self._attempt(_WRITING, lambda db: fellows.slot(db, rate, burst))
        )

    async def pending_files(self) -> list[tuple[int, Key, Attachment]]:
        """Those that this worker promised, or a dead one."""
        found = await super().pending_files()
        if not (found and self._fellows.joined):
            return found
        worker = self.worker

        def work(db: Database) -> frozenset[int]:
            if self._fellows.settled:
                fellows.take_files(db, worker)
            return fellows.files(db, worker)

        mine = await self._write(work)
        return [one for one in found if one[0] in mine]

    async def note_deletions(self, beside: Path) -> None:
        """Copy the register of deletions, which the database keeps, to this machine's own."""
        path = register.path_of(beside)
        kept = await self._read(lambda db: db.execute("SELECT kind, mark FROM deleted").fetchall())
        await asyncio.to_thread(_append, path, {(kind, mark) for kind, mark in kept})

    async def _size(self) -> int:
        (size,) = await self._read(
            lambda db: db.execute("SELECT pg_database_size(current_database())").fetchone()
        )
        return int(size)

    async def _in_thread(self, run: Callable[[], T], key: Key | None = None) -> T:
        """`key`: whose turn it is. What is under way may still end well: it is not told as kept."""
        running = self._threads.submit(run)
        try:
            with untimed():
                async with asyncio.timeout(SILENCE):
                    return await asyncio.wrap_future(running)
        except (StoreError, TimeoutError, asyncio.CancelledError) as error:
            if key is not None:  # once it has ended: until then, it may still be kept
                running.add_done_callback(lambda _: self._doubtful.add(key))
            if isinstance(error, TimeoutError):
                raise faults.silent(self.where) from None
            raise

    def _attempt(self, begin: bytes, work: Work[T]) -> T:
        """In a thread: until it is done, or what prevents it lasts."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._once(begin, work)
            except faults.AGAIN as error:
                if time.monotonic() > deadline:
                    raise faults.explained(error, self.where) from error
            except PoolTimeout as error:
                if time.monotonic() > deadline:
                    raise faults.explained(error, self.where) from error
            except _Broken as broken:
                if time.monotonic() > deadline:
                    raise faults.explained(broken.error, self.where) from broken.error
            except psycopg.Error as error:
                if not faults.environmental(error):
                    raise
                raise faults.explained(error, self.where) from error
            time.sleep(random.uniform(0.005, 0.05))  # noqa: S311  # so as not to meet again

    def _once(self, begin: bytes, work: Work[T]) -> T:
        """One pipeline: what is written goes together with what is read next, or with the COMMIT."""
        connection = self._connections.getconn()
        committing = False
        try:
            with connection.pipeline() as pipeline:
                connection.execute(begin)
                value = work(Session(connection, pipeline))
                committing = True
                connection.execute(b"COMMIT")
            return value
        except BaseException as error:
            if not lost(connection):
                with suppress(psycopg.Error):
                    connection.execute(b"ROLLBACK")
            elif isinstance(error, psycopg.Error) and not committing:
                raise _Broken(error) from error  # nothing was committed
            raise
        finally:
            self._connections.putconn(connection)


class _Broken(Exception):
    """The connection was lost before the end of the transaction."""

    def __init__(self, error: psycopg.Error) -> None:
        super().__init__()
        self.error = error


def _shown(url: str) -> str:
    try:
        return shown(url)
    except psycopg.Error:
        raise faults.unreadable_address() from None


def _append(path: Path, marks: set[Mark]) -> None:
    new = marks - register.read(path)
    if new:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        register.append(path, sorted(new))


def _begin(url: str, where: str, snapshots: Sequence[FlowSnapshot], codec: Codec) -> None:
    """Bring the database up to date, know its keys and the flow in use."""
    try:
        connection = connect(url)
        with connection:
            db = Session(connection)
            with connection.transaction():
                schema.migrate(db, where)
                schema.refuse_unfinished(db, where)
                keyring.check_in(db, codec, where, schema.tables(db))
                for one in snapshots:
                    flows.keep(db, one)
                keyring.enroll(db, codec)
    except psycopg.Error as error:
        raise faults.explained(error, where) from error
