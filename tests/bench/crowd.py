"""A quick stand-in for Telegram with a crowd in it, in a process of its own: it checks nothing.

The strict double of `tests.double` would be the slowest part of a bench; this one answers a call in
some tens of microseconds. It takes one JSON order a line on standard input, and answers so:
    {"id": 1, "do": "walk", "people": [1, 64], "turns": 2000}    everybody answers what they are asked
    {"id": 2, "do": "instant", "people": [1, 100], "kind": "text"}    all in the same instant
    {"id": 3, "do": "export", "people": [200, 209], "seconds": 10}    each asks for a PDF again and again
    {"id": 4, "do": "latency", "seconds": 0.1}, {"id": 5, "do": "polled"}
    {"id": 6, "do": "hook", "to": ["http://127.0.0.1:8080/telegram"]}    updates are posted from now on
"""

import asyncio
import contextlib
import itertools
import json
import random
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import aiohttp

SECRET = "X-Telegram-Bot-Api-Secret-Token"
LOST = 20.0  # seconds before somebody who sees nothing says /start
STALLED = 60.0  # seconds without any answer: nothing is measured any more
WORDS = "Nous avons réuni les habitants deux fois, à la mairie puis à l’école du quartier. "
LINE = "Vallée du Niger"


@dataclass(slots=True, eq=False)
class Chat:
    """One person. `since`: when they acted, 0 while they read."""

    id: int
    card: int = 0
    text: str = ""
    data: list[str] = field(default_factory=list)
    markup: dict[str, Any] | None = None
    since: float = 0.0
    seen: Callable[["Chat", float], None] | None = None
    sent: Callable[["Chat"], None] | None = None
    acts: int = 0


class Telegram:
    """The queue of updates, and what each method answers."""

    def __init__(self) -> None:
        self.latency = 0.0
        self.chats: dict[int, Chat] = {}
        self.updates: deque[dict[str, Any]] = deque()
        self.next_update = time.time_ns() // 1_000  # a base knows those of the crowds before
        self.next_message = 1
        self.calls = 0
        self.polls = 0
        self.polled = asyncio.Event()
        self.hooks: Any = None
        self.shows: dict[str, str] = {}  # the secret that a bot asked for
        self.declared = asyncio.Event()  # it asked: a worker is ready before it does
        self._posts: set[asyncio.Task[None]] = set()
        self._poller: tuple[Callable[[bytes], None], asyncio.TimerHandle, int] | None = None

    # --- calls of the bot --------------------------------------------------------------------

    def call(self, method: str, body: bytes, kind: str, answer: Callable[[bytes], None]) -> None:
        if method == "getUpdates":
            self._poll(_fields(body, kind), answer)
            return
        self.calls += 1
        self._later(self._perform, method, body, kind, answer)

    def _perform(
        self, method: str, body: bytes, kind: str, answer: Callable[[bytes], None]
    ) -> None:
        self._later(answer, _ok(self._result(method, body, kind)))

    def _later(self, what: Callable[..., None], *arguments: Any) -> None:
        if self.latency:
            asyncio.get_running_loop().call_later(self.latency / 2, what, *arguments)
        else:
            what(*arguments)

    def _result(self, method: str, body: bytes, kind: str) -> Any:
        if method == "getMe":
            return {"id": 42, "is_bot": True, "first_name": "B", "username": "bench_bot"}
        if method == "setWebhook":
            asked = _fields(body, kind)
            self.shows = {SECRET: asked["secret_token"]}
            self.url = asked["url"]
            self.declared.set()
            return True
        if method == "getWebhookInfo":
            return {"url": self.url, "has_custom_certificate": False, "pending_update_count": 0}
        if method in ("sendMessage", "editMessageText"):
            return self._message(_fields(body, kind))
        if method in ("editMessageReplyMarkup", "sendDocument", "sendPhoto"):
            if method != "editMessageReplyMarkup":
                self._document(_part(body, b"chat_id"))
            return {"message_id": 1, "date": 1_700_000_000, "chat": {"id": 1, "type": "private"}}
        return True

    def _message(self, fields: dict[str, Any]) -> dict[str, Any]:
        chat = self.chats.setdefault(int(fields["chat_id"]), Chat(int(fields["chat_id"])))
        chat.card = int(fields.get("message_id") or self.new_message())
        chat.text = fields["text"]
        markup = fields.get("reply_markup")
        chat.markup = json.loads(markup) if isinstance(markup, str) else markup
        rows = (chat.markup or {}).get("inline_keyboard", ())
        chat.data = [one["callback_data"] for row in rows for one in row]
        since, chat.since = chat.since, 0.0
        if since and chat.seen:
            chat.seen(chat, time.monotonic() - since)
        return self.shown(chat)

    def _document(self, chat: int) -> None:
        known = self.chats.get(chat)
        if known and known.sent:
            known.sent(known)

    def shown(self, chat: Chat) -> dict[str, Any]:
        shown = {
            "message_id": chat.card,
            "date": 1_700_000_000,
            "from": {"id": 42, "is_bot": True, "first_name": "B", "username": "bench_bot"},
            "chat": {"id": chat.id, "type": "private", "first_name": "A"},
            "text": chat.text,
        }
        return {**shown, "reply_markup": chat.markup} if chat.markup else shown

    def new_message(self) -> int:
        self.next_message += 1
        return self.next_message

    # --- updates -----------------------------------------------------------------------------

    def _poll(self, fields: dict[str, Any], answer: Callable[[bytes], None]) -> None:
        self.polls += 1
        self.polled.set()
        offset, limit = int(fields.get("offset") or 0), int(fields.get("limit") or 100)
        while self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()
        if self._poller:
            self._poller[1].cancel()
            self._poller = None
        if self.updates:
            self._deliver(answer, limit)
            return
        hold = float(fields.get("timeout") or 0)
        timer = asyncio.get_running_loop().call_later(hold, self._nothing)
        self._poller = (answer, timer, limit)

    async def hook(self, to: list[str]) -> None:
        """From now on updates are posted, to each of these addresses in turn."""
        await asyncio.wait_for(self.declared.wait(), STALLED)
        self._session = aiohttp.ClientSession(
            trust_env=False, connector=aiohttp.TCPConnector(limit=0), headers=self.shows
        )
        self.hooks = itertools.cycle(to)

    def _post(self, update: dict[str, Any]) -> None:
        async def post() -> None:
            for _ in range(20):
                async with self._session.post(next(self.hooks), json=update) as answer:
                    if answer.status == 200:
                        return

        task = asyncio.create_task(post())
        self._posts.add(task)
        task.add_done_callback(self._posts.discard)

    def _nothing(self) -> None:
        if self._poller:
            answer, _, _ = self._poller
            self._poller = None
            answer(_ok([]))

    def _deliver(self, answer: Callable[[bytes], None], limit: int) -> None:
        batch = [self.updates[i] for i in range(min(limit, len(self.updates)))]
        self._later(answer, _ok(batch))

    def push(self, kind: str, body: dict[str, Any]) -> None:
        if self.hooks:
            self._post({"update_id": self.next_update, kind: body})
            self.next_update += 1
            return
        self.updates.append({"update_id": self.next_update, kind: body})
        self.next_update += 1
        if self._poller:  # at the end of this turn of the loop: those of one instant go together
            answer, timer, limit = self._poller
            self._poller = None
            timer.cancel()
            asyncio.get_running_loop().call_soon(self._deliver, answer, limit)


class Crowd:
    """People who answer; each act waits for what the one before brought."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.chance = random.Random(1)
        self.taps = self.texts = 0

    def chat(self, number: int) -> Chat:
        return self.telegram.chats.setdefault(number, Chat(number))

    def write(self, chat: Chat, text: str) -> None:
        self.texts += 1
        chat.acts += 1
        chat.since = time.monotonic()
        message = {
            "message_id": self.telegram.new_message(),
            "date": int(time.time()),
            "from": _person(chat),
            "chat": {"id": chat.id, "type": "private", "first_name": "A"},
            "text": text,
        }
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
        self.telegram.push("message", message)

    def tap(self, chat: Chat, data: str) -> None:
        self.taps += 1
        chat.acts += 1
        chat.since = time.monotonic()
        query = {
            "id": str(10**17 + self.telegram.next_update),
            "from": _person(chat),
            "chat_instance": "1",
            "data": data,
            "message": self.telegram.shown(chat),
        }
        self.telegram.push("callback_query", query)

    def act(self, chat: Chat) -> None:
        """What a person would do of the card shown."""
        if not chat.card:
            self.write(chat, "/start")
        elif data := self._wanted(chat):
            self.tap(chat, data)
        else:
            self.write(chat, LINE if chat.acts < 12 else WORDS)

    def _wanted(self, chat: Chat) -> str:
        """The button to press, "" to write."""
        verbs: dict[str, list[str]] = {}
        for one in chat.data:
            verbs.setdefault(one.partition(":")[0], []).append(one)
        if "x" in verbs:  # another robot
            return verbs["x"][0]
        if "c" in verbs and "s" not in verbs:
            return verbs["c"][0]
        if "c" not in verbs and (free := [one for one in verbs.get("o", ()) if one[-2:] == ":1"]):
            return self.chance.choice(free)
        if "s" in verbs:
            return ""
        deep = [one for one in verbs.get("y", ()) if "profondeur" in one]
        for verb in ("ok", "m", "r", "db", "b"):
            deep += verbs.get(verb, ())
        return deep[0] if deep else ""

    # --- orders ------------------------------------------------------------------------------

    async def walk(
        self, people: list[int], turns: int = 0, each: int = 0, think: float = 0, seconds: float = 0
    ) -> dict[str, Any]:
        """`turns` in all, or `each` by everybody, or for so many seconds."""
        waits: list[float] = []
        done = asyncio.Event()
        chats = [self.chat(one) for one in range(people[0], people[1] + 1)]
        left = turns or (each * len(chats) if each else 10**9)
        begun = {chat.id: 0 for chat in chats}
        loop, until = asyncio.get_running_loop(), time.monotonic() + (seconds or 1e6)
        calls, polls = self.telegram.calls, self.telegram.polls
        taps, texts = self.taps, self.texts
        under_way = 0

        def go(chat: Chat) -> None:
            nonlocal left, under_way
            over = left <= 0 or (each and begun[chat.id] >= each) or time.monotonic() > until
            if over:
                if not under_way:
                    done.set()
                return
            left -= 1
            under_way += 1
            begun[chat.id] += 1
            chat.seen = seen
            self.act(chat)

        def seen(chat: Chat, wait: float) -> None:
            nonlocal under_way, answered
            answered = time.monotonic()
            under_way -= 1
            waits.append(wait)
            chat.seen = None
            loop.call_later(
                think * (0.5 + self.chance.random()), go, chat
            ) if think else loop.call_soon(go, chat)

        started = answered = time.monotonic()
        for chat in chats:
            loop.call_later(think * self.chance.random(), go, chat) if think else go(chat)
        lost = 0
        while not done.is_set():
            try:
                await asyncio.wait_for(done.wait(), 1)
            except TimeoutError:
                now = time.monotonic()
                if left <= 0 and not any(chat.since for chat in chats):
                    break  # all are answered, by more messages than acts
                if now - answered > STALLED + think:
                    said = f"nobody is answered any more: {len(waits)} turns, {left} left"
                    raise RuntimeError(said) from None
                for chat in chats:
                    if chat.since and now - chat.since > LOST:
                        lost += 1
                        self.write(chat, "/start")
        spent = time.monotonic() - started
        return {
            "turns": len(waits),
            "seconds": spent,
            **spread(waits),
            "calls": self.telegram.calls - calls,
            "polls": self.telegram.polls - polls,
            "taps": self.taps - taps,
            "texts": self.texts - texts,
            "lost": lost,
        }

    async def instant(self, people: list[int], kind: str) -> dict[str, Any]:
        """Everybody acts at once: how long until each of them sees."""
        waits: list[float] = []
        done = asyncio.Event()
        chats = [self.chat(one) for one in range(people[0], people[1] + 1)]

        def seen(chat: Chat, wait: float) -> None:
            chat.seen = None
            waits.append(wait)
            if len(waits) == len(chats):
                done.set()

        for chat in chats:
            chat.seen = seen
            if kind == "tap":
                choices = [one for one in chat.data if one[0] in "ocsx"]
                self.tap(chat, choices[0])
            else:
                self.write(chat, WORDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), 60)
        return {"people": len(chats), "answered": len(waits), **spread(waits)}

    async def export(self, people: list[int], seconds: float, pause: float) -> dict[str, Any]:
        """Each asks for the working sheet as a PDF, and again `pause` after it came."""
        until, made = time.monotonic() + seconds, 0
        chats = [self.chat(one) for one in range(people[0], people[1] + 1)]

        def sent(chat: Chat) -> None:
            nonlocal made
            made += 1
            if time.monotonic() < until:
                loop.call_later(pause, self.tap, chat, "f:work:pdf")

        loop = asyncio.get_running_loop()
        for chat in chats:
            chat.sent = sent
            self.tap(chat, "f:work:pdf")  # the first time, the header is proposed
            loop.call_later(0.5, self.tap, chat, "f:work:pdf")
        await asyncio.sleep(seconds)
        for chat in chats:
            chat.sent = None
        return {"exports": made}


def spread(waits: list[float]) -> dict[str, float]:
    """Milliseconds."""
    ordered = sorted(waits)
    if not ordered:
        return {}
    last = len(ordered) - 1
    named = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: round(ordered[int(last * part)] * 1000, 2) for name, part in named.items()}


def _person(chat: Chat) -> dict[str, Any]:
    return {"id": chat.id, "is_bot": False, "first_name": "A", "language_code": "fr"}


def _fields(body: bytes, kind: str) -> dict[str, Any]:
    if kind.startswith("application/json"):
        return json.loads(body)
    if kind.startswith("multipart"):
        return {
            name: value
            for name in (
                "chat_id",
                "text",
                "message_id",
                "reply_markup",
                "offset",
                "limit",
                "timeout",
            )
            if (value := _text_part(body, name.encode())) is not None
        }
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def _text_part(body: bytes, name: bytes) -> str | None:
    start = body.find(b'name="' + name + b'"')
    if start < 0:
        return None
    start = body.index(b"\r\n\r\n", start) + 4
    return body[start : body.index(b"\r\n--", start)].decode()


def _part(body: bytes, name: bytes) -> int:
    return int(_text_part(body, name) or 0)


def _ok(result: Any) -> bytes:
    body = json.dumps({"ok": True, "result": result}, separators=(",", ":")).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


class Wire(asyncio.Protocol):
    """Just enough HTTP: one request at a time, its length known or in chunks."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end]).decode("latin-1")
            first, *lines = head.split("\r\n")
            headers = {k.lower(): v.strip() for k, _, v in (one.partition(":") for one in lines)}
            begin = end + 4
            if headers.get("transfer-encoding", "").lower() == "chunked":
                found = _chunks(self._buffer, begin)
                if found is None:
                    return
                body, stop = found
            else:
                stop = begin + int(headers.get("content-length", 0))
                if len(self._buffer) < stop:
                    return
                body = bytes(self._buffer[begin:stop])
            del self._buffer[:stop]
            method = first.split(" ")[1].partition("?")[0].rsplit("/", 1)[-1]
            self._telegram.call(method, body, headers.get("content-type", ""), self._answer)

    def _answer(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)  # type: ignore[attr-defined]  # a socket's


def _chunks(buffer: bytearray, at: int) -> tuple[bytes, int] | None:
    parts = []
    while True:
        line = buffer.find(b"\r\n", at)
        if line < 0:
            return None
        size = int(bytes(buffer[at:line]).split(b";")[0], 16)
        end = line + 2 + size
        if len(buffer) < end + 2:
            return None
        if not size:
            return b"".join(parts), end + 2
        parts.append(bytes(buffer[line + 2 : end]))
        at = end + 2


async def _obeyed(
    telegram: Telegram, crowd: Crowd, what: str, order: dict[str, Any]
) -> dict[str, Any]:
    if what == "latency":
        telegram.latency = order["seconds"]
    elif what == "hook":
        await telegram.hook(**order)
    elif what == "polled":
        telegram.polled.clear()  # those of a robot before this one
        await telegram.polled.wait()
        return {"at": time.monotonic()}
    else:
        done: dict[str, Any] = await getattr(crowd, what)(**order)
        return done
    return {}


async def main() -> None:
    telegram = Telegram()
    crowd = Crowd(telegram)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Wire(telegram), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"url": f"http://127.0.0.1:{port}"}), flush=True)
    orders: asyncio.StreamReader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    tasks = set()

    async def obey(order: dict[str, Any]) -> None:
        number, what = order.pop("id"), order.pop("do")
        try:
            result = await _obeyed(telegram, crowd, what, order)
        except (RuntimeError, TimeoutError) as error:
            result = {"error": f"{what}: {error}"}
        print(json.dumps({"id": number, **result}), flush=True)

    while line := await orders.readline():
        task = asyncio.create_task(obey(json.loads(line)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


if __name__ == "__main__":
    asyncio.run(main())
