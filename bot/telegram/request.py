"""HTTP over aiohttp, behind python-telegram-bot's own extension point.

Measured on this bot's calls it serves several times the turns of the default client. What went
wrong is told by its type, for the sender must know whether a message may have left; never by its
words, which could hold the token's address.
"""

from functools import cache
from typing import Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.telegram import reading

LONGEST_WAIT = 86_400  # seconds that flood control may ask for
LONGEST = 600.0  # seconds for a whole call: a stalled upload ends too

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


class AiohttpRequest(BaseRequest):
    """One session, made by `initialize`. Times are seconds; `connections`: calls at once."""

    def __init__(
        self, connections: int = 256, read: float = 10.0, connect: float = 5.0, pool: float = 10.0
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
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

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
        timeout = aiohttp.ClientTimeout(
            total=LONGEST,
            connect=_sum(connect, _given(pool_timeout, self._pool)),
            sock_connect=connect,
            sock_read=_given(read_timeout, self._read),  # counted from the end of the writing
        )
        try:
            async with self._session.request(
                method,
                url,
                data=_body(request_data),
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


def _sum(*seconds: float | None) -> float | None:
    return None if None in seconds else sum(one or 0.0 for one in seconds)


def _body(data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    """None (getMe), urlencoded, or multipart when there are files."""
    if data is None:
        return None
    if not data.contains_files:
        return data.json_parameters
    form = aiohttp.FormData(quote_fields=False)  # names of files as they are: « fiche é.pdf »
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, media_type) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=media_type)
    return form
