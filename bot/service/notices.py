"""What members are told without asking: what changed in a shared dossier, and a dossier that sleeps.

Grouped, at most one message an hour for each person, never in their night, silenced by a button.
Everything is held by the store: a stop loses nothing and tells nothing twice.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain import dossier
from bot.domain.conversation import Conversation, Say, Show, Spoken
from bot.errors import StoreError
from bot.render.zones import zone_of
from bot.service.conversations import Conversations
from bot.service.outbound import Outbound
from bot.service.ports import Due

log = logging.getLogger(__name__)

HOUR, DAY = 3_600.0, 86_400.0
CALM = 600.0  # seconds without a contribution: what was said lately is told together
ASLEEP, AGAIN = 14 * DAY, 30 * DAY  # before a first reminder, and between two
EVERY = 60.0  # seconds between two looks
BEGINNING = (0, 0)
EVENING, MORNING = 21, 8  # hours between which nobody is told anything
MOST_NAMED = 8  # questions

Mark = tuple[int, int]
Told = Callable[[Conversation, tuple[str, ...]], Sequence[Spoken]]
Page = Callable[[Told, Mark], Awaitable[tuple[list[Due], Mark | None]]]


class Notices:
    """One per process; of several workers, the first does it."""

    def __init__(self, conversations: Conversations) -> None:
        self.conversations = conversations
        self.store = conversations.store

    async def due(self, now: float) -> list[Outbound]:
        """What is to be told now; stored before it is returned."""

        async def news(say: Told, after: Mark) -> tuple[list[Due], Mark | None]:
            return await self.store.tell_news(now - HOUR, now - CALM, now, say, after)

        async def asleep(say: Told, after: Mark) -> tuple[list[Due], Mark | None]:
            return await self.store.remind_members(now - ASLEEP, now - AGAIN, now, say, after)

        found = [
            *await self._all(news, lambda one, questions: self._news(one, questions, now)),
            *await self._all(asleep, lambda one, _: self._reminder(one, now)),
        ]
        return [self.conversations.again(one) for one in found]

    async def run(self, put: Callable[[Outbound], object]) -> None:
        """For as long as the door lives; `put` shows an outbound."""
        while True:
            fellows = self.store.fellows
            if not fellows or fellows.first:
                try:
                    for outbound in await self.due(time.time()):
                        put(outbound)
                except StoreError as error:
                    log.error("nouvelles des dossiers partagés : %s", error)
            await asyncio.sleep(EVERY)

    async def _all(self, page: Page, say: Told) -> list[Due]:
        found: list[Due] = []
        after: Mark | None = BEGINNING
        while after is not None:
            some, after = await page(say, after)
            found += some
        return found

    def _news(
        self, conversation: Conversation, questions: tuple[str, ...], now: float
    ) -> Sequence[Spoken]:
        """What changed, and what waits for this member; nothing in their night."""
        view = self.conversations.view(conversation)
        together = view.conversation.together
        if together is None or view.conversation.dossier is None or night(now, zone_of(view)):
            return ()
        changed = dict.fromkeys(view.flow.root(one) for one in questions)
        yours = dossier.awaited(view.flow, together) if view.may(dossier.Act.ANSWER) else ()

        def named(ones: Sequence[str]) -> str:
            return ", ".join(view.called(view.own(one)) for one in list(ones)[:MOST_NAMED])

        told = {"name": view.project_name, "changed": named(list(changed)), "yours": named(yours)}
        page = Show("project", str(view.conversation.dossier), fresh=True)
        return (Say("news", {**told, "count": len(changed)}), page)

    def _reminder(self, conversation: Conversation, now: float) -> Sequence[Spoken]:
        view = self.conversations.view(conversation)
        if view.conversation.dossier is None or night(now, zone_of(view)):
            return ()
        page = Show("project", str(view.conversation.dossier), fresh=True)
        return (Say("reminder", {"name": view.project_name}), page)


def night(at: float, zone: str) -> bool:
    """Whether it is between 21:00 and 8:00 there."""
    hour = datetime.fromtimestamp(at, ZoneInfo(zone)).hour
    return hour >= EVENING or hour < MORNING
