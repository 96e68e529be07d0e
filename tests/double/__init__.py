"""A strict double of the Telegram Bot API, with scripted persons.

It refuses what Telegram refuses, in Telegram's words, on a loopback port:

    async with TelegramDouble(token="42:TEST") as telegram:
        anna = telegram.person(5)
        await anna.send("/start")
        await anna.sees("Bonjour")
        await anna.click("Commencer")
        assert telegram.refused == []

The bot is given `telegram.url` as the root of the Bot API. Faults are ordered with
`telegram.faults`; `telegram.advance(seconds)` moves Telegram's clock.
"""

from .chat import Button, Shown, Toast
from .errors import Refusal
from .faults import (
    CONFLICT,
    DropAfter,
    DropBefore,
    Faults,
    Held,
    Reply,
    ServerError,
    Slow,
    TooManyRequests,
)
from .files import png
from .person import Person
from .rates import RateLimits
from .server import TelegramDouble
from .world import Call

__all__ = [
    "CONFLICT",
    "Button",
    "Call",
    "DropAfter",
    "DropBefore",
    "Faults",
    "Held",
    "Person",
    "RateLimits",
    "Refusal",
    "Reply",
    "ServerError",
    "Shown",
    "Slow",
    "TelegramDouble",
    "Toast",
    "TooManyRequests",
    "png",
]
