"""How the bot is, for those who watch it from outside. Numbers only: nothing of anybody.

Alive: the process answers. Ready: Telegram answers it, and its database too.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import StoreError
from bot.service.operation import Health

Look = Callable[[], Awaitable[Health]]


def routes(look: Look) -> list[BaseRoute]:
    async def health(_: Request) -> Response:
        try:
            found = await look()
        except StoreError:
            return JSONResponse({"alive": True, "ready": False, "database": None}, 503)
        return JSONResponse(_said(found), 200 if found.pulse.ready else 503)

    return [Route("/health", health), Route("/health/alive", _alive)]


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def _said(health: Health) -> dict[str, object]:
    pulse = health.pulse
    return {
        "alive": True,
        "ready": pulse.ready,
        "version": health.version,
        "uptime_seconds": round(health.at - health.since),
        "telegram": {
            "by": pulse.by,
            "last_heard": round(pulse.heard) or None,
            "silent_seconds": round(health.at - pulse.heard) if pulse.heard else None,
        },
        "waiting": {
            "updates": pulse.updates,
            "replies": pulse.replies,
            "due": health.due,
            "set_aside": health.set_aside,
        },
        "database": {"bytes": health.size, "sealed": health.sealed},
    }
