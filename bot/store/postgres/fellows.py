"""The workers of one bot: who is there, who does what one alone must do, what they tell each other.

A worker is there for as long as its connection holds its lock: the server frees it when it dies.
`conversation.worker` says who shows replies in a chat: whoever has something to show there, or showed
something a moment ago; else whoever takes the turn. The replies of the dead are taken over.
"""

import asyncio
import json
import logging
import math
import random
import time
from collections.abc import Callable
from contextlib import suppress

import psycopg

from bot.errors import StoreError
from bot.service.ports import Gone, HandedOver, Key, RoomActed, Screen, Told
from bot.store.database import Database
from bot.store.postgres import faults, locks
from bot.store.postgres.connection import REACH

log = logging.getLogger(__name__)

CHANNEL = "filrouge"
DELETED = "{}"  # somebody's words were: nobody remembers them
EVERY = 1.0  # seconds between two looks at who is there
SETTLED = 2.0  # seconds before the others are believed dead: after a restart, all come back
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
REASSURED = 600.0  # seconds after a cut, more than a reply waits, before nothing of then is left

# What a worker that ends leaves due is nobody's: the others need not wait to believe it dead.
_LEFT = f"""WITH let_go AS (UPDATE conversation SET worker = NULL
        WHERE worker = $1 AND id IN (SELECT conversation FROM due))
    SELECT pg_notify('{CHANNEL}', json_build_object('left', $1::bigint)::text)"""  # noqa: S608  # ours

Tell = Callable[[Told], None]
Connection = psycopg.AsyncConnection[tuple[object, ...]]


class Fellows:
    """`joined`: this worker is known to the others, or about to be again."""

    def __init__(
        self, url: str, where: str, worker: int, forget: Callable[[], None] = lambda: None
    ) -> None:
        self._forget = forget
        self._url = url
        self._where = where
        self.worker = worker
        self.joined = False
        self.first = False
        self.others: frozenset[int] = frozenset()
        self._since: float | None = None  # when this connection became one of the workers
        self._cut = -math.inf  # when the last one was lost
        self._seen = -math.inf  # when this worker last found itself among the others
        self._task: asyncio.Task[None] | None = None
        self._retiring: Connection | None = None

    @property
    def settled(self) -> bool:
        """Whether who is not seen may be believed dead."""
        return self._since is not None and time.monotonic() - self._since > SETTLED

    @property
    def sure(self) -> bool:
        """Whether nobody can have believed this worker dead since the oldest reply it has to show."""
        now = time.monotonic()
        return now - self._seen < 3 * EVERY and now - self._cut > REASSURED

    async def join(self, told: Tell, *, alone: bool) -> None:
        """See the port."""
        try:
            connection = await _connected(self._url)
            if not await self._enter(connection, alone):
                await connection.close()
                raise StoreError(
                    f"Un autre robot relève déjà les messages avec la base {self._where} : arrêtez-le"
                    " d’abord, ou lancez-les tous avec « filrouge bot --webhook »."
                )
        except psycopg.Error as error:
            raise faults.explained(error, self._where) from error
        self.joined = True
        self._task = asyncio.create_task(self._stay(connection, told, alone))

    async def retire(self) -> None:
        """See the port. On a connection of its own: the other one listens."""
        with suppress(psycopg.Error):
            self._retiring = await _connected(self._url)
            await self._retiring.execute(
                "SELECT pg_advisory_lock($1, $2)", (locks.RETIRING, self.worker)
            )

    async def leave(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._retiring:
            with suppress(psycopg.Error):
                await self._retiring.execute(_LEFT.encode(), (self.worker,))
            await self._retiring.close()

    async def _stay(self, connection: Connection, told: Tell, alone: bool) -> None:
        """As long as it is not cancelled; a connection that is lost is made again."""
        while True:
            try:
                async with connection:
                    await self._hear(connection, told)
            except psycopg.Error:
                log.warning("base %s : connexion perdue, nouvel essai", self._where)
            finally:
                self.first, self._since = False, None
                self._cut, self._seen = time.monotonic(), -math.inf
            connection = await self._again(alone)

    async def _again(self, alone: bool) -> Connection:
        pause = FIRST_PAUSE
        while True:
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  # not all at once
            pause = min(pause * 2, LONGEST_PAUSE)
            with suppress(psycopg.Error):
                connection = await _connected(self._url)
                try:
                    if await self._enter(connection, alone):
                        return connection
                except psycopg.Error:
                    await connection.close()
                    raise
                await connection.close()

    async def _enter(self, connection: Connection, alone: bool) -> bool:
        if alone and not await _taken(connection, locks.POLLER):
            return False
        await connection.execute("SELECT pg_advisory_lock($1, $2)", (locks.WORKER, self.worker))
        await connection.execute(f"LISTEN {CHANNEL}".encode())
        self._since = time.monotonic()
        return True

    async def _hear(self, connection: Connection, told: Tell) -> None:
        while True:
            self.first = self.first or await _taken(connection, locks.FIRST)
            cursor = await connection.execute("SELECT filrouge_workers()")
            there = frozenset(int(str(one)) for (one,) in await cursor.fetchall())
            if self.worker in there:
                self._seen = time.monotonic()
            there -= {self.worker}
            gone, self.others = self.others - there, there
            if gone:
                told(Gone())
            async for notice in connection.notifies(timeout=EVERY):
                with suppress(ValueError, KeyError, TypeError):  # of another version
                    if notice.payload == DELETED:
                        self._forget()
                    elif heard := _heard(notice.payload, self.worker):
                        told(heard)


async def _connected(url: str) -> Connection:
    return await psycopg.AsyncConnection.connect(
        url, autocommit=True, cursor_factory=psycopg.AsyncRawCursor, **REACH
    )


async def _taken(connection: Connection, lock: int) -> bool:
    cursor = await connection.execute("SELECT pg_try_advisory_lock($1)", (lock,))
    row = await cursor.fetchone()
    return bool(row and row[0])


# --- within a transaction ------------------------------------------------------------------------


def shown_elsewhere(db: Database, worker: int, key: Key, turn: int, screen: Screen) -> bool:
    """Whether another worker shows replies in this chat; it is told, at the commit."""
    row = db.execute(
        "SELECT worker FROM conversation JOIN person ON person.id = conversation.person"
        " WHERE door = ? AND external_id = ? AND chat = ?",
        (key.door, key.person, key.chat),
    ).fetchone()
    if row is None or row[0] in (None, worker):
        return False
    if screen.here:
        _take(db, worker, key)
        return False
    _tell(
        db,
        {
            "to": row[0],
            "key": [key.door, key.chat, key.person],
            "turn": turn,
            "tapped": screen.tapped,
            "written": screen.written,
        },
    )
    return True


def tell_of_room(db: Database, worker: int, acted: RoomActed) -> None:
    _tell(
        db,
        {
            "from": worker,
            "room": acted.room,
            "turns": acted.turns,
            "seat": acted.seat,
            "turn": acted.turn,
            "desk": [desk.door, desk.chat, desk.person] if (desk := acted.desk) else None,
        },
    )


def _take(db: Database, worker: int, key: Key) -> None:
    db.execute(
        "UPDATE conversation SET worker = ? WHERE chat = ? AND person ="
        " (SELECT id FROM person WHERE door = ? AND external_id = ?)",
        (worker, key.chat, key.door, key.person),
    )


def tell_of_deletion(db: Database) -> None:
    db.execute("SELECT pg_notify(?, ?)", (CHANNEL, DELETED))


def holds(db: Database, worker: int, key: Key, turn: int) -> bool:
    """Whether this turn is still to be shown, by this worker."""
    row = db.execute(
        "SELECT 1 FROM due JOIN conversation ON conversation.id = due.conversation"
        " JOIN person ON person.id = conversation.person"
        " WHERE door = ? AND external_id = ? AND chat = ? AND turn = ? AND worker = ?",
        (key.door, key.person, key.chat, turn, worker),
    ).fetchone()
    return row is not None


def take_over(db: Database, worker: int, *, settled: bool) -> list[int]:
    """The conversations where something is due that nobody alive is to say. Some at a time.

    `settled`: who is not seen is dead; else only what is nobody's is taken.
    """
    nobodys = "worker IS NULL"
    if settled:
        nobodys += " OR worker NOT IN (SELECT filrouge_workers())"
    rows = db.execute(
        "UPDATE conversation SET worker = ?1, worker_at = extract(epoch FROM clock_timestamp())"  # noqa: S608  # ours
        " WHERE id IN (SELECT due.conversation FROM due"
        "  JOIN conversation ON conversation.id = due.conversation"
        "  JOIN person ON person.id = conversation.person AND person.blocked = 0"
        f"  WHERE {nobodys} ORDER BY due.conversation LIMIT 500)"
        f" AND ({nobodys}) RETURNING id",
        (worker,),
    )
    return [row for (row,) in rows]


def let_go(db: Database, worker: int, key: Key) -> None:
    """Nobody knows here whether the last turn was kept: if it was, somebody must say its reply."""
    db.execute(
        "UPDATE conversation SET worker = NULL WHERE worker = ? AND chat = ? AND person ="
        " (SELECT id FROM person WHERE door = ? AND external_id = ?)",
        (worker, key.chat, key.door, key.person),
    )


def take_files(db: Database, worker: int) -> None:
    """Files promised that nobody alive is to fetch."""
    db.execute(
        "UPDATE attachment SET worker = ? WHERE state = 'pending'"
        " AND (worker IS NULL OR worker NOT IN (SELECT filrouge_workers()))",
        (worker,),
    )


def files(db: Database, worker: int) -> frozenset[int]:
    rows = db.execute("SELECT id FROM attachment WHERE state = 'pending' AND worker = ?", (worker,))
    return frozenset(row for (row,) in rows)


def slot(db: Database, rate: float, burst: float) -> float:
    """Take the next call to Telegram; the seconds before it may leave. One clock: the server's."""
    (wait,) = db.execute(
        "INSERT INTO pace (id, at) VALUES (1, extract(epoch FROM clock_timestamp()) + 1.0 / ?1::float8)"
        " ON CONFLICT (id) DO UPDATE SET at ="
        "  greatest(pace.at, extract(epoch FROM clock_timestamp())) + 1.0 / ?1::float8"
        " RETURNING at - ?2::float8 / ?1::float8 - extract(epoch FROM clock_timestamp())",
        (rate, burst),
    ).fetchone()
    return max(0.0, float(wait))


def _tell(db: Database, said: dict[str, object]) -> None:
    db.execute("SELECT pg_notify(?, ?)", (CHANNEL, json.dumps(said, separators=(",", ":"))))


def _heard(payload: str, worker: int) -> Told | None:
    said = json.loads(payload)
    if said.get("to") == worker:
        screen = Screen(said["tapped"], said["written"])
        return HandedOver(Key(*said["key"]), said["turn"], screen)
    if "room" in said and said["from"] != worker:
        desk = Key(*said["desk"]) if said["desk"] else None
        return RoomActed(said["room"], said["turns"], said["seat"], said["turn"], desk)
    if "left" in said and said["left"] != worker:
        return Gone()
    return None
