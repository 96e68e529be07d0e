"""One application out of the routes it is given, served in its caller's loop, behind a reverse proxy.

`cli` owns the loop and the signals. What a page raises is logged by its type, never by its words.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import ConfigError

log = logging.getLogger(__name__)

BACKLOG = 2048
MOST_AT_ONCE = 2_000  # connections: beyond, 503 at once rather than a slow death
KEPT_ALIVE = 75.0  # seconds a silent connection stays open: a proxy uses it again
GRACE = 3.0  # seconds for answers under way when the server stops

HEADERS = {  # unless a page says otherwise
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def application(routes: Sequence[BaseRoute]) -> ASGIApp:
    return _Guarded(Starlette(routes=routes))


@asynccontextmanager
async def served(
    app: ASGIApp, host: str, port: int, setting: str = "FILROUGE_WEB"
) -> AsyncIterator[int]:
    """Listens until the block ends; the port (of use when 0 was asked). Raises ConfigError."""
    listening = _bound(host, port, setting)
    server = _Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,  # addresses hold secrets
            server_header=False,
            limit_concurrency=MOST_AT_ONCE,
            timeout_keep_alive=int(KEPT_ALIVE),
            timeout_graceful_shutdown=int(GRACE),
        )
    )
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    ready = asyncio.create_task(server.ready.wait())
    try:
        await asyncio.wait((serving, ready), return_when=asyncio.FIRST_COMPLETED)
        log.info("page web à l’écoute sur %s:%s", host, listening.getsockname()[1])
        yield listening.getsockname()[1]
    finally:
        ready.cancel()
        server.should_exit = True
        await serving
        listening.close()


class _Server(uvicorn.Server):
    """`ready` once it listens. The signals are not its own."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class _Guarded:
    """The headers of every page; and a page that fails does not write what it read in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, dressed)
        except Exception as error:  # noqa: BLE001  # the edge of this process; 500 was answered
            log.error("une page web a échoué (%s)", type(error).__name__)


def _bound(host: str, port: int, setting: str) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigError(
            f"L’adresse {host}:{port} ne peut pas être écoutée ({error.strerror}) : libérez-la, ou"
            f" changez {setting}."
        ) from None
