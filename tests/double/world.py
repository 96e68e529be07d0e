"""What Telegram knows: one bot, its people, their chats, and every call the bot made."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import planted, rules
from .chat import Chat, Message
from .errors import QUERY_TOO_OLD, bad_request, unauthorized
from .faults import Faults
from .files import FileStore, Upload
from .updates import UpdateQueue

CALLBACK_LIFE = 150.0  # seconds an unfetched press waits in the queue
JSON_FIELDS = {
    "reply_markup": "Can't parse reply keyboard markup JSON object",
    "reply_parameters": "Can't parse reply parameters JSON object",
    "link_preview_options": "Can't parse link preview options JSON object",
    "entities": "Can't parse entities JSON object",
    "caption_entities": "Can't parse entities JSON object",
    "commands": "Can't parse commands JSON object",
    "scope": "Can't parse BotCommandScope JSON object",
    "media": "Can't parse media JSON object",
    "message_ids": "Can't parse message identifiers JSON object",
    "allowed_updates": "Can't parse allowed updates JSON object",
    "menu_button": "Can't parse menu button JSON object",
    "reaction": "Can't parse reaction types JSON object",
}
INT_FIELDS = {"chat_id", "from_chat_id", "message_id", "message_thread_id", "offset", "limit"}
INT_FIELDS |= {"timeout", "max_connections", "user_id", "reply_to_message_id"}
BOOL_FIELDS = {"show_alert", "drop_pending_updates", "disable_notification", "protect_content"}
BOOL_FIELDS |= {"allow_sending_without_reply", "is_big", "has_spoiler"}


@dataclass(slots=True)
class Call:
    """A request of the bot. `status` 0: under way, or its connection was dropped."""

    method: str
    params: dict[str, Any]
    at: float
    status: int = 0
    description: str = ""
    chat: int | None = None
    fault: bool = False


@dataclass(slots=True)
class Request:
    """The parameters of one call, decoded, and the files that came with them."""

    params: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def decode(self) -> None:
        """Turn JSON, numbers and booleans into themselves; raises what Telegram raises."""
        for name, value in self.params.items():
            if not isinstance(value, str):
                continue
            if name in INT_FIELDS:
                digits = value[1:] if value.startswith("-") else value
                self.params[name] = int(value) if digits.isdecimal() else value
            elif name in BOOL_FIELDS:
                self.params[name] = value.lower() in ("true", "yes", "1")
            elif value and name in JSON_FIELDS:
                try:
                    self.params[name] = json.loads(value)
                except ValueError:
                    raise bad_request(JSON_FIELDS[name]) from None

    def text(self, name: str) -> str:
        value = self.params.get(name)
        return value if isinstance(value, str) else "" if value is None else str(value)

    def number(self, name: str, default: int = 0) -> int:
        value = self.params.get(name)
        return value if isinstance(value, int) else default

    def flag(self, name: str) -> bool:
        return bool(self.params.get(name))


@dataclass(slots=True)
class Press:
    """A callback query."""

    id: str
    chat: int
    at: float
    answered: bool = False


@dataclass(slots=True)
class Profile:
    """What the bot says of itself. Keys: language ("" by default); for commands, scope first."""

    scoped_commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int | None, dict[str, Any]] = field(default_factory=dict)


class World:
    """State and identities; the methods live in `messages`, `media`, `profile`."""

    answer_window = 30.0  # seconds a fetched press may be answered; Telegram does not say
    delete_window = 48 * 3600.0

    def __init__(self, token: str, username: str, first_update_id: int) -> None:
        self.token = token
        planted.plant(token)
        self.bot: dict[str, Any] = {
            "id": int(token.split(":")[0]) if token.split(":")[0].isdecimal() else 1,
            "is_bot": True,
            "first_name": "Fil rouge",
            "username": username,
        }
        self.faults = Faults()
        self.files = FileStore()
        self.chats: dict[int, Chat] = {}
        self.calls: list[Call] = []
        self.warnings: list[str] = []
        self.hands: list[Callable[[], bool]] = []  # whether a bot of this process has work in hand
        self.profile = Profile()
        self.presses: dict[str, Press] = {}
        self.webhook: dict[str, Any] = {}
        self.logged_out = False
        self.updates = UpdateQueue(self.faults, self.now, first_update_id)
        self._shift = 0.0
        self._message_ids = itertools.count(1)
        self._query_ids = itertools.count(4_000_000_000_000_000_001)

    def now(self) -> float:
        """Telegram's clock, which `advance` moves."""
        return time.time() + self._shift

    def advance(self, seconds: float) -> None:
        self._shift += seconds

    def next_message_id(self) -> int:
        """One sequence for all the private chats of a bot, as with Telegram."""
        return next(self._message_ids)

    def warn(self, text: str) -> None:
        """Something Telegram accepts in silence, and that is surely a mistake."""
        self.warnings.append(text)

    def chat(self, request: Request, name: str = "chat_id") -> Chat:
        value = request.params.get(name)
        if value in (None, ""):
            raise bad_request(f"{name} is empty")
        found = self.chats.get(value) if isinstance(value, int) else None
        if found is None:
            raise bad_request("chat not found")
        return found

    def writable_chat(self, request: Request) -> Chat:
        chat = self.chat(request)
        chat.require_writable()
        return chat

    def press(self, chat: Chat, data: str, message: Message) -> Press:
        """A tap on a button, told to the bot."""
        press = Press(str(next(self._query_ids)), chat.id, self.now())
        self.presses[press.id] = press
        gone = {"message_id": message.id, "date": 0, "chat": chat.json}
        body = {
            "id": press.id,
            "from": chat.user,
            "chat_instance": str(chat.id * 7919),
            "data": data,
            "message": gone if message.deleted else message.json(chat),
        }
        self.updates.push("callback_query", body, chat.id, CALLBACK_LIFE)
        return press

    def open_press(self, query_id: str) -> Press:
        press = self.presses.get(query_id)
        if press is None or press.answered or self.now() - press.at > self.answer_window:
            raise bad_request(QUERY_TOO_OLD)
        return press

    def require_token(self, token: str) -> None:
        if token != self.token or self.faults.revoked:
            raise unauthorized()
        if self.logged_out:
            raise bad_request("Logged out")

    def formatted(self, request: Request, name: str = "text") -> rules.Formatted:
        """The text (or caption) of a call, checked."""
        check, entities = (
            (rules.message_text, "entities")
            if name == "text"
            else (rules.caption, "caption_entities")
        )
        mode = request.text("parse_mode")
        return check(request.text(name), mode, request.params.get(entities) or None, self.warn)
