"""What the people who run the bot ask of it: is it well, how much is it used, a word to everybody.

Only admins are answered; to anybody else these commands do not exist. Numbers, never a person.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from bot.domain.conversation import Commanded, Started
from bot.errors import StoreError
from bot.render.replies import Renderer
from bot.render.reply import Reply
from bot.render.words import Words
from bot.service.ports import Census, Inbound, Key, Store

LONGEST_WORD = 300  # characters of a word said to everybody
OVER = ("fin", "stop", "off")
MILLION = 1_000_000
EVERY = 30.0  # seconds between two looks at what another process says

Counts = Mapping[tuple[str, str], int]  # ("updates", "kept") -> how many


@dataclass(frozen=True, slots=True)
class Pulse:
    """What a door says of itself. `heard`: when its service last answered, 0: never."""

    by: str = ""  # "polling", "webhook"; "": there is no door
    ready: bool = False  # takes in what people do
    heard: float = 0.0
    updates: int = 0  # under way
    replies: int = 0  # that wait to be shown
    counts: Counts = field(default_factory=dict)  # since the start


@dataclass(frozen=True, slots=True)
class Health:
    """Times are seconds since 1970, sizes are bytes."""

    version: str
    since: float
    at: float
    pulse: Pulse
    due: int  # replies that a commit promised and nobody was shown
    set_aside: int  # updates that could not be handled
    size: int
    sealed: bool


class Operation:
    """`admins`: who may ask, as (door, person). `pulse` is given by the door once it is there."""

    def __init__(
        self,
        store: Store,
        renderer: Renderer,
        version: str = "",
        admins: frozenset[tuple[str, int]] = frozenset(),
    ) -> None:
        self.store = store
        self.pulse: Callable[[], Pulse] = Pulse
        self._renderer = renderer
        self._version = version
        self._admins = admins
        self._since = time.time()
        self._word = ""
        self._read_at = time.monotonic()
        self._told: set[Key] = set()
        self._commands = {
            "sante": self._health_page,
            "usage": self._usage_page,
            "maintenance": self._maintenance,
        }

    async def begin(self) -> None:
        """Read what is said to everybody, since before this process or from another one."""
        self._read_at = time.monotonic()
        word = await self.store.maintenance()
        if word != self._word:
            self._word = word
            self._told.clear()

    async def keep_up(self) -> None:
        """Another process may serve the same people: its word is heard here too, now and then."""
        if time.monotonic() - self._read_at > EVERY:
            with suppress(StoreError):  # what a person did is kept: nothing to make them wait for
                await self.begin()

    async def health(self) -> Health:
        """Raises StoreError when the database cannot be read."""
        vitals = await self.store.vitals()
        return Health(
            self._version,
            self._since,
            time.time(),
            self.pulse(),
            vitals.due,
            vitals.set_aside,
            vitals.size,
            vitals.sealed,
        )

    async def census(self) -> Census:
        return await self.store.census(time.time())

    def word(self, inbound: Inbound) -> str:
        """What is said to everybody, to those who have not seen it or begin again."""
        if not self._word or (inbound.key in self._told and not isinstance(inbound.event, Started)):
            return ""
        self._told.add(inbound.key)
        return self._word

    async def answer(self, inbound: Inbound) -> Reply | None:
        """To an admin's command; None: it is not one. Raises StoreError."""
        event, key = inbound.event, inbound.key
        if not isinstance(event, Commanded) or (key.door, key.person) not in self._admins:
            return None
        command = self._commands.get(event.name)
        if command is None:
            return None
        conversation = await self.store.conversation(key)
        words = self._renderer.vocabulary.words(conversation.language)
        return self._renderer.aside(conversation, await command(words, event.argument))

    async def _health_page(self, words: Words, _: str) -> str:
        health = await self.health()
        return words.page(
            "health",
            health=health,
            minutes=int(health.at - health.since) // 60,
            silence=int(health.at - health.pulse.heard) if health.pulse.heard else -1,
            size=_millions(health.size),
            word=self._word,
        )

    async def _usage_page(self, words: Words, _: str) -> str:
        census = await self.census()
        return words.page("usage", census=census, size=_millions(census.file_bytes))

    async def _maintenance(self, words: Words, argument: str) -> str:
        """`/maintenance words` says them to everybody, `/maintenance fin` no more."""
        text = " ".join(argument.split())
        done = "shown"
        if text.lower() in OVER:
            await self._announce("")
            done = "over"
        elif len(text) > LONGEST_WORD:
            done = "long"
        elif text:
            await self._announce(text)
            done = "kept"
        return words.page("maintenance", done=done, word=self._word, limit=LONGEST_WORD)

    async def _announce(self, text: str) -> None:
        await self.store.announce_maintenance(text, time.time())
        self._word = text
        self._told.clear()


def _millions(size: int) -> str:
    """« 12,4 »: of bytes, as people count them."""
    return f"{size / MILLION:.1f}".replace(".", ",")
