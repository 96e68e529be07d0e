"""The Telegram door: an update becomes an Inbound, a Reply becomes API calls. It decides nothing."""

import os

# Its durations are timedelta, as they will be by default: else each 429 would warn.
os.environ.setdefault("PTB_TIMEDELTA", "1")

from bot.telegram.app import Access, Door, serve
from bot.telegram.bot import TelegramRefused

__all__ = ["Access", "Door", "TelegramRefused", "serve"]
