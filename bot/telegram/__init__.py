"""The Telegram door: an update becomes an Inbound, a Reply becomes API calls. It decides nothing."""

from bot.telegram.app import Door, run
from bot.telegram.bot import TelegramRefused

__all__ = ["Door", "TelegramRefused", "run"]
