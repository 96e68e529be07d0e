"""Versions of a sheet: frozen by a group, numbered, compared with what stands today."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.conversation import Conversation
from bot.domain.sheet import Since, changes
from bot.errors import FilrougeError
from bot.service.ports import Edition, Store

LAST = 0  # asks for the last version, whatever its number


@dataclass(frozen=True, slots=True)
class Standing:
    """The number that a sheet bears, and what changed since the version it is compared with."""

    version: int = 1
    since: Since | None = None


class Editions:
    """`written`: the export of a dossier, the same as long as nothing in it has changed."""

    def __init__(self, store: Store, written: Callable[[Conversation], Awaitable[str]]) -> None:
        self.store = store
        self.written = written

    async def freeze(self, conversation: Conversation, at: float) -> Edition:
        """Keep this version; the last one again when nothing changed since."""
        if conversation.dossier is None:
            raise FilrougeError("aucun dossier n’est ouvert")
        written = await self.written(conversation)
        return await self.store.freeze(conversation.dossier, written, at)

    async def frozen(self, conversation: Conversation) -> bool:
        """Whether some version was."""
        dossier = conversation.dossier
        return dossier is not None and await self.store.edition(dossier) is not None

    async def standing(self, conversation: Conversation, since: int | None = None) -> Standing:
        """`since`: the version to compare with. Raises FilrougeError when there is no such one."""
        if conversation.dossier is None:
            return Standing()
        last = await self.store.edition(conversation.dossier)
        now = await self.written(conversation) if last else ""
        version = last.number + (last.document != now) if last else 1
        if since is None:
            return Standing(version)
        before = last if since == LAST else await self.store.edition(conversation.dossier, since)
        if before is None:
            raise FilrougeError(f"la version {since} n’a pas été figée")
        found = changes(json.loads(before.document), json.loads(now))
        day = datetime.fromtimestamp(before.at, UTC).date().isoformat()
        return Standing(version, Since(before.number, day, found))
