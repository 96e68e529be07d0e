"""Telegram is the inbox: only what is on the disk leaves it, and one update stops no other."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from bot.domain.conversation import TextGiven
from bot.errors import StoreError
from bot.service.outbound import Outbound
from bot.service.ports import Inbound, Key
from bot.telegram.inbox import Inbox
from tests.double import TelegramDouble

from .conftest import Running, until
from .people import newcomer, writer

Handle = Callable[[Inbound], Any]


def broken(bot: Running, fails: Callable[[Inbound], Exception | None]) -> None:
    """From now on `fails` says which turns raise, before anything is written."""
    handle = bot.conversations.handle

    async def failing(inbound: Inbound) -> Outbound:
        if error := fails(inbound):
            raise error
        return await handle(inbound)

    bot.conversations.handle = failing


async def texts(bot: Running, chat: int = 5) -> str:
    conversation = await bot.store.conversation(Key("telegram", chat, chat))
    return "\n".join(answer.text for answer in conversation.answers.values())


def rows(bot: Running, table: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(bot.store.path) as db:
        return db.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608


async def test_the_next_poll_waits_for_the_commit(bot: Running, telegram: TelegramDouble) -> None:
    await newcomer(telegram)
    gate = asyncio.Event()
    handle = bot.conversations.handle

    async def held(inbound: Inbound) -> Outbound:
        await gate.wait()
        return await handle(inbound)

    bot.conversations.handle = held
    anna = telegram.person(5)
    await anna.send("/privacy")
    await asyncio.sleep(0.2)
    waiting = telegram.updates.pending[0].id
    assert all(call.params.get("offset", 0) <= waiting for call in telegram.calls_of("getUpdates"))
    gate.set()
    await until(lambda: not telegram.updates.pending)


async def test_what_could_not_be_written_comes_again_in_order(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    await anna.send("Un nom")
    await anna.served()
    bruno = await newcomer(telegram, 6)
    failures = iter([StoreError("disque plein")] * 2)

    def fails(inbound: Inbound) -> Exception | None:
        event = inbound.event
        return next(failures, None) if isinstance(event, TextGiven) and "un" in event.text else None

    broken(bot, fails)
    await asyncio.gather(anna.send("un"), anna.send("deux"), bruno.send("/privacy"), anna.send("3"))
    await anna.sees("3 messages")
    assert (await texts(bot)).splitlines()[-3:] == ["un", "deux", "3"]
    assert len([one for one in bruno.messages if one.from_bot]) == 2
    assert not rows(bot, "failed_update")


async def test_a_poisoned_update_is_set_aside_and_the_others_go_on(
    bot: Running, telegram: TelegramDouble, caplog: pytest.LogCaptureFixture
) -> None:
    anna = await writer(telegram)

    def fails(inbound: Inbound) -> Exception | None:
        event = inbound.event
        poison = isinstance(event, TextGiven) and event.text == "poison-secret"
        return RuntimeError("poison-secret") if poison else None

    broken(bot, fails)
    await anna.send("poison-secret")
    await anna.send("Eau de Kayes")
    await anna.sees("Eau de Kayes")
    assert len(rows(bot, "failed_update")) == 1
    assert "mise de côté (RuntimeError)" in caplog.text
    assert "poison-secret" not in caplog.text
    await until(lambda: not telegram.updates.pending)


async def test_a_turn_that_never_ends_is_set_aside(bot: Running, telegram: TelegramDouble) -> None:
    anna = await writer(telegram)
    bot.door.lanes._limit = 0.2
    handle = bot.conversations.handle

    async def stuck(inbound: Inbound) -> Outbound:
        if isinstance(inbound.event, TextGiven) and inbound.event.text == "infini":
            await asyncio.Event().wait()
        return await handle(inbound)

    bot.conversations.handle = stuck
    await anna.send("infini")
    await anna.send("Eau de Kayes")
    await anna.sees("Eau de Kayes")
    assert len(rows(bot, "failed_update")) == 1
    assert "TimeoutError" in str(rows(bot, "failed_update"))


async def test_a_base_held_for_long_by_another_program_sets_nothing_aside(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    bot.door.lanes._limit = 0.3
    with closing(sqlite3.connect(bot.store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await anna.send("Eau de Kayes")
        await asyncio.sleep(1)
    await anna.sees("Eau de Kayes", timeout=15)
    assert await texts(bot) == "Eau de Kayes"
    assert not rows(bot, "failed_update")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("message", {"message_id": "x"}),
        ("message", "pas un objet"),
        ("callback_query", {"id": 3, "from": None}),
        ("edited_message", {}),
        ("my_chat_member", {"chat": {"id": 5, "type": "private"}, "date": 1}),
        ("message", {"message_id": 1, "date": "hier", "chat": {"id": 5, "type": "private"}}),
    ],
)
async def test_an_update_that_cannot_be_read_neither_stops_nor_loops(
    bot: Running, telegram: TelegramDouble, kind: str, body: Any
) -> None:
    await newcomer(telegram)
    polls = len(telegram.calls_of("getUpdates"))
    telegram.updates.push(kind, body, 5)
    bruno = await newcomer(telegram, 6)
    await until(lambda: not telegram.updates.pending)
    assert len(telegram.calls_of("getUpdates")) - polls < 8
    assert bruno.last.buttons


async def test_strange_but_readable_updates_are_let_go(
    bot: Running, telegram: TelegramDouble
) -> None:
    huge = 2**70
    user = {"id": huge, "is_bot": False, "first_name": "H"}
    chat = {"id": huge, "type": "private"}
    group = {"id": -100, "type": "supergroup", "title": "G"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": user, "text": "bonjour"}
    tap = {"id": "1", "from": {**user, "id": 6}, "chat_instance": "1", "data": "x" * 300}
    telegram.updates.push("message", message, 5)
    telegram.updates.push("message", {**message, "chat": group}, 5)
    telegram.updates.push("message", {"message_id": 2, "date": 1, "chat": chat}, 5)
    telegram.updates.push("callback_query", tap, 5)
    await newcomer(telegram)
    await until(lambda: not telegram.updates.pending)
    assert not [call for call in telegram.calls if call.chat == -100]


async def test_disordered_batches_end_in_the_same_place(
    bot: Running, telegram: TelegramDouble
) -> None:
    telegram.faults.reorder(seed=3)
    telegram.faults.duplicate_updates(1)
    anna = await writer(telegram)
    await anna.send("Un nom")
    await anna.served()
    for number in range(9):
        await anna.send(f"phrase {number}")
    await anna.sees("9 messages")
    found = (await texts(bot)).split()
    assert sorted(one for one in found if one.isdigit()) == sorted("012345678")


async def test_settling_waits_for_every_update() -> None:
    inbox = Inbox()
    assert inbox.open_batch([7, 8, 9], [7, 8, 9]) == {7, 8, 9}
    waiting = asyncio.create_task(inbox.settled())
    for update in (9, 8):
        inbox.release(update, kept=True)
        await asyncio.sleep(0)
        assert not waiting.done()
    inbox.release(7, kept=True)
    assert await waiting
    assert inbox.offset == 10


async def test_the_offset_goes_back_to_the_first_lost_in_the_order_of_the_batch() -> None:
    inbox = Inbox()
    inbox.open_batch([900, 901, 3, 4], [900, 901, 3, 4])  # ids may restart after a quiet week
    inbox.release(900, kept=True)
    inbox.release(3, kept=False)
    inbox.release(901, kept=False)
    inbox.release(4, kept=True)
    assert not await inbox.settled()
    assert inbox.offset == 901
    assert inbox.open_batch([901, 3, 4], [901, 3, 4]) == {901, 3}


async def test_an_update_kept_lately_is_not_handled_again() -> None:
    inbox = Inbox()
    inbox.open_batch([1], [1])
    inbox.release(1, kept=True)
    assert inbox.open_batch([1, 2], [1, 2]) == {2}
    inbox.release(2, kept=True)
    for update in range(3, 5000):
        inbox.open_batch([update], [update])
        inbox.release(update, kept=True)
    assert inbox.open_batch([1], [1]) == {1}
    assert inbox.open == 1
