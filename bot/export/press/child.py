"""One process of the press: reads a call, answers it, waits for the next; ends when its door closes."""

import contextlib
import os
import sys
from typing import BinaryIO

from bot.errors import FilrougeError
from bot.export.press import parcel

NICE = 10
SECONDS = 60  # of processor for one document, should nobody be left to stop it
MEMORY = 3_000_000_000  # of address space


def main() -> int:
    answers = _door()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)
    _limit_memory()
    things: list[object] = []
    while content := _next(sys.stdin.buffer):
        _limit_time()
        answers.write(_answered(content, things))
        answers.flush()
    return 0


def _answered(content: bytes, things: list[object]) -> bytes:
    try:
        function, args, kwargs = parcel.read_call(content, things)
        return parcel.answered(function(*args, **kwargs))
    except FilrougeError as error:
        return parcel.failed(str(error) or type(error).__name__)
    except Exception as error:  # noqa: BLE001  # told by its kind alone: its words may be somebody's
        return parcel.failed(type(error).__name__)


def _next(door: BinaryIO) -> bytes:
    """The next call; b"" when none will come."""
    head = door.read(parcel.HEAD)
    if len(head) < parcel.HEAD:
        return b""
    size = parcel.size_of(head)
    content = door.read(size)
    return content if len(content) == size else b""


def _door() -> BinaryIO:
    """Standard output for answers alone: what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used) + SECONDS, most))


if __name__ == "__main__":
    raise SystemExit(main())
