"""The HTTP face of the double: one bot, every call recorded, faults where they were ordered."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from aiohttp import web

from . import copies, media, messages, profile, wire
from .chat import Chat
from .errors import WEBHOOK_ACTIVE, Refusal, not_found, too_many_requests
from .faults import DropAfter, DropBefore, Fault, Held, Reply, ServerError, Slow, TooManyRequests
from .files import LINK_LIFE
from .person import Person
from .rates import RateLimits
from .updates import Gone
from .webhook import WebhookDelivery
from .world import Call, Request, World

METHODS = {**profile.METHODS, **messages.METHODS, **media.METHODS, **copies.METHODS}
BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head></html>"


class TelegramDouble(World):
    """`async with TelegramDouble(token="42:TEST") as telegram:` — see the package's docstring."""

    def __init__(
        self,
        token: str = "42:TEST",  # noqa: S107 (no secret)
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        username: str = "filrouge_test_bot",
        rate_limits: bool | RateLimits = False,
        first_update_id: int = 900_000_001,
    ) -> None:
        super().__init__(token, username, first_update_id)
        self.host = host
        self.port = port
        if isinstance(rate_limits, bool):
            self.rates = RateLimits() if rate_limits else None
        else:
            self.rates = rate_limits
        self._persons: dict[int, Person] = {}
        self._runner: web.ServerRunner | None = None

    async def start(self) -> Self:
        """Listen. After `stop()`, listens again on the same port, with the same memory."""
        server = web.Server(self._handle, request_factory=wire.build_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        """The network is down: nothing listens any more. What Telegram knows stays."""
        self.updates.interrupt(None)
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def refused(self) -> list[Call]:
        """Calls Telegram itself would have refused: what a good bot never provokes."""
        return [call for call in self.calls if call.status >= 400 and not call.fault]

    @property
    def commands(self) -> dict[str, dict[str, str]]:
        """Per language, what a private chat offers: {"fr": {"start": "…"}}."""
        menus: dict[str, dict[str, str]] = {}
        for scope in ("default", "all_private_chats"):  # the second hides the first
            for (where, language), items in self.profile.scoped_commands.items():
                if where == scope:
                    menus[language] = {item["command"]: item["description"] for item in items}
        return menus

    @property
    def descriptions(self) -> dict[str, str]:
        return self.profile.descriptions

    @property
    def short_descriptions(self) -> dict[str, str]:
        return self.profile.short_descriptions

    @property
    def allowed_updates(self) -> list[str] | None:
        return self.updates.allowed

    def calls_of(self, method: str, chat: int | None = None) -> list[Call]:
        return [c for c in self.calls if c.method == method and chat in (None, c.chat)]

    def person(
        self, user_id: int, *, language: str | None = "fr", first_name: str = "Anna"
    ) -> Person:
        """A scripted person; the same id is always the same person."""
        known = self._persons.get(user_id)
        if known is None:
            user = {"id": user_id, "is_bot": False, "first_name": first_name}
            if language:
                user["language_code"] = language
            chat_json = {"id": user_id, "type": "private", "first_name": first_name}
            chat = self.chats[user_id] = Chat(user_id, user, chat_json)
            known = self._persons[user_id] = Person(self, chat)
        return known

    def webhook_delivery(self, *to: str) -> WebhookDelivery:
        """`async with telegram.webhook_delivery(local_url):` posts updates until the block ends.

        `to` stands for the reverse proxy: where what is sent to the public url arrives, each in turn.
        """
        return WebhookDelivery(self, *to)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        kind, _, rest = request.path.lstrip("/").partition("/")
        token = unquote(kind.removeprefix("bot"))
        try:
            if kind == "file":
                return await self._download(request, rest)
            if not kind.startswith("bot") or not rest:
                raise not_found()
            self.require_token(token)
        except Refusal as refusal:
            call = Call(rest, {}, time.monotonic())
            self.calls.append(call)
            return wire.refuse(call, refusal)
        return await self._call(request, rest)

    async def _call(self, http: web.BaseRequest, method: str) -> web.StreamResponse:
        call = Call(method, {}, time.monotonic())
        self.calls.append(call)
        chat: Chat | None = None
        try:
            request = await wire.read(http)
            call.params = request.params
            request.decode()
            chat = self._touched_chat(request)
            if chat:
                call.chat = chat.id
                chat.busy += 1
            return await self._act(http, call, request)
        except Refusal as refusal:
            return wire.refuse(call, refusal)
        except web.HTTPRequestEntityTooLarge:
            return wire.refuse(call, Refusal(413, "Request Entity Too Large"))
        except Exception as error:  # noqa: BLE001 (a gap of the double must show as one)
            return wire.refuse(call, Refusal(500, f"The double failed: {error!r}"))
        finally:
            if chat:
                chat.busy -= 1
                chat.touched = time.monotonic()

    async def _act(self, http: web.BaseRequest, call: Call, request: Request) -> web.StreamResponse:
        half = self.faults.latency / 2
        if half:
            await asyncio.sleep(half)
        method = call.method.lower()
        fault = self.faults.take(method, call.chat)
        if fault and (failed := self._fail(http, call, fault)):
            return failed
        if self.rates:
            count = len(request.params.get("media") or []) if method == "sendmediagroup" else 1
            self.rates.spend(method, call.chat, time.monotonic(), max(1, count))
        try:
            result = await self._perform(http, method, request)
        except Gone:
            call.status, call.fault = 499, True
            return wire.drop(http)
        if isinstance(fault, DropAfter):
            call.fault = True
            return wire.drop(http)
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)
        if isinstance(fault, Held):
            await fault.until.wait()
        if half:
            await asyncio.sleep(half)
        call.status = 200
        return wire.reply({"ok": True, "result": result})

    async def _perform(self, http: web.BaseRequest, method: str, request: Request) -> Any:
        if method == "getupdates":
            return await self._get_updates(http, request)
        handler = METHODS.get(method)
        if handler is None:
            raise not_found("method not found")
        return handler(self, request)

    async def _get_updates(self, http: web.BaseRequest, request: Request) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refusal(409, WEBHOOK_ACTIVE)
        profile.allow(self, request)
        offset, limit = request.number("offset"), request.number("limit", 100)
        timeout = request.number("timeout")
        return await self.updates.poll(offset, limit, timeout, lambda: wire.connected(http))

    def _touched_chat(self, request: Request) -> Chat | None:
        if press := self.presses.get(request.text("callback_query_id")):
            return self.chats[press.chat]
        value = request.params.get("chat_id")
        return self.chats.get(value) if isinstance(value, int) else None

    def _fail(self, http: web.BaseRequest, call: Call, fault: Fault) -> web.StreamResponse | None:
        """The answer of a fault that keeps the call from being handled."""
        match fault:
            case TooManyRequests(retry_after, bare):
                refusal = too_many_requests(retry_after)
                if bare:
                    refusal.parameters = {}
            case Reply(code, description, parameters):
                refusal = Refusal(code, description)
                refusal.parameters = parameters or {}
            case ServerError(code) if code == 500:
                refusal = Refusal(code, "Internal Server Error")
            case ServerError(code):
                call.status, call.description, call.fault = code, "Bad Gateway", True
                return web.Response(status=code, body=BAD_GATEWAY, content_type="text/html")
            case DropBefore():
                call.fault = True
                return wire.drop(http)
            case _:
                return None
        call.fault = True
        return wire.refuse(call, refusal)

    async def _download(self, http: web.BaseRequest, rest: str) -> web.StreamResponse:
        bot, _, path = rest.partition("/")
        self.require_token(unquote(bot.removeprefix("bot")))
        call = Call("download", {"file_path": path}, time.monotonic())
        self.calls.append(call)
        if self.faults.latency:
            await asyncio.sleep(self.faults.latency)
        fault = self.faults.take("download", None)
        if fault and (failed := self._fail(http, call, fault)):
            return failed
        file = self.files.by_path.get(unquote(path))
        if file is None or self.now() - file.linked_at >= LINK_LIFE:
            return wire.refuse(call, not_found())
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)
        if isinstance(fault, DropAfter):
            call.fault = True
            return wire.drop(http)
        call.status = 200
        return web.Response(body=file.bytes(), content_type="application/octet-stream")
