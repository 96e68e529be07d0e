"""The bot whose polling confirms nothing that is not on the disk.

`get_updates` settles the batch before it asks for the next; it reads updates one by one, so that
one that cannot be read is set aside alone; and it tells apart what will pass from what never will.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from telegram import CallbackQuery, Chat, InaccessibleMessage, Update, User
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError
from telegram.ext import ExtBot

from bot.errors import FilrougeError
from bot.telegram import reading
from bot.telegram.inbox import Inbox
from bot.telegram.request import AiohttpRequest, Unreadable

log = logging.getLogger(__name__)

LARGEST_UPDATE = 2**62
PATIENCE = 5.0  # seconds added to a long poll before it counts as lost

Keyboard = list[list[dict[str, str]]]  # rows of {"text", "callback_data"}
SetAside = Callable[[int, str, str, None], Awaitable[bool]]  # update, payload, reason, whose


class TelegramRefused(FilrougeError):
    """Telegram will not serve this token, or not this process: nothing to wait for."""


class FilrougeBot(ExtBot[None]):
    """`fatal` is set with what must stop the process; `polled` is called after each good poll.

    `caught_up` is set once the first batch is settled: what waited while the bot was away.
    """

    __slots__ = (
        "_alone",
        "_polled",
        "_set_aside",
        "_stopping",
        "_wire",
        "caught_up",
        "fatal",
        "inbox",
    )

    def __init__(
        self, token: str, api_url: str, set_aside: SetAside, polled: Callable[[], None]
    ) -> None:
        root = api_url.rstrip("/")
        wire = AiohttpRequest()
        super().__init__(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=wire,
            get_updates_request=AiohttpRequest(connections=2),
        )
        with self._unfrozen():
            self._wire = wire
            self.inbox = Inbox()
            self.caught_up = asyncio.Event()
            self._stopping = False
            self._alone = False  # whether updates are fetched one by one
            self.fatal: asyncio.Future[TelegramRefused] = asyncio.Future()
            self._set_aside = set_aside
            self._polled = polled

    def stop(self) -> None:
        """From now on nothing more is taken in; polls only confirm."""
        self._stopping = True

    @property
    def stopping(self) -> bool:
        return self._stopping

    def refuse(self, why: TelegramRefused) -> None:
        """The process must end, and say why."""
        if not self.fatal.done():
            self.fatal.set_result(why)

    async def write(self, chat: int, text: str, keyboard: Keyboard | None, mode: str | None) -> int:
        """sendMessage; the id of the message."""
        number = await self._call("sendMessage", _content(chat, text, keyboard, mode))
        if number is None:
            raise TelegramError("sendMessage did not answer a message")
        return number

    async def rewrite(
        self, chat: int, message: int, text: str, keyboard: Keyboard | None, mode: str | None
    ) -> None:
        """editMessageText; without a keyboard, the message loses its own."""
        content = _content(chat, text, keyboard, mode)
        await self._call("editMessageText", {**content, "message_id": message})

    async def strip(self, chat: int, message: int) -> None:
        """editMessageReplyMarkup: the message loses its buttons."""
        await self._call("editMessageReplyMarkup", {"chat_id": chat, "message_id": message})

    async def toast(self, tap: str, text: str) -> None:
        """answerCallbackQuery: the button stops waiting; a text shows for a moment."""
        said: dict[str, object] = {"text": text} if text else {}
        await self._call("answerCallbackQuery", {"callback_query_id": tap, **said})

    async def _call(self, method: str, parameters: dict[str, object]) -> int | None:
        """What a turn calls goes straight: the library's layers cost more than the call itself."""
        return await self._wire.call(f"{self.base_url}/{method}", parameters)

    async def get_updates(
        self,
        offset: int | None = None,
        limit: int | None = None,
        timeout: int | float | timedelta | None = None,  # noqa: ASYNC109  # Telegram's own
        allowed_updates: Sequence[str] | None = None,
        **_: Any,
    ) -> tuple[Update, ...]:
        """The next updates. Raises NetworkError, so that the caller waits and asks again."""
        if not await self.inbox.settled():
            raise NetworkError("an update could not be kept: it will be fetched again")
        seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout or 0
        if self.inbox.begun:
            self.caught_up.set()
        else:
            seconds = 0
        try:
            raw = await self._fetch(offset, limit, int(seconds), allowed_updates)
        except (InvalidToken, Conflict) as error:
            return await self._give_up(error)
        except Unreadable as error:
            return await self._isolate(error.payload)
        except TelegramError:
            if self._stopping:
                return ()  # not confirmed: recognised when they come again
            raise
        except Exception as error:  # noqa: BLE001  # whatever a server may answer: polling goes on
            raise NetworkError(type(error).__name__) from None
        self._alone = False
        self._polled()
        if self._stopping:
            return ()  # nobody would handle them: they stay with Telegram
        return await self._read(raw)

    async def _isolate(self, payload: bytes) -> tuple[Update, ...]:
        """One update spoils the whole answer: they are fetched one by one, and that one set aside."""
        if not self._alone:
            self._alone = True
            return ()
        number = reading.number_in(payload)
        text = payload.decode("utf-8", "replace")
        if number is None or not await self._set_aside(number, text, "unreadable", None):
            raise NetworkError("getUpdates did not answer JSON")
        self.inbox.open_batch([number], [])
        return ()

    async def _fetch(
        self, offset: int | None, limit: int | None, seconds: int, allowed: Sequence[str] | None
    ) -> list[Any]:
        known = self.inbox.offset
        asked = {
            "offset": offset if known is None else known,
            "limit": 1 if self._stopping or self._alone else limit,  # a last call only confirms
            "timeout": seconds,
            "allowed_updates": allowed,
        }
        patience = seconds + PATIENCE
        raw: object = await self._post("getUpdates", asked, read_timeout=patience)
        if not isinstance(raw, list):
            raise TelegramError("getUpdates did not answer a list")
        return raw

    async def _read(self, raw: list[Any]) -> tuple[Update, ...]:
        updates: dict[int, Update] = {}  # one that comes twice is one
        ids: list[int] = []
        for one in raw:
            number = number_of(one)
            if number is None:
                log.error("mise à jour sans numéro lisible : ignorée")
                continue
            update = self.parsed(one)
            if update is None and not await self.unreadable(number, one):
                break  # what follows waits for it, and is fetched again
            ids.append(number)
            if update:
                updates[number] = update
        if raw and not ids:
            raise NetworkError("no update could be read")
        wanted = self.inbox.open_batch(ids, list(updates))
        return tuple(update for number, update in updates.items() if number in wanted)

    def parsed(self, raw: dict[str, Any]) -> Update | None:
        """None when python-telegram-bot cannot read it."""
        try:
            return _update(raw, self)
        except Exception as error:  # noqa: BLE001  # whatever a server may invent
            log.error("mise à jour %s illisible (%s)", raw["update_id"], type(error).__name__)
            return None

    async def unreadable(self, number: int, raw: dict[str, Any]) -> bool:
        """Whether it was set aside."""
        try:
            text = json.dumps(raw)
        except (ValueError, RecursionError):
            text = ""
        return await self._set_aside(number, text, "unreadable", None)

    async def _give_up(self, error: TelegramError) -> tuple[Update, ...]:
        """Say what is wrong, then wait to be stopped: polling again would change nothing."""
        self.refuse(refusal(error))
        if not self._stopping:
            await asyncio.Event().wait()
        return ()


def _content(
    chat: int, text: str, keyboard: Keyboard | None, mode: str | None
) -> dict[str, object]:
    content: dict[str, object] = {
        "chat_id": chat,
        "text": text,
        "link_preview_options": {"is_disabled": True},
    }
    if mode:
        content["parse_mode"] = mode
    if keyboard:
        content["reply_markup"] = {"inline_keyboard": keyboard}
    return content


def refusal(error: TelegramError) -> TelegramRefused:
    """One line that says what is wrong and how to mend it; never the token."""
    if isinstance(error, Conflict) and "webhook" in str(error).lower():
        return TelegramRefused(
            "Un webhook a été posé sur ce robot (409) : redémarrez pour le retirer, "
            "ou lancez « filrouge bot --webhook »"
        )
    if isinstance(error, Conflict):
        return TelegramRefused(
            "Une autre instance interroge déjà ce robot (409) : arrêtez-la, une seule peut tourner"
        )
    return TelegramRefused(
        "Le jeton est refusé par Telegram : vérifiez FILROUGE_TOKEN (et FILROUGE_API_URL), "
        "ou demandez un nouveau jeton à @BotFather"
    )


def _update(raw: dict[str, Any], bot: FilrougeBot) -> Update:
    """A tap without the words and buttons of its card: only its place is read, and the library would
    make a message of a hundred fields of it."""
    tap = raw.get("callback_query")
    card = tap.get("message") if isinstance(tap, dict) else None
    if not isinstance(tap, dict) or not isinstance(card, dict):
        return Update.de_json(raw, bot)
    place = InaccessibleMessage(Chat.de_json(card["chat"]), card["message_id"])
    person = User.de_json(tap["from"])
    query = CallbackQuery(
        tap["id"], person, tap["chat_instance"], message=place, data=tap.get("data")
    )
    return Update(raw["update_id"], callback_query=query)


def number_of(raw: object) -> int | None:
    """The id of an update, None when it has none that can be one."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    good = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < LARGEST_UPDATE
    return number if good else None
