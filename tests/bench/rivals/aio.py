"""(c) The same questions in aiogram 3, each answer in one durable SQLite commit.

Runs in an environment of its own: `python aio.py URL QUESTIONS.json FOLDER`, no module of ours.
"""

import asyncio
import json
import logging
import sys
from pathlib import Path

import aiosqlite
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

router = Router()


class Walk(StatesGroup):
    choose = State()
    tell = State()


class Answers:
    """One connection; one commit an answer, on the disk when it returns."""

    def __init__(self, db: aiosqlite.Connection, questions: list[dict[str, object]]) -> None:
        self.db = db
        self.questions = questions

    async def keep(self, person: int, question: int, column: str, value: str) -> None:
        await self.db.execute(
            f"INSERT INTO answer (person, question, {column}) VALUES (?, ?, ?)"  # noqa: S608
            f" ON CONFLICT (person, question) DO UPDATE SET {column} = excluded.{column}",
            (person, question, value),
        )
        await self.db.commit()


async def ask(message: Message, state: FSMContext, answers: Answers, number: int) -> None:
    number %= len(answers.questions)
    question = answers.questions[number]
    rows = [
        [InlineKeyboardButton(text=one, callback_data=f"x:{i}")]
        for i, one in enumerate(question["labels"])  # type: ignore[arg-type]
    ]
    sent = await message.answer(
        f"Question {number + 1}/{len(answers.questions)}\n\n<b>{question['ask']}</b>",
        parse_mode="HTML",
        reply_markup=InlineKeyboardMarkup(inline_keyboard=rows),
    )
    former = (await state.get_data()).get("card")
    await state.set_state(Walk.choose)
    await state.update_data(number=number, card=sent.message_id)
    if former:
        await message.bot.edit_message_reply_markup(chat_id=message.chat.id, message_id=former)


@router.message(CommandStart())
async def start(message: Message, state: FSMContext, answers: Answers) -> None:
    await ask(message, state, answers, 0)


@router.callback_query(Walk.choose, F.data.startswith("x:"))
async def chosen(query: CallbackQuery, state: FSMContext, answers: Answers) -> None:
    number = (await state.get_data())["number"]
    await answers.keep(query.from_user.id, number, "option", query.data or "")
    await state.set_state(Walk.tell)
    await query.answer()
    await query.message.edit_text(f"<b>{answers.questions[number]['tell']}</b>", parse_mode="HTML")


@router.message(Walk.tell, F.text)
async def told(message: Message, state: FSMContext, answers: Answers) -> None:
    number = (await state.get_data())["number"]
    await answers.keep(message.from_user.id, number, "text", message.text or "")
    await ask(message, state, answers, number + 1)


async def main(url: str, questions: Path, folder: Path) -> None:
    logging.basicConfig(level=logging.WARNING)
    async with aiosqlite.connect(folder / "answers.sqlite3") as db:
        await db.execute("PRAGMA journal_mode = WAL")
        await db.execute("PRAGMA synchronous = FULL")
        await db.execute(
            "CREATE TABLE answer (person INTEGER, question INTEGER, option TEXT, text TEXT,"
            " PRIMARY KEY (person, question))"
        )
        await db.commit()
        session = AiohttpSession(api=TelegramAPIServer.from_base(url))
        dispatcher = Dispatcher(answers=Answers(db, json.loads(questions.read_text("utf-8"))))
        dispatcher.include_router(router)
        await dispatcher.start_polling(Bot("42:TEST", session=session), polling_timeout=25)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
