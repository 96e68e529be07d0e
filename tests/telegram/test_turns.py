"""A person and the bot: what each act costs, in which order things happen, what is never twice."""

import asyncio
import re

from bot.service.ports import Key
from tests.double import Held, Person, TelegramDouble

from .conftest import Running, Start, until
from .people import calls, newcomer, writer


async def test_a_tap_makes_two_calls_at_the_same_time(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await newcomer(telegram)
    card, before = anna.last.id, len(telegram.calls)
    telegram.faults.latency = 0.2
    await anna.click("J’accepte et je commence")
    await anna.served()
    made = [call for call in telegram.calls[before:] if call.chat == anna.id]
    assert {call.method for call in made} == {"answerCallbackQuery", "editMessageText"}
    assert len(made) == 2
    assert abs(made[0].at - made[1].at) < 0.1
    assert anna.last.id == card
    assert not telegram.refused


async def test_a_text_makes_two_calls_and_the_former_card_loses_its_buttons(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    former, before = anna.last.id, len(telegram.calls)
    await anna.send("Eau de Kayes")
    await anna.sees("Eau de Kayes")
    await anna.served()
    assert calls(telegram, anna.id, before) == ["sendMessage", "editMessageReplyMarkup"]
    assert anna.last.id > former
    assert anna.last.buttons
    assert not next(one for one in anna.messages if one.id == former).buttons
    assert not telegram.refused


async def test_messages_of_a_chat_are_kept_in_their_order(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    await anna.send("Un nom")
    await anna.served()
    for number in range(20):
        await anna.send(f"phrase {number}")
    await anna.served()
    conversation = await bot.store.conversation(Key("telegram", 5, 5))
    words = " ".join(answer.text for answer in conversation.answers.values())
    assert re.findall(r"phrase (\d+)", words) == [str(number) for number in range(20)]


async def test_chats_do_not_wait_for_each_other(bot: Running, telegram: TelegramDouble) -> None:
    answered = asyncio.Event()
    telegram.faults.always("sendMessage", Held(answered))
    people = [telegram.person(number) for number in range(10, 60)]
    await asyncio.gather(*(one.send("/start") for one in people))
    await until(lambda: len(telegram.calls_of("sendMessage")) == 50)  # none was answered yet
    answered.set()
    await asyncio.gather(*(one.sees("Rien n’est gardé") for one in people))
    assert not telegram.refused


async def test_a_slow_turn_holds_its_own_chat_only(bot: Running, telegram: TelegramDouble) -> None:
    handle, order, bruno_saw = bot.conversations.handle, [], asyncio.Event()

    async def slow(inbound):  # type: ignore[no-untyped-def]
        if inbound.key.chat == 5:
            await bruno_saw.wait()
        order.append((inbound.key.chat, inbound.event))
        return await handle(inbound)

    bot.conversations.handle = slow
    anna, bruno = telegram.person(5), telegram.person(6)
    await anna.send("/start")
    await anna.send("/privacy")
    await bruno.send("/start")
    await bruno.sees("Rien n’est gardé")
    bruno_saw.set()
    await anna.served()
    assert [chat for chat, _ in order] == [6, 5, 5]
    assert type(order[1][1]).__name__ == "Started"
    assert not len(bot.door.lanes), "lanes at rest are forgotten"


async def test_a_repeated_update_acts_once(bot: Running, telegram: TelegramDouble) -> None:
    telegram.faults.duplicate_updates(2)
    anna = await writer(telegram)
    before = len(telegram.calls)
    await anna.send("Eau de Kayes")
    await anna.sees("Noté")
    await anna.served()
    telegram.faults.duplicate_updates(1, apart=True)
    await anna.click("Association ou ONG")
    await anna.served()
    conversation = await bot.store.conversation(Key("telegram", 5, 5))
    assert [answer.text for answer in conversation.answers.values() if answer.text] == [
        "Eau de Kayes"
    ]
    sends = [one for one in calls(telegram, 5, before) if one == "sendMessage"]
    assert len(sends) == 1


async def test_a_double_tap_acts_once_and_both_are_answered(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await newcomer(telegram)
    await anna.click("J’accepte et je commence", times=2)
    await anna.served()
    assert not anna.unanswered
    assert len(await bot.store.dossiers()) == 1
    assert not telegram.refused


async def test_a_long_text_split_by_the_client_is_answered_once(
    bots: Start, telegram: TelegramDouble
) -> None:
    await bots(settle=0.5)
    anna = await writer(telegram)
    await anna.send("Un nom")
    await anna.served()
    before = len(telegram.calls)
    await anna.send("mot " * 2600)  # 10,400 characters: three messages
    await anna.served()
    assert calls(telegram, 5, before) == ["sendMessage", "editMessageReplyMarkup"]
    assert not telegram.refused


async def test_an_album_is_answered_once(bots: Start, telegram: TelegramDouble) -> None:
    await bots(settle=0.5)
    anna = await writer(telegram)
    before = len(telegram.calls)
    await anna.send_album(4, caption="le chantier")
    await anna.served()
    assert calls(telegram, 5, before).count("sendMessage") == 1


async def test_a_tap_ends_a_burst_at_once(bots, telegram: TelegramDouble) -> None:  # type: ignore[no-untyped-def]
    await bots(settle=50)
    anna = await writer(telegram)
    await anna.send("Eau de Kayes")
    await asyncio.sleep(0.2)
    before = len(telegram.calls)
    await anna.click("Passer")
    await anna.served(within=20)
    assert "sendMessage" in calls(telegram, 5, before)
    assert "Eau de Kayes" in anna.last.text


async def test_an_edited_message_corrects_the_answer(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    message = await anna.send("Eau de Kaye")
    await anna.served()
    await anna.edit(message, "Eau de Kayes")
    await anna.served()
    conversation = await bot.store.conversation(Key("telegram", 5, 5))
    assert "Eau de Kayes" in [answer.text for answer in conversation.answers.values()]


async def test_a_reply_to_an_old_card_answers_its_question(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    card = anna.last.id
    await anna.send("Eau")
    await anna.served()
    await anna.reply(card, "Eau de Kayes")
    await anna.served()
    conversation = await bot.store.conversation(Key("telegram", 5, 5))
    assert [one.text for one in conversation.answers.values() if one.text] == ["Eau de Kayes"]


async def test_whatever_arrives_gets_one_reply(bot: Running, telegram: TelegramDouble) -> None:
    anna = await writer(telegram)
    arrivals = (
        lambda: anna.send_sticker(),
        lambda: anna.send_contact(),
        lambda: anna.send_poll(),
        lambda: anna.send_voice(),
        lambda: anna.send_photo(caption="la place"),
        lambda: anna.send_document(),
        lambda: anna.send_location(),
        lambda: anna.forward("paroles d’un autre"),
        lambda: anna.send_raw(dice={"emoji": "🎲", "value": 3}),
        lambda: anna.send("/inconnue"),
        lambda: anna.send("‮ مشروع 🌍 <b>&amp;"),
    )
    for arrival in arrivals:
        before = len(telegram.calls)
        await arrival()
        await anna.served()
        made = calls(telegram, 5, before)
        assert made.count("sendMessage") == 1, anna.screen()
        assert len([one for one in made if one != "getFile"]) <= 2
    assert not telegram.refused


async def test_an_unreadable_button_says_so(bot: Running, telegram: TelegramDouble) -> None:
    anna = await writer(telegram)
    await anna.press("zz:nothing", on=anna.last.id)
    await anna.served()
    assert not anna.unanswered
    assert anna.last.buttons


async def test_the_first_page_is_walked_without_a_refused_call(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await newcomer(telegram)
    acts = await walk(anna, telegram)
    print(f"première page : {acts} actes")
    assert "première page" in anna.last.text.lower() or acts >= 15
    assert not telegram.refused
    assert not telegram.warnings
    assert not anna.unanswered


async def answered(telegram: TelegramDouble, chat: int, before: int) -> None:
    """Until the bot has said something since that call, however busy the machine is."""
    for _ in range(500):
        if set(calls(telegram, chat, before)) - {"answerCallbackQuery"}:
            return
        await asyncio.sleep(0.02)


async def walk(anna: Person, telegram: TelegramDouble) -> int:
    """Touch the first choice, then « Continuer », or write when asked to; count the acts."""
    await anna.click("J’accepte et je commence")
    await anna.served()
    await anna.click("La première page")
    for acts in range(3, 60):
        await anna.served()
        if "Continuer : l’essentiel" in " ".join(anna.last.labels):
            return acts
        before = len(telegram.calls)
        choices = [one for one in anna.last.labels if not re.match(r"[^\w(«]", one)]
        ticked = [one for one in anna.last.labels if one.endswith("✓")]
        if any("Continuer" in one for one in anna.last.labels) and (ticked or not choices[1:]):
            await anna.click("Continuer")
        elif [one for one in choices if "Continuer" not in one]:
            await anna.click(next(one for one in choices if "Continuer" not in one))
        else:
            await anna.send("Eau de Kayes")
        await answered(telegram, anna.id, before)
        await anna.served()
        assert len(calls(telegram, anna.id, before)) <= 2, anna.screen()
    raise AssertionError(anna.screen())
