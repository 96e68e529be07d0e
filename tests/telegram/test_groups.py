"""In a group the bot says where it can be talked to, and is silent."""

from typing import Any

import pytest

from bot.service.ports import Key
from tests.double import Reply, TelegramDouble
from tests.double.chat import Chat

from .conftest import Running, until
from .people import newcomer, writer

GROUP, LATER = -100, -1_000_000_000_500
ANNA = {"id": 5, "is_bot": False, "first_name": "Anna"}


@pytest.fixture
def group(telegram: TelegramDouble) -> Chat:
    """A group, and the supergroup that it may become."""
    for number, kind in ((GROUP, "group"), (LATER, "supergroup")):
        described = {"id": number, "type": kind, "title": "Comité"}
        telegram.chats[number] = Chat(number, ANNA, described, known=True)
    return telegram.chats[GROUP]


def moved(telegram: TelegramDouble, chat: Chat, was: str, now: str) -> None:
    """Somebody adds the bot, or takes it out."""
    member = {"user": telegram.bot, "until_date": 0}
    telegram.updates.push(
        "my_chat_member",
        {
            "chat": chat.json,
            "from": ANNA,
            "date": 1_700_000_000,
            "old_chat_member": {**member, "status": was},
            "new_chat_member": {**member, "status": now},
        },
        chat.id,
    )


def says(telegram: TelegramDouble, chat: Chat, text: str, **more: Any) -> None:
    message = {"message_id": telegram.next_message_id(), "date": 1_700_000_000, "from": ANNA}
    command = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
    entities = [command] if text.startswith("/") else []
    body = {**message, "chat": chat.json, "text": text, "entities": entities, **more}
    telegram.updates.push("message", body, chat.id)


def told(telegram: TelegramDouble, chat: int = GROUP) -> list[str]:
    return [call.params["text"] for call in telegram.calls_of("sendMessage", chat)]


async def test_who_adds_the_bot_learns_where_to_talk_to_it(
    bot: Running, telegram: TelegramDouble, group: Chat
) -> None:
    moved(telegram, group, "left", "member")
    await until(lambda: told(telegram))
    moved(telegram, group, "member", "left")
    says(telegram, group, "bonjour à tous")
    says(telegram, group, "/start")
    await newcomer(telegram, 6)
    (text,) = told(telegram)
    assert f"@{telegram.bot['username']}" in text
    assert not telegram.refused
    assert not (await bot.store.conversation(Key("telegram", GROUP, 5))).consented


async def test_who_calls_it_by_its_name_in_a_group_is_answered(
    bot: Running, telegram: TelegramDouble, group: Chat
) -> None:
    says(telegram, group, f"/start@{telegram.bot['username'].upper()} abc")
    await until(lambda: told(telegram))
    says(telegram, group, "/start@un_autre_bot")
    await newcomer(telegram, 6)
    (text,) = told(telegram)
    assert "écrivez-moi" in text


async def test_a_group_that_becomes_a_supergroup_is_followed(
    bot: Running, telegram: TelegramDouble, group: Chat
) -> None:
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    telegram.faults.next("sendMessage", Reply(400, words, parameters={"migrate_to_chat_id": LATER}))
    moved(telegram, group, "kicked", "member")
    await until(lambda: told(telegram, LATER))
    assert len(told(telegram, GROUP)) == 1, "refused there, then said in the new one"


async def test_a_group_that_throws_it_out_blocks_nobody(
    bot: Running, telegram: TelegramDouble, group: Chat
) -> None:
    anna = await writer(telegram)
    telegram.faults.next("sendMessage", Reply(403, "Forbidden: bot was kicked"), chat=GROUP)
    telegram.faults.next("sendMessage", Reply(502, "Bad Gateway"), chat=5)
    await anna.send("Eau de Kayes")
    moved(telegram, group, "left", "member")
    await until(lambda: told(telegram))
    await anna.sees("Eau de Kayes")
    assert len(await bot.store.due()) <= 1
    assert bot.door.sender.waiting == 0
