"""How long what came in may take: the time that it waits for the store does not count.

The silence of a database is never taken for the fault of an update. The store says by itself when it
waits no longer (StoreError), and the update comes again.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from weakref import WeakKeyDictionary

_clocks: WeakKeyDictionary[asyncio.Task[Any], asyncio.Timeout] = WeakKeyDictionary()


@asynccontextmanager
async def limited(seconds: float) -> AsyncIterator[None]:
    """TimeoutError when what this task does takes longer, beside its waits for the store."""
    task = asyncio.current_task()
    async with asyncio.timeout(seconds) as clock:
        if task is not None:
            _clocks[task] = clock
        try:
            yield
        finally:
            if task is not None:
                del _clocks[task]


@contextmanager
def untimed() -> Iterator[None]:
    """Around a wait for the store: the clock of this task stands still."""
    task = asyncio.current_task()
    clock = _clocks.get(task) if task else None
    end = None if clock is None or clock.expired() else clock.when()
    if clock is None or end is None:
        yield
        return
    now = asyncio.get_running_loop().time
    left = end - now()
    clock.reschedule(None)
    try:
        yield
    finally:
        clock.reschedule(now() + left)
