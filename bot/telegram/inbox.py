"""Telegram is the inbox: what was fetched and is not committed yet, and where to fetch from next.

An update leaves Telegram's queue when a later offset is asked for. So the next offset is asked for
only once every update fetched is settled, and it goes back to the first that could not be kept.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

REMEMBERED = 2_000  # updates kept lately: met again, they are dropped without a turn


class Inbox:
    """The updates of the last batch. `offset` is None before the first one.

    `broken`: the lanes where an update was lost; what follows it in the batch is lost with it, or
    it would be handled before what was written first.
    """

    def __init__(self) -> None:
        self.offset: int | None = None
        self.begun = False  # a batch was fetched, even an empty one
        self.broken: set[int] = set()
        self._batch: Sequence[int] = ()
        self._open: set[int] = set()
        self._lost: set[int] = set()
        self._kept: set[int] = set()
        self._oldest: deque[int] = deque()
        self._settled = asyncio.Event()
        self._settled.set()

    @property
    def open(self) -> int:
        """How many updates are fetched and not settled."""
        return len(self._open)

    def knows(self, update: int) -> bool:
        """Whether it was kept lately."""
        return update in self._kept

    def open_batch(self, fetched: Sequence[int], readable: Sequence[int]) -> set[int]:
        """`fetched`: the batch in Telegram's order; of the readable ones, those to be handled."""
        self.begun = True
        self._batch = fetched
        if fetched:
            self.offset = fetched[-1] + 1
        self._open = set(readable) - self._kept
        if self._open:
            self._settled.clear()
        return set(self._open)

    def release(self, update: int, kept: bool) -> None:
        """The turn of an update is committed (or the update is set aside); or neither could be."""
        self._open.discard(update)
        if kept:
            self.remember(update)
        else:
            self._lost.add(update)
        if not self._open:
            self._settled.set()

    async def settled(self) -> bool:
        """Wait for every update. False when one was lost: it will be fetched again."""
        await self._settled.wait()
        if not self._lost:
            return True
        self.offset = next(update for update in self._batch if update in self._lost)
        self._lost.clear()
        self.broken.clear()
        return False

    def remember(self, update: int) -> None:
        """It was kept: it needs no turn if it comes again."""
        self._kept.add(update)
        self._oldest.append(update)
        if len(self._oldest) > REMEMBERED:
            self._kept.discard(self._oldest.popleft())
