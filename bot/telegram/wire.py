"""The connections to one server, kept open from a call to the next.

A general HTTP client spends more on a call than the bot on deciding it: this one knows how to post a
document and to get one back, and no more.
"""

import asyncio
import ssl
from functools import lru_cache
from urllib.parse import quote, urlsplit

from telegram.error import NetworkError

from bot.telegram.connection import Answer, Connection

EYEBALLS = 0.25  # seconds before another address of the server is tried beside the first


class NotSent(NetworkError):
    """No connection was established: the call certainly did not happen."""


class Wire:
    """`origin`: as in http://127.0.0.1:8081. At most `limit` calls at once."""

    def __init__(self, origin: str, agent: str, limit: int) -> None:
        where = urlsplit(origin)
        self._host = where.hostname or ""
        self._port = where.port or (443 if where.scheme == "https" else 80)
        self._ssl = ssl.create_default_context() if where.scheme == "https" else None
        self._common = f"Host: {where.netloc}\r\nUser-Agent: {agent}\r\n"
        self._slots = asyncio.Semaphore(limit)
        self._free: list[Connection] = []

    async def post(
        self,
        path: str,
        body: bytes,
        *,
        connect: float | None,
        wait: float | None,
        read: float | None,
    ) -> Answer:
        """Times are seconds, None for ever: to reach the server, to wait for one of the connections,
        and of silence before the answer. Raises NotSent, Lost, TimedOut."""
        request = b"%b%d\r\n\r\n%b" % (_head(path, self._common), len(body), body)
        await self._slot(wait)
        try:
            connection = self._kept() or await self._opened(connect)
            try:
                return await connection.ask(request, read)
            finally:
                if connection.ready:
                    self._free.append(connection)
                else:
                    connection.close()
        finally:
            self._slots.release()

    def close(self) -> None:
        while self._free:
            self._free.pop().close()

    async def _slot(self, wait: float | None) -> None:
        if not self._slots.locked():
            await self._slots.acquire()
            return
        try:
            async with asyncio.timeout(wait):
                await self._slots.acquire()
        except TimeoutError:
            raise NotSent("every connection is taken") from None

    def _kept(self) -> Connection | None:
        """The one used last: the likeliest to be still open."""
        while self._free:
            connection = self._free.pop()
            if connection.ready:
                return connection
            connection.close()
        return None

    async def _opened(self, connect: float | None) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(connect):
                _, connection = await loop.create_connection(
                    Connection, self._host, self._port, ssl=self._ssl, happy_eyeballs_delay=EYEBALLS
                )
        except OSError as error:  # TimeoutError and those of TLS among them
            raise NotSent(type(error).__name__) from None
        return connection


@lru_cache(maxsize=64)
def _head(path: str, common: str) -> bytes:
    """All that comes before the length of the document. The path is as the caller wrote it, and can
    hold nothing that would end the line."""
    quoted = quote(path, safe="/:?=&%@+,;~!$'()*")
    return (
        f"POST {quoted} HTTP/1.1\r\n{common}Content-Type: application/json\r\nContent-Length: "
    ).encode()
