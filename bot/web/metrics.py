"""The same figures as Prometheus reads them, when the settings ask for it. Never anything personal."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import StoreError
from bot.service.operation import Counts, Health
from bot.web.health import Look

TYPE = "text/plain; version=0.0.4; charset=utf-8"

COUNTED = {
    "updates": ("What people did, by what became of it.", ("kept", "lost", "set_aside")),
    "replies": (
        "Replies, by what Telegram made of them.",
        ("shown", "refused", "flood", "network", "unsure"),
    ),
}


def routes(look: Look) -> list[BaseRoute]:
    async def metrics(_: Request) -> Response:
        try:
            found = await look()
        except StoreError:
            return PlainTextResponse("filrouge_up 0\n", 503, media_type=TYPE)
        return PlainTextResponse("\n".join(_lines(found)) + "\n", media_type=TYPE)

    return [Route("/metrics", metrics)]


def _lines(health: Health) -> Iterator[str]:
    pulse = health.pulse
    gauges = {
        "up": ("The database answers.", 1),
        "ready": ("It takes in what people do, and Telegram answers.", int(pulse.ready)),
        "start_time_seconds": ("When the process began.", round(health.since)),
        "heard_time_seconds": ("When Telegram last answered.", round(pulse.heard)),
        "updates_waiting": ("Updates under way.", pulse.updates),
        "replies_waiting": ("Replies that wait to be shown.", pulse.replies),
        "replies_due": ("Replies promised and not shown.", health.due),
        "updates_aside": ("Updates that could not be handled.", health.set_aside),
        "database_bytes": ("The file and its journal.", health.size),
    }
    for name, (help_, value) in gauges.items():
        yield from _headed(name, "gauge", help_)
        yield f"filrouge_{name} {value}"
    yield from _headed("info", "gauge", "The version that runs.")
    yield f'filrouge_info{{version="{health.version}",by="{pulse.by}"}} 1'
    for name in COUNTED:
        yield from _counter(name, pulse.counts)


def _counter(name: str, counts: Counts) -> Iterator[str]:
    help_, results = COUNTED[name]
    yield from _headed(f"{name}_total", "counter", help_)
    for result in results:  # those at zero too: a rate needs them
        yield f'filrouge_{name}_total{{result="{result}"}} {counts.get((name, result), 0)}'


def _headed(name: str, kind: str, help_: str) -> Iterator[str]:
    yield f"# HELP filrouge_{name} {help_}"
    yield f"# TYPE filrouge_{name} {kind}"
