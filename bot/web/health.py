"""Whether the process is alive: for those who watch it from outside."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route


def routes() -> list[BaseRoute]:
    return [Route("/health/alive", _alive, methods=["GET"])]


async def _alive(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok\n")
