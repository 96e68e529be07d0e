"""One lane per chat: its updates one after the other, chats in parallel.

Every update is released: kept when its turn is committed or when it was set aside, else not kept,
and those behind it in its lane are not kept either, so that they come again in order.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.errors import StoreError
from bot.service.patience import limited
from bot.service.ports import Key
from bot.telegram.inbox import Inbox
from bot.telegram.updates import key_of, lane_of

log = logging.getLogger(__name__)

# Those who wait in a lane hold a slot of python-telegram-bot's: there is one for everybody, since
# a batch is at most 100 updates and the next one waits for it.
SLOTS = 100_000
LIMIT = 30.0  # seconds one update may take, beside its waits for the store
LAST_CHANCE = 10.0  # seconds to set it aside

SetAside = Callable[[int, str, str, Key | None], Awaitable[bool]]


@dataclass(slots=True)
class _Lane:
    name: int
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class Lanes(BaseUpdateProcessor):
    """`inbox` hears of every update fetched, exactly once."""

    def __init__(
        self,
        set_aside: SetAside,
        inbox: Inbox,
        counts: Counter[tuple[str, str]],
        limit: float = LIMIT,
    ) -> None:
        super().__init__(SLOTS)
        self._counts = counts
        self._set_aside = set_aside
        self._inbox = inbox
        self._limit = limit
        self._lanes: dict[int, _Lane] = {}
        self._errors: dict[int, BaseException] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        """How many chats have an update under way."""
        return len(self._lanes)

    @property
    def waiting(self) -> int:
        """How many updates are under way."""
        return sum(lane.waiting for lane in self._lanes.values())

    async def idle(self) -> None:
        """Returns when no update is under way."""
        await self._idle.wait()

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to free: the application has waited for every update."""

    def failed(self, update: Update, error: BaseException) -> None:
        """The application's error handler says here what the handler of an update raised."""
        self._errors[id(update)] = error

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """One update of a batch that was fetched."""
        kept = False
        broken = self._inbox.broken
        lane = self._enter(update)
        try:
            async with lane.turn:
                if lane.name in broken:
                    _drop(coroutine)
                else:
                    kept = await self._handle(update, coroutine)
                if not kept:
                    broken.add(lane.name)
        finally:
            self._leave(lane)
            if isinstance(update, Update):
                self._inbox.release(update.update_id, kept)

    async def run(self, update: object, coroutine: Awaitable[Any]) -> bool:
        """One update that came by itself (a webhook); whether Telegram may forget it."""
        lane = self._enter(update)
        try:
            async with lane.turn:
                return await self._handle(update, coroutine)
        finally:
            self._leave(lane)

    def _enter(self, update: object) -> _Lane:
        name = lane_of(update)
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = _Lane(name)
        lane.waiting += 1
        self._idle.clear()
        return lane

    def _leave(self, lane: _Lane) -> None:
        lane.waiting -= 1
        if not lane.waiting:
            del self._lanes[lane.name]
        if not self._lanes:
            self._idle.set()

    async def _handle(self, update: object, coroutine: Awaitable[Any]) -> bool:
        error: BaseException | None = None
        try:
            async with limited(self._limit):
                await coroutine
        except Exception as fault:  # noqa: BLE001  # late, or beyond the application's own handler
            error = fault
        error = self._errors.pop(id(update), error)
        lost = isinstance(error, StoreError)
        self._counts["updates", "lost" if lost else "kept"] += 1
        if error is None:
            return True
        number = update.update_id if isinstance(update, Update) else 0
        if lost:
            log.error("mise à jour %s : rien n’a pu être gardé (%s)", number, error)
            return False
        return await self._aside(number, update, error)

    async def _aside(self, number: int, update: object, error: BaseException) -> bool:
        reason = type(error).__name__
        try:
            async with asyncio.timeout(LAST_CHANCE):
                return await self._set_aside(number, _payload(update), reason, key_of(update))
        except TimeoutError:
            log.error("mise à jour %s : n’a pas pu être mise de côté à temps", number)
            return False


def _payload(update: object) -> str:
    try:
        return update.to_json() if isinstance(update, Update) else ""
    except Exception:  # noqa: BLE001  # what could be read may still not be written
        return ""


def _drop(coroutine: Awaitable[Any]) -> None:
    if isinstance(coroutine, Coroutine):
        coroutine.close()
