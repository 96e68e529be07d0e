"""The whole bot in this process, on a database of its own, against the double."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from bot.content import flow_hash, load_templates
from bot.domain.conversation import Conversation, TemplateFault
from bot.domain.flows import Flows
from bot.errors import FilrougeError
from bot.export import qr
from bot.export.room import Papers
from bot.render.reply import Wanted
from bot.render.rooms import Addresses, RoomRenderer
from bot.service.conversations import Conversations, Document
from bot.service.ports import Key
from bot.service.workshops import Workshops
from bot.store import FlowSnapshot, SqlStore, open_store
from bot.telegram import app
from bot.telegram.app import Access, Door, serve
from tests.double import TelegramDouble
from tests.play import ROOT, flows, renderer_of, vocabulary

TOKEN = "42:TEST-not-a-secret"


class PlainMaker:
    """Documents that cost nothing; `fault` makes the next ones fail."""

    formats = frozenset({"md", "pdf", "json", "html"})

    def __init__(self) -> None:
        self.fault: FilrougeError | None = None
        self.held: asyncio.Event | None = None  # documents wait for it

    async def make(
        self, key: Key, conversation: Conversation, wanted: Wanted, at: float
    ) -> Document:
        if wanted.document == "person":
            return Document("donnees.json", b"{}", "application/json")
        if wanted.document == "code":
            return Document("invitation.png", qr.png(wanted.name), "image/png")
        if self.held:
            await self.held.wait()
        if self.fault:
            raise self.fault
        if wanted.format == "message":
            return Document(texts=("<b>Fiche</b>", "suite"))
        return Document(f"{wanted.document}.{wanted.format}", b"content", "text/plain")

    async def check(self, content: bytes) -> tuple[TemplateFault, ...]:
        return () if content.startswith(b"PK") else (TemplateFault("not_word"),)


class Running:
    """A bot at work: `door` is the running one; `task` ends when it does."""

    def __init__(self, access: Access, store: SqlStore, maker: PlainMaker) -> None:
        self.store = store
        self.maker = maker
        spoken = Flows.of(flows().book(), flows("en").book("", "en"))
        rooms = RoomRenderer(spoken, vocabulary(), Addresses())
        self.workshops = Workshops(store, rooms, Papers(load_templates(ROOT / "templates")))
        self.conversations = Conversations(
            spoken, store, renderer_of(spoken), maker, workshops=self.workshops
        )
        self.door = Door(access, self.conversations, store)
        self.stop = asyncio.Event()
        self.task = asyncio.create_task(serve(self.door, self.stop))

    def busy(self) -> bool:
        """Whether it has a turn under way, or something to say."""
        return bool(self.door.lanes.waiting or self.door.sender._tasks)

    async def end(self) -> None:
        self.stop.set()
        await self.task

    async def crash(self) -> None:
        """Stop without finishing anything."""
        self.door.sender._tasks, doomed = set(), self.door.sender._tasks
        for task in doomed:
            task.cancel()
        await asyncio.gather(*doomed, return_exceptions=True)
        await self.end()


@asynccontextmanager
async def opened(
    path: Path, telegram: TelegramDouble, *, server: str = "", **settings: Any
) -> AsyncIterator[Running]:
    """A bot from its start to its stop, on a file, or on that server."""
    snapshot = FlowSnapshot(
        "six-etapes", flow_hash(ROOT / "flows" / "six-etapes.yaml"), "flow: six-etapes\n", ""
    )
    known = {"settle": 0.05, "rate_limit": False, "token": telegram.token, **settings}
    async with open_store(server or path, snapshot) as store:
        configured = Access(db=path, api_url=telegram.url, **known)
        bot = Running(configured, store, PlainMaker())
        telegram.hands.append(bot.busy)
        try:
            yield bot
        finally:
            telegram.hands.remove(bot.busy)
            with suppress(FilrougeError):
                await bot.end()


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble(token=TOKEN) as double:
        yield double


Start = Callable[..., Any]


@pytest.fixture
async def bots(
    telegram: TelegramDouble,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Start]:
    """`await bots()` starts a bot on the same database; every one is stopped at the end."""
    on_server = request.config.getoption("--postgresql")
    server = request.getfixturevalue("postgres_url") if on_server else ""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(app, "FIRST_PAUSE", 0.05)
    async with AsyncExitStack() as stack:

        async def start(*, listening: bool = True, **settings: Any) -> Running:
            polls = len(telegram.calls_of("getUpdates"))
            path = tmp_path / "filrouge.sqlite3"
            bot = await stack.enter_async_context(opened(path, telegram, server=server, **settings))
            if listening:
                await until(lambda: len(telegram.calls_of("getUpdates")) > polls)
            return bot

        yield start


@pytest.fixture
async def bot(bots: Start) -> Running:
    return await bots()


async def until(true: Callable[[], Any], within: float = 20.0) -> Any:
    """What `true` returns once it is."""
    async with asyncio.timeout(within):
        while not (found := true()):
            await asyncio.sleep(0.005)
    return found
