"""What the sender knows of one chat: what waits, until when, and where its card stands."""

import asyncio
import time
from dataclasses import dataclass, field

from bot.render.reply import Reply, Rows
from bot.service.outbound import Outbound
from bot.telegram.pace import Bucket, Ticket, Urgency, chat_bucket
from bot.telegram.waiting import Waiting, edits, first_again, joined, replaces

LONGEST_BURST = 10.0  # silences: somebody who never stops writing gets a reply all the same
FIRST_PAUSE = 0.5  # seconds after a failure, doubled each time
LONGEST_PAUSE = 60.0


@dataclass(slots=True, eq=False)
class Line:
    """Times are of the monotonic clock. `chat` changes when a group moves."""

    chat: int
    waiting: Waiting = ()
    card: int | None = None  # the message of the last card shown by this process
    used: float = 0.0
    worker: asyncio.Task[None] | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    files: asyncio.Lock = field(default_factory=asyncio.Lock)
    bucket: Bucket = field(default_factory=chat_bucket)
    ticket: Ticket | None = None  # while it waits for its turn among all chats
    _held: float = 0.0  # Telegram or the network asked to wait until then
    _quiet: float = 0.0  # words may still come until then
    _burst: float = 0.0  # when the burst began, 0: none
    _failures: int = 0
    _last: tuple[int, str, Rows] = (0, "", ())  # the message last written, and what it says

    def rested(self, seconds: float) -> bool:
        """Whether it has been without work for so long."""
        idle = self.worker is None and not self.files.locked()
        return idle and self.used > 0 and time.monotonic() - self.used > seconds

    def add(self, outbound: Outbound, settle: float) -> None:
        """`settle`: seconds of silence that end a burst; anything else ends it at once."""
        now = self.used = time.monotonic()
        self.waiting = joined(self.waiting, outbound)
        if outbound.settle and settle:
            self._burst = self._burst or now
            self._quiet = min(now + settle, self._burst + LONGEST_BURST * settle)
        else:
            self._quiet = self._burst = 0.0
        self.wake.set()

    def hurry(self) -> None:
        """Whoever presses a button has finished writing."""
        self._quiet = self._burst = 0.0
        self.wake.set()

    def take(self) -> Outbound:
        first, *rest = self.waiting
        self.waiting = tuple(rest)
        if not rest:
            self._burst = 0.0
        return first

    def again(self, outbound: Outbound) -> None:
        """It could not be shown: it comes first, unless something newer makes it needless."""
        if not any(replaces(newer, outbound) for newer in self.waiting):
            self.waiting = first_again(self.waiting, outbound)

    @property
    def urgency(self) -> Urgency:
        """That of what goes next."""
        return Urgency.BROADCAST if self.waiting[0].broadcast else Urgency.REPLY

    def pause(self, closing: bool) -> float:
        """Seconds before the next call may be tried."""
        now = time.monotonic()
        until = self._held if closing else max(self._held, self._quiet)
        return max(0.0, until - now)

    def hold(self, seconds: float) -> None:
        """Flood control spoke, for this chat only."""
        self._held = time.monotonic() + seconds

    def fail(self) -> None:
        """Wait longer each time."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        self.hold(pause)

    def worked(self) -> None:
        self._failures = 0

    def showed(self, message: int, reply: Reply) -> None:
        self._last = (message, reply.text, reply.rows)

    def shows(self, message: int, reply: Reply) -> bool:
        """Whether the message says this already: Telegram would refuse the edit."""
        return self._last == (message, reply.text, reply.rows)

    def former(self, outbound: Outbound) -> int | None:
        """Where the card stands: the store may not know yet what was shown a moment ago."""
        return self.card if self.card is not None else outbound.turn.card

    def target(self, outbound: Outbound) -> int | None:
        """The message to edit, None to send below.

        A button of an old card may still count (a tap from before a restart): the card it leads to
        takes the place of the newest, or there would be two, the wrong one below.
        """
        if outbound.tapped is None or not edits(outbound):
            return None
        card = self.former(outbound)
        if outbound.reply.card and card is not None and card > outbound.tapped:
            return card
        return outbound.tapped
