"""The commands that open a door: the terminal, Telegram; and whether the bot is well."""

import argparse
import asyncio
import contextlib
import gc
import hmac
import logging
import signal
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot import config, upkeep
from bot.cli import journal, walls
from bot.cli.house import library, opened
from bot.config import Address, Settings
from bot.console import door
from bot.errors import ConfigError
from bot.export.press import Press
from bot.service.ports import Key
from bot.store import single_bot

if TYPE_CHECKING:
    from bot.telegram.app import Door
    from bot.telegram.hook import Hook

log = logging.getLogger(__name__)

# Seconds of Python before a thread gives way: a turn's own work, which is shorter, is not cut in pieces
# among those that wait for the server.
WHOLE = 0.02
BEHIND_A_PROXY = Address("127.0.0.1", 8080)  # where webhooks arrive when nothing else is said


def chat(options: argparse.Namespace) -> int:
    settings = config.load()
    journal.begin("ERROR", "text")
    read = library(settings, options.flow)
    for stream in (sys.stdin, sys.stdout):
        if not stream.isatty():
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # text files
    with asyncio.Runner() as runner:
        house = opened(settings, read)
        conversations, _, _ = runner.run(house.__aenter__())
        key = Key("console", options.person, options.person)
        console = door.Console(conversations, time.time, Path.cwd(), key=key)

        def wait(coroutine: Coroutine[None, None, None]) -> None:
            runner.run(coroutine)

        try:
            with contextlib.suppress(KeyboardInterrupt):  # leaving is a normal way to end
                console.run(sys.stdin, wait)
            console.goodbye()
        finally:
            runner.run(house.__aexit__(None, None, None))
    return 0


def bot(options: argparse.Namespace) -> int:
    from bot.telegram import app  # the console starts without Telegram's library
    from bot.web import health, metrics, webhook
    from bot.web.app import application, served

    settings = config.load()
    journal.begin(settings.log_level, settings.log_format)
    if settings.token is None:
        raise ConfigError(
            "Il manque le jeton du robot : créez-en un auprès de @BotFather, puis lancez"
            " FILROUGE_TOKEN=… filrouge bot, ou inscrivez-le dans le fichier .env."
        )
    read = library(settings, options.flow)
    access = app.Access(
        settings.token.get_secret_value(),
        settings.api_url,
        settings.db,
        settings.settle,
        settings.rate_limit,
        settings.retention_days,
        _hook(settings) if options.webhook else None,
    )

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for one in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(one, stop.set)
        async with contextlib.AsyncExitStack() as house:
            press = await house.enter_async_context(Press())
            opening = opened(settings, read, press.run)
            conversations, store, _ = await house.enter_async_context(opening)
            gc.collect()
            gc.freeze()  # flows and templates stay: the collector need not walk through them again
            for remark in upkeep.remarks(settings):
                log.warning(remark)
            await house.enter_async_context(upkeep.chores(settings, store))
            door = app.Door(access, conversations, store)
            operation = conversations.operation
            operation.pulse = door.pulse
            pages = health.routes(operation.health)
            if settings.metrics:
                pages += metrics.routes(operation.health)
            if access.hook:
                pages += webhook.routes(_path(settings), access.hook.secret, door.posted)
            address = settings.web or (BEHIND_A_PROXY if access.hook else None)
            if settings.wall and settings.wall != address:
                await house.enter_async_context(walls.served_on(settings.wall, conversations, read))
            elif settings.wall:
                pages += walls.routes(conversations, read)
            web = await house.enter_async_context(contextlib.AsyncExitStack())
            if address:
                listening = served(application(pages), address.host, address.port)
                await web.enter_async_context(listening)
                web.callback(walls.hush, conversations)
            drain = settings.drain if settings.server and access.hook else 0.0
            await _until(stop, web, door, drain)

    if settings.server:  # where this machine keeps its own small files
        settings.db.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sys.setswitchinterval(WHOLE)
    # A PostgreSQL knows who serves it; a file is one bot's.
    with contextlib.nullcontext() if settings.server else single_bot(settings.db):
        asyncio.run(run())
    return 0


async def _until(
    stop: asyncio.Event, web: contextlib.AsyncExitStack, door: "Door", drain: float
) -> None:
    """The web closes before the door: who posts then is refused at once, and goes to another worker.

    `drain`: for so many seconds before, it says that it is not ready, and refuses nothing.
    """
    from bot.telegram.app import serve

    end = asyncio.Event()
    serving = asyncio.create_task(serve(door, end))
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, asked), return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if drain and not serving.done():
        door.leave()
        await asyncio.wait((serving,), timeout=drain)
    await web.aclose()
    end.set()
    await serving


def _hook(settings: Settings) -> "Hook":
    from bot.telegram.hook import Hook

    if not settings.webhook_url:
        raise ConfigError(
            "Il manque l’adresse publique où Telegram écrira : FILROUGE_WEBHOOK_URL=https://…"
            " (un serveur mandataire y apporte HTTPS et transmet à FILROUGE_WEB)."
        )
    given = settings.webhook_secret
    secret = given.get_secret_value() if given else _secret(settings)
    return Hook(settings.webhook_url, secret)


def _secret(settings: Settings) -> str:
    """The same for every worker and every start; it says nothing of the token."""
    token = settings.token.get_secret_value() if settings.token else ""
    return hmac.digest(token.encode(), b"fil rouge webhook", "sha256").hex()


def _path(settings: Settings) -> str:
    return settings.webhook_path or urlsplit(settings.webhook_url).path or "/"


def health(options: argparse.Namespace) -> int:
    from bot.telegram.heartbeat import LATE, age

    since = age(config.load().db, time.time())
    if since is None or since > LATE:
        raise ConfigError("Le robot est sans nouvelles de Telegram : tourne-t-il ?")
    return 0
