"""The process apart where a person's template is read and filled: bounded, alone, and then gone.

Standard input: a line of JSON (what to do), then bytes. Standard output: a line of JSON, then bytes.
"""

import contextlib
import json
import os
import sys
from dataclasses import asdict
from typing import Any

SECONDS = 5  # of processor; a document takes a tenth of one
MEMORY = 700_000_000
RESULT = 30_000_000


def main() -> int:
    from bot.export.word import own  # before the limits: loading is ours

    limit()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)  # those who converse come first
    asked = json.loads(sys.stdin.buffer.readline())
    parts = (sys.stdin.buffer.read(size) for size in asked["sizes"])
    template, picture, *photos = parts
    try:
        if asked["do"] == "check":
            faults, made = own.faults(template, asked["fields"], picture, photos), b""
        else:
            faults, made = [], own.filled(template, asked["fields"], picture, photos)
    except own.Unfillable as fault:
        faults, made = [own.told(fault)], b""
    except MemoryError:
        faults, made = [own.EXHAUSTED], b""
    if len(made) > RESULT:
        faults, made = [own.EXHAUSTED], b""
    answer: dict[str, Any] = {"faults": [asdict(one) for one in faults], "size": len(made)}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + made)
    sys.stdout.buffer.flush()
    return 0


def limit() -> None:
    """Where the system knows limits: processor, memory, no file written, no process begun."""
    with contextlib.suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_CPU, SECONDS),
            (resource.RLIMIT_AS, MEMORY),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_NOFILE, 16),
        ):
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    raise SystemExit(main())
