"""By webhook as by polling: Telegram forgets an update once it is on the disk, and not before."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.errors import StoreError
from bot.service.outbound import Outbound
from bot.service.ports import Inbound, Key
from bot.telegram import hook
from bot.telegram.bot import TelegramRefused
from bot.telegram.hook import Hook
from bot.web import app as web
from bot.web import webhook
from tests.bots import BotProcess
from tests.double import DropBefore, Person, Reply, ServerError, TelegramDouble

from .conftest import Running, Start, until
from .people import newcomer, writer
from .test_inbox import broken, rows, texts

SECRET = "un-secret-pour-ces-tests"
HOOK = Hook("https://bot.exemple.org/telegram", SECRET)
UPDATE = {"update_id": 7, "message": {"text": "mot-secret"}}


class Hooked:
    """A bot behind its web page, and Telegram that posts there."""

    def __init__(self, bot: Running, address: str) -> None:
        self.bot = bot
        self.address = address

    async def post(self, body: bytes | dict[str, Any], **headers: str) -> int:
        """A call as anybody could make it; with the secret unless `headers` say otherwise."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Content-Type": "application/json", webhook.SECRET: SECRET}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.post(self.address, data=sent, headers=given) as answer,
        ):
            return answer.status


@asynccontextmanager
async def page_of(bot: Running) -> AsyncIterator[str]:
    routes = webhook.routes("/telegram", SECRET, bot.door.posted)
    async with web.served(web.application(routes), "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}/telegram"


@pytest.fixture
async def hooked(
    bots: Start, telegram: TelegramDouble, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Hooked]:
    monkeypatch.setattr(hook, "HURRIED", 0.05)
    monkeypatch.setattr(hook, "EVERY", 0.2)
    async with AsyncExitStack() as stack:
        bot = await bots(listening=False, hook=HOOK)
        address = await stack.enter_async_context(page_of(bot))
        await stack.enter_async_context(telegram.webhook_delivery(address))
        await until(lambda: telegram.webhook)
        yield Hooked(bot, address)


async def test_a_conversation_goes_through_and_nothing_is_polled(
    hooked: Hooked, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    await anna.send("Eau de Kayes")
    await anna.sees("Eau de Kayes")
    await anna.click("Association ou ONG")
    await anna.served()
    await until(lambda: not telegram.updates.pending)
    assert (await texts(hooked.bot)).strip() == "Eau de Kayes"
    assert not telegram.calls_of("getUpdates")
    assert not telegram.refused
    assert not anna.unanswered
    asked = telegram.calls_of("setWebhook")[0].params
    assert asked["secret_token"] == SECRET
    assert asked["allowed_updates"] == telegram.allowed_updates
    assert not asked.get("drop_pending_updates")


async def test_an_update_is_answered_for_once_committed_only(
    hooked: Hooked, telegram: TelegramDouble
) -> None:
    anna = await newcomer(telegram)
    gate = asyncio.Event()
    handle = hooked.bot.conversations.handle

    async def held(inbound: Inbound) -> Outbound:
        await gate.wait()
        return await handle(inbound)

    hooked.bot.conversations.handle = held
    await anna.send("/privacy")
    await asyncio.sleep(0.2)
    assert telegram.updates.pending
    gate.set()
    await until(lambda: not telegram.updates.pending)


async def test_what_could_not_be_written_comes_again_in_order(
    hooked: Hooked, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    await anna.send("Un nom")
    await anna.served()
    failures = iter([StoreError("disque plein")] * 2)
    broken(hooked.bot, lambda inbound: next(failures, None))
    for words in ("un", "deux", "3"):
        await anna.send(words)
    await anna.sees("3 messages")
    assert (await texts(hooked.bot)).splitlines()[-3:] == ["un", "deux", "3"]
    assert not rows(hooked.bot, "failed_update")


async def test_copies_count_once_and_presses_that_overtake_lose_nothing(
    hooked: Hooked, telegram: TelegramDouble
) -> None:
    telegram.faults.duplicate_updates(2)
    anna = await writer(telegram)
    await anna.send("Un nom")
    await anna.served()
    card = anna.last.id
    for number in range(6):
        await anna.send(f"phrase {number}")
        await anna.click("Association ou ONG", on=card)
    await anna.quiet(0.4)
    await until(lambda: not telegram.updates.pending)
    conversation = await hooked.bot.store.conversation(Key("telegram", 5, 5))
    said = " ".join(answer.text for answer in conversation.answers.values())
    assert sorted(one for one in said.split() if one.isdigit()) == list("012345")
    assert not anna.unanswered
    assert anna.last.buttons


async def test_copies_that_come_together_are_one(hooked: Hooked, telegram: TelegramDouble) -> None:
    anna = await writer(telegram)
    user = {"id": 5, "is_bot": False, "first_name": "Anna"}
    chat = {"id": 5, "type": "private", "first_name": "Anna"}
    told = {"message_id": 900, "date": 1_700_000_000, "chat": chat, "from": user, "text": "mot"}
    copies = [hooked.post({"update_id": 77, "message": told}) for _ in range(5)]
    assert await asyncio.gather(*copies) == [200] * 5
    await anna.sees("mot")
    assert hooked.bot.door.counts["updates", "kept"] >= 5
    assert (await texts(hooked.bot)).count("mot") == 1


async def test_a_poisoned_update_is_set_aside_and_the_others_go_on(
    hooked: Hooked, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    once = iter([RuntimeError("poison")])
    broken(hooked.bot, lambda inbound: next(once, None))
    await anna.send("poison")
    await anna.send("Eau de Kayes")
    await anna.sees("Eau de Kayes")
    assert len(rows(hooked.bot, "failed_update")) == 1
    await until(lambda: not telegram.updates.pending)


async def test_who_does_not_show_the_secret_is_not_read(
    hooked: Hooked, caplog: pytest.LogCaptureFixture
) -> None:
    for wrong in ("", "autre", SECRET + "x", SECRET.upper(), "é" * 24):
        assert await hooked.post(UPDATE, **{webhook.SECRET: wrong}) == 403
    assert not rows(hooked.bot, "failed_update")
    assert SECRET not in caplog.text


async def test_what_is_no_update_is_answered_clearly(
    hooked: Hooked, caplog: pytest.LogCaptureFixture
) -> None:
    assert await hooked.post(UPDATE, Content_Type="text/plain") == 415
    assert await hooked.post(UPDATE, Content_Type="application/json; charset=utf-8") == 200
    assert await hooked.post(b'{"update_id": 8, "message": mot-secret') == 400
    assert await hooked.post(b"\xff\xfe") == 400
    assert await hooked.post(b"[" * 200_000) == 400
    assert await hooked.post(b" " * 1_000_001) == 413
    assert await hooked.post(b'{"update_id": 9, "message": "illisible"}') == 200, "set aside"
    assert await hooked.post(b'["rien"]') == 200
    assert "mot-secret" not in caplog.text


async def test_a_body_without_an_announced_length_is_bounded_too(hooked: Hooked) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * 65_536

    headers = {"Content-Type": "application/json", webhook.SECRET: SECRET}
    async with aiohttp.ClientSession(trust_env=False) as session:
        try:
            async with session.post(hooked.address, data=endless(), headers=headers) as answer:
                assert answer.status == 413
        except aiohttp.ClientError:
            pass  # cut while it was still sending


async def test_nothing_is_taken_in_by_a_bot_that_is_not_ready_or_stops(
    hooked: Hooked, telegram: TelegramDouble
) -> None:
    await newcomer(telegram)
    await hooked.bot.end()
    assert await hooked.post(UPDATE) == 503
    assert telegram.webhook, "what is written meanwhile waits with Telegram"


async def test_stopping_finishes_the_turn_under_way(
    hooked: Hooked, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    handle = hooked.bot.conversations.handle
    begun = asyncio.Event()

    async def slow(inbound: Inbound) -> Outbound:
        begun.set()
        await asyncio.sleep(0.3)
        return await handle(inbound)

    hooked.bot.conversations.handle = slow
    await anna.send("Eau de Kayes")
    await begun.wait()
    await hooked.bot.end()
    await anna.sees("Eau de Kayes")
    assert not await hooked.bot.store.due()


async def test_polling_takes_the_webhook_away_and_a_webhook_comes_back(
    bots: Start, telegram: TelegramDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook, "HURRIED", 0.05)
    first = await bots(listening=False, hook=HOOK)
    anna = telegram.person(5)
    async with page_of(first) as address, telegram.webhook_delivery(address):
        await until(lambda: telegram.webhook)
        await anna.send("/start")
        await anna.sees("Rien n’est gardé avant votre accord")
        await first.end()
    await anna.click("J’accepte et je commence")
    second = await bots()
    await anna.sees("À quel rythme")
    assert not telegram.webhook
    await second.end()
    await anna.click("L’essentiel")
    third = await bots(listening=False, hook=HOOK)
    async with page_of(third) as address, telegram.webhook_delivery(address):
        await anna.sees("Quel nom donnez-vous")


async def ended(bot: Running) -> str:
    with pytest.raises(TelegramRefused) as caught:
        await asyncio.wait_for(bot.task, 40)
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_an_address_that_telegram_refuses_is_one_clear_line(
    bots: Start, telegram: TelegramDouble
) -> None:
    bot = await bots(listening=False, hook=Hook("https://bot.exemple.org:8081/t", SECRET))
    assert "FILROUGE_WEBHOOK_URL" in await ended(bot)


@pytest.mark.parametrize("happens", ["revoked", "taken", "removed"])
async def test_what_ends_the_service_ends_the_process_with_one_line(
    hooked: Hooked, telegram: TelegramDouble, happens: str
) -> None:
    await newcomer(telegram)
    if happens == "revoked":
        telegram.faults.revoked = True
    elif happens == "taken":
        telegram.webhook = {"url": "https://ailleurs.exemple.org/"}
    else:
        telegram.webhook = {}
    said = await ended(hooked.bot)
    assert "jeton" in said if happens == "revoked" else "n’est plus à cette adresse" in said


async def test_refusals_at_start_and_under_way_are_outlived(
    bots: Start, telegram: TelegramDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook, "EVERY", 0.05)
    telegram.faults.next("setWebhook", ServerError(502))
    telegram.faults.next("setWebhook", DropBefore())
    telegram.faults.next("getWebhookInfo", Reply(500, "Internal Server Error"), times=3)
    bot = await bots(listening=False, hook=HOOK)
    async with page_of(bot) as address, telegram.webhook_delivery(address):
        await newcomer(telegram)
        assert not bot.task.done()


# --- the process itself ------------------------------------------------------------------------


def listening(telegram: TelegramDouble, folder: Path, port: int, **settings: str) -> BotProcess:
    """A process of its own, that waits at this port for what is posted."""
    return BotProcess(
        telegram,
        folder / "d.sqlite3",
        "--webhook",
        FILROUGE_WEB=f"127.0.0.1:{port}",
        FILROUGE_WEBHOOK_URL="https://bot.exemple.org/telegram",
        **settings,
    )


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        return int(found.getsockname()[1])


async def act(person: Person, does: Callable[[], Any], sees: str) -> None:
    await does()
    await person.sees(sees, timeout=40)


@pytest.mark.timeout(240)
async def test_killed_between_two_answers_a_walk_loses_and_doubles_nothing(
    telegram: TelegramDouble, tmp_path: Path
) -> None:
    port = free_port()
    bot = listening(telegram, tmp_path, port)
    await bot.start()
    anna = telegram.person(5)
    async with telegram.webhook_delivery(f"http://127.0.0.1:{port}/telegram"):
        await act(anna, lambda: anna.send("/start"), "Rien n’est gardé")
        await act(anna, lambda: anna.click("J’accepte"), "À quel rythme")
        await act(anna, lambda: anna.click("L’essentiel"), "Quel nom donnez-vous")
        await anna.send("Jeunes et métiers")
        await bot.kill()
        await anna.send("des deux rives")
        await bot.start()
        await anna.sees("des deux rives", timeout=40)
        await anna.send("et d’ailleurs")
        await asyncio.sleep(0.03)
        await bot.kill()
        await bot.start()
        await anna.sees("et d’ailleurs", timeout=40)
        await anna.quiet(0.5)
    code, logged = await bot.stop()
    assert code == 0, logged
    assert "Traceback" not in logged
    kept = anna.last.text
    assert [kept.count(one) for one in ("métiers", "deux rives", "d’ailleurs")] == [1, 1, 1]
    assert telegram.webhook["secret_token"] not in logged


@pytest.mark.timeout(120)
async def test_a_webhook_without_its_address_is_one_clear_line(
    telegram: TelegramDouble, tmp_path: Path
) -> None:
    for settings, words in (
        ({}, "FILROUGE_WEBHOOK_URL"),
        ({"FILROUGE_WEBHOOK_URL": "http://exemple.org/t"}, "https://"),
        ({"FILROUGE_WEB": "ici"}, "127.0.0.1:8080"),
    ):
        bot = BotProcess(telegram, tmp_path / "d.sqlite3", "--webhook", **settings)
        await bot.start()
        code, logged = await bot.ended()
        assert code == 1
        assert words in logged
        assert len(logged.splitlines()) == 1
