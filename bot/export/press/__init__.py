"""A few processes apart where documents are made: those who converse never wait for those who export.

They start at the first document, give way to the bot (`nice`), keep what they were given once (flows,
templates, fonts), and are replaced when they are late, broken or old. They see no token and no key.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from bot.errors import FilrougeError
from bot.export.press import parcel
from bot.export.press.parcel import Answer, Shared

LATE = 30.0  # seconds for one document; a long one takes a tenth of one
OLD = 300  # documents after which a process is replaced: typst remembers what it has set
IDLE = 300.0  # seconds without a document after which the processes give their memory back
MOST = 3  # processes, however many cores
_ROOT = Path(__file__).resolve().parents[3]  # what holds the package `bot`

P = ParamSpec("P")
T = TypeVar("T")


class Press:
    """`run` is `asyncio.to_thread` in other processes. What a method is bound to travels once to each."""

    def __init__(self, size: int | None = None, late: float = LATE) -> None:
        self._late = late
        self._shared = Shared()
        self._free = asyncio.Semaphore(size or max(1, min(MOST, (os.cpu_count() or 1) - 1)))
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._rest: asyncio.TimerHandle | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._closed = True
        if self._rest:
            self._rest.cancel()
        await asyncio.gather(*(self._end(one) for one in list(self._all)))

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What `function` returns there: bytes, a text, texts.

        Raises FilrougeError when it fails, is late or takes its process down.
        """
        async with self._free:
            worker = await self._worker()
            try:
                async with asyncio.timeout(self._late):
                    answer = await worker.ask(function, args, kwargs)
            except TimeoutError:
                await self._end(worker)
                raise FilrougeError("il a pris trop de temps") from None
            except (OSError, EOFError, ValueError):
                await self._end(worker)
                raise FilrougeError("il a fait tomber le processus qui le préparait") from None
            except BaseException:  # whoever waited is gone: what is half said is not to be read
                await self._end(worker)
                raise
            await self._put_back(worker)
        made: T = answer.result()
        return made

    async def _worker(self) -> "_Worker":
        """One that rests, else a new one."""
        if self._closed:
            raise FilrougeError("le robot s’arrête")
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            await self._end(worker)
        worker = await _Worker.start(self._shared)
        self._all.add(worker)
        return worker

    async def _put_back(self, worker: "_Worker") -> None:
        if worker.made >= OLD:
            await self._end(worker)
            return
        self._idle.append(worker)
        if self._rest:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(IDLE, self._doze)

    def _doze(self) -> None:
        """Nothing was made for a while: those who rest go."""
        for worker in self._idle:
            worker.leave()
            self._all.discard(worker)
        self._idle.clear()

    async def _end(self, worker: "_Worker") -> None:
        self._all.discard(worker)
        await worker.kill()


class _Worker:
    """One process, which answers one call after the other."""

    def __init__(self, process: asyncio.subprocess.Process, shared: Shared) -> None:
        self._process = process
        self._shared = shared
        self._known = 0  # how many of the shared things it was given
        self.made = 0

    @classmethod
    async def start(cls, shared: Shared) -> "_Worker":
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "bot.export.press.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # nothing of a document in a log
            cwd=Path(_ROOT.anchor),
            env=_environment(),
            start_new_session=True,  # an interruption at the keyboard is the bot's affair
        )
        return cls(process, shared)

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def ask(
        self, function: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> Answer:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise OSError("no pipes")
        order, self._known = self._shared.order(function, args, kwargs, self._known)
        stdin.write(order)
        await stdin.drain()
        size = parcel.size_of(await stdout.readexactly(parcel.HEAD))
        answer = parcel.read_answer(await stdout.readexactly(size))
        self.made += 1
        return answer

    def leave(self) -> None:
        """It ends by itself when nothing more can come."""
        if self._process.stdin:
            self._process.stdin.close()

    async def kill(self) -> None:
        """At once, with what it may have started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        await self._process.wait()


def _environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("SYSTEMROOT", "LANG") if key in os.environ}
    return kept | {
        "PYTHONPATH": str(_ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "RAYON_NUM_THREADS": "1",  # typst would take every core
        "MALLOC_ARENA_MAX": "2",
    }
