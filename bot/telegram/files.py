"""Files that answers promise: downloaded after the commit, into the store, in their own time.

A file's handle dies with the bot, so what is missing at start-up is asked for again.
"""

import asyncio
import logging

from telegram import Bot
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.domain.conversation import Attachment
from bot.errors import StoreError
from bot.service.ports import Store

log = logging.getLogger(__name__)

MOST_BYTES = 20_000_000  # what Telegram lets a bot download
AT_ONCE = 4
TRIES = 6  # in one process; the next start tries again
FIRST_PAUSE = 1.0  # seconds after a round that left files behind, doubled each time
LONGEST_PAUSE = 300.0
_LOST = ("file is too big", "invalid file_id", "wrong file", "wrong remote file", "file not found")


class Files:
    """`wake` says that a file was promised; `run` lasts as long as the bot."""

    def __init__(self, bot: Bot, store: Store) -> None:
        self._bot = bot
        self._store = store
        self._wake = asyncio.Event()
        self._wake.set()  # at start-up: what an earlier process left
        self._tries: dict[int, int] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            await self._wake.wait()
            self._wake.clear()
            if await self._round():
                pause = FIRST_PAUSE
                continue
            asyncio.get_running_loop().call_later(pause, self._wake.set)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _round(self) -> bool:
        """One try at every file that waits; whether none is left to try."""
        try:
            pending = await self._store.pending_files()
        except StoreError as error:
            log.warning("fichiers promis : base illisible (%s)", error)
            return False
        wanted = [(number, file) for number, _, file in pending if self._worth(number)]
        done = await asyncio.gather(*(self._one(number, file) for number, file in wanted))
        return all(done)

    def _worth(self, number: int) -> bool:
        return self._tries.get(number, 0) < TRIES

    async def _one(self, number: int, file: Attachment) -> bool:
        async with self._slots:
            try:
                await self._store.keep_file(number, await content_of(self._bot, file))
            except RetryAfter:
                return False
            except Exception as error:  # noqa: BLE001  # one file must not stop the others
                self._tries[number] = self._tries.get(number, 0) + 1
                log.warning("un fichier attend encore (%s)", type(error).__name__)
                return not self._worth(number)
        self._tries.pop(number, None)
        return True


async def content_of(bot: Bot, file: Attachment) -> bytes | None:
    """None when Telegram has it no more, or never gives files of that size."""
    if not file.file or file.size > MOST_BYTES:
        return None
    try:
        found = await bot.get_file(file.file)
        content = bytes(await found.download_as_bytearray())
    except BadRequest as error:
        if any(text in str(error).lower() for text in _LOST):
            return None
        raise
    except InvalidToken:
        # 404 on the download itself: its link, good for an hour, is asked for anew
        raise TelegramError("no such file") from None
    return content if len(content) <= MOST_BYTES else None
