"""Several workers on one PostgreSQL, behind a load balancer: one bot, whoever takes what in."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.content import flow_hash
from bot.domain.conversation import Say, Show, Spoken
from bot.errors import FilrougeError, StoreError
from bot.service.ports import Key
from bot.store import FlowSnapshot
from bot.store.postgres import PostgresStore, fellows, store
from bot.telegram import app
from bot.telegram.app import Access
from bot.telegram.hook import Hook
from tests.double import RateLimits, TelegramDouble
from tests.play import ROOT
from tests.postgres import way_to

from .conftest import PlainMaker, Running, until
from .people import calls, writer
from .test_webhook import HOOK, free_port, listening, page_of
from .test_workshop import facilitator, joined, live, open_question

SNAPSHOT = FlowSnapshot(
    "six-etapes", flow_hash(ROOT / "flows" / "six-etapes.yaml"), "flow: six-etapes\n", ""
)
Workers = Callable[..., Any]


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fellows, "EVERY", 0.1)
    monkeypatch.setattr(fellows, "SETTLED", 0.3)
    monkeypatch.setattr(app, "EVERY", 0.1)
    monkeypatch.setattr(app, "FIRST_PAUSE", 0.05)


@asynccontextmanager
async def worker(
    url: str, telegram: TelegramDouble, folder: Path, hook: Hook | None = HOOK, **settings: Any
) -> AsyncIterator[Running]:
    known = {"settle": 0.05, "rate_limit": False, "token": telegram.token, **settings}
    async with PostgresStore.open(url, SNAPSHOT) as store:
        access = Access(db=folder / "fil", api_url=telegram.url, hook=hook, **known)
        bot = Running(access, store, PlainMaker())
        try:
            await until(lambda: bot.door.application.running or bot.task.done())
            yield bot
        finally:
            with suppress(FilrougeError):
                await bot.end()


@pytest.fixture
async def workers(
    postgres_url: str, telegram: TelegramDouble, tmp_path: Path
) -> AsyncIterator[Workers]:
    """`await workers(2)` starts them, and Telegram posts to each in turn."""
    async with AsyncExitStack() as stack:

        async def start(many: int, **settings: Any) -> list[Running]:
            bots = [
                await stack.enter_async_context(
                    worker(postgres_url, telegram, tmp_path, **settings)
                )
                for _ in range(many)
            ]
            pages = [await stack.enter_async_context(page_of(bot)) for bot in bots]
            await stack.enter_async_context(telegram.webhook_delivery(*pages))
            await until(lambda: telegram.webhook)
            await until(lambda: all(bot.store.fellows.settled for bot in bots))
            return bots

        yield start


async def dead(bot: Running) -> None:
    """As after a kill: nothing more is shown, and the server knows that it is gone."""
    bot.door.sender.put = lambda outbound: None
    for task in list(bot.door.sender._tasks):
        task.cancel()
    await bot.store.fellows.leave()


async def test_a_conversation_goes_through_whoever_receives_each_message(
    workers: Workers, telegram: TelegramDouble
) -> None:
    await workers(2)
    anna = await writer(telegram)
    before = len(telegram.calls)
    await anna.send("Eau de Kayes")
    await anna.sees("Eau de Kayes")
    await anna.click("Association ou ONG")
    await anna.quiet(0.3)
    assert Counter(calls(telegram, anna.id, before)) == {
        "sendMessage": 1,
        "editMessageText": 1,
        "editMessageReplyMarkup": 1,
        "answerCallbackQuery": 1,
    }


async def test_a_burst_that_several_workers_receive_has_one_reply(
    workers: Workers, telegram: TelegramDouble
) -> None:
    bots = await workers(2, settle=0.5)
    anna = await writer(telegram)
    await anna.quiet(0.6)
    before = len(telegram.calls)
    for number in range(6):
        await anna.send(f"phrase {number}")
    await anna.quiet(1.2)
    assert calls(telegram, anna.id, before).count("sendMessage") == 1
    conversation = await bots[0].store.conversation(Key("telegram", anna.id, anna.id))
    words = " ".join(answer.text for answer in conversation.answers.values())
    assert words.split() == [word for number in range(6) for word in ("phrase", str(number))]


async def test_what_comes_twice_by_two_workers_counts_once_and_has_one_reply(
    workers: Workers, telegram: TelegramDouble
) -> None:
    bots = await workers(2)
    telegram.faults.update_copies = 2
    anna = await writer(telegram)
    before = len(telegram.calls)
    await anna.send("Eau de Kayes")
    await anna.sees("Eau de Kayes")
    await anna.quiet(0.5)
    assert calls(telegram, anna.id, before).count("sendMessage") == 1
    conversation = await bots[0].store.conversation(Key("telegram", anna.id, anna.id))
    assert [one.text for one in conversation.answers.values()] == ["Eau de Kayes"]


async def test_what_a_dead_worker_had_to_say_is_said_by_another(
    workers: Workers, telegram: TelegramDouble
) -> None:
    one, other = await workers(2, settle=30)  # words may follow for long: nothing is shown yet
    anna = await writer(telegram)
    await anna.send("Eau de Kayes")
    key = Key("telegram", anna.id, anna.id)
    await until(lambda: one.door.sender.waiting or other.door.sender.waiting)
    holder, heir = (one, other) if one.door.sender.waiting else (other, one)
    assert await heir.store.due() == []  # somebody alive is to say it
    await dead(holder)
    await anna.sees("Eau de Kayes")
    assert await holder.store.holds(key, 1) is False
    await anna.quiet(0.3)
    assert sum("Eau de Kayes" in str(call.params.get("text")) for call in telegram.calls) == 1


async def test_the_pace_is_that_of_the_bot_as_a_whole(
    workers: Workers, telegram: TelegramDouble
) -> None:
    await workers(2, rate_limit=True)
    telegram.rates = RateLimits()
    people = [telegram.person(number) for number in range(10, 70)]
    await asyncio.gather(*(one.send("/start") for one in people))
    await asyncio.gather(*(one.sees("Rien n’est gardé", timeout=20) for one in people))
    assert not telegram.refused


async def test_one_alone_polls(postgres_url: str, telegram: TelegramDouble, tmp_path: Path) -> None:
    async with worker(postgres_url, telegram, tmp_path, hook=None) as bot:
        anna = await writer(telegram)
        await anna.send("Eau de Kayes")
        await anna.sees("Eau de Kayes")
        async with worker(postgres_url, telegram, tmp_path, hook=None) as second:
            with pytest.raises(StoreError, match="relève déjà"):
                await asyncio.wait_for(second.task, 5)
        assert not bot.task.done()


async def test_a_file_is_fetched_by_one_worker_and_by_another_when_it_dies(
    workers: Workers, telegram: TelegramDouble
) -> None:
    one, other = await workers(2)
    anna = await writer(telegram)
    before = len(telegram.calls_of("getFile"))
    await anna.send_document("plan.pdf", b"%PDF-plan")
    await until(lambda: len(telegram.calls_of("getFile")) > before)
    await anna.quiet(0.5)
    assert len(telegram.calls_of("getFile")) == before + 1
    assert await one.store.pending_files() == await other.store.pending_files() == []


async def test_what_nobody_asked_for_is_said_once_by_whoever_shows_replies_there(
    workers: Workers, telegram: TelegramDouble
) -> None:
    one, other = await workers(2)
    anna = await writer(telegram)
    await anna.send("Eau de Kayes")
    await anna.sees("Eau de Kayes")
    await anna.quiet(0.3)
    for told, bot in enumerate((one, other), 1):  # of the two, one shows replies in her chat
        now = time.time()
        for due in await bot.store.announce_sleeping(now + 60, now + 60, asleep):
            bot.door.announce(bot.conversations.again(due))
        await bot.store._write(
            lambda db: db.execute("UPDATE dossier SET announced = NULL").rowcount
        )
        await until(lambda told=told: said_asleep(telegram) == told)
        await anna.quiet(0.5)
    assert said_asleep(telegram) == 2
    assert await one.store.due() == await other.store.due() == []


def said_asleep(telegram: TelegramDouble) -> int:
    texts = [str(call.params.get("text")) for call in telegram.calls_of("sendMessage")]
    return sum("dort depuis longtemps" in one for one in texts)


def asleep(dossier: int, name: str) -> Sequence[Spoken]:
    return (
        Say("asleep", {"name": name, "days": 30}),
        Show("project", str(dossier), fresh=True),
    )


async def test_a_room_is_one_whoever_receives_each_phone(
    workers: Workers, telegram: TelegramDouble
) -> None:
    await workers(2)
    owner, room = await facilitator(telegram)
    people = await joined(telegram, room, 21, 22, 23, 24)
    await open_question(owner, people)
    first = people[0].last.labels[0]
    for one in people:
        await one.click(first)
        await one.sees("Noté")
    await until(lambda: "Réponses : 4 sur 4" in live(owner).text)
    await owner.quiet(1.2)
    for one in people:  # told once each, by one worker or the other
        assert sum("Q8" in shown.text for shown in one.messages) == 1, one.screen()


async def test_a_silent_database_sets_nothing_aside_and_what_it_kept_counts_once(
    postgres_url: str, telegram: TelegramDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        way_to(postgres_url) as way,
        worker(way.url, telegram, tmp_path) as bot,
        page_of(bot) as page,
        telegram.webhook_delivery(page),
    ):
        people = await asyncio.gather(*(writer(telegram, number) for number in (5, 6)))
        bot.door.lanes._limit = 0.1
        monkeypatch.setattr(store, "SILENCE", 0.3)  # it is not waited for, and ends all the same
        async with way.silence():
            for one in people:
                await one.send("Eau de Kayes")
            await asyncio.sleep(1)
        for one in people:
            await one.sees("Eau de Kayes", timeout=20)
            conversation = await bot.store.conversation(Key("telegram", one.id, one.id))
            assert [one.text for one in conversation.answers.values()] == ["Eau de Kayes"]
        aside = await bot.store._read(
            lambda db: db.execute("SELECT * FROM failed_update").fetchall()
        )
        assert not aside


@pytest.mark.timeout(120)
async def test_one_asked_to_stop_says_so_before_it_refuses_anything(
    postgres_url: str, telegram: TelegramDouble, tmp_path: Path
) -> None:
    port = free_port()
    bot = listening(telegram, tmp_path, port, FILROUGE_DB=postgres_url, FILROUGE_DRAIN="2")
    await bot.start()
    anna = telegram.person(5)
    async with (
        telegram.webhook_delivery(f"http://127.0.0.1:{port}/telegram"),
        ClientSession(trust_env=False) as session,
    ):
        await anna.send("/start")
        await anna.sees("Rien n’est gardé", timeout=60)
        bot.ask_to_stop()
        said: list[int] = []
        while 503 not in said:
            async with session.get(f"http://127.0.0.1:{port}/health") as answer:
                said.append(answer.status)
        await anna.click("J’accepte")
        await anna.sees("À quel rythme")
    code, logged = await bot.ended()
    assert code == 0, logged
