"""The webhook: Telegram is asked to post there, and asked, from time to time, whether it still does.

Nobody polls then: a token that was revoked, or an address that another process took, is seen here.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from telegram import WebhookInfo
from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError

from bot.telegram.bot import FilrougeBot, TelegramRefused, refusal

log = logging.getLogger(__name__)

CONNECTIONS = 100  # posts at once: the most that Telegram opens
EVERY = 30.0  # seconds between two looks
HURRIED = 1.0  # while what waited for the bot is still coming
CATCHING_UP = 10.0  # seconds at most before reminders are said all the same
MOST_SAID = 120


@dataclass(frozen=True, slots=True)
class Hook:
    """The public address, and what Telegram must show there."""

    url: str
    secret: str


async def declare(bot: FilrougeBot, hook: Hook, allowed: tuple[str, ...]) -> None:
    """Raises TelegramRefused when that address will never do."""
    try:
        await bot.set_webhook(
            hook.url,
            secret_token=hook.secret,
            max_connections=CONNECTIONS,
            allowed_updates=allowed,
            drop_pending_updates=False,
        )
    except BadRequest as error:
        raise TelegramRefused(
            f"Telegram refuse l’adresse de FILROUGE_WEBHOOK_URL ({str(error)[:MOST_SAID]})"
        ) from None


async def watch(bot: FilrougeBot, hook: Hook, heard: Callable[[], None]) -> None:
    """Until cancelled. `heard` is called whenever Telegram answers; what is fatal goes to the bot."""
    began = asyncio.get_running_loop().time()
    told = ""
    while not bot.fatal.done():
        try:
            info = await bot.get_webhook_info()
        except (InvalidToken, Conflict) as error:
            bot.refuse(refusal(error))
            return
        except TelegramError as error:
            log.warning("Telegram ne répond pas (%s) : nouvel essai", type(error).__name__)
        else:
            heard()
            if info.url != hook.url:
                bot.refuse(_taken())
                return
            told = _complaint(info, told)
            if not info.pending_update_count:
                bot.caught_up.set()
        if asyncio.get_running_loop().time() - began > CATCHING_UP:
            bot.caught_up.set()
        await asyncio.sleep(EVERY if bot.caught_up.is_set() else HURRIED)


def _complaint(info: WebhookInfo, told: str) -> str:
    """Say once what Telegram says of its deliveries: « Connection refused », « 502 Bad Gateway »…"""
    said = f"{info.last_error_date} {info.last_error_message}" if info.last_error_message else ""
    if said and said != told:
        words = str(info.last_error_message)[:MOST_SAID]
        waiting = info.pending_update_count
        log.warning("Telegram n’a pas pu livrer (%s) ; %d messages attendent", words, waiting)
    return said


def _taken() -> TelegramRefused:
    return TelegramRefused(
        "Le webhook de ce robot n’est plus à cette adresse : une autre instance l’a pris ou retiré ;"
        " arrêtez-la, une seule peut tourner"
    )
