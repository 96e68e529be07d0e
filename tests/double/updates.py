"""The queue of updates: kept until confirmed, redelivered until then, one poller at a time."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import OTHER_POLLER, Refusal
from .faults import Faults

DAY = 24 * 3600.0
MAX_HOLD = 50
MAX_BATCH = 100
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(slots=True)
class Update:
    """An update waiting; `expires` and `visible` are in the double's clock."""

    id: int
    kind: str
    body: dict[str, Any]
    chat: int
    visible: float
    expires: float
    delivered: int = 0

    def json(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.body}


class Gone(Exception):
    """A poller that hung up long ago; nobody reads its answer."""


class UpdateQueue:
    """Ids are sequential; `allowed` is sticky, as Telegram's is."""

    def __init__(self, faults: Faults, clock: Callable[[], float], first_id: int) -> None:
        self.pending: deque[Update] = deque()
        self.allowed: list[str] | None = None
        self.next_id = first_id
        self._faults = faults
        self._clock = clock
        self._echoes: list[Update] = []
        self._poller: asyncio.Future[None] | None = None
        self._alive: Callable[[], bool] = lambda: True
        self.arrived = asyncio.Event()  # for webhook delivery

    def push(self, kind: str, body: dict[str, Any], chat: int, life: float = DAY) -> int | None:
        """Queue an update; None when the bot did not ask for that kind."""
        wanted = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
        if not wanted:
            return None
        now = self._clock()
        delay = self._faults.update_delay
        update = Update(self.next_id, kind, body, chat, now + delay, now + life)
        self.next_id += 1
        self.pending.append(update)
        if delay:
            asyncio.get_running_loop().call_later(delay + 0.001, self.wake)
        else:
            self.wake()
        return update.id

    def wake(self) -> None:
        self.arrived.set()
        if self._poller and not self._poller.done():
            self._poller.set_result(None)

    def confirm(self, offset: int) -> None:
        """Forget what is before `offset`; a negative one keeps the last ones only."""
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        elif offset <= self.next_id:  # an offset from the future confirms nothing
            while self.pending and self.pending[0].id < offset:
                self.pending.popleft()

    def waits(self, chat: int) -> bool:
        """Whether the bot has not taken, or not confirmed, something that this chat did."""
        now = self._clock()
        return any(one.chat == chat and one.visible <= now < one.expires for one in self.pending)

    def clear(self) -> None:
        self.pending.clear()
        self._echoes.clear()

    async def poll(
        self, offset: int, limit: int, hold: int, alive: Callable[[], bool]
    ) -> list[dict[str, Any]]:
        """getUpdates, held `hold` seconds. Raises 409 in the poller that this one replaces."""
        self.confirm(offset)
        self.interrupt(Refusal(409, OTHER_POLLER))
        deadline = time.monotonic() + min(max(hold, 0), MAX_HOLD)
        limit = limit if 1 <= limit <= MAX_BATCH else MAX_BATCH
        while not (batch := self.batch(limit)):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            await self._hold(left, alive)
        return [update.json() for update in batch]

    def interrupt(self, refusal: Refusal | None) -> None:
        """End the poll under way, with a refusal or (None) with nothing."""
        poller, self._poller = self._poller, None
        if poller is None or poller.done():
            return
        if refusal is None or not self._alive():
            poller.set_exception(Gone())
        else:
            poller.set_exception(refusal)

    async def _hold(self, seconds: float, alive: Callable[[], bool]) -> None:
        self._poller = poller = asyncio.get_running_loop().create_future()
        self._alive = alive
        try:
            async with asyncio.timeout(seconds):
                await poller
        except TimeoutError:
            pass
        finally:
            if self._poller is poller:
                self._poller = None

    def batch(self, limit: int) -> list[Update]:
        """What is visible now, in order, with the disorder that was asked for."""
        now = self._clock()
        if any(update.expires <= now for update in self.pending):
            self.pending = deque(update for update in self.pending if update.expires > now)
        chosen, self._echoes = self._echoes, []
        for update in self.pending:
            if len(chosen) >= limit or update.visible > now:
                break
            chosen.append(update)
            copies = [update] * self._faults.update_copies if not update.delivered else []
            (self._echoes if self._faults.copies_apart else chosen).extend(copies)
            update.delivered += 1
        if self._faults.shuffler:
            self._faults.shuffler.shuffle(chosen)
        return chosen
