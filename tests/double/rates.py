"""Telegram's pace: about thirty messages a second in all, one a second per chat after a burst."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .errors import too_many_requests

PACED = ("send", "edit", "copy", "forward")  # calls that cost; answers to presses do not


@dataclass(slots=True)
class Bucket:
    """`burst` tokens, refilled at `rate` a second."""

    rate: float
    burst: float
    tokens: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until a token is there; 0 when one is."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.rate


class RateLimits:
    """Refuses with 429 what comes too fast; a refused call costs nothing."""

    def __init__(self, *, overall: float = 30, per_chat: float = 1, chat_burst: float = 5) -> None:
        self.per_chat = per_chat
        self.chat_burst = chat_burst
        self._overall = Bucket(overall, overall, overall, 0.0)
        self._chats: dict[int, Bucket] = {}

    def spend(self, method: str, chat: int | None, now: float, cost: int = 1) -> None:
        if not method.startswith(PACED) or method == "sendchataction" or chat is None:
            return
        bucket = self._chats.get(chat)
        if bucket is None:
            bucket = Bucket(self.per_chat, self.chat_burst, self.chat_burst, now)
            self._chats[chat] = bucket
        wait = max(self._overall.wait(now), bucket.wait(now))
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        self._overall.tokens -= cost
        bucket.tokens -= cost
