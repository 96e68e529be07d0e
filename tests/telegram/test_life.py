"""The life of the process: start, outages, what ends it, and what it leaves behind."""

import asyncio
import logging
import time
from typing import Any

import pytest

from bot.errors import FilrougeError, StoreError
from bot.service.ports import Key
from bot.telegram import heartbeat
from bot.telegram.bot import TelegramRefused
from tests.double import CONFLICT, DropBefore, Reply, ServerError, TelegramDouble

from .conftest import TOKEN, Running, Start, until
from .people import calls, newcomer, writer


async def ended(bot: Running) -> str:
    """The one line on which the bot stopped."""
    with pytest.raises(FilrougeError) as caught:
        await asyncio.wait_for(bot.task, 40)
    assert isinstance(caught.value, TelegramRefused)
    assert TOKEN not in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_a_token_revoked_while_running_stops_with_one_line(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    telegram.faults.revoked = True
    telegram.updates.interrupt(None)
    assert "jeton est refusé" in await ended(bot)
    assert anna.last.buttons


async def test_an_address_where_no_bot_lives_stops_with_one_line(
    bot: Running, telegram: TelegramDouble
) -> None:
    await newcomer(telegram)
    telegram.faults.next("getUpdates", Reply(404, "Not Found"))
    telegram.updates.interrupt(None)
    assert "FILROUGE_API_URL" in await ended(bot)


async def test_a_wrong_token_stops_at_once(bots: Start, telegram: TelegramDouble) -> None:
    bot = await bots(listening=False, token="42:WRONG")
    assert "FILROUGE_TOKEN" in await ended(bot)


async def test_another_instance_stops_with_one_line(bot: Running, telegram: TelegramDouble) -> None:
    await newcomer(telegram)
    telegram.faults.next("getUpdates", CONFLICT)
    telegram.updates.interrupt(None)
    assert "Une autre instance" in await ended(bot)


async def test_a_webhook_set_meanwhile_is_named(bot: Running, telegram: TelegramDouble) -> None:
    conflict = "Conflict: can't use getUpdates method while webhook is active"
    await newcomer(telegram)
    telegram.faults.next("getUpdates", Reply(409, conflict))
    telegram.updates.interrupt(None)
    assert "webhook" in await ended(bot)


async def test_telegram_out_of_reach_at_start_is_waited_for(
    bots: Start, telegram: TelegramDouble, caplog: pytest.LogCaptureFixture
) -> None:
    await telegram.stop()
    anna = telegram.person(5)
    await bots(listening=False)
    await until(lambda: "injoignable" in caplog.text)
    await anna.send("/start")
    await telegram.start()
    await anna.sees("Rien n’est gardé avant votre accord")
    assert TOKEN not in caplog.text


async def test_refusals_at_start_are_outlived(bots: Start, telegram: TelegramDouble) -> None:
    telegram.faults.next("getMe", ServerError(502))
    telegram.faults.next("getMe", DropBefore())
    telegram.faults.next("deleteWebhook", ServerError(500))
    await bots(listening=False)
    anna = telegram.person(5)
    await anna.send("/start")
    await anna.sees("Rien n’est gardé avant votre accord")


async def test_an_outage_loses_nothing(bot: Running, telegram: TelegramDouble) -> None:
    anna = await writer(telegram)
    await telegram.stop()
    await anna.send("Eau de Kayes")
    await asyncio.sleep(0.5)
    await telegram.start()
    await anna.sees("Eau de Kayes")


async def test_polling_errors_are_outlived(bot: Running, telegram: TelegramDouble) -> None:
    telegram.faults.next("getUpdates", ServerError(502))
    telegram.faults.next("getUpdates", Reply(429, "Too Many Requests: retry after 1"))
    telegram.updates.interrupt(None)
    anna = telegram.person(5)
    await anna.send("/start")
    await anna.sees("Rien n’est gardé avant votre accord")


async def test_stopping_finishes_what_is_under_way(bots: Start, telegram: TelegramDouble) -> None:
    bot = await bots(settle=100)
    anna = await writer(telegram)
    await anna.send("Eau de Kayes")
    await until(lambda: bot.door.sender.waiting)
    await asyncio.wait_for(bot.end(), 50)
    await anna.sees("Eau de Kayes")
    assert not telegram.updates.pending, "what was committed is confirmed"
    assert not await bot.store.due()


async def test_stopping_while_telegram_is_out_of_reach(
    bots: Start, telegram: TelegramDouble
) -> None:
    bot = await bots()
    await newcomer(telegram)
    await telegram.stop()
    await asyncio.wait_for(bot.end(), 40)


async def test_stopping_before_telegram_was_reached(bots: Start, telegram: TelegramDouble) -> None:
    await telegram.stop()
    bot = await bots(listening=False)
    await asyncio.sleep(0.1)
    await asyncio.wait_for(bot.end(), 40)


async def test_a_restart_resumes_at_the_same_question(
    bots: Start, telegram: TelegramDouble
) -> None:
    first = await bots()
    anna = await writer(telegram)
    await first.end()
    await anna.send("Eau de Kayes")
    await bots()
    await anna.sees("Eau de Kayes")
    assert not telegram.refused


async def test_what_came_meanwhile_makes_a_reminder_needless(
    bots: Start, telegram: TelegramDouble
) -> None:
    first = await bots()
    anna = await writer(telegram)
    telegram.faults.always("sendMessage", ServerError(502))
    await anna.send("Eau de Kayes")
    await until(lambda: telegram.calls_of("sendMessage", 5)[-1].status == 502)
    await first.crash()
    telegram.faults.clear()
    before = len(telegram.calls)
    await anna.send("Association ou ONG")
    second = await bots()
    await anna.sees("Association ou ONG")
    await anna.served()
    assert calls(telegram, 5, before).count("sendMessage") == 1
    assert not await second.store.due()


async def test_who_keeps_pressing_an_old_button_sees_the_card_that_was_due(
    bots: Start, telegram: TelegramDouble
) -> None:
    first = await bots()
    anna = await writer(telegram)
    await anna.send("Eau de Kayes")
    await anna.served()
    card = anna.last.id
    telegram.faults.always("editMessageText", ServerError(502))
    await anna.click("Association ou ONG", on=card)
    await until(lambda: telegram.calls_of("editMessageText", 5)[-1].status == 502)
    await first.crash()
    telegram.faults.clear()
    for _ in range(3):
        await anna.click("Association ou ONG", on=card)
    await bots()
    await anna.click("Association ou ONG", on=card)
    await anna.sees("Dans quel pays êtes-vous")


async def test_a_tap_on_the_card_before_the_last_moves_the_last(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    await anna.send("Eau de Kayes")
    await anna.served()
    card = anna.last
    bot.door.sender._lines[5].card = card.id + 1  # as if it had been said again below
    copy = await bot.door.bot.send_message(5, "copie")
    assert copy.message_id == card.id + 1
    await anna.click("Association ou ONG", on=card.id)
    await anna.served()
    assert anna.last.id == copy.message_id
    assert "Association ou ONG" in anna.last.text


async def test_commands_and_descriptions_are_set(bot: Running, telegram: TelegramDouble) -> None:
    await until(lambda: len(telegram.calls_of("setMyShortDescription")) == 2)
    await until(lambda: "en" in telegram.short_descriptions)
    assert "start" in telegram.commands[""]
    assert telegram.commands[""].keys() == telegram.commands["en"].keys()
    assert "coopération" in telegram.descriptions[""]
    assert "cooperation" in telegram.descriptions["en"]
    assert not telegram.refused


async def test_what_is_asked_of_telegram_is_explicit(
    bot: Running, telegram: TelegramDouble
) -> None:
    await newcomer(telegram)
    assert telegram.allowed_updates == [
        *("message", "edited_message", "callback_query", "my_chat_member")
    ]
    assert not telegram.calls_of("deleteWebhook")[0].params.get("drop_pending_updates")


async def test_the_heartbeat_says_when_telegram_answered(
    bot: Running, telegram: TelegramDouble
) -> None:
    await newcomer(telegram)
    age = heartbeat.age(bot.store.path, time.time())
    assert age is not None
    assert age < 10
    assert heartbeat.age(bot.store.path.with_name("autre"), time.time()) is None


async def test_nobody_is_remembered_outside_the_store(
    bot: Running, telegram: TelegramDouble
) -> None:
    """Neither by the library below, whose sets would grow with everybody who ever wrote."""
    for number in range(5, 9):
        await newcomer(telegram, number)
    application = bot.door.application
    assert not application._chat_ids_to_be_updated_in_persistence
    assert not application._user_ids_to_be_updated_in_persistence
    assert not application.chat_data
    assert not application.user_data


async def test_promised_files_are_fetched_after_the_commit(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    telegram.faults.next("download", ServerError(502))
    await anna.send_document("plan.pdf", b"%PDF-plan")
    await anna.send_document("gros.pdf", b"x", size=30_000_000)
    await until(lambda: telegram.calls_of("download"))
    async with asyncio.timeout(30):
        while await bot.store.pending_files():
            await asyncio.sleep(0.05)
    rows = await bot.store.files(1)
    assert {(one.attachment.name, one.state) for one in rows} >= {("plan.pdf", "kept")}


async def test_files_promised_to_an_earlier_process_are_fetched(
    bots: Start, telegram: TelegramDouble
) -> None:
    first = await bots()
    anna = await writer(telegram)
    telegram.faults.always("getFile", ServerError(502))
    await anna.send_photo(caption="le chantier")
    await until(lambda: telegram.calls_of("getFile"))
    await first.end()
    telegram.faults.clear()
    second = await bots()
    async with asyncio.timeout(30):
        while await second.store.pending_files():
            await asyncio.sleep(0.05)


async def test_an_update_by_webhook_is_answered_for_once_committed(
    bot: Running, telegram: TelegramDouble
) -> None:
    await newcomer(telegram)
    user = {"id": 5, "is_bot": False, "first_name": "A"}
    tap: dict[str, Any] = {"id": "77", "from": user, "chat_instance": "1", "data": "ok"}
    assert await bot.door.receive({"update_id": 1, "callback_query": tap})
    assert (await bot.store.conversation(Key("telegram", 5, 5))).consented

    async def failing(*_: object, **__: object) -> None:
        raise StoreError("disque plein")

    bot.store.turn = failing
    assert not await bot.door.receive({"update_id": 2, "callback_query": tap})
    assert await bot.door.receive({"update_id": 3, "message": "illisible"}), "set aside"
    assert await bot.door.receive({"update_id": 1, "callback_query": tap}), "already handled"
    assert await bot.door.receive(["rien"])


async def test_no_log_holds_the_token_an_address_or_a_word(
    bots: Start, telegram: TelegramDouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bot = await bots()
    anna = await writer(telegram)
    telegram.faults.next("getUpdates", ServerError(502))
    telegram.faults.next(
        "sendMessage", Reply(400, "Bad Request: can't parse entities: « mot-secret »")
    )
    await anna.send("mot-secret <b>")
    await anna.sees("mot-secret")
    telegram.faults.next("editMessageText", DropBefore())
    await anna.click("Association ou ONG")
    telegram.updates.push("message", {"text": "mot-secret"}, 5)
    await anna.quiet(0.8)
    telegram.faults.revoked = True
    telegram.updates.interrupt(None)
    await ended(bot)
    everything = "\n".join(
        f"{one.getMessage()} {one.args} {one.exc_text}" for one in caplog.records
        if not one.name.startswith(("asyncio", "aiosqlite"))
    )  # fmt: skip
    assert "mot-secret" not in everything
    assert "TEST-not-a-secret" not in everything
    assert "/bot42" not in everything
