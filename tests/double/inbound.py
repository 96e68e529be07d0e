"""What a person can put into a chat: the JSON of incoming messages, and the updates they make."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import planted
from .chat import Chat, Message
from .entities import Entity, utf16_length
from .files import File
from .media import describe
from .rules import MAX_TEXT

if TYPE_CHECKING:
    from .world import World

_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w+)?")


def command_entities(text: str) -> list[Entity]:
    """Clients mark every /command; without the mark a bot sees plain text."""
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(text[: found.start()]),
            "length": len(found[0]),
        }
        for found in _COMMAND.finditer(text)
    ]


def split(text: str) -> list[str]:
    """Cut a long text as clients do: at a line or a word, into consecutive messages."""
    pieces = []
    while len(text) > MAX_TEXT:
        cut = max(text.rfind("\n", 0, MAX_TEXT), text.rfind(" ", 0, MAX_TEXT))
        cut = cut + 1 if cut > MAX_TEXT // 2 else MAX_TEXT
        pieces.append(text[:cut].strip())
        text = text[cut:]
    return [piece for piece in (*pieces, text.strip()) if piece]


def receive(
    world: World,
    chat: Chat,
    *,
    text: str = "",
    kind: str = "text",
    fields: dict[str, Any] | None = None,
    extra: dict[str, Any] | None = None,
    file: File | None = None,
) -> Message:
    """A person's message enters the chat, and its update the queue."""
    if chat.blocked:
        raise RuntimeError(f"{chat.user['first_name']} blocked the bot: unblock() before writing")
    planted.plant(text)
    message = Message(
        id=world.next_message_id(),
        from_bot=False,
        sender=chat.user,
        date=int(world.now()),
        kind=kind,
        text=text,
        entities=command_entities(text),
        content=describe(file, kind) if file and fields is None else fields or {},
        extra=extra or {},
        file=file,
    )
    chat.known = True
    chat.add(message)
    world.updates.push("message", message.json(chat), chat.id)
    return message


def correct(world: World, chat: Chat, message_id: int, text: str) -> None:
    """A person edits her own message, or its caption."""
    message = chat.message(message_id, "message to edit")
    if message.from_bot:
        raise ValueError(f"#{message_id} is the bot's: a person cannot edit it")
    planted.plant(text)
    message.text, message.entities = text, command_entities(text)
    message.edit_date = int(world.now())
    chat.changed()
    world.updates.push("edited_message", message.json(chat), chat.id)


def block(world: World, chat: Chat, blocked: bool) -> None:
    """The person blocks the bot, or lets it speak again."""
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    member = {"user": world.bot, "status": "member"}
    kicked = {"user": world.bot, "status": "kicked", "until_date": 0}
    body = {
        "chat": chat.json,
        "from": chat.user,
        "date": int(world.now()),
        "old_chat_member": member if blocked else kicked,
        "new_chat_member": kicked if blocked else member,
    }
    world.updates.push("my_chat_member", body, chat.id)
