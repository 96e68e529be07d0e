"""Dossiers that nobody opens any more: announced once, then purged, as long as the configuration says."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from bot.domain.conversation import Say, Show, Spoken
from bot.errors import StoreError
from bot.service.conversations import Conversations
from bot.service.outbound import Outbound

log = logging.getLogger(__name__)

DAY = 86_400.0
NOTICE = 30  # days between the announcement and the purge
EVERY = 3_600.0  # seconds between two looks
BREATH = 10.0  # seconds between two batches of announcements


class Retention:
    """`days`: how long a dossier sleeps before it is purged; 0: for ever."""

    def __init__(self, conversations: Conversations, days: int) -> None:
        self.conversations = conversations
        self.days = days

    async def due(self, now: float) -> list[Outbound]:
        """Purge what was announced long enough ago; what is to be said to the members of others.

        An announcement is stored before it is returned: not shown, it is due at the next start.
        Some dossiers at a time: call again until empty.
        """
        if not self.days:
            return []
        store = self.conversations.store
        purged = await store.purge_sleeping(now - self.days * DAY, now - NOTICE * DAY)
        if purged:
            log.info("dossiers endormis supprimés : %d", purged)
        told = await store.announce_sleeping(now - (self.days - NOTICE) * DAY, now, _announcement)
        return [self.conversations.again(one) for one in told]

    async def run(self, put: Callable[[Outbound], object]) -> None:
        """For as long as the door lives; `put` shows an outbound. One worker of several does it."""
        while self.days:
            pause = EVERY
            fellows = self.conversations.store.fellows
            if fellows and not fellows.first:
                await asyncio.sleep(BREATH)
                continue
            try:
                for outbound in await self.due(time.time()):
                    put(outbound)
                    pause = BREATH
            except StoreError as error:
                log.error("dossiers endormis : %s", error)
            await asyncio.sleep(pause)


def _announcement(dossier: int, name: str) -> Sequence[Spoken]:
    return (
        Say("asleep", {"name": name, "days": NOTICE}),
        Show("project", str(dossier), fresh=True),
    )
