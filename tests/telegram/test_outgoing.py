"""What goes out when Telegram or the network refuses, is slow, or loses an answer."""

import asyncio
import time

import pytest

from bot.errors import StoreError
from bot.service.ports import Key
from tests.double import DropAfter, Held, Reply, ServerError, Slow, TelegramDouble, TooManyRequests

from .conftest import Running, Start, until
from .people import ask_document, calls, newcomer, writer


async def due(bot: Running) -> int:
    return len(await bot.store.due())


async def test_flood_control_of_a_chat_stops_that_chat_only(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna, bruno = await writer(telegram, 5), await writer(telegram, 6)
    telegram.faults.next("sendMessage", TooManyRequests(1), chat=5)
    before = len(telegram.calls)
    began = time.monotonic()
    await anna.send("Eau de Kayes")
    await bruno.send("Pain de Thiès")
    first = await bruno.sees("Pain de Thiès")
    second = await anna.sees("Eau de Kayes")
    assert first.id < second.id
    assert time.monotonic() - began >= 1
    assert calls(telegram, 5, before).count("sendMessage") == 2


async def test_edits_that_wait_are_one_and_every_tap_is_answered(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await newcomer(telegram)
    answered = asyncio.Event()
    telegram.faults.next("editMessageText", Held(answered))
    before = len(telegram.calls)
    await anna.click("Découvrir")
    await until(lambda: telegram.calls_of("editMessageText", 5))
    for data in ("p:privacy:", "p:welcome:", "p:privacy:", "ok"):
        await anna.press(data, on=anna.last.id)
    await until(lambda: calls(telegram, 5, before).count("answerCallbackQuery") == 5)
    answered.set()
    await anna.sees("À quel rythme")
    await anna.served()
    made = calls(telegram, 5, before)
    assert made.count("answerCallbackQuery") == 5
    assert made.count("editMessageText") == 2
    assert not anna.unanswered


@pytest.mark.parametrize(
    "refusal",
    [
        Reply(403, "Forbidden: bot was blocked by the user"),
        Reply(403, "Forbidden: user is deactivated"),
        Reply(400, "Bad Request: chat not found"),
    ],
)
async def test_who_blocked_the_bot_or_left_is_noted_and_told_nothing_more(
    bot: Running, telegram: TelegramDouble, refusal: Reply
) -> None:
    anna = await writer(telegram)
    telegram.faults.next("sendMessage", refusal)
    await anna.send("Eau de Kayes")
    await until(lambda: telegram.calls_of("sendMessage", 5)[-1].status == refusal.code)
    await anna.served()
    assert not await due(bot), "what is due to someone who blocked the bot is not said again"
    await anna.send("/start")
    await anna.sees("dossier en cours")


async def test_blocking_is_heard_before_anything_is_sent(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    before = len(telegram.calls)
    await anna.block()
    await asyncio.sleep(0.2)
    assert not calls(telegram, 5, before)
    assert not telegram.refused


async def test_a_card_already_as_wanted_is_left_in_peace(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await newcomer(telegram)
    telegram.faults.next(
        "editMessageText", Reply(400, "Bad Request: message is not modified: specified new message")
    )
    await anna.click("J’accepte et je commence")
    await anna.served()
    assert calls(telegram, 5).count("sendMessage") == 1
    assert not await due(bot)


async def test_a_deleted_card_is_sent_anew(bot: Running, telegram: TelegramDouble) -> None:
    anna = await newcomer(telegram)
    card = anna.last.id
    telegram.faults.latency = 0.1
    await anna.click("J’accepte et je commence")
    await anna.delete(card)
    shown = await anna.sees("À quel rythme")
    assert shown.id > card
    await anna.served()
    assert not await due(bot)


async def test_text_that_telegram_cannot_parse_goes_out_plain(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    refusal = Reply(400, 'Bad Request: can\'t parse entities: Unsupported start tag "x"')
    telegram.faults.next("sendMessage", refusal)
    await anna.send("Eau <de> Kayes & d’ailleurs")
    shown = await anna.sees("Eau <de> Kayes & d’ailleurs")
    assert "<b>" not in shown.text
    assert shown.buttons


async def test_a_late_answer_to_a_tap_is_nothing(bot: Running, telegram: TelegramDouble) -> None:
    anna = await newcomer(telegram)
    telegram.advance(0)
    refusal = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    telegram.faults.next("answerCallbackQuery", Reply(400, refusal))
    await anna.click("J’accepte et je commence")
    await anna.sees("À quel rythme")


async def test_a_send_lost_before_it_left_still_shows_the_question(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    telegram.faults.drop_before("sendMessage")
    await anna.send("Eau de Kayes")
    shown = await anna.sees("Eau de Kayes")
    assert shown.buttons
    await anna.served()
    assert not await due(bot)


async def test_a_send_whose_answer_is_lost_is_never_doubled(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    before = len(telegram.calls)
    telegram.faults.next("sendMessage", DropAfter())
    await anna.send("Eau de Kayes")
    await anna.sees("Eau de Kayes")
    await anna.quiet(1.0)
    made = calls(telegram, 5, before)
    assert made.count("sendMessage") == 1
    assert made.count("editMessageText") == 1, "the former card shows the question too"
    assert not await due(bot)


async def test_an_edit_lost_is_tried_again(bot: Running, telegram: TelegramDouble) -> None:
    anna = await newcomer(telegram)
    telegram.faults.next("editMessageText", DropAfter())
    telegram.faults.next("editMessageText", ServerError(502))
    await anna.click("J’accepte et je commence")
    await anna.sees("À quel rythme")
    await until(lambda: len(telegram.calls_of("editMessageText", 5)) == 3)
    await anna.served()
    assert not await due(bot)


async def test_a_bad_gateway_is_outlived(bot: Running, telegram: TelegramDouble) -> None:
    anna = await writer(telegram)
    telegram.faults.next("sendMessage", ServerError(502))
    telegram.faults.next("sendMessage", ServerError(500))
    telegram.faults.next("sendMessage", TooManyRequests(1, bare=True))
    await anna.send("Eau de Kayes")
    await anna.sees("Eau de Kayes")
    assert not anna.unanswered


async def test_what_could_not_be_said_is_said_by_the_next_process(
    bots: Start, telegram: TelegramDouble
) -> None:
    first = await bots()
    anna = await writer(telegram)
    telegram.faults.always("sendMessage", ServerError(502))
    telegram.faults.always("editMessageText", ServerError(502))
    await anna.send("Eau de Kayes")
    await until(lambda: telegram.calls_of("sendMessage", 5)[-1].status == 502)
    await first.crash()
    telegram.faults.clear()
    again = await bots()
    await anna.sees("Eau de Kayes")
    await anna.served()
    assert not await due(again)
    assert calls(telegram, 5).count("sendMessage") <= 4


async def test_a_shown_card_that_could_not_be_noted_stays_due(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    shown = bot.store.shown

    async def failing(*args: object) -> None:
        bot.store.shown = shown
        raise StoreError("disque plein")

    bot.store.shown = failing
    await anna.send("Eau de Kayes")
    await anna.sees("Eau de Kayes")
    await anna.served()
    assert await due(bot) == 1
    await anna.click("Passer")
    await anna.served()
    assert not await due(bot)


async def test_documents_are_announced_made_and_sent(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    before = len(telegram.calls)
    await ask_document(anna)
    await until(lambda: telegram.calls_of("sendDocument", 5))
    await anna.served()
    made = [one for one in calls(telegram, 5, before) if one != "answerCallbackQuery"]
    assert made[-2:] == ["sendChatAction", "sendDocument"]
    assert (anna.last.document, anna.last.content) == ("work.pdf", b"content")
    assert not await due(bot)
    await anna.press("f:work:message", on=anna.last.id)
    await anna.sees("suite")
    assert not telegram.refused


async def test_a_document_that_cannot_be_made_is_apologised_for(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    bot.maker.fault = StoreError("non")
    await ask_document(anna)
    await anna.sees(bot.conversations.apology()[:20])
    assert not telegram.refused


async def test_a_slow_document_holds_nothing(bot: Running, telegram: TelegramDouble) -> None:
    anna = await writer(telegram)
    bot.maker.held = asyncio.Event()
    await ask_document(anna)
    await anna.send("Eau de Kayes")
    await anna.sees("Eau de Kayes")
    bot.maker.held.set()
    await until(lambda: telegram.calls_of("sendDocument", 5))


async def test_documents_asked_for_survive_a_newer_card(
    bots: Start, telegram: TelegramDouble
) -> None:
    await bots(settle=0.3)
    anna = await writer(telegram)
    telegram.faults.next("sendMessage", Slow(0.3))
    await anna.send("Un texte")
    await anna.send("/mesdonnees")
    await anna.send("Eau de Kayes")
    await until(lambda: telegram.calls_of("sendDocument", 5))
    await anna.sees("Eau de Kayes")


async def test_nothing_is_remembered_of_chats_at_rest(
    bot: Running, telegram: TelegramDouble
) -> None:
    await newcomer(telegram)
    sender = bot.door.sender
    assert sender.lines == 1
    for line in sender._lines.values():
        line.used -= 60
    sender._swept -= 60
    await newcomer(telegram, 6)
    assert sender.lines == 1
    assert not sender.waiting


async def test_the_answer_of_a_stranger_is_not_due(bot: Running, telegram: TelegramDouble) -> None:
    anna = await newcomer(telegram)
    await anna.send("Bonjour")
    await anna.served()
    assert not await due(bot)
    assert not (await bot.store.conversation(Key("telegram", 5, 5))).consented
