"""SQLite, PostgreSQL with one worker, PostgreSQL with two: the same crowd, by webhook, in turns."""

import asyncio
import socket
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession

from bot.store import move
from tests.bench import fill
from tests.bench.machine import Robot, Street
from tests.postgres import Server

Figures = dict[str, Any]
KINDS = {"SQLite": 1, "PostgreSQL, one worker": 1, "PostgreSQL, two workers": 2}
URL = "https://bot.exemple.org/telegram"


class Hooked(Robot):
    """A worker that takes updates in at a port of its own."""

    def __init__(self, street: Street, folder: Path, db: str) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as found:
            self.port = found.getsockname()[1]
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(
            street,
            [sys.executable, "-m", "bot", "bot", "--webhook"],
            folder,
            FILROUGE_API_URL=street.url,
            FILROUGE_TOKEN="42:TEST",
            FILROUGE_DB=db,
            FILROUGE_SETTLE="0",
            FILROUGE_RATE_LIMIT="false",
            FILROUGE_LOG_LEVEL="WARNING",
            FILROUGE_WEB=f"127.0.0.1:{self.port}",
            FILROUGE_WEBHOOK_URL=URL,
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/telegram"

    async def ready(self) -> None:
        async with ClientSession(trust_env=False) as session:
            for _ in range(6_000):
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/health") as answer:
                        if answer.status == 200:
                            return
                except ClientError:
                    pass
                await asyncio.sleep(0.05)
        raise RuntimeError("a worker never was ready")


class Crew:
    """Its workers, and the crowd that they serve."""

    def __init__(self, folder: Path, db: str, workers: int) -> None:
        self.folder, self.db, self.many = folder, db, workers
        self.started_in = 0.0

    async def __aenter__(self) -> "Crew":
        self._stack = AsyncExitStack()
        self.street = await self._stack.enter_async_context(Street())
        self.workers = []
        began = time.monotonic()
        for number in range(self.many):
            one = Hooked(self.street, self.folder / f"worker{number}", self.db)
            await one.start()
            self._stack.push_async_exit(one)
            self.workers.append(one)
        await asyncio.gather(*(one.ready() for one in self.workers))
        self.started_in = time.monotonic() - began
        await self.street.order("hook", to=[one.address for one in self.workers])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def measured(self, people: list[int], turns: int) -> Figures:
        before = sum(one.cpu() for one in self.workers)
        walked = await self.street.walk(people=people, turns=turns)
        spent = sum(one.cpu() for one in self.workers) - before
        return {
            **walked,
            "turns_per_second": walked["turns"] / walked["seconds"],
            "cpu_ms": spent * 1000 / max(1, walked["turns"]),
        }


async def engines(folder: Path, *, full: bool) -> Figures:
    """Turns a second and p95 with 64 people at once; a crowd of dossiers asleep in each base."""
    sleeping = 100_000 if full else 2_000
    rounds, turns = (3, 2_000) if full else (3, 600)
    server = Server(Path(tempfile.mkdtemp(prefix="bench-pg")))  # as it comes: every commit waits
    try:
        return await _compared(folder, server, sleeping, rounds, turns)
    finally:
        server.end()


async def _compared(
    folder: Path, server: Server, sleeping: int, rounds: int, turns: int
) -> Figures:
    folder.mkdir(parents=True, exist_ok=True)
    file, url = folder / "d.sqlite3", server.create()
    answers = await asyncio.to_thread(fill.fill, file, sleeping)
    began = time.monotonic()
    await asyncio.to_thread(move, file, url, lambda _, __: None)
    figures: Figures = {
        "sleeping": {
            "dossiers": sleeping,
            "answers": answers,
            "moved_in_s": round(time.monotonic() - began, 1),
        }
    }
    got: dict[str, list[Figures]] = {name: [] for name in KINDS}
    started: dict[str, float] = {}
    for number in range(rounds):
        for name, workers in KINDS.items():  # one at a time: all of them would share the machine
            db = str(file) if name == "SQLite" else url
            async with Crew(folder / name.replace(" ", "-"), db, workers) as crew:
                started[name] = min(crew.started_in, started.get(name, 1e9))
                first = 1_000 * (number + 1)
                await crew.measured([first, first + 63], turns=200)
                got[name].append(await crew.measured([first, first + 63], turns=turns))
            pace = got[name][-1]["turns_per_second"]
            print(f"  {name} ({number + 1}/{rounds}) : {pace:.0f}", file=sys.stderr)
    for name, runs in got.items():
        figures[name] = {
            one: round(statistics.median(run[one] for run in runs), 2)
            for one in ("turns_per_second", "cpu_ms", "p50", "p95", "p99")
        }
        figures[name]["start_s"] = round(started[name], 2)
        figures[name]["lost"] = sum(run["lost"] for run in runs)
    return figures
