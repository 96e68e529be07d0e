"""Delivery of updates by POST, as Telegram does it: per chat in order, repeated until a 2xx."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import aiohttp

from .updates import Update

if TYPE_CHECKING:
    from .world import World

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 2.0


class WebhookDelivery:
    """Runs while its `async with` block does.

    Messages are serial within a chat; presses are serial apart from messages, and may overtake.
    Several addresses are a load balancer, as `compose.postgresql.yaml` sets its own: each post goes
    to the next one, and when nobody answers there, at once to the one after.
    """

    def __init__(self, world: World, *to: str) -> None:
        self._world = world
        self._to = itertools.cycle(to) if to else None
        self._many = max(1, len(to))
        self._tasks: set[asyncio.Task[None]] = set()
        self._lanes: dict[tuple[bool, int], asyncio.Lock] = {}
        self._taken: set[int] = set()
        self.attempts: list[tuple[int, int]] = []  # (update id, status; 0: no connection)

    async def __aenter__(self) -> Self:
        self._slots = asyncio.Semaphore(self._world.webhook.get("max_connections", 40))
        self._session = aiohttp.ClientSession(trust_env=False)
        self._watch(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    def _watch(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self) -> None:
        queue = self._world.updates
        while True:
            queue.arrived.clear()
            now = self._world.now()
            for update in list(queue.pending):
                if update.id not in self._taken and update.visible <= now:
                    self._taken.add(update.id)
                    self._watch(self._deliver(update))
            await queue.arrived.wait()

    async def _deliver(self, update: Update) -> None:
        key = (update.kind == "callback_query", update.chat)
        lane = self._lanes.setdefault(key, asyncio.Lock())
        async with lane:
            pause = FIRST_PAUSE
            while not await self._post(update):
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            if update in self._world.updates.pending:
                self._world.updates.pending.remove(update)
            for _ in range(self._world.faults.update_copies):
                await self._post(update)

    async def _post(self, update: Update) -> bool:
        status, half = 0, self._world.faults.latency / 2
        async with self._slots:
            await asyncio.sleep(half)
            for _ in range(self._many):
                status = await self._tried(update)
                self.attempts.append((update.id, status))
                if status:
                    break
            await asyncio.sleep(half)
        return 200 <= status < 300

    async def _tried(self, update: Update) -> int:
        """The status of the answer; 0: no connection."""
        webhook = self._world.webhook
        headers = {}
        if secret := webhook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        to = next(self._to) if self._to else webhook["url"]
        try:
            async with self._session.post(to, json=update.json(), headers=headers) as answer:
                return answer.status
        except aiohttp.ClientError:
            return 0
