"""How long what came in waits for the store: less than it may take in all.

The silence of a database is never taken for the fault of an update: it ends in StoreError, and the
update comes again.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SHARE = 0.8  # of the time that an update may take: the rest is our own

_end: ContextVar[float | None] = ContextVar("end", default=None)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Within it, all waits for the store together end in time for what may take `seconds`."""
    former = _end.set(asyncio.get_running_loop().time() + SHARE * seconds)
    try:
        yield
    finally:
        _end.reset(former)


def waiting(most: float | None = None) -> asyncio.Timeout:
    """Around a wait for the store: TimeoutError when the patience ends, or after `most` seconds."""
    ends = [] if most is None else [asyncio.get_running_loop().time() + most]
    if (end := _end.get()) is not None:
        ends.append(end)
    return asyncio.timeout_at(min(ends, default=None))
