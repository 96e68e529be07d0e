"""A copy of the database in one file, consistent while the bot runs, checked before it gets its name."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.store import faults
from bot.store.connection import read_only


def copy(path: Path, target: Path) -> None:
    """Copy the database `path` to `target`. An earlier `target` stays until the new one is whole."""
    if target.exists() and path.exists() and target.samefile(path):
        raise faults.unwritable(target, OSError(0, "c’est la base elle-même"))
    partial = target.with_name(target.name + ".part")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise faults.unwritable(target, error) from error
    try:
        _fill(path, partial)
        keep(partial, target)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _fill(path: Path, partial: Path) -> None:
    try:
        with read_only(path) as source, closing(sqlite3.connect(partial)) as copied:
            source.execute("SELECT 1 FROM sqlite_schema").fetchone()  # the source's faults first
            try:
                source.backup(copied)
                copied.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
                sound = copied.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            except sqlite3.Error as error:
                raise faults.explained(error, partial) from error
    except sqlite3.Error as error:
        raise faults.explained(error, path) from error
    if not sound:
        raise faults.damaged(path)


def keep(partial: Path, target: Path) -> None:
    """Give the copy its name once its bytes are on the disk."""
    try:
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(target)
        if os.name == "posix":
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        raise faults.unwritable(target, error) from error
