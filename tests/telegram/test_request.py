"""The HTTP client: what it sends, what it says when it fails, and what it never says."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web
from telegram import BotCommand, InputFile
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.telegram.request import AiohttpRequest, Lost, NotSent

Answer = Callable[[web.Request], web.StreamResponse]
SECRET = "42:secret-token"


@contextlib.asynccontextmanager
async def server(handle: Callable[[web.Request], object]) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", handle)  # type: ignore[arg-type]
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def client(url: str, **settings: float) -> AsyncIterator[ExtBot[None]]:
    request = AiohttpRequest(**settings)  # type: ignore[arg-type]
    bot = ExtBot(SECRET, f"{url}/bot", request=request, get_updates_request=AiohttpRequest())
    await request.initialize()
    try:
        yield bot
    finally:
        await request.shutdown()


def answer(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


async def test_files_and_texts_leave_as_multipart() -> None:
    got: dict[str, object] = {}

    async def handle(request: web.Request) -> web.Response:
        form = await request.post()
        got.update({name: getattr(value, "file", value) for name, value in form.items()})
        got["name"] = form["document"].filename  # type: ignore[union-attr]
        got["content"] = form["document"].file.read()  # type: ignore[union-attr]
        return answer({"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}})

    async with server(handle) as url, client(url) as bot:
        file = InputFile(b"%PDF", filename="fiche é.pdf")
        await bot.send_document(5, file, caption="Voilà « é »")
    assert (got["chat_id"], got["caption"]) == ("5", "Voilà « é »")
    assert (got["name"], got["content"]) == ("fiche é.pdf", b"%PDF")


async def test_a_call_without_files_leaves_as_json() -> None:
    got: list[tuple[str, str, object]] = []

    async def handle(request: web.Request) -> web.Response:
        got.append((request.path, request.content_type, json.loads(await request.read())))
        return answer(True)

    async with server(handle) as url, client(url) as bot:
        commands = [BotCommand("start", "Commencer « é »")]
        await bot.set_my_commands(commands, language_code="fr")
        wire = bot.request
        assert isinstance(wire, AiohttpRequest)
        assert await wire.call(f"{url}/bot/sendMessage", {"chat_id": 5, "text": "Voilà 🧵"}) is None
    menu = [{"command": "start", "description": "Commencer « é »"}]
    assert got == [
        (
            f"/bot{SECRET}/setMyCommands",
            "application/json",
            {"commands": menu, "language_code": "fr"},
        ),
        ("/bot/sendMessage", "application/json", {"chat_id": 5, "text": "Voilà 🧵"}),
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('{"ok":true,"result":{"message_id":7,"date":1}}', 7),
        ('{"ok": true, "result": {"message_id": 7, "date": 1}}', 7),
        ('{"result":{"date":1,"message_id":7},"ok":true}', 7),
        ('{"ok":true,"result":{"message_id":"x"}}', None),
        ('{"ok":true,"result":true}', None),
        ('{"ok":true,"result":[]}', None),
    ],
)
async def test_the_id_of_a_message_is_read_wherever_it_stands(
    text: str, number: int | None
) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(text=text)

    async with server(handle) as url, client(url) as bot:
        assert isinstance(bot.request, AiohttpRequest)
        assert await bot.request.call(f"{url}/bot/sendMessage", {}) == number


@pytest.mark.parametrize("status", [200, 502])
async def test_an_answer_that_is_no_json_is_told_apart(status: int) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=status, text="<html>")

    async with server(handle) as url, client(url) as bot:
        with pytest.raises(TelegramError) as caught:
            await bot.delete_webhook()
    assert isinstance(caught.value, NetworkError) == (status == 502)


async def test_a_slow_answer_is_a_time_out() -> None:
    async def handle(_: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return answer(True)

    async with server(handle) as url, client(url, read=0.1) as bot:
        with pytest.raises(TimedOut):
            await bot.delete_webhook()
        with pytest.raises(TimedOut):
            await bot.delete_webhook(read_timeout=0.05)


async def test_a_full_pool_is_not_an_unknown_outcome() -> None:
    async def handle(_: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return answer(True)

    async with server(handle) as url, client(url, connections=1, connect=0.1, pool=0.1) as bot:
        first = asyncio.create_task(bot.delete_webhook())
        await asyncio.sleep(0.1)
        with pytest.raises(NotSent):
            await bot.delete_webhook()
        await first


async def test_a_closed_door_is_not_an_unknown_outcome() -> None:
    async with client("http://127.0.0.1:9") as bot:
        with pytest.raises(NotSent) as caught:
            await bot.delete_webhook()
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is None


async def test_a_broken_connection_is_an_unknown_outcome() -> None:
    async def handle(request: web.Request) -> web.Response:
        assert request.transport
        request.transport.abort()
        return answer(True)

    async with server(handle) as url, client(url) as bot:
        with pytest.raises(Lost) as caught:
            await bot.delete_webhook()
    assert SECRET not in repr(caught.value)


async def test_a_redirection_is_not_followed_with_the_token() -> None:
    seen: list[str] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        raise web.HTTPFound("/elsewhere")

    async with server(handle) as url, client(url) as bot:
        with pytest.raises(TelegramError):
            await bot.delete_webhook()
    assert len(seen) == 1


async def test_a_closed_client_says_so_and_may_open_again() -> None:
    async def handle(request: web.Request) -> web.Response:
        return answer(json.loads("true"))

    async with server(handle) as url, client(url) as bot:
        await bot.request.shutdown()
        with pytest.raises(NotSent):
            await bot.delete_webhook()
        await bot.request.initialize()
        assert await bot.delete_webhook()
