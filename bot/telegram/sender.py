"""What goes out: a line per chat, and nobody upstream waits for it. Replies go before broadcasts.

Whatever could not be shown stays due in the store: it is said again at the next turn or start.
A card that may have been sent is never sent again: the former card is edited instead, since an
edit may be repeated. A tap is answered at once, beside everything else.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.errors import StoreError
from bot.service.conversations import Conversations
from bot.service.outbound import Outbound
from bot.service.ports import Store
from bot.telegram import screen
from bot.telegram.bot import FilrougeBot
from bot.telegram.documents import Documents
from bot.telegram.line import Line
from bot.telegram.pace import RESERVE, Pace, Urgency, asked

log = logging.getLogger(__name__)

KEPT = 10.0  # seconds a line without work is remembered: its card, its pace
MOST_TOAST = 200


class Sender:
    """`put` never waits; `close` finishes what it can."""

    def __init__(
        self,
        bot: FilrougeBot,
        conversations: Conversations,
        store: Store,
        settle: float,
        paced: bool,
        counts: Counter[tuple[str, str]],
    ) -> None:
        self._counts = counts
        self._bot = bot
        self._conversations = conversations
        self._store = store
        self._settle = settle
        self._pace = Pace(paced, store.slot if store.fellows else None)
        self._documents = Documents(bot, conversations, self._pace, self.put)
        self._lines: dict[int, Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._swept = 0.0

    @property
    def waiting(self) -> int:
        """Replies that wait to be shown."""
        return sum(len(line.waiting) for line in self._lines.values())

    @property
    def lines(self) -> int:
        return len(self._lines)

    def knows(self, chat: int) -> bool:
        """Whether something was to be said there lately."""
        return chat in self._lines

    def put(self, outbound: Outbound) -> None:
        """Show this as soon as may be. A repeated update was shown, or is due: its tap is answered."""
        if outbound.tap:
            self._spawn(self._answer(outbound.tap, outbound.reply.toast))
        if outbound.turn.repeated or outbound.turn.elsewhere:
            return
        if not (outbound.reply.text or outbound.reply.wanted):
            self._hurry(outbound.key.chat)
            return
        line = self._line(outbound.key.chat)
        line.add(outbound, 0.0 if self._closing else self._settle)
        if line.ticket and not outbound.broadcast:
            self._pace.hasten(line.ticket)
        if line.worker is None:
            line.worker = self._spawn(self._work(line))

    async def close(self, grace: float) -> None:
        """Show what waits, within `grace` seconds; the rest stays due."""
        self._closing = True
        for line in self._lines.values():
            line.wake.set()
        deadline = time.monotonic() + grace
        while self._tasks and (left := deadline - time.monotonic()) > 0:
            await asyncio.wait(self._tasks, timeout=left)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- lines -------------------------------------------------------------------------------

    def _line(self, chat: int) -> Line:
        self._sweep()
        line = self._lines.get(chat)
        if line is None or line.rested(KEPT):  # another worker may have shown something since
            line = self._lines[chat] = Line(chat)
        return line

    def _hurry(self, chat: int) -> None:
        """A toast alone ends a burst, and shows nothing: what was due before it still is."""
        if line := self._lines.get(chat):
            line.hurry()

    def _sweep(self) -> None:
        """Forget the lines at rest, now and then."""
        now = time.monotonic()
        if now - self._swept < KEPT:
            return
        self._swept = now
        for chat, line in list(self._lines.items()):
            if line.rested(KEPT):
                del self._lines[chat]

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _work(self, line: Line) -> None:
        try:
            while line.waiting:
                if pause := line.pause(self._closing) or self._paced(line):
                    await _wait(line.wake, pause)
                    continue
                await self._turn(line)
                try:
                    outbound = line.take()
                    if await self._holds(outbound):
                        await self._show(line, outbound)
                finally:
                    self._pace.answered()
        finally:
            line.worker = None
            line.used = time.monotonic()

    async def _holds(self, outbound: Outbound) -> bool:
        """Whether it is still this worker's to show: after a cut another may have taken it over."""
        if self._store.fellows is None:
            return True
        try:
            return await self._store.holds(outbound.key, outbound.turn.number)
        except StoreError:
            return True

    async def _turn(self, line: Line) -> None:
        """Wait among all chats. What goes then is the first of the line, whatever came meanwhile."""
        line.ticket = self._pace.ticket(line.urgency)
        if line.ticket:
            await line.ticket
            line.ticket = None

    def _crowded(self, line: Line) -> float:
        """Seconds before something that is not a reply may be tried again."""
        return self._paced(line) or (0.05 if self._pace.on and line.waiting else 0.0)

    def _paced(self, line: Line) -> float:
        unasked = bool(line.waiting) and line.urgency is Urgency.BROADCAST
        tokens = RESERVE if unasked else 1.0
        return line.bucket.wait(time.monotonic(), tokens) if self._pace.on else 0.0

    # --- one reply ---------------------------------------------------------------------------

    async def _show(self, line: Line, outbound: Outbound) -> None:
        line.bucket.take(time.monotonic())
        try:
            message = await self._place(line, outbound)
        except RetryAfter as flood:
            self._counts["replies", "flood"] += 1
            line.hold(asked(flood))
            line.again(outbound)
        except screen.Unsure:
            self._counts["replies", "unsure"] += 1
            self._unsure(line, outbound)
        except ChatMigrated as moved:
            line.chat = moved.new_chat_id
            line.again(outbound)
        except (Forbidden, BadRequest) as refused:
            self._counts["replies", "refused"] += 1
            await self._refused(line, outbound, refused)
        except InvalidToken:
            log.error("le jeton n’est plus accepté : une réponse reste due")
        except NetworkError:
            self._counts["replies", "network"] += 1
            line.fail()
            line.again(outbound)
        except Exception as error:  # noqa: BLE001  # a reply's fault must not stop its chat
            log.error("une réponse n’a pas pu être montrée (%s)", type(error).__name__)
        else:
            self._counts["replies", "shown"] += 1
            line.worked()
            await self._shown(line, outbound, message)

    async def _place(self, line: Line, outbound: Outbound) -> int | None:
        reply = outbound.reply
        if not reply.text:
            return None
        if (target := line.target(outbound)) is not None:
            if line.shows(target, reply):
                return target
            message = await screen.edit(self._bot, line.chat, target, reply)
        else:
            message = await screen.send(self._bot, line.chat, reply)
        line.showed(message, reply)
        return message

    async def _shown(self, line: Line, outbound: Outbound, message: int | None) -> None:
        reply = outbound.reply
        former = line.former(outbound)
        if reply.card and message is not None:
            line.card = message
            if former not in (None, message) and not outbound.tap:
                self._spawn(self._tidy(line, former))
        if (room := outbound.room) and room.former not in (None, message) and not outbound.tap:
            self._spawn(self._tidy(line, room.former))
        if reply.wanted:
            self._spawn(self._deliver(line, outbound, message))
        else:
            await self._told(outbound, message)

    def _unsure(self, line: Line, outbound: Outbound) -> None:
        former = line.former(outbound)
        line.fail()
        if outbound.reply.card and former is not None:
            in_place = replace(outbound.reply, fresh=False)
            line.again(replace(outbound, tapped=former, tap="", reply=in_place))
        else:
            log.warning("le réseau a coupé pendant un envoi : il n’est pas répété, il reste dû")

    async def _refused(self, line: Line, outbound: Outbound, error: Forbidden | BadRequest) -> None:
        if isinstance(error, BadRequest) and not screen.closed(error):
            log.error("une réponse a été refusée par Telegram")
            return
        line.waiting = ()
        if outbound.key.chat != outbound.key.person:
            return  # a group, and whoever called the bot there has blocked nobody
        try:
            await self._store.blocked(outbound.key, True)
        except StoreError as fault:
            log.warning("une personne a bloqué le robot, et cela n’a pas pu être noté (%s)", fault)

    async def _told(self, outbound: Outbound, message: int | None) -> None:
        """Nothing is due any more, for this turn and those before. A stranger is owed nothing."""
        if not (outbound.turn.number or outbound.room):
            return
        try:
            await self._conversations.shown(outbound, message)
        except StoreError as fault:
            log.warning("une réponse montrée reste notée comme due (%s)", fault)

    # --- beside the line -----------------------------------------------------------------------

    async def _answer(self, tap: str, toast: str) -> None:
        for _ in range(3):  # turns of the loop, as a call takes to leave: all the cards go first
            await asyncio.sleep(0)
        try:
            await self._bot.toast(tap, toast[:MOST_TOAST])
        except TelegramError as error:
            if not (isinstance(error, BadRequest) and screen.says(error, "query is too old")):
                log.info("un appui n’a pas reçu de réponse (%s)", type(error).__name__)

    async def _tidy(self, line: Line, former: int | None) -> None:
        """Take the buttons off the former card, when replies leave room for it."""
        while pause := self._crowded(line):  # noqa: ASYNC110  # time passes, no event tells it
            await asyncio.sleep(pause)
        await self._pace.turn(Urgency.TIDY)
        try:
            if former is None or former == line.card:
                return
            line.bucket.take(time.monotonic())
            await screen.strip(self._bot, line.chat, former)
        except TelegramError as error:
            log.info("une ancienne carte garde ses boutons (%s)", type(error).__name__)
        finally:
            self._pace.answered()

    async def _deliver(self, line: Line, outbound: Outbound, message: int | None) -> None:
        async with line.files:
            while pause := self._paced(line):  # noqa: ASYNC110  # time passes, no event tells it
                await asyncio.sleep(pause)
            line.bucket.take(time.monotonic())
            if await self._documents.deliver(line.chat, outbound):
                await self._told(outbound, message)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Until the event or the time, whichever comes first."""
    event.clear()
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
