"""(b) The same questions as most robots are written: ConversationHandler and PicklePersistence.

`python -m tests.bench.rivals.handler URL QUESTIONS.json FOLDER`
"""

import json
import logging
import sys
from pathlib import Path

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    ApplicationBuilder,
    CallbackContext,
    CallbackQueryHandler,
    CommandHandler,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

CHOOSE, TELL = range(2)
Context = CallbackContext  # type: ignore[type-arg]


class Questionnaire:
    def __init__(self, questions: list[dict[str, object]]) -> None:
        self.questions = questions

    def keyboard(self, number: int) -> InlineKeyboardMarkup:
        labels = self.questions[number]["labels"]
        return InlineKeyboardMarkup(
            [[InlineKeyboardButton(one, callback_data=f"x:{i}")] for i, one in enumerate(labels)]  # type: ignore[arg-type]
        )

    async def start(self, update: Update, context: Context) -> int:
        return await self.ask(update, context, 0)

    async def ask(self, update: Update, context: Context, number: int) -> int:
        number %= len(self.questions)
        context.user_data["number"] = number
        text = (
            f"Question {number + 1}/{len(self.questions)}\n\n<b>{self.questions[number]['ask']}</b>"
        )
        former = context.user_data.get("card")
        sent = await update.effective_chat.send_message(
            text, parse_mode="HTML", reply_markup=self.keyboard(number)
        )
        context.user_data["card"] = sent.message_id
        if former:
            await context.bot.edit_message_reply_markup(update.effective_chat.id, former)
        return CHOOSE

    async def chosen(self, update: Update, context: Context) -> int:
        query, number = update.callback_query, context.user_data["number"]
        answers = context.user_data.setdefault("answers", {})
        answers[number] = {"option": query.data, "text": ""}
        await query.answer()
        await query.edit_message_text(f"<b>{self.questions[number]['tell']}</b>", parse_mode="HTML")
        return TELL

    async def told(self, update: Update, context: Context) -> int:
        number = context.user_data["number"]
        context.user_data["answers"][number]["text"] = update.message.text
        return await self.ask(update, context, number + 1)


def main(url: str, questions: Path, folder: Path) -> None:
    logging.basicConfig(level=logging.WARNING)
    walk = Questionnaire(json.loads(questions.read_text("utf-8")))
    application = (
        ApplicationBuilder()
        .token("42:TEST")
        .base_url(f"{url}/bot")
        .persistence(PicklePersistence(folder / "answers.pickle"))
        .build()
    )
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("start", walk.start)],
            states={
                CHOOSE: [CallbackQueryHandler(walk.chosen)],
                TELL: [MessageHandler(filters.TEXT & ~filters.COMMAND, walk.told)],
            },
            fallbacks=[CommandHandler("start", walk.start)],
            name="questions",
            persistent=True,
        )
    )
    application.run_polling(timeout=25)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
