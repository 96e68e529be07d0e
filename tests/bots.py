"""A real bot in a process of its own, against the double: started, killed, started again."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.double import TelegramDouble, planted
from tests.play import ROOT


class BotProcess:
    """`filrouge bot` on a database. `kill` is SIGKILL, at whatever instant."""

    def __init__(
        self, telegram: TelegramDouble, db: Path, *arguments: str, **settings: str
    ) -> None:
        self.arguments = arguments
        kept = {key: value for key, value in os.environ.items() if not key.startswith("FILROUGE_")}
        self.environment = {
            **kept,
            "FILROUGE_API_URL": telegram.url,
            "FILROUGE_TOKEN": telegram.token,
            "FILROUGE_DB": str(db),
            "FILROUGE_SETTLE": "0.05",
            "FILROUGE_RATE_LIMIT": "false",
            "NO_PROXY": "127.0.0.1",
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        self.db = db
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "bot", *self.arguments,
            env=self.environment,
            cwd=self.db.parent,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def kill(self) -> None:
        if self.process and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            await self.process.wait()

    def ask_to_stop(self) -> None:
        assert self.process
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)

    async def stop(self) -> tuple[int, str]:
        """A graceful end: the exit code and what was logged."""
        self.ask_to_stop()
        return await self.ended()

    async def ended(self, patience: float = 60) -> tuple[int, str]:
        assert self.process
        _, logged = await asyncio.wait_for(self.process.communicate(), patience)
        said = logged.decode("utf-8", "replace")
        assert not planted.found_in(said), said
        return self.process.returncode or 0, said
