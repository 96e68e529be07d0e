"""The menu of commands and the bot's descriptions, out of `templates/chat/about.j2`.

Each line of it reads « language key text »; a key is `/command`, `description` or `short`. French
is what people of other languages get too. Nothing here is worth stopping for.
"""

import logging
from collections import defaultdict

from telegram import Bot, BotCommand
from telegram.error import TelegramError

log = logging.getLogger(__name__)

DEFAULT = "fr"
MOST_DESCRIPTION = 512
MOST_SHORT = 120

About = dict[str, dict[str, str]]  # language -> key -> text


def parse(page: str) -> About:
    """Lines of another shape are left aside, and said."""
    found: About = defaultdict(dict)
    for line in page.splitlines():
        language, key, text = (*line.split(maxsplit=2), "", "", "")[:3]
        if text:
            found[language][key] = text.strip()
        elif line.strip():
            log.error("templates/chat/about.j2 : ligne incomprise « %s »", line)
    return dict(found)


async def announce(bot: Bot, page: str) -> None:
    """Tell Telegram, once per start. Errors are only logged."""
    for language, texts in parse(page).items():
        code = None if language == DEFAULT else language
        menu = [BotCommand(key[1:], text) for key, text in texts.items() if key.startswith("/")]
        try:
            await bot.set_my_commands(menu, language_code=code)
            await bot.set_my_description(texts.get("description", "")[:MOST_DESCRIPTION], code)
            await bot.set_my_short_description(texts.get("short", "")[:MOST_SHORT], code)
        except TelegramError as error:
            log.warning("commandes et description non posées (%s)", type(error).__name__)
