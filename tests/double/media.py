"""Methods that send files and albums, replace them, and give download links."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import rules
from .chat import Message
from .errors import NOT_MODIFIED, bad_request
from .files import File, Upload
from .messages import draft
from .world import Request, World

ATTACHED = "attach://"
KINDS = ("document", "photo", "voice", "video", "audio", "animation", "sticker", "video_note")


def describe(file: File, kind: str, **more: Any) -> dict[str, Any]:
    """The part of a message's JSON that describes its file."""
    reference: dict[str, Any] = file.reference()
    match kind:
        case "photo":
            width, height = file.width or 800, file.height or 600
            large = {**reference, "width": width, "height": height}
            small = {**large, "width": max(1, width // 4), "height": max(1, height // 4)}
            small["file_unique_id"], small["file_size"] = f"{file.unique_id}s", file.size // 4
            return {"photo": [small, large]}
        case "document":
            named = {"file_name": file.name, "mime_type": file.mime_type}
            return {"document": {**reference, **named, **more}}
        case "sticker":
            shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
            return {"sticker": {**reference, "type": "regular", **shape, **more}}
        case "video" | "animation":
            shape = {"width": 640, "height": 360, "duration": 1}
            return {kind: {**reference, **shape, "mime_type": file.mime_type, **more}}
        case "video_note":
            return {kind: {**reference, "length": 240, "duration": 1, **more}}
    return {kind: {**reference, "duration": 1, "mime_type": file.mime_type, **more}}


def _upload(request: Request, name: str, value: Any) -> Upload | None:
    if isinstance(value, str) and value.startswith(ATTACHED):
        name = value.removeprefix(ATTACHED)
        if name not in request.files:
            raise bad_request("Wrong file identifier/HTTP URL specified")
    return request.files.get(name) if not value or str(value).startswith(ATTACHED) else None


def sender(kind: str) -> Callable[[World, Request], dict[str, Any]]:
    """The method that sends a file of that kind."""

    def send(world: World, request: Request) -> dict[str, Any]:
        value = request.params.get(kind)
        upload = _upload(request, kind, value)
        formatted = world.formatted(request, "caption")
        chat = world.writable_chat(request)
        file = world.files.resolve(kind, value, upload)
        message = draft(world, chat, request, formatted, kind)
        message.file = file
        message.content = describe(file, kind)
        return chat.add(message).json(chat)

    return send


def send_media_group(world: World, request: Request) -> list[dict[str, Any]]:
    items = request.params.get("media")
    if not isinstance(items, list):
        raise bad_request("Expected an Array of InputMedia")
    chat = world.writable_chat(request)
    if not items:
        raise bad_request("There are no messages to send")
    if len(items) > 10:
        raise bad_request("Too many messages to send as an album")
    drafts = [_item(world, request, item) for item in items]
    kinds = {message.kind for message in drafts}
    if len(kinds) > 1 and kinds & {"document", "audio"}:
        raise bad_request("Can't use the media of the specified type in the album")
    group = str(world.now())
    for message in drafts:
        message.id = world.next_message_id()
        message.extra["media_group_id"] = group
        chat.add(message)
    return [message.json(chat) for message in drafts]


def _item(world: World, request: Request, item: Any) -> Message:
    if not isinstance(item, dict) or "type" not in item:
        raise bad_request("Can't parse InputMedia: expected an Object")
    kind = item["type"]
    if kind not in KINDS:
        raise bad_request(f'Can\'t parse InputMedia: type "{kind}" is unsupported')
    value = item.get("media")
    file = world.files.resolve(kind, value, _upload(request, "", value))
    mode = item.get("parse_mode") or ""
    formatted = rules.caption(
        item.get("caption") or "", mode, item.get("caption_entities"), world.warn
    )
    message = Message(0, True, world.bot, int(world.now()), kind)
    message.text, message.entities, message.source = formatted
    message.file = file
    message.content = describe(file, kind)
    return message


def edit_message_media(world: World, request: Request) -> dict[str, Any]:
    chat = world.writable_chat(request)
    message = chat.message(request.params.get("message_id"), "message to edit")
    if not message.from_bot or not message.editable:
        raise bad_request("message can't be edited")
    new = _item(world, request, request.params.get("media"))
    markup = request.params.get("reply_markup")
    rows = rules.inline_keyboard(markup, world.warn) if markup else []
    shown = {"inline_keyboard": rows} if rows else None
    before = (message.file, message.text, message.entities, message.markup)
    if before == (new.file, new.text, new.entities, shown):
        raise bad_request(NOT_MODIFIED)
    message.kind, message.file, message.content = new.kind, new.file, new.content
    message.text, message.entities, message.source = new.text, new.entities, new.source
    message.show_keyboard(rows)
    message.edit_date = int(world.now())
    chat.changed()
    return message.json(chat)


def get_file(world: World, request: Request) -> dict[str, Any]:
    file = world.files.link(request.text("file_id"), world.now())
    return {**file.reference(), "file_path": file.path}


METHODS: dict[str, Callable[[World, Request], Any]] = {
    **{f"send{kind.replace('_', '')}": sender(kind) for kind in KINDS},
    "sendmediagroup": send_media_group,
    "editmessagemedia": edit_message_media,
    "getfile": get_file,
}
