"""Methods that pass messages on, pin them or react to them."""

from __future__ import annotations

from typing import Any

from .chat import Message
from .errors import bad_request
from .messages import set_markup
from .world import Request, World


def forward_message(world: World, request: Request) -> dict[str, Any]:
    """Forwarded messages lose their keyboard here, and can never be edited."""
    chat = world.writable_chat(request)
    source = world.chat(request, "from_chat_id")
    original = source.message(request.params.get("message_id"), "message to forward")
    copy = _copy(world, original)
    copy.editable = False
    origin = {"type": "user", "sender_user": original.sender, "date": original.date}
    copy.extra["forward_origin"] = origin
    return chat.add(copy).json(chat)


def copy_message(world: World, request: Request) -> dict[str, Any]:
    chat = world.writable_chat(request)
    source = world.chat(request, "from_chat_id")
    original = source.message(request.params.get("message_id"), "message to copy")
    copy = _copy(world, original)
    set_markup(world, chat, copy, request.params.get("reply_markup"))
    return {"message_id": chat.add(copy).id}


def _copy(world: World, original: Message) -> Message:
    return Message(
        id=world.next_message_id(),
        from_bot=True,
        sender=world.bot,
        date=int(world.now()),
        kind=original.kind,
        text=original.text,
        source=original.source,
        entities=original.entities,
        content=original.content,
        file=original.file,
    )


def pin_chat_message(world: World, request: Request) -> bool:
    chat = world.chat(request)
    if request.text("message_id"):
        chat.message(request.params.get("message_id"), "message to pin")
    return True


def set_message_reaction(world: World, request: Request) -> bool:
    chat = world.chat(request)
    chat.message(request.params.get("message_id"), "message to react")
    if len(request.params.get("reaction") or []) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    return True


METHODS = {
    "forwardmessage": forward_message,
    "copymessage": copy_message,
    "pinchatmessage": pin_chat_message,
    "unpinchatmessage": pin_chat_message,
    "setmessagereaction": set_message_reaction,
}
