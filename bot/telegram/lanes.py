"""One lane per chat: its updates one after the other, chats in parallel.

Every update is released: kept when its turn is committed or when it was set aside, else not kept,
and those behind it in its lane are not kept either, so that Telegram sends them again in order.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.errors import StoreError
from bot.telegram.updates import lane_of

log = logging.getLogger(__name__)

# Those who wait in a lane hold a slot of python-telegram-bot's: there is one for everybody, since
# a batch is at most 100 updates and the next one waits for it.
SLOTS = 100_000
LIMIT = 30.0  # seconds one update may take
LAST_CHANCE = 10.0  # seconds to set it aside

SetAside = Callable[[int, str, str], Awaitable[bool]]
Release = Callable[[int, bool], None]


@dataclass(slots=True)
class _Lane:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    broken: bool = False  # an update was lost: those behind it wait for its return


class Lanes(BaseUpdateProcessor):
    """`release(update, kept)` is called exactly once for each update handled."""

    def __init__(self, set_aside: SetAside, release: Release, limit: float = LIMIT) -> None:
        super().__init__(SLOTS)
        self._set_aside = set_aside
        self._release = release
        self._limit = limit
        self._lanes: dict[int, _Lane] = {}
        self._errors: dict[int, BaseException] = {}

    def __len__(self) -> int:
        """How many chats have an update under way."""
        return len(self._lanes)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to free: the application has waited for every update."""

    def failed(self, update: Update, error: BaseException) -> None:
        """The application's error handler says here what the handler of an update raised."""
        self._errors[id(update)] = error

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        kept = False
        try:
            kept = await self.run(update, coroutine)
        finally:
            if isinstance(update, Update):
                self._release(update.update_id, kept)

    async def run(self, update: object, coroutine: Awaitable[Any]) -> bool:
        """Handle one update in its lane; whether Telegram may forget it."""
        name = lane_of(update)
        lane = self._lanes.setdefault(name, _Lane())
        lane.waiting += 1
        try:
            async with lane.turn:
                if lane.broken:
                    if isinstance(coroutine, Coroutine):
                        coroutine.close()
                    return False
                kept = await self._handle(update, coroutine)
                lane.broken = not kept
                return kept
        finally:
            lane.waiting -= 1
            if not lane.waiting:
                del self._lanes[name]

    async def _handle(self, update: object, coroutine: Awaitable[Any]) -> bool:
        error: BaseException | None = None
        try:
            async with asyncio.timeout(self._limit):
                await coroutine
        except TimeoutError as late:
            error = late
        error = self._errors.pop(id(update), error)
        if error is None:
            return True
        number = update.update_id if isinstance(update, Update) else 0
        if isinstance(error, StoreError):
            log.error("mise à jour %s : rien n’a pu être gardé (%s)", number, error)
            return False
        return await self._aside(number, update, error)

    async def _aside(self, number: int, update: object, error: BaseException) -> bool:
        payload = update.to_json() if isinstance(update, Update) else ""
        try:
            async with asyncio.timeout(LAST_CHANCE):
                return await self._set_aside(number, payload, type(error).__name__)
        except TimeoutError:
            log.error("mise à jour %s : n’a pas pu être mise de côté à temps", number)
            return False
