"""Telegram is the inbox: what was fetched and is not committed yet, and where to fetch from next.

An update leaves Telegram's queue when a later offset is asked for. So the next offset is asked for
only once every update fetched is settled, and it goes back to the first that could not be kept.
"""

import asyncio
from collections import Counter


class Inbox:
    """The updates of the last batch. `offset` is None before the first one.

    `broken`: the lanes where an update was lost; what follows it in the batch is lost with it, or
    it would be handled before what was written first.
    """

    def __init__(self) -> None:
        self.offset: int | None = None
        self.broken: set[int] = set()
        self._batch: list[int] = []
        self._open: Counter[int] = Counter()  # a batch may hold an update twice
        self._lost: set[int] = set()
        self._settled = asyncio.Event()
        self._settled.set()

    @property
    def open(self) -> int:
        """How many updates are fetched and not settled."""
        return self._open.total()

    def opened(self, fetched: list[int], handed: list[int]) -> None:
        """`fetched`: the batch in Telegram's order; `handed`: those that someone will release."""
        self._batch = fetched
        self._open.update(handed)
        if fetched:
            self.offset = fetched[-1] + 1
        if handed:
            self._settled.clear()

    def release(self, update: int, kept: bool) -> None:
        """The turn of an update is committed (or the update is set aside); or neither could be."""
        if self._open[update] <= 0:
            return  # it came by another way: a webhook
        self._open[update] -= 1
        if not kept:
            self._lost.add(update)
        self._open = +self._open
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
