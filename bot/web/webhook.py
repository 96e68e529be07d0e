"""Where Telegram posts updates: who does not show the secret is not read; 200 only once committed."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the name of a header
MOST_BYTES = 1_000_000  # an update is some kilobytes
SLOWEST = 20.0  # seconds to send one

Receive = Callable[[bytes], Awaitable[int]]  # the body of an update -> the status to answer


def routes(path: str, secret: str, receive: Receive) -> list[BaseRoute]:
    """`receive` answers 200 once the update is kept, 400 when it is none, else it must come again."""

    async def posted(request: Request) -> Response:
        shown = request.headers.get(SECRET, "")
        if not hmac.compare_digest(shown.encode(), secret.encode()):
            return _said(403, "Wrong or missing secret token.")
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return _said(415, "An update comes as application/json.")
        try:
            async with asyncio.timeout(SLOWEST):
                body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except TimeoutError:
            return _said(408, "The update did not come in time.")
        if body is None:
            return _said(413, f"An update has at most {MOST_BYTES} bytes.")
        status = await receive(body)
        return Response(status_code=status) if status != 400 else _said(400, "Not an update.")

    return [Route(path, posted, methods=["POST"])]


async def _body(request: Request) -> bytes | None:
    """None when it is too long, whatever it announces."""
    announced = request.headers.get("Content-Length", "0")
    if not announced.isdigit() or int(announced) > MOST_BYTES:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _said(status: int, why: str) -> Response:
    return PlainTextResponse(why + "\n", status_code=status)
