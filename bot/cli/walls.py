"""Walls and pages of workshops: beside the bot (FILROUGE_WALL), or alone on its database."""

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bot import config
from bot.cli.house import Library, existing, library, opened, wall_root
from bot.config import Address
from bot.errors import ConfigError
from bot.export import qr
from bot.service.conversations import Conversations

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

EVERYWHERE = Address("0.0.0.0", 8765)  # noqa: S104  # a room reaches it from its phones


def wall(options: argparse.Namespace) -> int:
    """`filrouge wall`: what the bot does with FILROUGE_WALL, when Telegram is out of reach."""
    settings = existing(config.load())
    if settings.wall is None:
        settings = settings.model_copy(update={"wall": EVERYWHERE})
    address = settings.wall or EVERYWHERE
    read = library(settings, options.flow)

    async def run() -> None:
        stop = asyncio.Event()
        for one in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(one, stop.set)
        async with opened(settings, read) as (conversations, _, _):
            if conversations.workshops is None:
                raise ConfigError("Il n’y a pas d’atelier ici.")
            showing = conversations.workshops.showing
            looking = asyncio.create_task(showing.run(lambda _: None, beside=True))
            async with served_on(address, conversations, read):
                print(f"Les ateliers sont sur {wall_root(settings)}", file=sys.stderr)
                await stop.wait()
            looking.cancel()

    asyncio.run(run())
    return 0


@contextlib.asynccontextmanager
async def served_on(
    address: Address, conversations: Conversations, read: Library
) -> AsyncIterator[int]:
    from bot.web.app import application, served  # the console starts without the web

    pages = application(routes(conversations, read))
    async with served(pages, address.host, address.port, "FILROUGE_WALL") as port:
        try:
            yield port
        finally:
            hush(conversations)


def hush(conversations: Conversations) -> None:
    """Before the web stops: pages that listen to a room hold it open."""
    if conversations.workshops:
        conversations.workshops.showing.close()


def routes(conversations: Conversations, read: Library) -> "list[BaseRoute]":
    from bot.web.rooms import Pages

    if conversations.workshops is None:
        return []
    return Pages(conversations, conversations.workshops, qr.svg, read.text).routes()
