"""What the people who run the bot ask of it, in the chat and from outside; and nobody else."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.errors import StoreError
from bot.service import operation
from bot.service.operation import LONGEST_WORD, Operation
from bot.web import app as web
from bot.web import health, metrics
from tests.double import Person, Reply, ServerError, TelegramDouble

from .conftest import Running, Start
from .people import newcomer, writer

ADMIN = 900


@pytest.fixture
async def bots(bots: Start) -> Start:
    """Bots whose admin is person 900."""

    async def start(**settings: object) -> Running:
        bot = await bots(**settings)
        admins = frozenset({("telegram", ADMIN)})
        operation = Operation(bot.store, bot.conversations.renderer, "9.8.7", admins)
        await operation.begin()
        operation.pulse = bot.door.pulse
        bot.conversations.operation = operation
        return bot

    return start


@pytest.fixture
async def bot(bots: Start) -> Running:
    return await bots()


@pytest.fixture
async def admin(bot: Running, telegram: TelegramDouble) -> Person:
    return await writer(telegram, ADMIN)


async def said(person: Person, command: str) -> str:
    await person.send(command)
    await person.served()
    return person.last.text


async def test_an_admin_reads_how_the_bot_is(bot: Running, admin: Person) -> None:
    text = await said(admin, "/sante")
    for words in ("Version 9.8.7", "Telegram a répondu il y a", "par relève", "Mo, non chiffrée"):
        assert words in text
    assert admin.last.buttons, "the way back to the question"
    await admin.click("Reprendre")
    await admin.sees("Quel nom donnez-vous")


async def test_an_admin_reads_numbers_only(bot: Running, admin: Person) -> None:
    await admin.send("Mot secret")
    await admin.served()
    text = await said(admin, "/usage")
    assert "Personnes : 1 (" in text
    assert "Dossiers : 1," in text
    assert "Dossiers ouverts : 1 depuis un jour" in text
    assert "secret" not in text


@pytest.mark.parametrize("command", ["/sante", "/usage", "/maintenance Bonjour à tous"])
async def test_these_commands_do_not_exist_for_anybody_else(
    bot: Running, telegram: TelegramDouble, command: str
) -> None:
    anna = await writer(telegram)
    await anna.send("/zut")
    await anna.served()
    unknown = anna.last.text.replace("zut", command[1:].split()[0])
    assert await said(anna, command) == unknown
    stranger = await newcomer(telegram, 6)
    assert "Rien n’est gardé avant votre accord" in await said(stranger, command)
    assert not await bot.store.maintenance()


async def test_an_admin_who_has_not_agreed_is_answered_all_the_same(
    bot: Running, telegram: TelegramDouble
) -> None:
    admin = await newcomer(telegram, ADMIN)
    assert "Version" in await said(admin, "/sante")
    assert "J’accepte" in str(admin.last.buttons)


async def test_a_word_is_said_once_to_each_then_at_each_start_until_it_is_over(
    bot: Running, admin: Person, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    assert "Aucun message" in await said(admin, "/maintenance")
    text = await said(admin, "/maintenance Le robot <s’arrête> ce soir & revient.")
    assert "« Le robot <s’arrête> ce soir & revient. »" in text
    await anna.send("Eau de Kayes")
    await anna.served()
    assert anna.last.text.startswith("Message de l’équipe : Le robot <s’arrête> ce soir & revient.")
    assert "Eau de Kayes" in anna.last.text
    await anna.send("et de Thiès")
    await anna.served()
    assert "Message de l’équipe" not in anna.last.text
    assert "Message de l’équipe" in await said(anna, "/start")
    assert "Plus aucun" in await said(admin, "/maintenance fin")
    assert "Message de l’équipe" not in await said(anna, "/start")
    assert not telegram.refused


async def test_a_word_outlives_the_process_and_greets_strangers(
    bots: Start, telegram: TelegramDouble
) -> None:
    first = await bots()
    admin = await newcomer(telegram, ADMIN)
    await said(admin, "/maintenance Ce soir, pause.")
    await first.end()
    await bots()
    stranger = await newcomer(telegram, 6)
    assert stranger.last.text.startswith("Message de l’équipe : Ce soir, pause.")


async def test_a_word_from_another_process_is_heard_here_too(
    bot: Running, telegram: TelegramDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await writer(telegram)
    await bot.store.announce_maintenance("Dit ailleurs.", 1.0)
    monkeypatch.setattr(operation, "EVERY", -1.0)
    await anna.send("Eau de Kayes")
    await anna.served()
    assert anna.last.text.startswith("Message de l’équipe : Dit ailleurs.")


async def test_a_word_too_long_changes_nothing(bot: Running, admin: Person) -> None:
    await said(admin, "/maintenance Court.")
    assert "raccourcissez" in await said(admin, "/maintenance " + "x" * (LONGEST_WORD + 1))
    assert await bot.store.maintenance() == "Court."


# --- from outside ------------------------------------------------------------------------------


@asynccontextmanager
async def page_of(bot: Running) -> AsyncIterator[str]:
    look = bot.conversations.operation.health
    routes = [*health.routes(look), *metrics.routes(look)]
    async with web.served(web.application(routes), "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


async def got(address: str) -> tuple[int, str]:
    async with aiohttp.ClientSession(trust_env=False) as session, session.get(address) as answer:
        return answer.status, await answer.text()


async def test_health_tells_numbers_and_nobody(bot: Running, telegram: TelegramDouble) -> None:
    await writer(telegram)
    async with page_of(bot) as url:
        status, text = await got(f"{url}/health")
    found = json.loads(text)
    assert status == 200
    assert (found["alive"], found["ready"], found["version"]) == (True, True, "9.8.7")
    assert found["telegram"]["silent_seconds"] < 30
    assert found["waiting"] == {"updates": 0, "replies": 0, "due": 0, "set_aside": 0}
    assert found["database"]["bytes"] > 0


async def test_who_cannot_hear_telegram_or_read_its_base_is_alive_and_not_ready(
    bot: Running, telegram: TelegramDouble
) -> None:
    await newcomer(telegram)
    async with page_of(bot) as url:
        bot.door.heartbeat.last -= 1000
        assert json.loads((await got(f"{url}/health"))[1])["ready"] is False
        bot.door.heartbeat.last += 1000

        async def failing() -> None:
            raise StoreError("disque")

        bot.store.vitals = failing
        status, text = await got(f"{url}/health")
        assert (status, json.loads(text)["ready"]) == (503, False)
        assert await got(f"{url}/metrics") == (503, "filrouge_up 0\n")
        assert (await got(f"{url}/health/alive"))[0] == 200
        await bot.end()
    assert not bot.door.pulse().ready


async def test_metrics_count_what_happens(bot: Running, telegram: TelegramDouble) -> None:
    anna = await writer(telegram)
    telegram.faults.next("sendMessage", ServerError(502))
    telegram.faults.next("sendMessage", Reply(400, "Bad Request: chat not found"))
    await anna.send("Eau de Kayes")
    await anna.quiet(1.2)
    telegram.updates.push("message", "illisible", 5)
    await newcomer(telegram, 6)
    async with page_of(bot) as url:
        status, text = await got(f"{url}/metrics")
    lines = text.splitlines()
    assert status == 200
    assert 'filrouge_info{version="9.8.7",by="polling"} 1' in lines
    assert 'filrouge_replies_total{result="network"} 1' in lines
    assert 'filrouge_replies_total{result="refused"} 1' in lines
    assert 'filrouge_replies_total{result="flood"} 0' in lines
    assert 'filrouge_updates_total{result="kept"} 5' in lines
    assert 'filrouge_updates_total{result="set_aside"} 1' in lines
    named = {line.split("{")[0].split()[0] for line in lines if not line.startswith("#")}
    assert named == {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert text.endswith("\n")
