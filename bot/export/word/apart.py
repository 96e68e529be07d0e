"""Runs `child` on a person's template, and believes nothing of what it answers but its shape.

The child gets no environment of ours (the token, the key of the database) and is killed when late.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from bot.export.word.child import RESULT
from bot.export.word.faults import LONGEST, MOST, Fault
from bot.export.word.fields import Data

LATE = 15.0  # seconds by the clock: the processor's own limit is shorter
LARGEST = RESULT + 1_000_000
EXHAUSTED = Fault("exhausted")
Do = Literal["check", "fill"]
_ROOT = Path(__file__).resolve().parents[3]  # what holds the package `bot`


def asked(
    do: Do, template: bytes, found: Data, picture: bytes, photos: Sequence[bytes] = ()
) -> bytes:
    """What the child reads."""
    parts = (template, picture, *photos)
    head = {"do": do, "sizes": [len(one) for one in parts], "fields": found}
    return json.dumps(head).encode() + b"\n" + b"".join(parts)


def answer(given: bytes) -> tuple[list[Fault], bytes]:
    """What is wrong with the template, or (asked to fill it) the document. Blocks."""
    head, _, made = _run(given).partition(b"\n")
    try:
        read = json.loads(head)
        faults = [_fault(one) for one in read["faults"][:MOST]]
        whole = int(read["size"]) == len(made)
    except (ValueError, KeyError, TypeError, RecursionError):
        return [EXHAUSTED], b""
    return (faults, made) if faults or whole else ([EXHAUSTED], b"")


def _run(given: bytes) -> bytes:
    """What the child said, b"" when it was stopped. Blocking: call it in a thread."""
    with subprocess.Popen(  # our own interpreter on our own module
        [sys.executable, "-P", "-m", "bot.export.word.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(_ROOT.anchor),  # the root, whatever the system calls it
        env=_environment(),
    ) as child:
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("no pipes")
        late = threading.Timer(LATE, child.kill)
        late.start()
        try:
            try:
                child.stdin.write(given)
                child.stdin.close()
            except OSError:
                pass  # it died first: what it said, if anything, tells
            return child.stdout.read(LARGEST)
        finally:
            late.cancel()
            child.kill()


def _environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("SYSTEMROOT", "LANG") if key in os.environ}
    return kept | {"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}


def _fault(one: Any) -> Fault:
    texts = {key: str(one[key])[: LONGEST + 1] for key in ("kind", "tag", "paragraph", "hint")}
    return Fault(**texts)
