"""The documents a turn asks for: made and sent beside the conversation, one chat at a time."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial

from telegram import InputFile
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.domain.conversation import Attachment
from bot.errors import FilrougeError, StoreError
from bot.render.reply import Reply, Wanted
from bot.service.conversations import Conversations, Document
from bot.service.outbound import Outbound
from bot.telegram import screen
from bot.telegram.bot import FilrougeBot
from bot.telegram.files import content_of
from bot.telegram.pace import Pace, asked
from bot.telegram.request import Lost

log = logging.getLogger(__name__)

TRIES = 5
FETCHES = (1.0, 3.0, 9.0)  # seconds between tries of a download
FIRST_PAUSE = 1.0  # seconds, doubled each time


class Documents:
    """Makes what is wanted through `conversations.make`, and sends it."""

    def __init__(
        self,
        bot: FilrougeBot,
        conversations: Conversations,
        pace: Pace,
        put: Callable[[Outbound], None],
    ) -> None:
        self._bot = bot
        self._conversations = conversations
        self._pace = pace
        self._put = put

    async def deliver(self, chat: int, outbound: Outbound) -> bool:
        """Whether everything was sent, or an apology for it."""
        for wanted in outbound.reply.wanted:
            if wanted.document == "given":
                if not await self._given(outbound, wanted):
                    return False
                continue
            await self._announce(chat)
            document = await self._made(outbound, wanted)
            if document is None:
                language = outbound.turn.conversation.language
                document = Document(texts=(self._conversations.apology(language),))
            if not await self._send(chat, document):
                return False
        return True

    async def _given(self, outbound: Outbound, wanted: Wanted) -> bool:
        """Fetch a Word template, have it checked, say what came of it; whether that is decided."""
        file = Attachment("document", wanted.name, wanted.file)
        content: bytes | None = None
        for pause in (*FETCHES, 0.0):
            try:
                content = await content_of(self._bot, file)
                break
            except TelegramError as error:
                log.warning("un modèle Word attend encore (%s)", type(error).__name__)
                await asyncio.sleep(pause)
        try:
            self._put(
                await self._conversations.offer_template(
                    outbound.key, wanted.name, content, time.time(), wanted.dossier
                )
            )
        except StoreError as error:
            log.warning("un modèle Word reste à examiner (%s)", error)
            return False
        return True

    async def _announce(self, chat: int) -> None:
        try:
            await self._bot.send_chat_action(chat, ChatAction.UPLOAD_DOCUMENT)
        except TelegramError:
            log.info("« envoi d’un document » n’a pas pu être affiché")

    async def _made(self, outbound: Outbound, wanted: Wanted) -> Document | None:
        try:
            return await self._conversations.make(
                outbound.key, outbound.turn.conversation, wanted, time.time()
            )
        except FilrougeError as error:
            log.error("document %s.%s : %s", wanted.document, wanted.format, error)
        except Exception as error:  # noqa: BLE001  # an exporter's fault must not leave a person waiting
            kind = type(error).__name__
            log.error("document %s.%s : %s", wanted.document, wanted.format, kind)
        return None

    async def _send(self, chat: int, document: Document) -> bool:
        for text in document.texts:
            if not await self._try(partial(screen.send, self._bot, chat, Reply(text))):
                return False
        if not document.content:
            return True
        return await self._try(partial(self._upload, chat, document))

    async def _upload(self, chat: int, document: Document) -> object:
        try:
            if document.media_type.startswith("image/"):  # seen at once, and easy to forward
                return await self._bot.send_photo(
                    chat,
                    InputFile(document.content, filename=document.name),
                    caption=document.caption or None,
                    parse_mode=ParseMode.HTML,
                )
            return await self._bot.send_document(
                chat,
                InputFile(document.content, filename=document.name),
                caption=document.caption or None,
                parse_mode=ParseMode.HTML,
                disable_content_type_detection=True,
            )
        except (TimedOut, Lost):
            raise screen.Unsure from None

    async def _try(self, call: Callable[[], Awaitable[object]]) -> bool:
        """Again after a flood or a failed connection; never when it may have arrived."""
        pause = FIRST_PAUSE
        for _ in range(TRIES):
            await self._pace.turn()
            self._pace.answered()  # at once: a long upload takes no reply's place
            try:
                await call()
            except RetryAfter as flood:
                pause = asked(flood)
            except screen.Unsure:
                log.warning("le réseau a coupé pendant l’envoi d’un document : il n’est pas répété")
                return False
            except (Forbidden, BadRequest) as error:
                log.error("document refusé par Telegram (%s)", type(error).__name__)
                return False
            except NetworkError:
                pause *= 2
            except TelegramError as error:
                log.error("document non envoyé (%s)", type(error).__name__)
                return False
            else:
                return True
            await asyncio.sleep(pause)
        return False
