"""The Telegram door: an update becomes an Inbound, a Reply becomes API calls. It decides nothing."""

from bot.telegram.app import Door, TelegramRefused, run

__all__ = ["Door", "TelegramRefused", "run"]
