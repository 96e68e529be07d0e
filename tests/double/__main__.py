"""The double in a process of its own: `python -m tests.double --port 0` prints its url.

Persons are moved from outside, in JSON:
    POST /double/5/send {"text": "/start"}    any method of Person, on person 5
    GET  /double/5                            what person 5 sees
    GET  /double/calls?from=0                 the calls of the bot, from that one on
    POST /double/faults/delay_updates {"seconds": 1}
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import json
import signal
from typing import Any

from aiohttp import web

from .server import TelegramDouble

READABLE = (AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


class Standalone(TelegramDouble):
    """The double, plus a door for whoever plays the persons."""

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        first, _, rest = request.path.lstrip("/").partition("/")
        if first != "double":
            return await super()._handle(request)
        body = await request.read()
        arguments = json.loads(body) if body else dict(request.query)
        try:
            result = await self._command(rest.split("/"), arguments)
        except READABLE as error:
            return web.json_response({"ok": False, "description": str(error)}, status=400)
        return web.json_response({"ok": True, "result": result}, dumps=_dumps)

    async def _command(self, path: list[str], arguments: dict[str, Any]) -> Any:
        match path:
            case ["calls"]:
                return self.calls[int(arguments.get("from", 0)) :]
            case ["refused"]:
                return self.refused
            case ["faults", "latency"]:
                self.faults.latency = float(arguments["seconds"])
                return None
            case ["faults", "revoked"]:
                self.faults.revoked = bool(arguments["on"])
                return None
            case ["faults", order]:
                return _public(self.faults, order)(**arguments)
            case [number]:
                person = self.person(int(number))
                return {"messages": person.messages, "toasts": person.toasts}
            case [number, action]:
                return await _public(self.person(int(number)), action)(**arguments)
        raise LookupError(f"no such command: {'/'.join(path)}")


def _public(target: object, name: str) -> Any:
    if name.startswith("_"):
        raise LookupError(f"no such command: {name}")
    return getattr(target, name)


def _dumps(value: Any) -> str:
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    return len(value) if isinstance(value, bytes) else str(value)


async def serve(token: str, port: int, rate_limits: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    async with Standalone(token, port=port, rate_limits=rate_limits) as telegram:
        print(telegram.url, flush=True)
        await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.double", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="42:TEST")
    parser.add_argument("--rate-limits", action="store_true")
    given = parser.parse_args()
    asyncio.run(serve(given.token, given.port, given.rate_limits))


if __name__ == "__main__":
    main()
