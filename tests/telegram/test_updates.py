"""From Telegram's JSON to what happened: every kind of message, and any nonsense."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.domain import conversation as c
from bot.service.ports import Inbound, Key
from bot.telegram.bot import number_of
from bot.telegram.updates import Standing, lane_of, to_inbound, to_standing

USER = {"id": 5, "is_bot": False, "first_name": "Anna", "language_code": "fr"}
CHAT = {"id": 5, "type": "private", "first_name": "Anna"}
NOW = 1_800_000_000.0
FILE = {"file_id": "F", "file_unique_id": "U", "file_size": 1234}


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 7, "date": 1_700_000_000, "chat": CHAT, "from": USER, **fields}


def read(**fields: Any) -> Inbound | None:
    update = Update.de_json({"update_id": 3, **fields}, None)
    assert update
    return to_inbound(update, NOW)


def said(**fields: Any) -> c.Event | None:
    inbound = read(message=message(**fields))
    return inbound.event if inbound else None


def command(text: str) -> dict[str, Any]:
    length = len(text.split()[0])
    entity = {"type": "bot_command", "offset": 0, "length": length}
    return {"text": text, "entities": [entity]}


def test_a_text_says_who_where_and_when() -> None:
    replied = message(message_id=4, text="carte")
    inbound = read(message=message(text="bonjour", reply_to_message=replied))
    assert inbound == Inbound(
        Key("telegram", 5, 5),
        c.TextGiven("bonjour", 7, at=1_700_000_000.0),
        update=3,
        reply_to=4,
        language="fr",
    )


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("/start", c.Started("", 1_700_000_000.0)),
        ("/start p-12_A", c.Started("p-12_A", 1_700_000_000.0)),
        ("/start@filrouge_bot p", c.Started("p", 1_700_000_000.0)),
        ("/Fiche", c.Commanded("fiche", "", 1_700_000_000.0)),
        ("/modifier@filrouge_bot  Q4 ", c.Commanded("modifier", "Q4", 1_700_000_000.0)),
    ],
)
def test_commands(text: str, event: c.Event) -> None:
    assert said(**command(text)) == event


def test_a_command_that_is_quoted_is_a_text() -> None:
    origin = {"type": "hidden_user", "sender_user_name": "B", "date": 1}
    event = said(**command("/supprimer"), forward_origin=origin)
    assert event == c.TextGiven("/supprimer", 7, forwarded=True, at=1_700_000_000.0)
    inside = {"type": "bot_command", "offset": 5, "length": 6}
    assert isinstance(said(text="voir /aide.", entities=[inside]), c.TextGiven)
    assert isinstance(said(text="/ 3 personnes"), c.TextGiven)


@pytest.mark.parametrize(
    ("fields", "kind", "name"),
    [
        ({"voice": {**FILE, "duration": 3}}, "voice", ""),
        ({"audio": {**FILE, "duration": 3, "file_name": "a.mp3"}}, "audio", "a.mp3"),
        ({"video": {**FILE, "duration": 3, "width": 1, "height": 1}}, "video", ""),
        ({"video_note": {**FILE, "duration": 3, "length": 1}}, "video", ""),
        ({"document": {**FILE, "file_name": "b.pdf"}}, "document", "b.pdf"),
    ],
)
def test_files(fields: dict[str, Any], kind: str, name: str) -> None:
    event = said(**fields, caption="légende")
    assert isinstance(event, c.AttachmentGiven)
    assert event.attachment == c.Attachment(kind, name, "F", 1234, 7)  # type: ignore[arg-type]
    assert event.caption == "légende"


def test_a_gif_is_one_file_though_it_comes_as_two() -> None:
    gif = {**FILE, "duration": 1, "width": 1, "height": 1, "file_name": "g.mp4"}
    event = said(animation=gif, document={**FILE, "file_id": "other"})
    assert isinstance(event, c.AttachmentGiven)
    assert (event.attachment.kind, event.attachment.file) == ("video", "F")


def test_of_a_photo_the_largest_size_is_kept() -> None:
    sizes = [
        {"file_id": f"F{side}", "file_unique_id": f"U{side}", "width": side, "height": side}
        for side in (90, 1280, 320)
    ]
    event = said(photo=sizes)
    assert isinstance(event, c.AttachmentGiven)
    assert (event.attachment.file, event.attachment.size) == ("F1280", 0)


def test_places() -> None:
    spot = {"latitude": 48.85, "longitude": 2.35}
    venue = {"location": spot, "title": "Mairie", "address": "1 place"}
    event = said(location=spot, venue=venue)
    assert isinstance(event, c.AttachmentGiven)
    assert event.attachment == c.Attachment("location", "Mairie", message=7, place=(48.85, 2.35))


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"contact": {"phone_number": "1", "first_name": "B"}}, "contact"),
        ({"dice": {"emoji": "🎲", "value": 1}}, "dice"),
        ({"story": {"chat": CHAT, "id": 1}}, "story"),
        ({"invented_next_year": {"x": 1}}, "other"),
    ],
)
def test_what_no_answer_can_hold_is_named(fields: dict[str, Any], kind: str) -> None:
    assert said(**fields) == c.UnsupportedGiven(kind, 1_700_000_000.0)


def test_nobody_spoke_when_the_chat_itself_changed() -> None:
    assert said(pinned_message=message(text="carte")) is None
    assert said(message_auto_delete_timer_changed={"message_auto_delete_time": 3}) is None


def test_edits_correct_texts_and_captions_only() -> None:
    edited = read(edited_message=message(text="corrigé", edit_date=1_700_000_100))
    assert edited
    assert edited.event == c.MessageEdited(7, "corrigé", 1_700_000_100.0)
    spot = {"latitude": 48.85, "longitude": 2.35}
    assert read(edited_message=message(location=spot)) is None


def tap(data: str | None = "ok", **fields: Any) -> Inbound | None:
    query = {"id": "99", "from": USER, "chat_instance": "1", "data": data, **fields}
    return read(callback_query=query)


def test_a_tap_carries_its_event_and_its_card() -> None:
    inbound = tap(message=message(text="carte"))
    assert inbound
    assert (inbound.event, inbound.tapped, inbound.tap) == (c.ConsentGiven(NOW), 7, "99")


@pytest.mark.parametrize("data", [None, "", "zz", "o:Q4", "x" * 5000, "o:Q4:-1:9:2", ":::"])
def test_an_unreadable_tap_is_said_to_be_one(data: str | None) -> None:
    inbound = tap(data, message=message(text="carte"))
    assert inbound
    assert inbound.event == c.UnsupportedGiven("button", NOW)


def test_a_tap_on_a_message_out_of_reach_counts() -> None:
    gone = tap(message={"message_id": 7, "date": 0, "chat": CHAT})
    assert gone
    assert gone.tapped == 7
    absent = tap(inline_message_id="i")
    assert absent
    assert (absent.tapped, absent.key) == (None, Key("telegram", 5, 5))


def test_groups_are_left_alone() -> None:
    group = {"id": -100, "type": "supergroup", "title": "G"}
    assert read(message=message(text="bonjour", chat=group)) is None
    assert tap(message=message(chat=group, text="carte")) is None
    assert read(channel_post=message(text="bonjour")) is None


def test_blocking_and_coming_back() -> None:
    def change(status: str) -> Standing | None:
        bot = {"id": 42, "is_bot": True, "first_name": "B"}
        old, new = {"status": "member", "user": bot}, {"status": status, "user": bot}
        if status == "kicked":
            new["until_date"] = 0
        body = {"chat": CHAT, "from": USER, "date": 1}
        body |= {"old_chat_member": old, "new_chat_member": new}
        update = Update.de_json({"update_id": 1, "my_chat_member": body}, None)
        assert update
        return to_standing(update)

    assert change("kicked") == Standing(Key("telegram", 5, 5), True)
    assert change("member") == Standing(Key("telegram", 5, 5), False)


def test_half_a_surrogate_pair_can_be_stored() -> None:
    event = said(text="a\ud800b")
    assert isinstance(event, c.TextGiven)
    assert event.text == "a?b"


def test_lanes_are_chats() -> None:
    update = Update.de_json({"update_id": 1, "message": message(text="x")}, None)
    assert lane_of(update) == 5
    assert lane_of("anything") == 0


nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = ["text", "from", "chat", "photo", "voice", "document", "location", "entities", "venue"]
NAMES += ["reply_to_message", "forward_origin", "caption", "sticker", "date", "message_id", "poll"]


@given(
    st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]), st.data()
)
def test_any_update_is_read_or_refused_at_the_door(kind: str, data: st.DataObject) -> None:
    """And it always has a lane, from which it can be set aside."""
    fields = data.draw(st.dictionaries(st.sampled_from(NAMES), nonsense, max_size=4))
    body = message(**fields) if kind != "callback_query" else {"id": "1", "from": USER, **fields}
    raw = {"update_id": 1, kind: body}
    assert number_of(raw) == 1
    try:
        update = Update.de_json(raw, None)
    except Exception:  # noqa: BLE001  # set aside, see FilrougeBot.parsed
        return
    assert update
    assert isinstance(lane_of(update), int)
    with suppress(AttributeError, TypeError, ValueError):  # set aside too, see Lanes
        to_inbound(update, NOW)
        to_standing(update)


@given(nonsense)
def test_an_update_without_a_number_is_recognised(raw: Any) -> None:
    assert number_of(raw) is None or isinstance(raw, dict)
