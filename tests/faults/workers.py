"""The same run on PostgreSQL: several workers behind a load balancer, killed one by one, while the
database restarts, falls silent and cuts connections, and updates come twice, to different workers.
"""

import asyncio
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from aiohttp import ClientError, ClientSession

from tests.faults.nursery import Nursery
from tests.faults.room import READY, TRAPS, Bot, Broken, Outcome, Room, kept_in
from tests.postgres import Server

URL = "https://bot.exemple.org/telegram"


class Worker(Bot):
    """`filrouge bot --webhook`, at a port of its own."""

    def __init__(self, room: "Workers", number: int) -> None:
        folder = room.folder / f"worker{number}"
        folder.mkdir(exist_ok=True)
        super().__init__(room.telegram, folder / "d.sqlite3", folder)
        self.arguments = ("--webhook",)
        self.nursery = room.nursery
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment |= {
            "FILROUGE_DB": room.url,
            "FILROUGE_WEB": f"127.0.0.1:{self.port}",
            "FILROUGE_WEBHOOK_URL": URL,
            "FILROUGE_DRAIN": "0",  # the double tries another worker at once
            "XDG_RUNTIME_DIR": str(folder),
        }

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/telegram"

    async def ready(self) -> None:
        """Answers that it takes updates in, as a load balancer asks."""
        deadline = time.monotonic() + READY
        async with ClientSession(trust_env=False) as session:
            while time.monotonic() < deadline:
                if not self.alive:
                    raise Broken(f"a worker did not start: {self.said[-300:]}")
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/health") as answer:
                        if answer.status == 200:
                            return
                except ClientError:
                    pass
                await asyncio.sleep(0.02)
        raise Broken("a worker never was ready")


class Workers(Room):
    """`async with Workers(…) as room:`."""

    def __init__(
        self,
        outcome: Outcome,
        folder: Path,
        people: int,
        server: Server,
        workers: int,
        *,
        nursery: Nursery | None = None,
    ) -> None:
        super().__init__(outcome, folder, people, nursery=nursery)
        self.server = server
        self.url = server.create()
        self.many = workers

    async def __aenter__(self) -> "Workers":
        await self.telegram.start()
        self.workers = [Worker(self, number) for number in range(self.many)]
        self.bot = self.workers[0]
        self.stack = AsyncExitStack()
        addresses = [one.address for one in self.workers]
        await self.stack.enter_async_context(self.telegram.webhook_delivery(*addresses))
        return self

    async def __aexit__(self, *_: object) -> None:
        for one in self.walks:
            one.cancel()
        await asyncio.gather(*self.walks, return_exceptions=True)
        for worker in self.workers:
            await worker.kill()
        await self.stack.aclose()
        await self.telegram.stop()
        self.server.drop(self.url)

    async def start(self, *, ready: bool = True) -> None:
        """Every worker that is not there."""
        born = [one for one in self.workers if not one.alive]
        for worker in born:
            self.outcome.counts["starts"] += 1
            self.happened.append((time.monotonic(), f"--- worker {worker.port} started"))
            await worker.start()
        if ready:
            await asyncio.gather(*(one.ready() for one in born))

    async def kill(self) -> None:
        """One worker, while it starts, at any instant or on a call; the others go on."""
        await self.start()
        worker = self.chance.choice(self.workers)
        style = self.chance.choice(("instant", "instant", "call", "start"))
        if style == "call":
            sprung = asyncio.Event()

            def spring() -> None:
                worker.strike()
                sprung.set()

            self.telegram.trap = (self.chance.choice(TRAPS[:4]), self.chance.random() < 0.5, spring)
            try:
                await asyncio.wait_for(sprung.wait(), 2.5)
            except TimeoutError:
                style = "instant"
            self.telegram.trap = None
        elif style == "start":
            await self._struck(worker, "instant")
            await worker.start()
            await asyncio.sleep(self.chance.random() * 0.7)
        else:
            await asyncio.sleep(self.chance.random())
        await self._struck(worker, style)

    async def _struck(self, worker: Worker, style: str) -> None:
        worker.strike()
        assert worker.process
        code = await worker.process.wait()
        self.happened.append((time.monotonic(), f"--- worker {worker.port} killed ({style})"))
        if code != -signal.SIGKILL:
            self.fails(f"ended by itself with {code}: {worker.said[-300:]}")
        self.bot = worker
        self._watch_log()
        self.outcome.kills[style] += 1
        self._look_at_the_dead()

    async def roll(self) -> None:
        """A rolling restart: each worker is asked to stop, then started again."""
        before = [len(one.tally.waits) for one in self.walkers]
        for worker in self.workers:
            self.bot = worker
            await self.graceful()
            await worker.start()
            await worker.ready()
        self.outcome.counts["rolling_restarts"] += 1
        waits = [
            wait
            for walker, known in zip(self.walkers, before, strict=True)
            for wait in walker.tally.waits[known:]
        ]
        longest = round(1000 * max(waits, default=0))
        self.outcome.counts["rolling_restart_longest_wait_ms"] = longest

    async def finish(self, *, within: float = 75.0) -> None:
        self.telegram.faults.clear()
        await self.start()
        await super().finish(within=within)
        for worker in self.workers[1:]:
            self.bot = worker
            if worker.alive:
                await self.graceful()

    async def everyone_goes_on(self) -> None:
        """Whoever waited for the database has been answered, and more than once since."""
        before = [len(one.tally.waits) for one in self.walkers]
        deadline = time.monotonic() + READY
        while any(
            len(walker.tally.waits) < known + 2
            for walker, known in zip(self.walkers, before, strict=True)
        ):
            if time.monotonic() > deadline:
                self.fails("somebody is not answered once the database is")
                return
            await asyncio.sleep(0.05)

    # --- the database ----------------------------------------------------------------------

    async def restart_database(self, mode: str = "immediate") -> None:
        self.happened.append((time.monotonic(), f"--- database restarted ({mode})"))
        await asyncio.to_thread(self.server.restart, mode)
        self.outcome.counts["database_restarts"] += 1

    async def silence(self, seconds: float) -> None:
        """The server answers nothing, and refuses nothing."""
        self.happened.append((time.monotonic(), f"--- database silent for {seconds} s"))
        with _stopped(self.server.pid):
            await asyncio.sleep(seconds)
        self.outcome.counts["database_silences"] += 1

    async def cut(self) -> None:
        """Every connection at once."""
        self._ask(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        self.outcome.counts["connections_cut"] += 1

    def _ask(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchall()

    # --- what is kept ----------------------------------------------------------------------

    def _kept(self) -> Counter[str] | None:
        try:
            rows = self._ask(
                "SELECT content FROM adopted JOIN contribution"
                " ON contribution.dossier = adopted.dossier AND number = adopted.contribution"
            )
        except psycopg.Error:  # killed before the tables were made
            return Counter()
        return kept_in(bytes(content) for (content,) in rows)

    def _counted(self) -> tuple[int, int, int]:
        (row,) = self._ask(
            "SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM handled_update),"
            " (SELECT count(*) FROM failed_update)"
        )
        return row[0], row[1], row[2]

    def _dossiers(self) -> list[int]:
        return [one for (one,) in self._ask("SELECT id FROM dossier ORDER BY id")]


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    """The postmaster and its children, by the system's own means."""
    parent = psutil.Process(pid)
    family = [parent, *parent.children()]
    for one in family:
        os.kill(one.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in family:
            try:
                os.kill(one.pid, signal.SIGCONT)
            except ProcessLookupError:
                continue


@dataclass(frozen=True, slots=True)
class Trouble:
    """How much goes wrong in one run. `silence`: seconds."""

    workers: int
    kills: int
    restarts: int
    silence: float


TROUBLES = {
    "two_workers": Trouble(2, 20, 1, 3),
    "four_workers": Trouble(4, 20, 1, 3),
    "silent_database": Trouble(2, 0, 0, 60),
}


async def troubled(
    outcome: Outcome,
    folder: Path,
    server: Server,
    trouble: Trouble,
    *,
    people: int,
    nursery: Nursery | None = None,
) -> None:
    """People answer all along; everything goes wrong; then all is counted."""
    async with Workers(outcome, folder, people, server, trouble.workers, nursery=nursery) as room:
        try:
            await room.start()
            room.come()
            await room.everyone_began()
            room.telegram.faults.duplicate_updates(1)
            accidents = ["kill"] * trouble.kills + ["restart", "cut"] * trouble.restarts
            room.chance.shuffle(accidents)
            for one in accidents:
                if one == "kill":
                    await room.kill()
                elif one == "restart":
                    await room.restart_database(room.chance.choice(("immediate", "fast")))
                else:
                    await room.cut()
                await asyncio.sleep(room.chance.random() * 0.5)
            await room.start()
            await room.silence(trouble.silence)
            await room.everyone_goes_on()
            await room.roll()
            await room.finish()
        except Broken as broken:
            room.fails(str(broken))
