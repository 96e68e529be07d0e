"""A scripted person: writes, taps, waits and looks, and complains by showing what is on screen."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from . import inbound
from .chat import Button, Chat, Message, Shown, Toast, readable
from .files import png
from .media import describe

if TYPE_CHECKING:
    from .world import World

_T = TypeVar("_T")
PATIENCE = 20.0  # seconds: the machine may be busy
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Person:
    """One person in a private chat with the bot. Everything sent returns its message id."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self.chat = chat
        self.id = chat.id
        self.sent: list[int] = []

    async def send(self, text: str, **extra: Any) -> int:
        """Write; a text over the limit leaves as several messages (the last id is returned)."""
        pieces = inbound.split(text)
        if not pieces:
            raise ValueError("a client does not send an empty message")
        return [self._receive(text=piece, extra=dict(extra)) for piece in pieces][-1]

    async def edit(self, message_id: int, text: str) -> None:
        inbound.correct(self._world, self.chat, message_id, text)

    async def reply(self, to_message_id: int, text: str) -> int:
        target = self.chat.message(to_message_id, "message to reply to")
        return await self.send(text, reply_to_message=target.json(self.chat))

    async def forward(self, text: str, from_name: str = "Bruno") -> int:
        """Someone else's words, passed on."""
        date = int(self._world.now())
        origin = {"type": "hidden_user", "sender_user_name": from_name, "date": date}
        return await self.send(text, forward_origin=origin)

    async def follow(self, link: str) -> int:
        """Open a deep link to the bot and press Start."""
        payload = parse_qs(urlsplit(link).query).get("start", [""])[0]
        if self._world.bot["username"] not in link or (payload and not _PAYLOAD.fullmatch(payload)):
            raise AssertionError(f"Telegram would not open this link: {link}")
        return await self.send(f"/start {payload}".strip())

    async def send_photo(self, content: bytes | None = None, caption: str = "") -> int:
        return self._file("photo", "photo.png", content or png(64, 48), "image/png", caption)

    async def send_voice(self, content: bytes = b"OggS", duration: int = 5) -> int:
        file = self._world.files.add("voice", "voice.oga", content, "audio/ogg")
        voice = {**file.reference(), "duration": duration, "mime_type": "audio/ogg"}
        return self._receive(kind="voice", fields={"voice": voice}, file=file)

    async def send_document(
        self,
        name: str = "a.pdf",
        content: bytes = b"%PDF-1.4",
        size: int | None = None,
        caption: str = "",
        mime_type: str = "",
    ) -> int:
        """`size` may declare more than `content` holds: the download is padded with zeros."""
        return self._file("document", name, content, mime_type, caption, size)

    async def send_sticker(self, emoji: str = "👍") -> int:
        return self._file("sticker", "sticker.webp", b"RIFF", "image/webp", more={"emoji": emoji})

    async def send_location(self, latitude: float = 48.85, longitude: float = 2.35) -> int:
        place = {"latitude": latitude, "longitude": longitude}
        return self._receive(kind="location", fields={"location": place})

    async def send_contact(self, phone: str = "+33600000000", first_name: str = "Bruno") -> int:
        contact = {"phone_number": phone, "first_name": first_name}
        return self._receive(kind="contact", fields={"contact": contact})

    async def send_poll(
        self, question: str = "Oui ?", options: tuple[str, ...] = ("a", "b")
    ) -> int:
        shown = [
            {"text": text, "voter_count": 0, "persistent_id": str(number)}
            for number, text in enumerate(options)
        ]
        flags = {"is_closed": False, "is_anonymous": True, "allows_multiple_answers": False}
        flags |= {"allows_revoting": True, "members_only": False}
        poll = {"id": "1", "question": question, "options": shown, "total_voter_count": 0}
        return self._receive(kind="poll", fields={"poll": {**poll, **flags, "type": "regular"}})

    async def send_album(self, n: int = 3, caption: str = "") -> list[int]:
        """`n` photos in separate updates, the caption on the first."""
        group = {"media_group_id": str(time.monotonic_ns())}
        return [
            self._file("photo", "p.png", png(), "image/png", caption if not i else "", extra=group)
            for i in range(n)
        ]

    async def send_raw(self, **fields: Any) -> int:
        """A message of any other kind, in the fields of the Bot API: send_raw(dice={…})."""
        return self._receive(kind=next(iter(fields), "unknown"), fields=fields)

    async def delete(self, message_id: int) -> None:
        """Delete a message for both sides: no update tells the bot."""
        self.chat.message(message_id, "message to delete").deleted = True
        self.chat.changed()

    async def clear_history(self) -> None:
        for message in self.chat.visible():
            message.deleted = True
        self.chat.changed()

    async def block(self) -> None:
        inbound.block(self._world, self.chat, True)

    async def unblock(self) -> None:
        inbound.block(self._world, self.chat, False)

    async def click(
        self,
        label: str,
        *,
        on: int | None = None,
        times: int = 1,
        timeout: float = PATIENCE,  # noqa: ASYNC109
    ) -> str:
        """Press the button whose label contains `label`, waiting for it to appear; the query id.

        With `on`, the keyboard that message last showed, even if it has none now. A button with
        a link opens nothing and returns its url; one of the reply keyboard is sent as text.
        """
        complaint = f"no button « {label} »"
        found = await self._until(lambda: self._find(label, on), timeout, complaint, on)
        message, button = found
        if message is None:
            return str(await self.send(button.label))
        if button.data is None:
            return button.url or ""
        return self._press(message, button.data, times)

    async def press(self, data: str, *, on: int, times: int = 1) -> str:
        """Raw callback data, as a forged client could send it."""
        return self._press(self.chat.messages[on], data, times)

    @property
    def messages(self) -> list[Shown]:
        return [message.shown() for message in self.chat.visible()]

    @property
    def last(self) -> Shown:
        """The newest message of the bot."""
        for message in reversed(self.chat.visible()):
            if message.from_bot:
                return message.shown()
        raise AssertionError(f"the bot said nothing yet.\n{self.screen()}")

    @property
    def toasts(self) -> list[Toast]:
        return self.chat.toasts

    @property
    def keyboard(self) -> list[list[str]]:
        """The reply keyboard, below the text field."""
        return self.chat.reply_keyboard

    @property
    def unanswered(self) -> list[str]:
        """Presses whose button still spins."""
        presses = self._world.presses.values()
        return [press.id for press in presses if press.chat == self.id and not press.answered]

    def screen(self) -> str:
        return self.chat.screen()

    async def sees(self, text: str, timeout: float = 5) -> Shown:  # noqa: ASYNC109 (agreed name)
        """Wait until a message of the bot shows that text; the newest one that does."""
        wanted = readable(text)

        def look() -> Shown | None:
            for message in reversed(self.chat.visible()):
                if message.from_bot and wanted in readable(message.text):
                    return message.shown()
            return None

        return await self._until(look, timeout, f"« {text} » never came")

    async def toasted(self, text: str, within: float = PATIENCE) -> Toast:
        """Wait for a toast that contains that text; the newest one that does."""
        wanted = readable(text)

        def look() -> Toast | None:
            return next((t for t in reversed(self.toasts) if wanted in readable(t.text)), None)

        return await self._until(look, within, f"no toast « {text} »")

    async def quiet(self, seconds: float = 0.2, within: float = 2 * PATIENCE) -> None:
        """Wait until nothing happened in this chat for so long: no call, no update left to take."""
        await self._still(lambda: False, seconds, within)

    async def served(self, within: float = 2 * PATIENCE) -> None:
        """Wait until the bots of this process have nothing left in hand. None here: a silence."""
        if hands := self._world.hands:
            await self._still(lambda: any(full() for full in hands), 0.02, within)
        else:
            await self.quiet(within=within)

    async def _still(self, busy: Callable[[], bool], seconds: float, within: float) -> None:
        deadline, since = time.monotonic() + within, 0.0
        while True:
            now = time.monotonic()
            if self.chat.busy or self._world.updates.waits(self.id) or busy():
                since = now
            since = max(since, self.chat.touched)
            if now - since >= seconds:
                return
            if now >= deadline:
                raise AssertionError(f"never quiet for {seconds} s.\n{self.screen()}")
            await asyncio.sleep(0.01)

    async def _until(
        self, look: Callable[[], _T | None], within: float, complaint: str, on: int | None = None
    ) -> _T:
        deadline = time.monotonic() + within
        while (found := look()) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"{complaint}.\n{self._available(on)}")
            await self.chat.wait_change(left)
        return found

    def _receive(self, **what: Any) -> int:
        message = inbound.receive(self._world, self.chat, **what)
        self.sent.append(message.id)
        return message.id

    def _file(
        self,
        kind: str,
        name: str,
        content: bytes,
        mime_type: str,
        caption: str = "",
        size: int | None = None,
        more: dict[str, Any] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> int:
        file = self._world.files.add(kind, name, content, mime_type, size)
        fields = describe(file, kind, **(more or {}))
        return self._receive(text=caption, kind=kind, fields=fields, file=file, extra=extra)

    def _press(self, message: Message, data: str, times: int) -> str:
        self.chat.known = True
        self.chat.changed()
        return [self._world.press(self.chat, data, message).id for _ in range(times)][-1]

    def _find(self, label: str, on: int | None) -> tuple[Message | None, Button] | None:
        """Exact label first, then the first that contains it; the newest message first."""
        wanted = readable(label)
        for message, rows in self._keyboards(on):
            buttons = [button for row in rows for button in row]
            for match in (wanted.__eq__, lambda text: wanted in text):
                for button in buttons:
                    if match(readable(button.label)):
                        return message, button
        return None

    def _keyboards(self, on: int | None) -> list[tuple[Message | None, list[list[Button]]]]:
        if on is not None:
            card = self.chat.messages[on]
            return [(card, card.keyboards[-1])] if card.keyboards else []
        shown: list[tuple[Message | None, list[list[Button]]]] = [
            (message, message.buttons)
            for message in reversed(self.chat.visible())
            if message.from_bot and message.buttons
        ]
        reply = [[Button(label) for label in row] for row in self.chat.reply_keyboard]
        return [*shown, (None, reply)] if reply else shown

    def _available(self, on: int | None) -> str:
        lines = [
            f"#{message.id if message else 'keyboard'}: "
            + " · ".join(button.label for row in rows for button in row)
            for message, rows in self._keyboards(on)
        ]
        return "\n".join(["buttons there are:", *lines, self.screen()])
