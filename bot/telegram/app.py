"""The Telegram door as a whole: polling or webhook in, turns, replies out, and how it ends.

A handler ends at the commit. What cannot get better by waiting stops the process with one line.
"""

import asyncio
import logging
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application, ApplicationBuilder, CallbackContext, TypeHandler

from bot.domain.conversation import AttachmentGiven
from bot.errors import StoreError
from bot.service.conversations import Conversations
from bot.service.notices import Notices
from bot.service.operation import Pulse
from bot.service.outbound import Outbound
from bot.service.ports import Fellows, Gone, HandedOver, Key, Store, Told
from bot.service.retention import Retention
from bot.telegram import commands, hook, quiet, reading
from bot.telegram.bot import FilrougeBot, number_of, refusal
from bot.telegram.files import Files
from bot.telegram.heartbeat import LATE, Heartbeat
from bot.telegram.hook import Hook
from bot.telegram.lanes import Lanes
from bot.telegram.pace import asked
from bot.telegram.sender import Sender
from bot.telegram.updates import DOOR, to_inbound, to_meeting, to_standing

log = logging.getLogger(__name__)

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
EVERY = 1.0  # seconds between two looks at what a dead worker left
POLL = 25  # seconds a poll without news lasts
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
_TOKEN = re.compile(r"(\b(?:j_|ia:))[A-Za-z0-9_-]{16,}")
GRACE = 10.0  # seconds to finish what is under way

Context = CallbackContext[Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Access:
    """What this door needs of the settings. `settle`: seconds of silence that end a burst."""

    token: str
    api_url: str
    db: Path
    settle: float = 1.0
    rate_limit: bool = True
    retention_days: int = 0
    hook: Hook | None = None  # where Telegram posts; None: it is polled


class _Forgetful(Application[Any, Any, Any, Any, Any, Any]):
    """Without persistence, it would remember for ever every chat and person that ever wrote."""

    def _mark_for_persistence_update(self, **_: object) -> None:
        pass


class Door:
    """Wires the parts once; `start`, `stop`, and what `/sante` may ask in between."""

    def __init__(self, access: Access, conversations: Conversations, store: Store) -> None:
        self.access = access
        self.conversations = conversations
        self.store = store
        self.heartbeat = Heartbeat(access.db)
        self.counts: Counter[tuple[str, str]] = Counter()
        self.bot = FilrougeBot(
            access.token,
            access.api_url,
            self._set_aside,
            self.heartbeat.beat,
        )
        self.lanes = Lanes(self._set_aside, self.bot.inbox, self.counts)
        self.sender = Sender(
            self.bot, conversations, store, access.settle, access.rate_limit, self.counts
        )
        self.files = Files(self.bot, store)
        self.retention = Retention(conversations, access.retention_days)
        self.notices = Notices(conversations)
        self.application: Application[Any, Any, Any, Any, Any, Any] = (
            ApplicationBuilder()
            .application_class(_Forgetful)
            .bot(self.bot)
            .concurrent_updates(self.lanes)
            .build()
        )
        self.application.add_handler(TypeHandler(Update, self._on_update))
        self.application.add_error_handler(self._on_error)
        self._beside: list[asyncio.Task[None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving = False
        self._gone = asyncio.Event()  # a worker is there no more

    async def start(self) -> None:
        """Reach Telegram, however long it takes."""
        quiet.be_discreet()
        await _insist(self.application.initialize)
        await self.application.start()
        self.conversations.renderer.link = self._link
        said = self.conversations.renderer.vocabulary
        pages = {one: said.words(one).page("about") for one in said.complete}
        self._beside = [
            asyncio.create_task(self.files.run()),
            asyncio.create_task(commands.announce(self.bot, pages)),
            *self._rooms(),
        ]

    def _rooms(self) -> list[asyncio.Task[None]]:
        """Workshops: their links name this bot, and phones are told what others did."""
        workshops = self.conversations.workshops
        if workshops is None:
            return []
        workshops.renderer.addresses.bot = self.bot.username
        return [asyncio.create_task(workshops.showing.run(self.announce))]

    async def listen(self) -> None:
        """Begin to take updates in. Raises TelegramRefused when it will never work."""
        if self.access.hook is None:
            await self._poll()
            log.info("le robot @%s écoute", self.bot.username)
            return
        where = self.access.hook
        await _insist(lambda: hook.declare(self.bot, where, ALLOWED))
        self._beside.append(
            asyncio.create_task(hook.watch(self.bot, where, self.heartbeat.beat)),
        )
        log.info("le robot @%s écoute, par webhook", self.bot.username)

    async def _poll(self) -> None:
        updater = self.application.updater
        if updater is None:
            raise RuntimeError("built without an updater")
        await updater.start_polling(
            timeout=POLL,
            bootstrap_retries=-1,
            allowed_updates=ALLOWED,
            drop_pending_updates=False,
            error_callback=_unreachable,
        )

    async def remind(self) -> None:
        """Say what was due when the last process ended, unless something newer was said since."""
        for outbound in await self.conversations.due():
            if outbound.key.door == DOOR and not self.sender.knows(outbound.key.chat):
                self.sender.put(outbound)

    async def join(self) -> None:
        """Be known to the other workers on the same database, when there may be some."""
        if fellows := self.store.fellows:
            await fellows.join(self.told, alone=self.access.hook is None)
            self._spawn(self._take_over(fellows))

    async def _take_over(self, fellows: Fellows) -> None:
        """For as long as the door is open: what a worker that died had to say, and to fetch."""
        settled = False
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._gone.wait()
            self._gone.clear()
            if fellows.settled and not settled:
                self.files.wake()
            settled = fellows.settled
            try:
                for outbound in await self.conversations.due():
                    if outbound.key.door == DOOR:
                        self.sender.put(outbound)
            except StoreError as error:
                log.warning("réponses dues : %s", error)

    def told(self, told: Told) -> None:
        """Another worker says something."""
        if isinstance(told, HandedOver):
            self._spawn(self._handed(told))
            return
        if isinstance(told, Gone):
            self._gone.set()
            self.files.wake()
        if workshops := self.conversations.workshops:
            workshops.elsewhere(told)

    async def _handed(self, over: HandedOver) -> None:
        try:
            outbound = await self.conversations.handed(over)
        except StoreError as error:
            log.warning("une réponse confiée à ce robot reste due : %s", error)
            return
        if outbound and over.key.door == DOOR:
            self.sender.put(outbound)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def announce(self, outbound: Outbound) -> None:
        """Say something that nobody asked for, after what somebody did."""
        if outbound.key.door == DOOR:
            self.sender.put(replace(outbound, broadcast=True))

    def leave(self) -> None:
        """It is about to stop: it still takes in what comes, and says that it is not ready."""
        self._leaving = True

    def pulse(self) -> Pulse:
        """How it is, for those who run it."""
        heard = self.heartbeat.last
        takes_in = self.application.running and not (self.bot.stopping or self._leaving)
        return Pulse(
            by="webhook" if self.access.hook else "polling",
            ready=takes_in and time.time() - heard < LATE,
            heard=heard,
            updates=self.lanes.waiting,
            replies=self.sender.waiting,
            counts=self.counts,
        )

    async def posted(self, payload: bytes) -> int:
        """The body of a webhook's call: 200 once it is kept, 400 when it is no update, else 5xx."""
        try:
            raw = reading.read(payload)
        except ValueError:
            log.error("une mise à jour reçue par webhook n’est pas lisible")
            return 400
        if not self.application.running or self.bot.stopping:
            return 503
        return 200 if await self.receive(raw) else 500

    async def receive(self, raw: object) -> bool:
        """One update of a webhook; True once it is kept, else it must come again."""
        number = number_of(raw)
        if number is None or not isinstance(raw, dict):
            log.error("mise à jour sans numéro lisible : ignorée")
            return True
        if self.bot.inbox.knows(number):
            return True
        update = self.bot.parsed(raw)
        if update is None:
            return await self.bot.unreadable(number, raw)
        kept = await self.lanes.run(update, self._once(number, update))
        if kept:
            self.bot.inbox.remember(number)
            self.heartbeat.beat()
        return kept

    async def _once(self, number: int, update: Update) -> None:
        """A copy may have come while the first one was under way: it waited in the same lane."""
        if not self.bot.inbox.knows(number):
            await self.application.process_update(update)

    async def stop(self, grace: float) -> None:
        """Take in nothing more, finish the turns under way, show their replies."""
        self.bot.stop()
        if fellows := self.store.fellows:
            await fellows.retire()
        updater = self.application.updater
        if updater and updater.running:
            with suppress(TelegramError):
                await updater.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await self.lanes.idle()
        if self.application.running:
            await self.application.stop()
        await self.sender.close(grace)
        beside = [*self._beside, *self._tasks]
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        if fellows := self.store.fellows:
            await fellows.leave()  # not before: others would say what is being said
        await self.application.shutdown()
        await self.bot.shutdown()  # the application leaves it open when it was never initialized

    async def _on_update(self, update: Update, _: Context) -> None:
        if standing := to_standing(update):
            await self.store.blocked(standing.key, standing.blocked)
            return
        if group := to_meeting(update, self.bot.username):
            caller = update.effective_user
            language = (caller.language_code if caller else None) or ""
            self.sender.put(self.conversations.in_private(group, self.bot.username, language))
            return
        inbound = to_inbound(update, time.time())
        if inbound is None:
            return
        outbound = await self.conversations.handle(inbound)
        self.sender.put(outbound)
        if isinstance(inbound.event, AttachmentGiven) and not outbound.turn.repeated:
            self.files.wake()

    async def _on_error(self, update: object, context: Context) -> None:
        if isinstance(update, Update) and context.error:
            self.lanes.failed(update, context.error)

    def _link(self, payload: str) -> str:
        """What opens the conversation with that payload (at most 64 of letters, digits, - and _)."""
        return f"https://t.me/{self.bot.username}?start={payload}"

    async def _set_aside(self, number: int, payload: str, reason: str, key: Key | None) -> bool:
        """Whether Telegram may forget the update. Content goes to the store, sealed; never to a log, and
        without the token of an invitation: nothing keeps those."""
        kept = _TOKEN.sub(r"\1…", payload)
        try:
            await self.store.set_aside(DOOR, number, kept, reason, key=key)
        except StoreError as error:
            log.error("mise à jour %s : n’a pas pu être mise de côté (%s)", number, error)
            return False
        self.counts["updates", "set_aside"] += 1
        log.error("mise à jour %s mise de côté (%s)", number, reason)
        return True


async def serve(door: Door, stop: asyncio.Event, grace: float = GRACE) -> None:
    """The life of a door, until `stop`. Raises TelegramRefused when it must end before."""
    live = asyncio.create_task(_live(door))
    asked = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((live, asked, door.bot.fatal), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (live, asked):
            task.cancel()
        outcome, _ = await asyncio.gather(live, asked, return_exceptions=True)
        await door.stop(grace)
    if door.bot.fatal.done():
        raise door.bot.fatal.result()
    if isinstance(outcome, Exception):
        raise outcome


async def _live(door: Door) -> None:
    await door.join()
    await door.start()
    try:
        await door.listen()
    except (InvalidToken, Conflict) as error:
        raise refusal(error) from None
    await door.bot.caught_up.wait()  # what people did meanwhile makes most of it needless
    await door.remind()
    await asyncio.gather(
        door.retention.run(door.announce), door.notices.run(door.announce), asyncio.Event().wait()
    )


async def _insist(call: Callable[[], Awaitable[None]]) -> None:
    """Until it works. Raises TelegramRefused when it never will."""
    pause = FIRST_PAUSE
    while True:
        try:
            await call()
        except (InvalidToken, Conflict) as error:
            raise refusal(error) from None
        except RetryAfter as flood:
            pause = max(pause, asked(flood))
        except TelegramError as error:
            kind = type(error).__name__
            log.warning("Telegram est injoignable (%s) : nouvel essai dans %.0f s", kind, pause)
        else:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _unreachable(error: TelegramError) -> None:
    """Polling failed; python-telegram-bot tries again after a growing pause."""
    log.warning("la relève des messages a échoué (%s) : nouvel essai", type(error).__name__)
