"""The bot with a clock that jumps: `python -m tests.faults.clock FILE ARGUMENTS…`.

FILE holds the seconds to add to the system's clock; it is read again at each look at the time.
Timers are of the monotonic clock, which no one can move.
"""

import sys
import time
from pathlib import Path

_true_time = time.time


def jumping(file: Path) -> None:
    """From now on this process has the time that `file` says."""

    def now() -> float:
        try:
            return _true_time() + float(file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return _true_time()

    time.time = now


if __name__ == "__main__":
    jumping(Path(sys.argv[1]))
    from bot.cli import main

    sys.exit(main(sys.argv[2:]))
