"""One reply on the screen: sent below or edited in place, whatever Telegram says of the text.

Errors that time mends (network, flood) and those that close a chat are the sender's: they pass.
"""

import html
import logging
import re

from telegram.constants import ParseMode
from telegram.error import BadRequest, TimedOut

from bot.render.codec import encode
from bot.render.reply import Reply, Rows
from bot.telegram.bot import FilrougeBot, Keyboard
from bot.telegram.request import Lost

log = logging.getLogger(__name__)

MOST_TEXT = 4096
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_SAME = "message is not modified"
_GONE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
)
_NO_CHAT = ("chat not found", "peer_id_invalid", "user not found")


class Unsure(Exception):
    """A message was sent and nothing came back: it may be on the screen, or not."""


def says(error: BadRequest, *texts: str) -> bool:
    """python-telegram-bot changes the case of Telegram's words, and may drop their beginning."""
    said = str(error).lower()
    return any(text in said for text in texts)


def closed(error: BadRequest) -> bool:
    """There is nobody to write to."""
    return says(error, *_NO_CHAT)


async def send(bot: FilrougeBot, chat: int, reply: Reply) -> int:
    """A new message below; its id. Raises Unsure when it may have been sent."""
    keyboard = markup(reply.rows)
    try:
        return await _send(bot, chat, reply.text, keyboard, ParseMode.HTML)
    except BadRequest as error:
        if closed(error):
            raise
        _complain(error)
        return await _send(bot, chat, plain(reply.text), keyboard, None)


async def edit(bot: FilrougeBot, chat: int, message: int, reply: Reply) -> int:
    """In place of a message, or below when that message is gone; where the reply now stands."""
    keyboard = markup(reply.rows)
    try:
        await bot.rewrite(chat, message, reply.text, keyboard, ParseMode.HTML)
    except BadRequest as error:
        if says(error, _SAME):
            return message
        if closed(error):
            raise
        if says(error, *_GONE):
            return await send(bot, chat, reply)
        _complain(error)
        return await _edit_plain(bot, chat, message, reply, keyboard)
    return message


async def _edit_plain(
    bot: FilrougeBot, chat: int, message: int, reply: Reply, keyboard: Keyboard | None
) -> int:
    try:
        await bot.rewrite(chat, message, plain(reply.text), keyboard, None)
    except BadRequest as error:
        if not says(error, _SAME):
            raise
    return message


async def strip(bot: FilrougeBot, chat: int, message: int) -> None:
    """Remove the buttons of a former card. Cosmetic: a refusal is nothing."""
    try:
        await bot.strip(chat, message)
    except BadRequest as error:
        if not says(error, _SAME, *_GONE, *_NO_CHAT):
            _complain(error)


def markup(rows: Rows) -> Keyboard | None:
    if not rows:
        return None
    return [
        [{"text": one.label, "callback_data": encode(one.event)} for one in row] for row in rows
    ]


def plain(text: str) -> str:
    """Telegram's HTML as bare text."""
    return html.unescape(_TAG.sub("", text))[:MOST_TEXT]


async def _send(
    bot: FilrougeBot, chat: int, text: str, keyboard: Keyboard | None, mode: str | None
) -> int:
    try:
        return await bot.write(chat, text, keyboard, mode)
    except (TimedOut, Lost):
        raise Unsure from None


def _complain(error: BadRequest) -> None:
    """A refusal is a mistake of ours. Its end may quote the text: it is not logged."""
    log.error("refusé par Telegram : %s", str(error).partition(":")[0][:60])
