"""Faults one can order: refusals, outages, slowness, lost answers, disordered updates."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .errors import OTHER_POLLER


@dataclass(frozen=True, slots=True)
class TooManyRequests:
    """429. Without `parameters` when `bare`, as some proxies answer."""

    retry_after: int = 1
    bare: bool = False


@dataclass(frozen=True, slots=True)
class ServerError:
    """500 in JSON; 502 and above as the HTML page of a proxy."""

    code: int = 502


@dataclass(frozen=True, slots=True)
class Reply:
    """Any refusal, in the words given; `parameters` as they are, if any."""

    code: int
    description: str
    parameters: Any = None


@dataclass(frozen=True, slots=True)
class DropBefore:
    """The connection dies before the request is handled."""


@dataclass(frozen=True, slots=True)
class DropAfter:
    """The request is handled, and its answer is lost."""


@dataclass(frozen=True, slots=True)
class Slow:
    """Handled at once, answered after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Held:
    """Handled at once, answered when the test says so."""

    until: asyncio.Event


Fault = TooManyRequests | ServerError | Reply | DropBefore | DropAfter | Slow | Held

CONFLICT = Reply(409, OTHER_POLLER)
ANY = "*"


@dataclass(slots=True)
class _Order:
    fault: Fault
    chat: int | None
    left: int | None  # None: for ever


class Faults:
    """What goes wrong, and when. Methods are named as in the Bot API; downloads are `download`."""

    def __init__(self) -> None:
        self.latency = 0.0  # seconds of a round trip, half on each way
        self.revoked = False
        self._orders: dict[str, deque[_Order]] = {}
        self._chance: tuple[float, list[Fault], random.Random, set[str]] | None = None
        self.update_delay = 0.0
        self.update_copies = 0
        self.copies_apart = False
        self.shuffler: random.Random | None = None

    def next(self, method: str, fault: Fault, *, times: int = 1, chat: int | None = None) -> None:
        """The next `times` calls of `method` ("*": any) fail so; in the order they were given."""
        self._order(method, _Order(fault, chat, times))

    def always(self, method: str, fault: Fault, *, chat: int | None = None) -> None:
        """Until `clear()`."""
        self._order(method, _Order(fault, chat, None))

    def randomly(
        self, rate: float, faults: Iterable[Fault], *, seed: int = 0, sparing: Iterable[str] = ()
    ) -> None:
        """Each call fails with that probability, except the methods in `sparing`."""
        spared = {method.lower() for method in sparing}
        self._chance = (rate, list(faults), random.Random(seed), spared)

    def drop_before(self, method: str, *, times: int = 1) -> None:
        self.next(method, DropBefore(), times=times)

    def drop_after(self, method: str, *, times: int = 1) -> None:
        self.next(method, DropAfter(), times=times)

    def slow(self, method: str, seconds: float, *, times: int = 1) -> None:
        self.next(method, Slow(seconds), times=times)

    def duplicate_updates(self, times: int = 1, *, apart: bool = False) -> None:
        """From now on each update is delivered `times` more (same id); `apart`: in a later batch.

        Apart means even after it was confirmed, as when a confirmation is lost. 0 stops it.
        """
        self.update_copies = times
        self.copies_apart = apart

    def reorder(self, on: bool = True, *, seed: int = 0) -> None:
        """From now on the updates of one batch come shuffled."""
        self.shuffler = random.Random(seed) if on else None

    def delay_updates(self, seconds: float) -> None:
        """From now on an update reaches the bot so long after it happened."""
        self.update_delay = seconds

    def clear(self) -> None:
        """Everything works again (a revoked token stays revoked)."""
        revoked = self.revoked
        self.__init__()  # type: ignore[misc]
        self.revoked = revoked

    def take(self, method: str, chat: int | None) -> Fault | None:
        """The fault this call meets, if any; `method` in lower case."""
        for key in (method, ANY):
            orders = self._orders.get(key)
            for order in orders or ():
                if order.chat is None or order.chat == chat:
                    return self._use(key, order)
        if self._chance:
            rate, faults, chance, spared = self._chance
            if method not in spared and chance.random() < rate:
                return chance.choice(faults)
        return None

    def _order(self, method: str, order: _Order) -> None:
        self._orders.setdefault(method.lower(), deque()).append(order)

    def _use(self, key: str, order: _Order) -> Fault:
        if order.left is not None:
            order.left -= 1
            if order.left <= 0:
                self._orders[key].remove(order)
        return order.fault
