"""Whether a file can be trusted, looked at without touching it, before anything is written to it."""

import os
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

from bot.store import faults, keyring
from bot.store.connection import read_only
from bot.store.schema import APPLICATION, VERSION
from bot.store.sealed import Codec

AT_ONCE = 32 * 2**20  # bytes read whole before starting; a larger file is checked while it is used


def prepare(path: Path) -> None:
    """Make the folder (for its owner alone) and the file; leave a damaged one alone."""
    if sqlite3.sqlite_version_info < (3, 37):
        raise faults.sqlite_too_old()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        journal = path.with_name(path.name + "-wal")
        if _empty(path) and not _empty(journal):
            raise faults.orphan_journal(path)
        # Never opened when it exists: closing it would drop the locks this process has on it.
        if not path.exists():
            _make(path)
        if path.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
        if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
            raise PermissionError(13, os.strerror(13))
    except OSError as error:
        raise faults.unwritable(path, error) from error


def _make(path: Path) -> None:
    with suppress(FileExistsError):  # another process may be faster
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def check(
    path: Path,
    *,
    whole: bool,
    stop: threading.Event | None = None,
    codec: Codec | None = None,
) -> None:
    """Raise if the file is not ours, too recent, damaged, or sealed by keys that `codec` lacks.

    `whole` reads every page, until `stop`.
    """
    if _empty(path):
        return
    try:
        with read_only(path) as db:
            _recognise(db, path)
            if codec is not None:
                keyring.check(db, codec, path)
            if stop:
                db.set_progress_handler(stop.is_set, 100_000)
            if whole and db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise faults.damaged(path)
    except sqlite3.Error as error:
        if stop and stop.is_set():
            return
        raise faults.explained(error, path) from error


def small(path: Path) -> bool:
    return path.stat().st_size <= AT_ONCE


def _recognise(db: sqlite3.Connection, path: Path) -> None:
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application != APPLICATION:
        raise faults.not_ours(path)
    if version > VERSION:
        raise faults.too_recent(path, version, VERSION)


def _empty(path: Path) -> bool:
    return not path.exists() or (path.is_file() and path.stat().st_size == 0)
