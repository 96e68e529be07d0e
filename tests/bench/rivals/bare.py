"""(a) The floor: python-telegram-bot that answers « ok », by our HTTP client, the same calls a turn.

`python -m tests.bench.rivals.bare URL`
"""

import logging
import os
import sys

os.environ.setdefault("PTB_TIMEDELTA", "1")

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    ApplicationBuilder,
    CallbackContext,
    CallbackQueryHandler,
    ExtBot,
    MessageHandler,
    filters,
)

from bot.telegram.request import AiohttpRequest

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("ok", callback_data="x:0")]])


async def said(update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
    """Text: a new message with a button, the one before loses its own."""
    chat = update.effective_chat.id
    sent = await context.bot.send_message(chat, "ok", reply_markup=BUTTON)
    former = context.chat_data.get("card")
    context.chat_data["card"] = sent.message_id
    if former:
        await context.bot.edit_message_reply_markup(chat, former)


async def tapped(update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
    query = update.callback_query
    await query.answer()
    await query.edit_message_text("ok")


def main(url: str) -> None:
    logging.basicConfig(level=logging.WARNING)
    bot: ExtBot[None] = ExtBot(
        "42:TEST",
        base_url=f"{url}/bot",
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(connections=2),
    )
    application = ApplicationBuilder().bot(bot).concurrent_updates(256).build()
    application.add_handler(CallbackQueryHandler(tapped))
    application.add_handler(MessageHandler(filters.TEXT, said))
    application.run_polling(timeout=25)


if __name__ == "__main__":
    main(sys.argv[1])
