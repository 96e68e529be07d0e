"""A file beside the database whose age says when Telegram last answered: `filrouge health` reads it."""

import logging
import time
from pathlib import Path

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds between two writings
LATE = 120.0  # seconds without a good poll: something is wrong


class Heartbeat:
    """`last`: seconds since 1970 of the last good poll, 0 when there was none."""

    def __init__(self, db: Path) -> None:
        self.path = path_of(db)
        self.last = 0.0
        self._written = 0.0

    def beat(self) -> None:
        self.last = time.time()
        if abs(self.last - self._written) < EVERY:
            return
        self._written = self.last
        try:
            self.path.write_text(f"{self.last:.0f}\n", encoding="ascii")
        except OSError as error:
            log.warning("%s : %s", self.path, error.strerror)


def path_of(db: Path) -> Path:
    return db.with_name(db.name + ".alive")


def age(db: Path, now: float) -> float | None:
    """Seconds since the last good poll of the bot of this database; None when there was none."""
    try:
        return now - float(path_of(db).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
