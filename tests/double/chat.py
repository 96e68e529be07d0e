"""A private chat as Telegram keeps it: messages, keyboards, who blocked whom; and as it is seen."""

from __future__ import annotations

import asyncio
import html
import re
import time
from dataclasses import dataclass, field
from typing import Any

from .entities import Entity
from .errors import bad_request, forbidden
from .files import File

_NARROW = re.compile("[\u00a0\u202f\u2009]")


def readable(text: str) -> str:
    """No-break spaces as spaces: a person does not see the difference, nor should a test."""
    return _NARROW.sub(" ", text)


@dataclass(frozen=True, slots=True)
class Button:
    """A button as shown. `data` is None where pressing it sends nothing to the bot."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a person sees it; `text` is the caption where there is a file."""

    id: int
    text: str
    html: str
    buttons: list[list[Button]]
    from_bot: bool
    kind: str = "text"
    document: str | None = None
    content: bytes | None = None
    edited: bool = False
    reply_to: int | None = None

    @property
    def labels(self) -> list[str]:
        return [button.label for row in self.buttons for button in row]


@dataclass(frozen=True, slots=True)
class Toast:
    """What an answered press showed."""

    text: str
    show_alert: bool
    query_id: str


@dataclass(slots=True)
class Message:
    """A message; `content` and `extra` are merged into its JSON as they stand."""

    id: int
    from_bot: bool
    sender: dict[str, Any]
    date: int
    kind: str = "text"
    text: str = ""
    source: str = ""
    entities: list[Entity] = field(default_factory=list)
    markup: dict[str, Any] | None = None
    content: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    file: File | None = None
    editable: bool = True
    deleted: bool = False
    edit_date: int = 0
    keyboards: list[list[list[Button]]] = field(default_factory=list)

    def show_keyboard(self, rows: list[list[dict[str, Any]]] | None) -> None:
        self.markup = {"inline_keyboard": rows} if rows else None
        if rows:
            self.keyboards.append(
                [[Button(b["text"], b.get("callback_data"), b.get("url")) for b in r] for r in rows]
            )

    @property
    def buttons(self) -> list[list[Button]]:
        return self.keyboards[-1] if self.markup else []

    def json(self, chat: Chat) -> dict[str, Any]:
        body: dict[str, Any] = {
            "message_id": self.id,
            "from": self.sender,
            "chat": chat.json,
            "date": self.date,
            **self.extra,
            **self.content,
        }
        if self.text:
            name = "text" if self.kind == "text" else "caption"
            body[name] = self.text
            if self.entities:
                body["entities" if name == "text" else "caption_entities"] = self.entities
        if self.markup:
            body["reply_markup"] = self.markup
        if self.edit_date:
            body["edit_date"] = self.edit_date
        return body

    def shown(self) -> Shown:
        named = self.file is not None and self.kind == "document"
        reply = self.extra.get("reply_to_message")
        return Shown(
            id=self.id,
            text=self.text,
            html=self.source or html.escape(self.text, quote=False),
            buttons=self.buttons,
            from_bot=self.from_bot,
            kind=self.kind,
            document=self.file.name if self.file and named else None,
            content=self.file.content if self.file else None,
            edited=bool(self.edit_date),
            reply_to=reply["message_id"] if reply else None,
        )


@dataclass(slots=True)
class Chat:
    """The chat of one person with the bot."""

    id: int
    user: dict[str, Any]
    json: dict[str, Any]
    known: bool = False
    blocked: bool = False
    deactivated: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    reply_keyboard: list[list[str]] = field(default_factory=list)
    toasts: list[Toast] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    busy: int = 0
    touched: float = field(default_factory=time.monotonic)
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)

    def require_writable(self) -> None:
        """Bots cannot write first, nor to those who left."""
        if self.deactivated:
            raise forbidden("user is deactivated")
        if self.blocked:
            raise forbidden("bot was blocked by the user")
        if not self.known:
            raise forbidden("bot can't initiate conversation with a user")

    def message(self, message_id: Any, what: str) -> Message:
        found = self.messages.get(message_id) if isinstance(message_id, int) else None
        if found is None or found.deleted:
            raise bad_request(f"{what} not found")
        return found

    def add(self, message: Message) -> Message:
        self.messages[message.id] = message
        self.changed()
        return message

    def visible(self) -> list[Message]:
        return [message for message in self.messages.values() if not message.deleted]

    def changed(self) -> None:
        """Wake those who watch this chat."""
        self.touched = time.monotonic()
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def wait_change(self, seconds: float) -> None:
        """Returns at the next change, or after so many seconds."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await asyncio.wait([waiter], timeout=seconds)
        finally:
            self._waiting.discard(waiter)

    def screen(self) -> str:
        """The chat as text, for the eyes of whoever reads a failed test."""
        lines = [f"--- chat of {self.user['first_name']} ({self.id}) ---"]
        for message in self.visible():
            who = "bot" if message.from_bot else self.user["first_name"]
            kind = "" if message.kind == "text" else f" [{message.kind}]"
            lines.append(f"#{message.id} {who}{kind}: {message.text}")
            lines += ["    " + "  ".join(f"[{b.label}]" for b in row) for row in message.buttons]
        lines += [f"    toast: {toast.text}" for toast in self.toasts[-3:]]
        return "\n".join(lines)
