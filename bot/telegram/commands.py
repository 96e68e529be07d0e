"""The menu of commands and the bot's descriptions, out of `templates/chat/about.j2`.

Each line of it reads « key text »; a key is `/command`, `description` or `short`. French is what
people of other languages get too. Nothing here is worth stopping for.
"""

import logging
from collections.abc import Mapping
from html import unescape

from telegram import Bot, BotCommand
from telegram.error import TelegramError

log = logging.getLogger(__name__)

DEFAULT = "fr"
MOST_DESCRIPTION = 512
MOST_SHORT = 120


def parse(page: str) -> dict[str, str]:
    """Key -> text. Lines of another shape are left aside, and said."""
    found: dict[str, str] = {}
    for line in page.splitlines():
        key, text = (*line.split(maxsplit=1), "", "")[:2]
        if text:
            found[key] = unescape(text.strip())
        elif line.strip():
            log.error("templates/chat/about.j2 : ligne incomprise « %s »", line)
    return found


async def announce(bot: Bot, pages: Mapping[str, str]) -> None:
    """Tell Telegram, once per start, the page of each language. Errors are only logged."""
    for language, page in pages.items():
        texts = parse(page)
        code = None if language == DEFAULT else language.partition("-")[0]
        menu = [BotCommand(key[1:], text) for key, text in texts.items() if key.startswith("/")]
        try:
            await bot.set_my_commands(menu, language_code=code)
            await bot.set_my_description(texts.get("description", "")[:MOST_DESCRIPTION], code)
            await bot.set_my_short_description(texts.get("short", "")[:MOST_SHORT], code)
        except TelegramError as error:
            log.warning("commandes et description non posées (%s)", type(error).__name__)
