"""HTTP over aiohttp, behind python-telegram-bot's own extension point.

Measured on this bot's calls it serves several times the turns of the default client. What went
wrong is told by its type, for the sender must know whether a message may have left; never by its
words, which could hold the token's address.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.telegram import reading

LONGEST_WAIT = 86_400  # seconds that flood control may ask for
LONGEST = 600.0  # seconds for a call with files: a stalled upload ends too

JSON = {"Content-Type": "application/json"}
# How Telegram's answers to what a turn calls begin: the rest, the message as it knows it, is not read.
_DONE = re.compile(rb'\{"ok": ?true, ?"result": ?(?:true\}|\{"message_id": ?(\d{1,18}),)')

ODV = Any  # a float, None, or python-telegram-bot's « not given »

_NEVER_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientConnectorCertificateError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)


class NotSent(NetworkError):
    """No connection was established: the call certainly did not happen."""


class Lost(NetworkError):
    """The connection broke under way: nobody knows whether the call happened."""


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


class AiohttpRequest(BaseRequest):
    """One session, made by `initialize`. Times are seconds; `connections`: calls at once, by default
    as many as there are updates in a batch."""

    def __init__(
        self, connections: int = 100, read: float = 10.0, connect: float = 5.0, pool: float = 10.0
    ) -> None:
        self._connections = connections
        self._read = read
        self._connect = connect
        self._pool = pool
        self._session: aiohttp.ClientSession | None = None

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
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, url: str, parameters: Mapping[str, object]) -> int | None:
        """A call of plain JSON values; the id of the message it answers, if it answers one.

        Raises what python-telegram-bot makes of a refusal. Nothing else of an answer is read.
        """
        data = cast(RequestData, _Parameters(parameters))
        payload = await self._request_wrapper(url, "POST", data)
        if done := _DONE.match(payload):
            return int(done[1]) if done[1] else None
        result = self.parse_json_payload(payload).get("result")
        number = result.get("message_id") if isinstance(result, dict) else None
        return number if isinstance(number, int) else None

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
        timeout = _timeout(
            _given(connect_timeout, self._connect),
            _given(pool_timeout, self._pool),
            _given(read_timeout, self._read),
            LONGEST if request_data and request_data.contains_files else None,
        )
        body, headers = _body(request_data)
        try:
            async with self._session.request(
                method,
                url,
                data=body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
                proxy=_proxy(*url.split("/", 3)[:3:2]),
            ) as answer:
                return answer.status, await answer.read()
        except _NEVER_CONNECTED as error:
            raise NotSent(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise Lost(type(error).__name__) from None

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


@lru_cache
def _timeout(
    connect: float | None, pool: float | None, read: float | None, total: float | None
) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=total,
        connect=None if connect is None or pool is None else connect + pool,
        sock_connect=connect,
        sock_read=read,  # counted from the end of the writing
    )


_encoded = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def _body(
    data: RequestData | None,
) -> tuple[aiohttp.FormData | bytes | None, dict[str, str] | None]:
    """None (getMe), JSON, or multipart when there are files; and what says so."""
    if data is None:
        return None, None
    if not data.contains_files:
        return _encoded(data.parameters).encode(), JSON
    form = aiohttp.FormData(quote_fields=False)  # names of files as they are: « fiche é.pdf »
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, media_type) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=media_type)
    return form, None
