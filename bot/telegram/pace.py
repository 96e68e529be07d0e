"""Telegram's pace: thirty messages a second in all, one a second in a chat after a short burst.

Who waits longest goes first among equals; a reply always goes before a tidying-up.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import IntEnum

from telegram.error import RetryAfter

from bot.errors import StoreError

# Telegram counts what arrives, the bucket what leaves. In one process, the calls under way and the
# tokens are never more than Telegram lets pass at once: no delay makes too many arrive together.
# Between workers, a smaller burst is all the margin there is: a third of a second of jitter.
OVERALL = 30.0  # a second
AT_ONCE = 30.0  # what Telegram lets pass
BURST = 27.0  # what leaves at once: the rest is what a tenth of a second of network gives back
SHARED_BURST = 20.0  # of all workers together
PER_CHAT = 1.0
RESERVE = 2.0  # in one chat, what nobody asked for leaves a token to whatever its person does
CHAT_BURST = 4.0  # what passes at once in one chat: under the five or so that Telegram lets pass


class Urgency(IntEnum):
    REPLY = 0
    TIDY = 1
    BROADCAST = 2


# Tokens there must be for each: what can wait leaves a few to the next reply.
LEFT = {Urgency.REPLY: 1.0, Urgency.TIDY: 4.0, Urgency.BROADCAST: 4.0}

Ticket = asyncio.Future[None]


class Bucket:
    """`burst` tokens at most, refilled at `rate` a second. Times are of the monotonic clock.

    `under_way`: calls that left and have no answer yet; with them, there are `most` tokens at most.
    """

    __slots__ = ("_at", "_burst", "_most", "_rate", "_tokens", "under_way")

    def __init__(self, rate: float, burst: float, most: float | None = None) -> None:
        self._rate = rate
        self._burst = burst
        self._most = burst if most is None else most
        self._tokens = burst
        self._at = 0.0
        self.under_way = 0

    def wait(self, now: float, tokens: float = 1.0) -> float:
        """Seconds until so many tokens are there, 0 when they are."""
        most = min(self._burst, self._most - self.under_way)
        self._tokens = min(most, self._tokens + (now - self._at) * self._rate)
        self._at = now
        return 0.0 if self._tokens >= tokens else (tokens - self._tokens) / self._rate

    def take(self, now: float) -> None:
        """Spend a token; below zero is a debt."""
        self.wait(now)
        self._tokens -= 1


def asked(flood: RetryAfter) -> float:
    """The seconds that Telegram asks to wait."""
    after = flood.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def chat_bucket() -> Bucket:
    return Bucket(PER_CHAT, CHAT_BURST)


Slot = Callable[[float, float], Awaitable[float]]  # rate, burst -> seconds before the next call


class Pace:
    """The bucket that all chats share. `on` False: nothing waits.

    `slot`: how the next call is taken when several workers share the bucket too.
    """

    def __init__(self, on: bool = True, slot: Slot | None = None) -> None:
        self.on = on
        self._slot = slot
        self._serving: asyncio.Task[None] | None = None
        self._bucket = Bucket(OVERALL, BURST, AT_ONCE)
        self._order = itertools.count()
        self._queue: list[tuple[Urgency, int, Ticket]] = []
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, urgency: Urgency = Urgency.REPLY) -> None:
        """Returns when a call may leave; `answered` must follow."""
        if ticket := self.ticket(urgency):
            await ticket

    def answered(self) -> None:
        """A call that had its turn is over, however it ended."""
        self._bucket.under_way -= 1

    def ticket(self, urgency: Urgency) -> Ticket | None:
        """None when a call may leave now; else to be awaited. `answered` must follow."""
        now = time.monotonic()
        if not self.on:
            self._bucket.under_way += 1
            return None
        if self._slot is None and not self._queue and not self._bucket.wait(now, LEFT[urgency]):
            self._leave(now)
            return None
        mine: Ticket = asyncio.get_running_loop().create_future()
        self._join(urgency, mine)
        return mine

    def hasten(self, ticket: Ticket) -> None:
        """Who waits with it has become a reply."""
        if not ticket.done():
            self._join(Urgency.REPLY, ticket)

    def _leave(self, now: float) -> None:
        self._bucket.take(now)
        self._bucket.under_way += 1

    def _join(self, urgency: Urgency, ticket: Ticket) -> None:
        heapq.heappush(self._queue, (urgency, next(self._order), ticket))
        self._plan()

    def _plan(self) -> None:
        if self._slot is not None:
            if self._serving is None or self._serving.done():
                self._serving = asyncio.create_task(self._serve_shared(self._slot))
        elif self._queue:
            if self._timer:  # somebody more urgent may have come
                self._timer.cancel()
            pause = self._first(time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(pause, self._serve)

    def _first(self, now: float) -> float:
        """Seconds before the first of the queue may leave."""
        return self._bucket.wait(now, LEFT[self._queue[0][0]])

    async def _serve_shared(self, slot: Slot) -> None:
        """One call at a time is taken, for whoever comes first when it may leave."""
        while self._queue:
            try:
                await asyncio.sleep(await slot(OVERALL, SHARED_BURST))
            except StoreError:  # nobody can be asked: this worker keeps to its own pace
                now = time.monotonic()
                await asyncio.sleep(self._bucket.wait(now))
                self._bucket.take(now)
            while self._queue:
                _, _, first = heapq.heappop(self._queue)
                if not first.done():
                    self._bucket.under_way += 1
                    first.set_result(None)
                    break

    def _serve(self) -> None:
        self._timer = None
        now = time.monotonic()
        while self._queue and not self._first(now):
            _, _, first = heapq.heappop(self._queue)
            if not first.done():  # else it was hastened, or its caller cancelled
                self._leave(now)
                first.set_result(None)
        self._plan()
