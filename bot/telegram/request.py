"""HTTP behind python-telegram-bot's own extension point: the wire for documents, aiohttp for the rest.

Measured on this bot's calls it serves many times the turns of the default client. What went wrong
is told by its type, for the sender must know whether a message may have left; never by its words,
which could hold the token's address.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.telegram import reading
from bot.telegram.connection import Lost
from bot.telegram.wire import NotSent, Wire

LONGEST_WAIT = 86_400  # seconds that flood control may ask for
LONGEST = 600.0  # seconds for a whole call: a stalled upload ends too

JSON = {"Content-Type": "application/json"}

ODV = Any  # a float, None, or python-telegram-bot's « not given »

_NEVER_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientConnectorCertificateError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)


class Unreadable(TelegramError):
    """The answer is not JSON, or no JSON that can be read."""

    def __init__(self, payload: bytes) -> None:
        super().__init__("Invalid server response")
        self.payload = payload


@dataclass(frozen=True, slots=True)
class _Parameters:
    """What `do_request` reads of a RequestData, for a call that has no files and nothing to convert."""

    parameters: Mapping[str, object]
    contains_files = False


class HttpRequest(BaseRequest):
    """Opened by `initialize`. Times are seconds; `connections`: calls at once.

    Files, what is fetched and what goes through a proxy are for the session; all the rest is wired.
    """

    def __init__(
        self, connections: int = 256, read: float = 10.0, connect: float = 5.0, pool: float = 10.0
    ) -> None:
        self._connections = connections
        self._read = read
        self._connect = connect
        self._pool = pool
        self._session: aiohttp.ClientSession | None = None
        self._wires: dict[str, Wire] = {}  # one for each server: there is one

    @property
    def read_timeout(self) -> float:
        return self._read

    async def initialize(self) -> None:
        if self._session is None:
            # no limit per host: everything goes to one
            pool = aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=60)
            self._session = aiohttp.ClientSession(
                connector=pool,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                skip_auto_headers=("Accept", "Accept-Encoding"),
            )

    async def shutdown(self) -> None:
        while self._wires:
            self._wires.popitem()[1].close()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, url: str, parameters: Mapping[str, object]) -> object:
        """A call of plain JSON values: its result. Raises what python-telegram-bot makes of a refusal."""
        return await self.post(url, cast(RequestData, _Parameters(parameters)))

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODV = BaseRequest.DEFAULT_NONE,
        write_timeout: ODV = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODV = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODV = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NotSent("no session")
        connect = _given(connect_timeout, self._connect)
        wait = _given(pool_timeout, self._pool)
        read = _given(read_timeout, self._read)
        scheme, _, host, path = url.split("/", 3)
        if method == "POST" and _wired(scheme, host) and not _files(request_data):
            wire = self._wire(f"{scheme}//{host}")
            body = _document(request_data)
            return await wire.post(f"/{path}", body, connect=connect, wait=wait, read=read)
        timeout = aiohttp.ClientTimeout(
            total=LONGEST,
            connect=_sum(connect, wait),
            sock_connect=connect,
            sock_read=read,  # counted from the end of the writing
        )
        document = not _files(request_data) and method == "POST"
        try:
            async with self._session.request(
                method,
                url,
                data=_document(request_data) if document else _form(request_data),
                headers=JSON if document else None,
                timeout=timeout,
                allow_redirects=False,
                proxy=_proxy(scheme, host),
            ) as answer:
                return answer.status, await answer.read()
        except _NEVER_CONNECTED as error:
            raise NotSent(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise Lost(type(error).__name__) from None

    def _wire(self, origin: str) -> Wire:
        wire = self._wires.get(origin)
        if wire is None:
            wire = self._wires[origin] = Wire(origin, self.USER_AGENT, self._connections)
        return wire

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the parent's, without writing the answer in the log."""
        try:
            parsed = reading.read(payload)
        except ValueError:
            raise Unreadable(payload) from None
        if not isinstance(parsed, dict) or not ("result" in parsed or "description" in parsed):
            raise TelegramError("Invalid server response")
        if "parameters" in parsed:
            parsed["parameters"] = _sound(parsed["parameters"])
        return parsed


def _sound(parameters: object) -> dict[str, int]:
    """Those that say where a chat has moved, or how long to wait; whatever else a server may invent, no."""
    given = parameters if isinstance(parameters, dict) else {}
    bounds = {"migrate_to_chat_id": (-(2**63), -1), "retry_after": (1, LONGEST_WAIT)}
    return {
        name: max(least, min(most, value))
        for name, (least, most) in bounds.items()
        if isinstance(value := given.get(name), int)
    }


@cache
def _proxy(scheme: str, host: str) -> str | None:
    """HTTPS_PROXY and NO_PROXY, read once: trust_env reads them, and netrc in a thread, at each call."""
    return None if proxy_bypass(host) else getproxies().get(scheme.rstrip(":"))


def _given(value: ODV, default: float) -> float | None:
    if value is BaseRequest.DEFAULT_NONE:
        return default
    return None if value is None else float(value)


def _sum(*seconds: float | None) -> float | None:
    return None if None in seconds else sum(one or 0.0 for one in seconds)


@cache
def _wired(scheme: str, host: str) -> bool:
    """An address with a password, or in another alphabet, is for those who know all about addresses."""
    return _proxy(scheme, host) is None and host.isascii() and "@" not in host


def _files(data: RequestData | None) -> bool:
    return data is not None and data.contains_files


_encoded = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def _document(data: RequestData | None) -> bytes:
    return _encoded(data.parameters).encode() if data else b"{}"


def _form(data: RequestData | None) -> aiohttp.FormData | None:
    """Files and what goes with them; None for what is only fetched."""
    if data is None:
        return None
    form = aiohttp.FormData(quote_fields=False)  # names of files as they are: « fiche é.pdf »
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, media_type) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=media_type)
    return form
