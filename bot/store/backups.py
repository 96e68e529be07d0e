"""Dated copies in a folder, kept by number and by age; one a day beside a running bot if asked."""

import asyncio
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import StoreError
from bot.store import copies, faults, register

log = logging.getLogger(__name__)

DAY = 86_400.0
AGAIN = 3_600.0  # seconds after a backup that failed
_STAMP = "%Y%m%d-%H%M%S"
SUFFIX = ".sqlite3"


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where copies go, how many stay, and for how many days; 0: no limit."""

    folder: Path
    number: int = 14
    days: float = 30


Copy = Callable[[Path], None]  # writes a copy of the database there


def take(database: Path, keeping: Keeping, now: float, copy: Copy | None = None) -> Path:
    """A copy named after `now`, with the register of deletions beside it; then the old ones go.

    `copy`: how, when the database is not that file.
    """
    try:
        keeping.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise faults.unwritable(keeping.folder, error) from error
    stamp = datetime.fromtimestamp(now, UTC).strftime(_STAMP)
    target = keeping.folder / f"{database.stem}-{stamp}{SUFFIX}"
    copy(target) if copy else copies.copy(database, target)
    _copy_register(database, keeping.folder)
    prune(database, keeping, now)
    return target


def taken(database: Path, folder: Path) -> list[tuple[float, Path]]:
    """The dated copies of this database, the oldest first, each with its time."""
    found = []
    for path in folder.glob(f"{database.stem}-*{SUFFIX}"):
        stamp = path.name.removeprefix(f"{database.stem}-").removesuffix(SUFFIX)
        try:
            at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue  # not one of ours
        found.append((at, path))
    return sorted(found)


def prune(database: Path, keeping: Keeping, now: float) -> None:
    """Delete what is beyond the number or the age; never the newest."""
    copied = taken(database, keeping.folder)
    beyond = copied[: -keeping.number] if keeping.number else []
    old = [one for one in copied[:-1] if keeping.days and now - one[0] > keeping.days * DAY]
    for _, path in {*beyond, *old}:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise faults.unwritable(path, error) from error


async def daily(
    database: Path,
    keeping: Keeping,
    clock: Callable[[], float] = time.time,
    copy: Copy | None = None,
) -> None:
    """For as long as the bot runs: a copy when the last one is a day old. Never in the event loop."""
    while True:
        pause = await asyncio.to_thread(_if_due, database, keeping, clock(), copy)
        await asyncio.sleep(pause)


def _if_due(database: Path, keeping: Keeping, now: float, copy: Copy | None) -> float:
    """Seconds until the next look."""
    copied = taken(database, keeping.folder)
    age = now - copied[-1][0] if copied else DAY
    if 0 <= age < DAY:
        return min(DAY - age, AGAIN)  # the clock may jump
    try:
        log.info("sauvegarde du jour : %s", take(database, keeping, now, copy))
    except StoreError as error:
        log.error("la sauvegarde du jour a échoué, nouvel essai dans une heure : %s", error)
    return AGAIN


def _copy_register(database: Path, folder: Path) -> None:
    source, target = register.path_of(database), register_in(folder, database)
    if not source.exists():
        return
    partial = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, partial)
        partial.chmod(0o600)
        partial.replace(target)
    except OSError as error:
        raise faults.unwritable(target, error) from error


def register_in(folder: Path, database: Path) -> Path:
    return folder / register.path_of(database).name
