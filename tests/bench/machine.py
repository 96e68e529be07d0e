"""Processes to measure: the stand-in for Telegram with its crowd, and the robot that serves it."""

import asyncio
import itertools
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from tests.play import ROOT

_TICK = os.sysconf("SC_CLK_TCK")


class Street:
    """`tests.bench.crowd` in its process: `await street.walk(people=[1, 64], turns=2000)`."""

    async def __aenter__(self) -> "Street":
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.crowd",
            cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout
        self.url = json.loads(await self._process.stdout.readline())["url"]
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.cancel()
        self._process.kill()
        await self._process.wait()

    async def order(self, what: str, **arguments: Any) -> dict[str, Any]:
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        assert self._process.stdin
        self._process.stdin.write(
            json.dumps({"id": number, "do": what, **arguments}).encode() + b"\n"
        )
        return await answer

    async def walk(self, **arguments: Any) -> dict[str, Any]:
        return await self.order("walk", **arguments)

    async def instant(self, **arguments: Any) -> dict[str, Any]:
        return await self.order("instant", **arguments)

    async def _listen(self) -> None:
        assert self._process.stdout
        while line := await self._process.stdout.readline():
            told = json.loads(line)
            waiting = self._waiting.pop(told.pop("id"))
            if error := told.get("error"):
                waiting.set_exception(RuntimeError(error))
            else:
                waiting.set_result(told)
        for one in self._waiting.values():
            one.set_exception(RuntimeError("the crowd is gone"))


class Robot:
    """A robot and what it costs. `async with Robot(street, command, folder) as robot:`."""

    def __init__(
        self, street: Street, command: list[str], folder: Path, **environment: str
    ) -> None:
        self.street = street
        self.command = command
        self.folder = folder
        kept = {key: value for key, value in os.environ.items() if not key.startswith("FILROUGE_")}
        self.environment = {**kept, "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1", **environment}
        self.ready_in = 0.0

    async def start(self) -> None:
        self.log = self.folder / "log.txt"
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command, env=self.environment, cwd=self.folder, stdout=log, stderr=log
            )

    async def __aenter__(self) -> "Robot":
        started = time.monotonic()
        await self.start()
        polled = asyncio.create_task(self.street.order("polled"))
        ended = asyncio.create_task(self._process.wait())
        await asyncio.wait((polled, ended), timeout=300, return_when=asyncio.FIRST_COMPLETED)
        if not polled.done():
            raise RuntimeError(f"{self.command} does not start: {self.log.read_text()[-800:]}")
        self.ready_in = polled.result()["at"] - started
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), 15)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def cpu(self) -> float:
        """Seconds of processor so far, system calls included."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def memory(self) -> float:
        """Megabytes in memory."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    async def measured(self, **walk: Any) -> dict[str, Any]:
        """A walk, and what it cost."""
        before = self.cpu()
        walked = await self.street.walk(**walk)
        turns = max(1, walked["turns"])
        return {
            **walked,
            "turns_per_second": walked["turns"] / walked["seconds"],
            "cpu_ms": (self.cpu() - before) * 1000 / turns,
            "calls_per_turn": walked["calls"] / turns,
        }


def ours(street: Street, folder: Path, **settings: str) -> Robot:
    """The whole bot, every answer durable, nobody held back unless the settings say so."""
    environment = {
        "FILROUGE_API_URL": street.url,
        "FILROUGE_TOKEN": "42:TEST",
        "FILROUGE_DB": str(folder / "d.sqlite3"),
        "FILROUGE_SETTLE": "0",
        "FILROUGE_RATE_LIMIT": "false",
        "FILROUGE_LOG_LEVEL": "WARNING",
        **settings,
    }
    return Robot(street, [sys.executable, "-m", "bot", "bot"], folder, **environment)
