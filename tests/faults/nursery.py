"""Bot processes by the hundred: one interpreter that has imported the bot, and forks for each start.

A child is a process like any other: it reads its settings, opens its file, dies of SIGKILL. Only the
imports, some 0.8 s of processor for each start, are made once. `python -m tests.faults.nursery`
reads an order per line and writes {"born": pid} and {"pid": …, "code": …} lines. An order's "input"
and "errors" are files too, when they are not nothing and the log.
"""

import asyncio
import json
import os
import select
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.play import ROOT


class Child:
    """What `asyncio.subprocess.Process` offers, of a child of the nursery."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._gone = asyncio.Event()

    def ends(self, code: int) -> None:
        self.returncode = code
        self._gone.set()

    async def wait(self) -> int:
        await self._gone.wait()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):  # dead, and not yet told
                os.kill(self.pid, number)


class Nursery:
    """`async with Nursery() as nursery: child = await nursery.start(…)`."""

    async def __aenter__(self) -> "Nursery":
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.nursery",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._children: dict[int, Child] = {}
        self._born: asyncio.Queue[Child] = asyncio.Queue()
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()
        self._listening.cancel()

    async def start(
        self, arguments: list[str], environment: dict[str, str], log: Path, cwd: Path
    ) -> Child:
        order = {"argv": arguments, "env": environment, "log": str(log), "cwd": str(cwd)}
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return await self._born.get()

    async def _listen(self) -> None:
        assert self._process.stdout
        while line := await self._process.stdout.readline():
            told = json.loads(line)
            if "born" in told:
                child = self._children[told["born"]] = Child(told["born"])
                self._born.put_nowait(child)
            else:
                self._children[told["pid"]].ends(told["code"])


def main() -> None:
    import bot.cli
    import bot.telegram.app  # noqa: F401  # imported once for all

    wake, woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([0, wake], [], [])
        if wake in ready:
            os.read(wake, 4096)
            _bury()
        if 0 in ready:
            line = sys.stdin.buffer.raw.readline()  # type: ignore[attr-defined]  # unbuffered, for select
            if not line:
                return
            _bear(json.loads(line))


def _bear(order: dict[str, Any]) -> None:
    pid = os.fork()
    if pid:
        _tell({"born": pid})
        return
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    errors = os.open(order["errors"], os.O_WRONLY | os.O_CREAT, 0o600) if "errors" in order else log
    given = os.open(order.get("input", os.devnull), os.O_RDONLY)
    for target, source in ((0, given), (1, log), (2, errors)):
        os.dup2(source, target)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    arguments = order["argv"]
    if arguments[0] == "--clock":
        from tests.faults.clock import jumping

        jumping(Path(arguments[1]))
        arguments = arguments[2:]
    from bot.cli import main as bot_main

    code = 70
    try:
        code = bot_main(arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _bury() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _tell({"pid": pid, "code": os.waitstatus_to_exitcode(status)})


def _tell(what: dict[str, int]) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    main()
