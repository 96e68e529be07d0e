"""One HTTP/1.1 connection: a request out, its answer back, then the next.

What cannot be read ends the connection, and the call under way is lost: it may have happened.
"""

import asyncio
from typing import cast

from telegram.error import NetworkError, TimedOut

IDLE = 30.0  # seconds of silence after which a connection is not trusted any more
LONGEST_HEAD = 65_536
CHUNKED, TO_THE_END = -1, -2  # lengths of a body that its head does not tell

Answer = tuple[int, bytes]  # status, body


class Lost(NetworkError):
    """The connection broke under way: nobody knows whether the call happened."""


class Connection(asyncio.Protocol):
    """Asked only when it is ready: one call at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._received = bytearray()
        self._status = 0  # of an answer whose head was read
        self._length = 0  # of its body
        self._keep = True
        self._heard = self._loop.time()
        self._answer: asyncio.Future[Answer] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def ready(self) -> bool:
        """Whether another call may be made."""
        fresh = self._loop.time() - self._heard < IDLE
        return fresh and self._keep and self._answer is None and not self._transport.is_closing()

    async def ask(self, request: bytes, patience: float | None) -> Answer:
        """`patience`: seconds of silence, None for ever. Raises Lost, TimedOut."""
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answer = answer
        self._heard = self._loop.time()
        self._transport.write(request)
        if patience is not None:
            self._timer = self._loop.call_later(patience, self._watch, patience)
        try:
            return await answer
        finally:
            if self._timer:
                self._timer.cancel()

    def close(self) -> None:
        self._transport.abort()

    def _watch(self, patience: float) -> None:
        left = self._heard + patience - self._loop.time()
        if left <= 0:
            self._end(TimedOut())
        else:  # a long answer is coming
            self._timer = self._loop.call_later(left, self._watch, patience)

    def _end(self, why: NetworkError) -> None:
        self._keep = False
        self._transport.abort()
        if self._answer and not self._answer.done():
            self._answer.set_exception(why)

    # --- what the loop says ----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        self._received += data
        try:
            self._read()
        except ValueError as error:
            self._end(Lost(type(error).__name__))

    def connection_lost(self, error: Exception | None) -> None:
        if self._status and self._length == TO_THE_END and error is None:
            self._done(bytes(self._received))
        self._end(Lost(type(error).__name__))

    # --- the answer ------------------------------------------------------------------------------

    def _read(self) -> None:
        """Raises ValueError: no answer, or nobody asked."""
        if self._answer is None:
            raise ValueError("it speaks first")
        if not self._status and not self._read_head():
            return
        if self._length == CHUNKED:
            if (body := _joined(self._received)) is not None:
                self._done(body)
        elif 0 <= self._length <= len(self._received):
            self._done(bytes(self._received[: self._length]))

    def _read_head(self) -> bool:
        """Whether it is there; what follows it is kept."""
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            if len(head) > LONGEST_HEAD:
                raise ValueError("a head without end")
            return False
        first, *lines = bytes(head).lower().split(b"\r\n")
        version, status = first.split(b" ", 2)[:2]
        self._status = int(status)
        if version not in (b"http/1.1", b"http/1.0") or self._status < 200:
            raise ValueError("no answer of HTTP/1.1")
        fields = {name: value.strip() for name, _, value in (one.partition(b":") for one in lines)}
        self._length = _length(fields)
        closes = version == b"http/1.0" or fields.get(b"connection") == b"close"
        self._keep = not closes and self._length != TO_THE_END
        self._received = body
        return True

    def _done(self, body: bytes) -> None:
        answer, self._answer = self._answer, None
        if answer and not answer.done():
            answer.set_result((self._status, body))
        self._status = 0
        self._received.clear()


def _length(fields: dict[bytes, bytes]) -> int:
    """Raises ValueError."""
    if coding := fields.get(b"transfer-encoding"):
        if coding != b"chunked":
            raise ValueError("an unknown coding")
        return CHUNKED
    told = fields.get(b"content-length")
    if told is None:
        return TO_THE_END
    if not told.isdigit():
        raise ValueError("no length")
    return int(told)


def _joined(chunks: bytearray) -> bytes | None:
    """The chunks of a body as one, None while some are missing. Raises ValueError."""
    parts: list[bytearray] = []
    at = 0
    while (end := chunks.find(b"\r\n", at)) >= 0:
        size = int(chunks[at:end].partition(b";")[0], 16)
        begin, at = end + 2, end + 2 + size + 2
        if size < 0:
            raise ValueError("a chunk of no size")
        if len(chunks) < at:
            return None
        if not size:
            return b"".join(parts)
        parts.append(chunks[begin : begin + size])
    return None
