"""The double refuses what Telegram refuses, and its persons behave as people do."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from telegram import (
    Bot,
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler

from tests.double import (
    CONFLICT,
    DropAfter,
    DropBefore,
    Person,
    RateLimits,
    ServerError,
    TelegramDouble,
    TooManyRequests,
    png,
)
from tests.double.entities import parse_html
from tests.double.errors import NOT_MODIFIED, QUERY_TOO_OLD, Refusal

TOKEN = "42:TEST"

pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble(token=TOKEN) as double:
        yield double


@asynccontextmanager
async def bot_of(telegram: TelegramDouble, token: str = TOKEN) -> AsyncIterator[Bot]:
    bot = Bot(token, base_url=f"{telegram.url}/bot", base_file_url=f"{telegram.url}/file/bot")
    async with bot:
        yield bot


@pytest.fixture
async def bot(telegram: TelegramDouble) -> AsyncIterator[Bot]:
    async with bot_of(telegram) as bot:
        yield bot


@pytest.fixture
async def anna(telegram: TelegramDouble) -> Person:
    """Anna, who already wrote to the bot."""
    anna = telegram.person(5, language="fr", first_name="Anna")
    await anna.send("/start")
    telegram.updates.clear()
    return anna


def keyboard(*rows: list[str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=f"d:{label}") for label in row] for row in rows]
    )


@asynccontextmanager
async def refusal(telegram: TelegramDouble, code: int, text: str) -> AsyncIterator[None]:
    """The block makes the bot's call fail, with exactly these words on the wire."""
    with pytest.raises(TelegramError):
        yield
    call = telegram.calls[-1]
    assert (call.status, call.description) == (code, text)
    assert telegram.refused[-1] is call


# --- texts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("x" * 4097, "Bad Request: message is too long"),
        ("é" * 20_000, "Bad Request: text is too long"),
        ("", "Bad Request: message text is empty"),
        (" \n ", "Bad Request: text must be non-empty"),
        ("<b> </b>", "Bad Request: text must be non-empty"),
        ("\u200b", "Bad Request: text must be non-empty"),
    ],
)
async def test_refuses_a_text_it_cannot_show(
    telegram: TelegramDouble, bot: Bot, anna: Person, text: str, description: str
) -> None:
    async with refusal(telegram, 400, description):
        await bot.send_message(anna.id, text, parse_mode="HTML")


async def test_counts_a_text_after_parsing_and_in_code_points(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, f"<b>{'😀' * 4096}</b>", parse_mode="HTML")
    assert anna.last.text == "😀" * 4096


async def test_shows_the_text_parsed_and_trimmed(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(
        anna.id, "\n <b>Où</b> &lt;ici&gt; &#x27;là&#x27; &apos; \n", parse_mode="HTML"
    )
    assert sent.text == "Où <ici> 'là' &apos;"
    assert sent.parse_entity(sent.entities[0]) == "Où"
    assert anna.last.html.startswith("\n <b>")


PREFIX = "Bad Request: can't parse entities: "


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("é <LI>x</LI>", 'Unsupported start tag "li" at byte offset 3'),
        ("1 < 2 > 0", 'Unsupported start tag "" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</i>", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        (
            "<b><i>é</b></i>",
            'Unmatched end tag at byte offset 8, expected "</i>", found "</b>"',
        ),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=http://x>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0'),
    ],
)
async def test_refuses_html_that_telegram_refuses(
    telegram: TelegramDouble, bot: Bot, anna: Person, html: str, fault: str
) -> None:
    async with refusal(telegram, 400, PREFIX + fault):
        await bot.send_message(anna.id, html, parse_mode="HTML")


@pytest.mark.parametrize(
    ("html", "text", "kinds"),
    [
        ("a < b".replace("<", "&lt;"), "a < b", []),
        ("AT&T &copy; &lt", "AT&T &copy; <", []),
        ("<B>x</B><tg-spoiler>y</tg-spoiler>", "xy", ["bold", "spoiler"]),
        ('<span class="tg-spoiler">x</span>', "x", ["spoiler"]),
        ("<blockquote expandable>x</blockquote>", "x", ["expandable_blockquote"]),
        ("<pre><code class='language-py'>x</code></pre>", "x", ["code", "pre"]),
        ('<a href="https://a.fr?x=1&amp;y=2">x</a>', "x", ["text_link"]),
        ("<a href='tg://user?id=7'>x</a>", "x", ["text_mention"]),
        ("<b></b>x<i>y</>", "xy", ["italic"]),
    ],
)
def test_reads_html_that_telegram_reads(html: str, text: str, kinds: list[str]) -> None:
    parsed, entities = parse_html(html)
    assert parsed == text
    assert [entity["type"] for entity in entities] == kinds


def test_entity_offsets_are_utf16() -> None:
    _, entities = parse_html("😀<b>é</b>")
    assert entities == [{"type": "bold", "offset": 2, "length": 1}]


async def test_refuses_a_caption_too_long(telegram: TelegramDouble, bot: Bot, anna: Person) -> None:
    async with refusal(telegram, 400, "Bad Request: message caption is too long"):
        await bot.send_document(anna.id, b"x", caption="x" * 1025)


async def test_refuses_an_unknown_parse_mode(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    async with refusal(telegram, 400, "Bad Request: unsupported parse_mode"):
        await bot.send_message(anna.id, "x", parse_mode="BBCode")


async def test_a_surplus_of_entities_is_a_warning(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    await bot.send_message(anna.id, "<b>x</b> " * 101, parse_mode="HTML")
    assert telegram.warnings == ["101 entities: Telegram ignores those after 100"]


# --- keyboards ----------------------------------------------------------------------------


BUTTON = "Bad Request: can't parse inline keyboard button: "
ONLY_TEXT = f"{BUTTON}Text buttons are unallowed in the inline keyboard"
NOT_PUBLIC = "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL"


@pytest.mark.parametrize(
    ("button", "description"),
    [
        ({"text": "x", "callback_data": "é" * 33}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "x"}, ONLY_TEXT),
        ({"text": "x", "callback_data": ""}, ONLY_TEXT),
        (
            {"text": " ", "callback_data": "x"},
            "Bad Request: inline keyboard button text must be non-empty",
        ),
        (
            {"callback_data": "x"},
            "Bad Request: can't parse inline keyboard button: Can't find field \"text\"",
        ),
        ({"text": "x", "url": "http://localhost/"}, f"Bad Request: {NOT_PUBLIC}"),
    ],
)
async def test_refuses_a_wrong_button(
    telegram: TelegramDouble, bot: Bot, anna: Person, button: dict[str, str], description: str
) -> None:
    async with refusal(telegram, 400, description):
        await bot.do_api_request(
            "sendmessage",
            {
                "chat_id": anna.id,
                "text": "x",
                "reply_markup": json.dumps({"inline_keyboard": [[button]]}),
            },
        )


async def test_takes_64_bytes_of_callback_data(bot: Bot, anna: Person) -> None:
    button = InlineKeyboardButton("x", callback_data="é" * 32)
    await bot.send_message(anna.id, "x", reply_markup=InlineKeyboardMarkup([[button]]))
    assert anna.last.buttons[0][0].data == "é" * 32


async def test_refuses_too_many_buttons_and_shortens_long_rows(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    async with refusal(telegram, 400, "Bad Request: reply markup is too long"):
        await bot.send_message(anna.id, "x", reply_markup=keyboard(*[["x"]] * 101))
    await bot.send_message(anna.id, "x", reply_markup=keyboard([str(i) for i in range(9)]))
    assert len(anna.last.buttons[0]) == 8
    assert telegram.warnings == ["a row of 9 buttons: Telegram keeps 8"]


async def test_refuses_a_markup_that_is_no_json(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    description = "Bad Request: can't parse reply keyboard markup JSON object"
    async with refusal(telegram, 400, description):
        await bot.do_api_request(
            "sendmessage", {"chat_id": anna.id, "text": "x", "reply_markup": "{"}
        )


# --- chats --------------------------------------------------------------------------------


async def test_refuses_an_unknown_chat(telegram: TelegramDouble, bot: Bot) -> None:
    async with refusal(telegram, 400, "Bad Request: chat not found"):
        await bot.send_message(99, "x")


async def test_a_bot_never_writes_first(telegram: TelegramDouble, bot: Bot) -> None:
    telegram.person(6)
    description = "Forbidden: bot can't initiate conversation with a user"
    async with refusal(telegram, 403, description):
        await bot.send_message(6, "x")


async def test_a_blocked_bot_is_told_and_refused(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    await anna.block()
    (update,) = await bot.get_updates()
    assert update.my_chat_member
    assert update.my_chat_member.new_chat_member.status == "kicked"
    async with refusal(telegram, 403, "Forbidden: bot was blocked by the user"):
        await bot.send_message(anna.id, "x")
    with pytest.raises(RuntimeError, match="unblock"):
        await anna.send("x")
    await anna.unblock()
    await bot.send_message(anna.id, "re")
    assert anna.last.text == "re"


async def test_a_deactivated_user_is_refused(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    anna.chat.deactivated = True
    async with refusal(telegram, 403, "Forbidden: user is deactivated"):
        await bot.send_message(anna.id, "x")


async def test_refuses_a_reply_to_nothing_unless_allowed(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    async with refusal(telegram, 400, "Bad Request: message to be replied not found"):
        await bot.send_message(anna.id, "x", reply_parameters=ReplyParameters(999))
    asked = ReplyParameters(999, allow_sending_without_reply=True)
    await bot.send_message(anna.id, "sans", reply_parameters=asked)
    assert anna.last.reply_to is None
    await bot.send_message(anna.id, "x", reply_parameters=ReplyParameters(anna.sent[0]))
    assert anna.last.reply_to == anna.sent[0]


# --- editing, deleting --------------------------------------------------------------------


async def test_refuses_to_edit_what_is_not_there_or_not_its_own(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    async with refusal(telegram, 400, "Bad Request: message to edit not found"):
        await bot.edit_message_text("x", anna.id, 999)
    async with refusal(telegram, 400, "Bad Request: message can't be edited"):
        await bot.edit_message_text("x", anna.id, anna.sent[0])
    reply = ReplyKeyboardMarkup([["Oui"]])
    for markup in (ForceReply(), reply):
        sent = await bot.send_message(anna.id, "x", reply_markup=markup)
        async with refusal(telegram, 400, "Bad Request: message can't be edited"):
            await bot.edit_message_text("y", anna.id, sent.message_id)
    card = await bot.send_message(anna.id, "x")
    async with refusal(telegram, 400, "Bad Request: inline keyboard expected"):
        await bot.edit_message_text("y", anna.id, card.message_id, reply_markup=reply)  # type: ignore[arg-type]
    await anna.delete(card.message_id)
    async with refusal(telegram, 400, "Bad Request: message to edit not found"):
        await bot.edit_message_text("y", anna.id, card.message_id)


async def test_an_edit_that_changes_nothing_is_refused(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    markup = keyboard(["Oui"])
    sent = await bot.send_message(anna.id, "<b>x</b>", parse_mode="HTML", reply_markup=markup)
    same = f"Bad Request: {NOT_MODIFIED}"
    async with refusal(telegram, 400, same):
        await bot.edit_message_text(
            "<strong>x </strong>", anna.id, sent.message_id, parse_mode="HTML", reply_markup=markup
        )
    async with refusal(telegram, 400, same):
        await bot.edit_message_reply_markup(anna.id, sent.message_id, reply_markup=markup)
    await bot.edit_message_text("x", anna.id, sent.message_id, reply_markup=markup)
    assert anna.last.labels == ["Oui"]
    await bot.edit_message_text("y", anna.id, sent.message_id)
    assert anna.last.labels == []
    assert anna.last.edited
    async with refusal(telegram, 400, same):
        await bot.edit_message_reply_markup(anna.id, sent.message_id)


async def test_text_and_caption_are_edited_each_by_its_own_method(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    sent = await bot.send_document(anna.id, b"x", filename="a.pdf", caption="un")
    async with refusal(telegram, 400, "Bad Request: there is no text in the message to edit"):
        await bot.edit_message_text("y", anna.id, sent.message_id)
    await bot.edit_message_caption(anna.id, sent.message_id, caption="deux")
    assert anna.last.text == "deux"
    text = await bot.send_message(anna.id, "x")
    async with refusal(telegram, 400, "Bad Request: there is no caption in the message to edit"):
        await bot.edit_message_caption(anna.id, text.message_id, caption="y")


async def test_deletes_once_and_within_48_hours(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    sent = await bot.send_message(anna.id, "x")
    assert await bot.delete_message(anna.id, sent.message_id)
    assert [shown.id for shown in anna.messages] == [anna.sent[0]]
    async with refusal(telegram, 400, "Bad Request: message to delete not found"):
        await bot.delete_message(anna.id, sent.message_id)
    telegram.advance(49 * 3600)
    async with refusal(telegram, 400, "Bad Request: message can't be deleted"):
        await bot.delete_message(anna.id, anna.sent[0])
    assert await bot.delete_messages(anna.id, [998, 999])


# --- presses ------------------------------------------------------------------------------


async def test_a_press_is_answered_once_and_soon(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    await bot.send_message(anna.id, "Prêt ?", reply_markup=keyboard(["Oui", "Oui mais"]))
    await anna.click("Oui")
    (update,) = await bot.get_updates()
    query = update.callback_query
    assert query
    assert query.data == "d:Oui"
    assert query.message
    assert anna.unanswered == [query.id]
    async with refusal(telegram, 400, "Bad Request: MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(query.id, "x" * 201)
    await bot.answer_callback_query(query.id, "Noté", show_alert=True)
    assert (anna.toasts[0].text, anna.toasts[0].show_alert) == ("Noté", True)
    assert anna.unanswered == []
    for query_id in (query.id, "123"):
        async with refusal(telegram, 400, f"Bad Request: {QUERY_TOO_OLD}"):
            await bot.answer_callback_query(query_id)
    late = await anna.click("mais")
    telegram.advance(telegram.answer_window + 1)
    async with refusal(telegram, 400, f"Bad Request: {QUERY_TOO_OLD}"):
        await bot.answer_callback_query(late)


async def test_an_unfetched_press_expires(telegram: TelegramDouble, bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "x", reply_markup=keyboard(["Oui"]))
    await anna.click("Oui")
    await anna.send("texte")
    telegram.advance(151)
    assert [bool(update.message) for update in await bot.get_updates()] == [True]


async def test_a_double_tap_is_two_queries(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "x", reply_markup=keyboard(["Oui"]))
    await anna.click("Oui", times=2)
    first, second = await bot.get_updates()
    assert first.callback_query
    assert second.callback_query
    assert first.callback_query.id != second.callback_query.id


async def test_old_cards_can_still_be_pressed(bot: Bot, anna: Person) -> None:
    card = await bot.send_message(anna.id, "Q1", reply_markup=keyboard(["Oui"], ["Non"]))
    await bot.edit_message_text("Q1 noté", anna.id, card.message_id)
    with pytest.raises(AssertionError, match="no button « Oui »"):
        await anna.click("Oui", timeout=0)
    await anna.click("Oui", on=card.message_id)
    await anna.press("forged", on=card.message_id)
    await bot.delete_message(anna.id, card.message_id)
    await anna.press("ghost", on=card.message_id)
    updates = await bot.get_updates()
    assert [u.callback_query and u.callback_query.data for u in updates] == [
        "d:Oui",
        "forged",
        "ghost",
    ]
    assert updates[2].callback_query
    assert updates[2].callback_query.message
    assert not updates[2].callback_query.message.is_accessible


async def test_a_missing_button_is_reported_with_those_there_are(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "Choisissez", reply_markup=keyboard(["Oui"], ["Non"]))
    with pytest.raises(AssertionError, match="Oui · Non"):
        await anna.click("Peut-être", timeout=0.01)


async def test_a_person_waits_for_a_button_to_appear(bot: Bot, anna: Person) -> None:
    tapping = asyncio.create_task(anna.click("Continuer"))
    await asyncio.sleep(0.01)
    await bot.send_message(anna.id, "x", reply_markup=keyboard(["Continuer\u202f»"]))
    await tapping
    (update,) = await bot.get_updates()
    assert update.callback_query


async def test_a_reply_keyboard_sends_its_label(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "x", reply_markup=ReplyKeyboardMarkup([["Oui", "Non"]]))
    await anna.click("Non")
    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.text == "Non"


# --- updates ------------------------------------------------------------------------------


async def test_updates_come_again_until_they_are_confirmed(bot: Bot, anna: Person) -> None:
    for text in ("un", "deux", "trois"):
        await anna.send(text)
    first = await bot.get_updates(limit=2)
    assert [u.message and u.message.text for u in first] == ["un", "deux"]
    assert first[1].update_id == first[0].update_id + 1
    again = await bot.get_updates()
    assert [u.update_id for u in again][:2] == [u.update_id for u in first]
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [u.message and u.message.text for u in rest] == ["trois"]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()
    await anna.send("quatre")
    await anna.send("cinq")
    (last,) = await bot.get_updates(offset=-1)
    assert last.message
    assert last.message.text == "cinq"
    assert len(await bot.get_updates(offset=last.update_id + 1000)) == 1


async def test_a_long_poll_wakes_when_something_arrives(bot: Bot, anna: Person) -> None:
    loop = asyncio.get_running_loop()
    polling = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.05)
    assert not polling.done()
    before = loop.time()
    await anna.send("x")
    assert len(await polling) == 1
    assert loop.time() - before < 20


async def test_an_empty_poll_is_held_for_its_timeout(bot: Bot, telegram: TelegramDouble) -> None:
    before = asyncio.get_running_loop().time()
    assert await bot.get_updates(timeout=1) == ()
    assert asyncio.get_running_loop().time() - before >= 1


async def test_a_second_poller_ends_the_first(telegram: TelegramDouble, anna: Person) -> None:
    async with bot_of(telegram) as one, bot_of(telegram) as two:
        first = asyncio.create_task(one.get_updates(timeout=10))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(two.get_updates(timeout=10))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await anna.send("x")
        assert len(await second) == 1


async def test_a_poller_that_died_is_not_a_conflict(telegram: TelegramDouble, anna: Person) -> None:
    async with bot_of(telegram) as one:
        dead = asyncio.create_task(one.get_updates(timeout=10))
        await asyncio.sleep(0.05)
        dead.cancel()
    async with bot_of(telegram) as two:
        alive = asyncio.create_task(two.get_updates(timeout=10))
        await asyncio.sleep(0.05)
        await anna.send("x")
        assert len(await alive) == 1
    assert telegram.refused == []


async def test_allowed_updates_are_kept_and_obeyed(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    await bot.get_updates(allowed_updates=["message"])
    await bot.get_updates()
    assert telegram.allowed_updates == ["message"]
    await anna.edit(await anna.send("x"), "y")
    assert len(await bot.get_updates()) == 1
    await bot.get_updates(allowed_updates=[])
    await anna.edit(anna.sent[-1], "z")
    assert (await bot.get_updates())[-1].edited_message


# --- what people send ---------------------------------------------------------------------


async def test_people_send_all_sorts_of_messages(bot: Bot, anna: Person) -> None:
    await anna.send("/aide@filrouge_test_bot merci")
    await anna.edit(await anna.send("un"), "deux")
    await anna.reply(anna.sent[-1], "à propos")
    await anna.send_photo(caption="légende")
    await anna.send_voice()
    await anna.send_document("a.pdf", b"%PDF")
    await anna.send_sticker()
    await anna.send_location()
    await anna.send_contact()
    await anna.send_poll()
    await anna.forward("on m'a dit")
    await anna.send_album(2, "album")
    await anna.send_raw(dice={"emoji": "🎲", "value": 3})
    await anna.follow("https://t.me/filrouge_test_bot?start=abc_DEF-1")
    updates = await bot.get_updates()
    messages = [update.effective_message for update in updates]
    kinds = ["text", "text", "text", "text", "photo", "voice", "document", "sticker", "location"]
    kinds += ["contact", "poll", "text", "photo", "photo", "dice", "text"]
    for message, kind in zip(messages, kinds, strict=True):
        assert message
        assert getattr(message, kind), kind
    command = messages[0]
    assert command
    assert command.parse_entities() == {command.entities[0]: "/aide@filrouge_test_bot"}
    assert updates[2].edited_message
    assert messages[3]
    assert messages[3].reply_to_message
    assert messages[11]
    assert messages[11].forward_origin
    assert messages[12]
    assert messages[13]
    assert messages[12].media_group_id == messages[13].media_group_id is not None
    assert messages[15]
    assert messages[15].text == "/start abc_DEF-1"


async def test_a_long_text_leaves_as_several_messages(bot: Bot, anna: Person) -> None:
    words = " ".join(["mot"] * 2500)
    await anna.send(words)
    texts = [u.message.text or "" for u in await bot.get_updates() if u.message]
    assert len(texts) == 3
    assert all(len(text) <= 4096 for text in texts)
    assert " ".join(texts) == words


async def test_a_person_sees_waits_and_complains(bot: Bot, anna: Person) -> None:
    with pytest.raises(AssertionError, match=r"(?s)« Bonjour » never came.*Anna: /start"):
        await anna.sees("Bonjour", timeout=0.01)
    looking = asyncio.create_task(anna.sees("Bonjour\u00a0!"))
    await asyncio.sleep(0)
    await bot.send_message(anna.id, "Bonjour\u202f! Prêt ?")
    assert (await looking).text.startswith("Bonjour")
    before = asyncio.get_running_loop().time()
    await anna.quiet(0.1)
    assert 0.05 < asyncio.get_running_loop().time() - before < 1


# --- files --------------------------------------------------------------------------------


async def test_downloads_what_people_sent(telegram: TelegramDouble, bot: Bot, anna: Person) -> None:
    await anna.send_document("a.pdf", b"%PDF-1.4 hello")
    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.document
    file = await update.message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"%PDF-1.4 hello"
    telegram.advance(3601)
    with pytest.raises(InvalidToken):  # what PTB makes of a 404
        await file.download_as_bytearray()


async def test_refuses_files_it_cannot_give(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    await anna.send_document("a.zip", size=21 * 1024 * 1024)
    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.document
    async with refusal(telegram, 400, "Bad Request: file is too big"):
        await update.message.document.get_file()
    async with refusal(telegram, 400, "Bad Request: invalid file_id"):
        await bot.get_file("nonsense")


async def test_sends_files_and_sends_them_again_by_id(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    sent = await bot.send_document(anna.id, b"%PDF", filename="fiche.pdf", caption="La fiche")
    assert (anna.last.document, anna.last.content) == ("fiche.pdf", b"%PDF")
    assert sent.document
    await bot.send_document(anna.id, sent.document.file_id)
    assert anna.last.document == "fiche.pdf"
    await bot.send_photo(anna.id, png(300, 200))
    assert anna.last.kind == "photo"
    wrong = "can't unserialize it. Wrong last symbol"
    description = f"Bad Request: wrong remote file identifier specified: {wrong}"
    async with refusal(telegram, 400, description):
        await bot.send_document(anna.id, "BQACnonsense")
    description = "Bad Request: wrong file identifier/HTTP URL specified"
    async with refusal(telegram, 400, description):
        await bot.send_document(anna.id, "fiche.pdf")
    async with refusal(telegram, 400, "Bad Request: type of file mismatch"):
        await bot.send_photo(anna.id, sent.document.file_id)
    async with refusal(telegram, 400, "Bad Request: file must be non-empty"):
        await bot.send_document(anna.id, b"")


async def test_refuses_pictures_it_cannot_show(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    async with refusal(telegram, 400, "Bad Request: IMAGE_PROCESS_FAILED"):
        await bot.send_photo(anna.id, b"<svg/>")
    async with refusal(telegram, 400, "Bad Request: PHOTO_INVALID_DIMENSIONS"):
        await bot.send_photo(anna.id, png(100, 4))


async def test_refuses_an_upload_over_50_megabytes(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    async with refusal(telegram, 413, "Request Entity Too Large"):
        await bot.send_document(anna.id, bytes(50 * 1024 * 1024 + 1))


async def test_albums_hold_up_to_ten_of_one_sort(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    photos = [InputMediaPhoto(png(), caption=f"<b>{n}</b>", parse_mode="HTML") for n in range(2)]
    sent = await bot.send_media_group(anna.id, photos)
    assert [shown.text for shown in anna.messages[1:]] == ["0", "1"]
    assert sent[0].media_group_id == sent[1].media_group_id is not None
    description = "Bad Request: too many messages to send as an album"
    async with refusal(telegram, 400, description):
        await bot.send_media_group(anna.id, [InputMediaPhoto(png())] * 11)
    mixed: list[Any] = [InputMediaPhoto(png()), InputMediaDocument(b"x")]
    description = "Bad Request: can't use the media of the specified type in the album"
    async with refusal(telegram, 400, description):
        await bot.send_media_group(anna.id, mixed)


# --- the bot's own card -------------------------------------------------------------------


async def test_keeps_commands_and_descriptions_per_language(
    telegram: TelegramDouble, bot: Bot
) -> None:
    await bot.set_my_commands([BotCommand("start", "Begin")])
    await bot.set_my_commands([BotCommand("start", "Commencer")], language_code="fr")
    await bot.set_my_description("Longue", language_code="fr")
    await bot.set_my_short_description("Courte")
    assert telegram.commands == {"": {"start": "Begin"}, "fr": {"start": "Commencer"}}
    assert telegram.descriptions == {"fr": "Longue"}
    assert telegram.short_descriptions == {"": "Courte"}
    assert (await bot.get_my_commands(language_code="fr"))[0].description == "Commencer"
    assert (await bot.get_my_short_description(language_code="fr")).short_description == "Courte"
    assert (await bot.get_me()).username == "filrouge_test_bot"


@pytest.mark.parametrize(
    ("name", "description", "said"),
    [
        ("Start", "x", "Bad Request: BOT_COMMAND_INVALID"),
        ("mes-données", "x", "Bad Request: BOT_COMMAND_INVALID"),
        ("x" * 33, "x", "Bad Request: command length must not exceed 32"),
        ("/", "x", "Bad Request: command must be non-empty"),
        ("x", " ", "Bad Request: command description must be non-empty"),
        ("x", "x" * 257, "Bad Request: command description length must not exceed 256"),
    ],
)
async def test_refuses_a_wrong_command(
    telegram: TelegramDouble, bot: Bot, name: str, description: str, said: str
) -> None:
    async with refusal(telegram, 400, said):
        await bot.set_my_commands([BotCommand(name, description)])


async def test_refuses_too_many_commands_and_too_long_descriptions(
    telegram: TelegramDouble, bot: Bot
) -> None:
    with pytest.raises(BadRequest):
        await bot.set_my_commands([BotCommand(f"c{n}", "x") for n in range(101)])
    with pytest.raises(BadRequest):
        await bot.set_my_description("x" * 513)
    with pytest.raises(BadRequest):
        await bot.set_my_short_description("x" * 121)
    async with refusal(telegram, 400, "Bad Request: invalid language code specified"):
        await bot.set_my_description("x", language_code="fr-FR")


async def test_unknown_methods_and_actions_are_refused(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    async with refusal(telegram, 404, "Not Found: method not found"):
        await bot.do_api_request("sendTelepathy")
    async with refusal(telegram, 400, "Bad Request: wrong parameter action in request"):
        await bot.send_chat_action(anna.id, "thinking")
    await bot.send_chat_action(anna.id, "typing")
    assert anna.chat.actions == ["typing"]


async def test_parameters_may_come_as_json(telegram: TelegramDouble, anna: Person) -> None:
    url = f"{telegram.url}/bot{TOKEN}/sendMessage"
    markup = {"inline_keyboard": [[{"text": "Oui", "callback_data": "o"}]]}
    body = {"chat_id": anna.id, "text": "x", "reply_markup": markup, "parse_mode": None}
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
        assert (await answer.json())["ok"]
    assert anna.last.labels == ["Oui"]
    assert telegram.calls[-1].params["reply_markup"] == markup


# --- faults -------------------------------------------------------------------------------


async def test_a_wrong_or_revoked_token_is_unauthorized(telegram: TelegramDouble, bot: Bot) -> None:
    with pytest.raises(InvalidToken):
        async with bot_of(telegram, "42:WRONG"):
            pass
    assert (telegram.calls[-1].status, telegram.calls[-1].description) == (401, "Unauthorized")
    telegram.faults.revoked = True
    with pytest.raises(InvalidToken):
        await bot.get_updates()


async def test_ordered_faults_happen_once_and_are_not_refusals(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    telegram.faults.next("sendMessage", TooManyRequests(3))
    telegram.faults.next("sendMessage", ServerError(502))
    telegram.faults.next("sendMessage", ServerError(500))
    telegram.faults.next("sendMessage", CONFLICT)
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(anna.id, "x")
    assert "3" in str(caught.value)  # a number, or a timedelta, as PTB_TIMEDELTA has it
    for error in (NetworkError, NetworkError, Conflict):
        with pytest.raises(error):
            await bot.send_message(anna.id, "x")
    await bot.send_message(anna.id, "enfin")
    assert [shown.text for shown in anna.messages if shown.from_bot] == ["enfin"]
    assert telegram.refused == []
    assert [call.status for call in telegram.calls_of("sendMessage")] == [429, 502, 500, 409, 200]


async def test_a_fault_may_concern_one_chat_only(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    bruno = telegram.person(6, first_name="Bruno")
    await bruno.send("/start")
    telegram.faults.always("sendMessage", TooManyRequests(1), chat=bruno.id)
    await bot.send_message(anna.id, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(bruno.id, "x")
    telegram.faults.clear()
    await bot.send_message(bruno.id, "x")


async def test_connections_drop_before_or_after_the_work_is_done(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    telegram.faults.drop_before("sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(anna.id, "avant")
    telegram.faults.drop_after("sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(anna.id, "après")
    assert [shown.text for shown in anna.messages if shown.from_bot] == ["après"]


async def test_updates_come_twice_late_or_shuffled(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    telegram.faults.duplicate_updates(times=1)
    await anna.send("un")
    one, two = await bot.get_updates()
    assert one.update_id == two.update_id
    telegram.faults.duplicate_updates(times=1, apart=True)
    await anna.send("deux")
    (two,) = await bot.get_updates(offset=one.update_id + 1)
    (again,) = await bot.get_updates(offset=two.update_id + 1)
    assert again.update_id == two.update_id
    telegram.faults.clear()
    telegram.faults.delay_updates(60)
    await anna.send("trois")
    assert await bot.get_updates() == ()
    telegram.advance(60)
    assert len(await bot.get_updates(timeout=5)) == 1
    telegram.faults.clear()
    telegram.faults.reorder(seed=1)
    for n in range(8):
        await anna.send(str(n))
    ids = [update.update_id for update in await bot.get_updates()]
    assert ids != sorted(ids)
    assert len(ids) == 9


async def test_random_faults_spare_what_they_must(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    telegram.faults.randomly(1.0, [DropBefore(), DropAfter()], sparing=["getUpdates"])
    await bot.get_updates()
    with pytest.raises(NetworkError):
        await bot.send_message(anna.id, "x")


async def test_latency_is_a_round_trip_and_the_network_may_go_down(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    loop = asyncio.get_running_loop()
    telegram.faults.latency = 0.1
    before = loop.time()
    await bot.send_message(anna.id, "x")
    assert loop.time() - before >= 0.1
    telegram.faults.latency = 0.0
    await telegram.stop()
    with pytest.raises(NetworkError):
        await bot.send_message(anna.id, "y")
    await telegram.start()
    await bot.send_message(anna.id, "z")
    assert [shown.text for shown in anna.messages if shown.from_bot] == ["x", "z"]


def test_the_rates_are_thirty_a_second_in_all_and_one_in_a_chat_after_five() -> None:
    rates = RateLimits()
    for _ in range(5):
        rates.spend("sendmessage", 5, 1000.0)
    with pytest.raises(Refusal, match="retry after 1"):
        rates.spend("sendmessage", 5, 1000.0)
    rates.spend("sendmessage", 5, 1001.0)
    for chat in range(100, 129):
        rates.spend("sendmessage", chat, 1001.0)
    with pytest.raises(Refusal, match="retry after 1"):
        rates.spend("sendmessage", 200, 1001.0)
    rates.spend("sendmessage", 200, 1001.04)


async def test_real_rate_limits_can_be_enforced() -> None:
    slow = RateLimits(overall=5, per_chat=0.01)  # the machine may be slow too
    async with TelegramDouble(rate_limits=slow) as telegram, bot_of(telegram) as bot:
        anna = telegram.person(5)
        await anna.send("/start")
        for n in range(5):
            await bot.send_message(anna.id, str(n))
        with pytest.raises(RetryAfter):
            await bot.send_message(anna.id, "trop")
        assert telegram.calls[-1].description.startswith("Too Many Requests: retry after ")
        await bot.send_chat_action(anna.id, "typing")
        crowd = [telegram.person(100 + n) for n in range(60)]
        for person in crowd:
            await person.send("/start")
        sends = [bot.send_message(person.id, "x") for person in crowd]
        answers = await asyncio.gather(*sends, return_exceptions=True)
        assert sum(isinstance(answer, RetryAfter) for answer in answers) >= 5


# --- webhooks, processes ------------------------------------------------------------------


async def test_a_webhook_replaces_polling_and_is_repeated_until_accepted(
    telegram: TelegramDouble, bot: Bot, anna: Person
) -> None:
    seen: list[tuple[Any, str | None]] = []
    accepted = asyncio.Event()

    async def receive(request: aiohttp.web.BaseRequest) -> aiohttp.web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        seen.append(((await request.json())["message"]["text"], secret))
        if len(seen) == 3:
            accepted.set()
        return aiohttp.web.Response(status=500 if len(seen) == 1 else 200)

    description = "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
    async with refusal(telegram, 400, description):
        await bot.set_webhook("http://example.org/hook")
    await bot.set_webhook("https://example.org/hook", secret_token="s3cret")
    with pytest.raises(Conflict, match="while webhook is active"):
        await bot.get_updates()
    runner = aiohttp.web.ServerRunner(aiohttp.web.Server(receive))
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    to = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    async with telegram.webhook_delivery(to) as delivery:
        await anna.send("un")
        await anna.send("deux")
        await asyncio.wait_for(accepted.wait(), 5)
    await runner.cleanup()
    assert seen == [("un", "s3cret"), ("un", "s3cret"), ("deux", "s3cret")]
    assert [status for _, status in delivery.attempts][:2] == [500, 200]
    await bot.delete_webhook()
    assert len(await bot.get_updates()) <= 1  # the last one's receipt may have been cut off


async def test_a_whole_application_talks_with_a_person(telegram: TelegramDouble) -> None:
    async def start(update: Update, context: Any) -> None:
        assert update.message
        await update.message.reply_html("<b>Prêt ?</b>", reply_markup=keyboard(["Oui"]))

    async def pressed(update: Update, context: Any) -> None:
        assert update.callback_query
        await update.callback_query.answer("Noté")
        await update.callback_query.edit_message_text("Fini")

    root = (f"{telegram.url}/bot", f"{telegram.url}/file/bot")
    application = ApplicationBuilder().token(TOKEN).base_url(root[0]).base_file_url(root[1]).build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CallbackQueryHandler(pressed))
    telegram.faults.drop_after("getUpdates")
    assert application.updater
    async with application:
        await application.start()
        await application.updater.start_polling()
        anna = telegram.person(5)
        await anna.send("/start")
        await anna.click("Oui")
        await anna.sees("Fini")
        await anna.toasted("Noté")
        await application.updater.stop()
        await application.stop()
    assert telegram.refused == []
    assert anna.unanswered == []
    assert not telegram.updates.pending


async def test_runs_in_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.double", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        url = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession() as session:
            sent = await session.post(f"{url}/double/5/send", json={"text": "/start"})
            assert (await sent.json()) == {"ok": True, "result": 1}
            said = await session.post(
                f"{url}/bot{TOKEN}/sendMessage", json={"chat_id": 5, "text": "Bonjour"}
            )
            assert said.status == 200
            seen = await (await session.get(f"{url}/double/5")).json()
            assert [m["text"] for m in seen["result"]["messages"]] == ["/start", "Bonjour"]
            missing = await session.post(f"{url}/double/5/click", json={"label": "x", "timeout": 0})
            assert missing.status == 400
    finally:
        process.terminate()
        await process.wait()


def test_a_refusal_carries_its_parameters() -> None:
    body = Refusal(429, "Too Many Requests: retry after 7", retry_after=7).body()
    assert body["parameters"] == {"retry_after": 7}
