"""Methods that write, edit and delete messages, and that answer presses."""

from __future__ import annotations

from typing import Any

from . import rules
from .chat import Chat, Message, Toast
from .errors import NOT_MODIFIED, bad_request
from .world import Request, World

ACTIONS = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
    *("upload_document", "choose_sticker", "find_location", "record_video_note"),
    "upload_video_note",
}


def send_message(world: World, request: Request) -> dict[str, Any]:
    formatted = world.formatted(request)
    chat = world.writable_chat(request)
    message = draft(world, chat, request, formatted)
    return chat.add(message).json(chat)


def draft(
    world: World, chat: Chat, request: Request, formatted: rules.Formatted, kind: str = "text"
) -> Message:
    """A message of the bot, not yet in the chat: keyboard and reply are checked here."""
    message = Message(
        id=0,
        from_bot=True,
        sender=world.bot,
        date=int(world.now()),
        kind=kind,
        text=formatted.text,
        source=formatted.source,
        entities=formatted.entities,
    )
    set_markup(world, chat, message, request.params.get("reply_markup"))
    if replied := _reply_target(chat, request):
        message.extra["reply_to_message"] = replied.json(chat)
    if request.number("message_thread_id"):
        raise bad_request("message thread not found")
    message.id = world.next_message_id()
    return message


def set_markup(world: World, chat: Chat, message: Message, markup: Any) -> None:
    if not markup:
        return
    if not isinstance(markup, dict):
        raise bad_request("Object expected as reply markup")
    if keyboard := markup.get("keyboard"):
        if not isinstance(keyboard, list) or not all(isinstance(row, list) for row in keyboard):
            raise bad_request('Field "keyboard" must be an Array of Arrays')
        labels = [[b if isinstance(b, str) else b.get("text", "") for b in r] for r in keyboard]
        if not all(label for row in labels for label in row):
            raise bad_request("Keyboard button text must be non-empty")
        chat.reply_keyboard = labels
        message.editable = False
    elif "inline_keyboard" in markup:
        message.show_keyboard(rules.inline_keyboard(markup, world.warn))
    elif markup.get("remove_keyboard"):
        chat.reply_keyboard = []
    elif markup.get("force_reply"):
        message.editable = False


def _reply_target(chat: Chat, request: Request) -> Message | None:
    asked = request.params.get("reply_parameters")
    options = asked if isinstance(asked, dict) else request.params
    wanted = options.get("message_id" if options is asked else "reply_to_message_id")
    if wanted is None:
        return None
    found = chat.messages.get(wanted)
    if found and not found.deleted:
        return found
    if options.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def edit_message_text(world: World, request: Request) -> dict[str, Any]:
    formatted = world.formatted(request)
    chat, message = _editable(world, request)
    if message.kind != "text":
        raise bad_request("There is no text in the message to edit")
    return _edit(world, chat, message, request, formatted)


def edit_message_caption(world: World, request: Request) -> dict[str, Any]:
    formatted = world.formatted(request, "caption")
    chat, message = _editable(world, request)
    if message.file is None:
        raise bad_request("There is no caption in the message to edit")
    return _edit(world, chat, message, request, formatted)


def edit_message_reply_markup(world: World, request: Request) -> dict[str, Any]:
    chat, message = _editable(world, request)
    same = rules.Formatted(message.text, message.entities, message.source)
    return _edit(world, chat, message, request, same)


def _editable(world: World, request: Request) -> tuple[Chat, Message]:
    if not request.text("chat_id") and not request.text("message_id"):
        # inline messages do not exist here
        raise bad_request("Message identifier is not specified")
    chat = world.writable_chat(request)
    message = chat.message(request.params.get("message_id"), "message to edit")
    if not message.from_bot or not message.editable:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(
    world: World, chat: Chat, message: Message, request: Request, formatted: rules.Formatted
) -> dict[str, Any]:
    rows = _edited_rows(world, request)
    before = (message.text, message.entities, message.markup)
    markup = {"inline_keyboard": rows} if rows else None
    if before == (formatted.text, formatted.entities, markup):
        raise bad_request(NOT_MODIFIED)
    message.text, message.entities, message.source = formatted
    if message.markup != markup:
        message.show_keyboard(rows)
    message.edit_date = int(world.now())
    chat.changed()
    return message.json(chat)


def _edited_rows(world: World, request: Request) -> list[list[dict[str, Any]]]:
    markup = request.params.get("reply_markup")
    if not markup:
        return []
    if not isinstance(markup, dict):
        raise bad_request("Object expected as reply markup")
    if "inline_keyboard" not in markup:
        raise bad_request("Inline keyboard expected")
    return rules.inline_keyboard(markup, world.warn)


def delete_message(world: World, request: Request) -> bool:
    chat = world.chat(request)
    message = chat.message(request.params.get("message_id"), "message to delete")
    _require_young(world, message)
    _delete(chat, message)
    return True


def delete_messages(world: World, request: Request) -> bool:
    """Unknown ones are skipped."""
    chat = world.chat(request)
    ids = request.params.get("message_ids")
    if not isinstance(ids, list) or not ids:
        raise bad_request("Message identifiers are not specified")
    if len(ids) > 100:
        raise bad_request("Too many message identifiers specified")
    found = [chat.messages[i] for i in ids if i in chat.messages]
    for message in found:
        _require_young(world, message)
    for message in found:
        _delete(chat, message)
    return True


def _require_young(world: World, message: Message) -> None:
    if world.now() - message.date > world.delete_window:
        raise bad_request("message can't be deleted")


def _delete(chat: Chat, message: Message) -> None:
    message.deleted = True
    chat.changed()


def answer_callback_query(world: World, request: Request) -> bool:
    text = request.text("text")
    if len(text) > rules.MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    press = world.open_press(request.text("callback_query_id"))
    press.answered = True
    chat = world.chats[press.chat]
    if text:
        chat.toasts.append(Toast(text, request.flag("show_alert"), press.id))
    chat.changed()
    return True


def send_chat_action(world: World, request: Request) -> bool:
    chat = world.writable_chat(request)
    action = request.text("action")
    if action not in ACTIONS:
        raise bad_request("Wrong parameter action in request")
    chat.actions.append(action)
    return True


METHODS = {
    "sendmessage": send_message,
    "editmessagetext": edit_message_text,
    "editmessagecaption": edit_message_caption,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "deletemessages": delete_messages,
    "answercallbackquery": answer_callback_query,
    "sendchataction": send_chat_action,
}
