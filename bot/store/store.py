"""The store that the use cases see: every method one transaction, on the disk when it returns.

What it does is the same on every engine; how a transaction runs is the engine's (`bot.store.sqlite`).
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from bot.domain.conversation import Attachment, Conversation, Limits
from bot.service.ports import (
    NOTHING,
    Census,
    Decide,
    DossierRecord,
    DossierSummary,
    Due,
    Edition,
    Entrance,
    Fellows,
    Hall,
    KeptFile,
    Key,
    Look,
    PersonalData,
    RoomDecide,
    RoomTurn,
    Screen,
    Turn,
    Vitals,
    WordTemplate,
)
from bot.store import (
    cards,
    editions,
    files,
    flows,
    keyring,
    news,
    operation,
    people,
    records,
    resealing,
    rooms,
    seats,
    sleeping,
    templates,
    updates,
)
from bot.store.cards import Shown
from bot.store.codecs import Sealed
from bot.store.database import Database, T, Work
from bot.store.loading import Loader
from bot.store.news import Mark
from bot.store.sleeping import Announce
from bot.store.writing import Arrival, write_turn

LIMITS = Limits()
NOTHING_SHOWN = Screen()
_PURGE_EVERY = 500  # turns


class SqlStore(ABC):
    """Statements that every engine reads, in transactions of the engine's own."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._seals = loader.seals
        self._turns = 0

    @abstractmethod
    async def _read(self, work: Work[T]) -> T:
        """Run `work` on one snapshot; nothing it does is kept."""

    @abstractmethod
    async def _write(
        self,
        work: Work[T],
        *,
        key: Key | None = None,
        token: bytes = b"",
        dossier: int | None = None,
        alone: bool = False,
    ) -> T:
        """Run `work` in a transaction; return once it is on the disk.

        `key`, `token` (of an invitation), `dossier`: whose rows it reads then changes, while no other
        transaction does; `alone`:
        anyone's. Without any of them, what it writes depends on nothing it read.
        """

    @abstractmethod
    async def _size(self) -> int:
        """Bytes on the disk."""

    @abstractmethod
    def _erase(self, db: Database) -> None:
        """Within a transaction: what it deletes must leave the disk and memory once committed."""

    # --- those who serve the same database -------------------------------------------------------

    @property
    def fellows(self) -> Fellows | None:
        return None

    def _showing(self, db: Database, key: Key, turn: Turn, screen: Screen) -> Turn:
        """Within a turn's transaction: who shows it."""
        return turn

    def _acted(self, db: Database, key: Key, turn: RoomTurn | None) -> None:
        """Within the transaction of a room's turn: who else must know."""
        return

    async def owed(self, key: Key, turn: int) -> Turn | None:
        return await self._read(lambda db: records.owed(self._loader, db, key, turn))

    async def holds(self, key: Key, turn: int) -> bool:
        return True

    async def slot(self, rate: float, burst: float) -> float:
        return 0.0

    async def note_deletions(self, beside: Path) -> None:
        """Keep the register of deletions out of the database too; a file's own is always there."""
        return

    # --- turns -------------------------------------------------------------------------------

    async def turn(
        self,
        key: Key,
        decide: Decide,
        *,
        update: int | None = None,
        reply_to: int | None = None,
        language: str = "",
        look: Look = NOTHING,
        screen: Screen = NOTHING_SHOWN,
    ) -> Turn:
        """See the port. `language`: what the door says of the person, kept when it changes."""
        arrival = Arrival(
            key,
            time.time(),
            None if update is None else updates.number(update),
            reply_to,
            _storable(language),
            look,
        )

        def work(db: Database) -> Turn:
            turn, erased = write_turn(self._loader, db, arrival, decide)
            if erased:
                self._erase(db)
            self._turns += 1
            if self._turns % _PURGE_EVERY == 0:
                updates.purge(db, arrival.at)
            return self._showing(db, key, turn, screen)

        return await self._write(work, key=key, token=look.token)

    async def conversation(self, key: Key) -> Conversation:
        return await self._read(lambda db: self._loader.load(db, key).conversation)

    async def shown(
        self, key: Key, turn: int, card: int | None, revision: int, question: str
    ) -> None:
        seen = Shown(turn, card, revision, question)
        await self._write(lambda db: cards.shown(db, key, seen), key=key)

    async def due(self) -> list[Due]:
        return await self._read(lambda db: records.due(self._loader, db))

    async def blocked(self, key: Key, blocked: bool) -> None:
        def work(db: Database) -> None:
            people.blocked(db, key, blocked)
            seats.away(db, key, blocked)

        await self._write(work, key=key)

    async def set_aside(
        self, door: str, update: int, payload: str, reason: str, *, key: Key | None = None
    ) -> None:
        """See the port. `key`: whose it is when known, so that it is deleted with the rest of theirs."""
        number, reason, at = updates.number(update), _storable(reason), time.time()
        await self._write(
            lambda db: updates.set_aside(db, self._seals, key, door, number, payload, reason, at),
            key=key,
        )

    # --- records -----------------------------------------------------------------------------

    async def dossier(self, dossier: int) -> DossierRecord | None:
        return await self._read(lambda db: records.dossier(self._loader, db, dossier))

    async def dossiers(self) -> list[DossierSummary]:
        return await self._read(lambda db: records.dossiers(self._loader, db))

    async def freeze(self, dossier: int, document: str, at: float) -> Edition:
        return await self._write(
            lambda db: editions.freeze(db, self._seals, dossier, document, at), dossier=dossier
        )

    async def edition(self, dossier: int, number: int | None = None) -> Edition | None:
        def work(db: Database) -> Edition | None:
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
        await self._write(lambda db: files.keep(db, attachment, sealed, size))

    async def files(self, dossier: int) -> list[KeptFile]:
        return await self._read(lambda db: files.of_dossier(db, self._seals, dossier))

    async def file_content(self, attachment: int) -> bytes | None:
        """The bytes of one file; None when they were never had."""
        sealed = await self._read(lambda db: files.content(db, attachment))
        if sealed is None:
            return None
        where = files.place_of_content(attachment)
        return await asyncio.to_thread(self._seals.codec.open, sealed, where)

    async def template(self, key: Key, dossier: int | None = None) -> WordTemplate | None:
        return await self._read(lambda db: templates.kept(db, self._seals, key, dossier))

    # --- workshops -----------------------------------------------------------------------------

    async def room(self, entrance: Entrance, decide: RoomDecide) -> RoomTurn | None:
        """See the port."""
        at = time.time()
        if entrance.update is not None:
            entrance = replace(entrance, update=updates.number(entrance.update))

        def work(db: Database) -> RoomTurn | None:
            turn, erased = rooms.write_room(self._loader, db, entrance, decide, at)
            if erased:
                self._erase(db)
            self._acted(db, entrance.key, turn)
            return turn

        return await self._write(work, alone=True)

    async def hall(self, workshop: int, *, everything: bool = False) -> Hall | None:
        return await self._read(
            lambda db: rooms.hall(self._loader, db, workshop, everything=everything)
        )

    async def live_rooms(self) -> Mapping[int, int]:
        return await self._read(lambda db: seats.live(db, time.time()))

    async def in_rooms(self) -> Mapping[tuple[str, int], bool]:
        return await self._read(lambda db: seats.present(db, time.time()))

    async def room_at(
        self, by: Literal["code", "wall", "token"], secret: str
    ) -> tuple[int, int] | None:
        return await self._read(lambda db: seats.at(db, by, secret, time.time()))

    async def room_shown(
        self, key: Key, workshop: int, turn: int | None, message: int | None
    ) -> None:
        await self._write(lambda db: seats.shown(db, key, workshop, turn, message))

    # --- dossiers asleep -----------------------------------------------------------------------

    async def announce_sleeping(self, before: float, at: float, say: Announce) -> list[Due]:
        """See the port."""

        def work(db: Database) -> list[Due]:
            return self._announced(db, sleeping.announce(self._loader, db, before, at, say))

        return await self._write(work, alone=True)

    async def tell_news(
        self, told: float, calm: float, at: float, say: news.Say, after: Mark
    ) -> tuple[list[Due], Mark | None]:
        """See the port."""

        def work(db: Database) -> tuple[list[Due], Mark | None]:
            found, following = news.tell(self._loader, db, told, calm, at, say, after)
            return self._announced(db, found), following

        return await self._write(work, alone=True)

    async def remind_members(
        self, before: float, nudged: float, at: float, say: news.Say, after: Mark
    ) -> tuple[list[Due], Mark | None]:
        """See the port."""

        def work(db: Database) -> tuple[list[Due], Mark | None]:
            found, following = news.remind(self._loader, db, before, nudged, at, say, after)
            return self._announced(db, found), following

        return await self._write(work, alone=True)

    def _announced(self, db: Database, found: list[Due]) -> list[Due]:
        """What nobody asked for is shown by whoever shows replies in its chat."""
        return [Due(one.key, self._showing(db, one.key, one.turn, NOTHING_SHOWN)) for one in found]

    async def purge_sleeping(self, before: float, announced: float) -> int:
        """See the port."""

        def work(db: Database) -> int:
            purged = sleeping.purge(self._loader, db, before, announced)
            if purged:
                self._erase(db)
            return purged

        return await self._write(work, alone=True)

    # --- operation -----------------------------------------------------------------------------

    async def vitals(self) -> Vitals:
        due, set_aside = await self._read(operation.waiting)
        return Vitals(due, set_aside, await self._size(), self.sealed)

    async def census(self, now: float) -> Census:
        return await self._read(lambda db: operation.census(db, now))

    async def maintenance(self) -> str:
        return await self._read(operation.maintenance)

    async def announce_maintenance(self, text: str, at: float) -> None:
        said = _storable(text)
        await self._write(lambda db: operation.announce(db, said, at), alone=True)

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
        counts = await resealing.everything(self._write, codec, pause)

        def finish(db: Database) -> None:
            self._erase(db)  # the clear values leave the log too
            resealing.finish(db, codec)

        await self._write(finish, alone=True)
        return counts


def _storable(text: str) -> str:
    """A lone surrogate has no place in a TEXT column, nor has a null everywhere."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
