"""Puts a backup in the place of the database: checked first, the deletions made since played again.

The database of the day is set aside, never deleted; at any instant there is one at its place.
"""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bot.errors import StoreError
from bot.store import (
    backups,
    copies,
    deletion,
    faults,
    keyring,
    register,
    schema,
    sharing,
    soundness,
)
from bot.store.lock import single_bot
from bot.store.register import Mark
from bot.store.sealed import Codec, Seals

LEAP = 1_000  # beyond what was given since the backup: numbers of cards and rows never serve twice
_BESIDE = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Restored:
    """`aside`: where the former database is, None when there was none; then what was deleted again."""

    aside: Path | None
    persons: int
    dossiers: int


def restore(backup: Path, path: Path, codec: Codec) -> Restored:
    """Raises StoreError, and nothing has changed, when either file cannot be used."""
    if not backup.is_file() or not backup.stat().st_size:
        raise faults.no_backup(backup)
    if path.exists() and path.samefile(backup):
        raise faults.same_file(backup)
    soundness.check(backup, whole=True, codec=codec)
    with single_bot(path):
        waiting = _released(path)
        partial = path.with_name(path.name + ".restore")
        copies.copy(backup, partial)
        try:
            marks = {*waiting, *_registered(path, backup)}
            persons, dossiers = _brought_up(partial, codec, marks)
            aside = _set_aside(path)
            copies.keep(partial, path)
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
    return Restored(aside, persons, dossiers)


@contextmanager
def brought_up(
    backup: Path, path: Path, codec: Codec, waiting: Iterable[Mark]
) -> Iterator[tuple[Path, Restored]]:
    """A copy of a backup as it is put back on a server, and what was deleted again.

    The server keeps the register of deletions in itself.

    `path`: beside which it stands for that time, and the register of deletions.
    """
    if not backup.is_file() or not backup.stat().st_size:
        raise faults.no_backup(backup)
    soundness.check(backup, whole=True, codec=codec)
    partial = path.with_name(path.name + ".restore")
    soundness.prepare(partial)
    copies.copy(backup, partial)
    try:
        with closing(sqlite3.connect(partial, isolation_level=None)) as db:
            marks = {*waiting, *register.waiting(db), *_registered(path, backup)}
        counts = _brought_up(partial, codec, marks)
        with closing(sqlite3.connect(partial, isolation_level=None)) as db:
            kept = [(mark, kind) for kind, mark in marks]
            db.executemany("INSERT INTO deleted (mark, kind) VALUES (?, ?)", kept)
        yield partial, Restored(None, *counts)
    finally:
        for one in (partial, partial.with_name(partial.name + ".lock")):
            with suppress(OSError):
                one.unlink(missing_ok=True)


def _registered(path: Path, backup: Path) -> set[Mark]:
    return register.read(register.path_of(path), backups.register_in(backup.parent, path))


def _released(path: Path) -> list[Mark]:
    """Empty the log of the present database, if it is sound, and take its last deletions from it.

    Raises when somebody has it open: every connection holds a shared lock in this journal mode.
    """
    try:
        soundness.check(path, whole=False)
    except StoreError:
        return []  # damaged: opened to be written, it could lose its journal
    if not path.exists():
        return []
    with closing(sqlite3.connect(path, timeout=0.5, isolation_level=None)) as db:
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("BEGIN EXCLUSIVE")
            db.execute("ROLLBACK")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return register.waiting(db)
        except sqlite3.Error as error:
            if faults.busy(error):
                raise faults.in_use(path) from error
            return []  # damaged further on, or of a first schema: set aside as it is


def _brought_up(partial: Path, codec: Codec, marks: Iterable[Mark]) -> tuple[int, int]:
    """The copy at the present schema, without who was deleted since. How many of each went again.

    A consent withdrawn since is withdrawn again; one given anew before the backup stays.
    """
    with closing(sqlite3.connect(partial, isolation_level=None)) as db:
        try:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")
            schema.migrate(db, partial, keep=False)
            keyring.check(db, codec, partial)
            db.execute("BEGIN IMMEDIATE")
            counts = _replayed(db, Seals(codec), marks)
            _leap(db)
            db.execute("COMMIT")
        except sqlite3.Error as error:
            raise faults.explained(error, partial) from error
    return counts


_OF_WORKSHOPS = {"seat": "participant", "idea": "room_contribution"}


def _replayed(db: sqlite3.Connection, seals: Seals, marks: Iterable[Mark]) -> tuple[int, int]:
    persons = dossiers = 0
    for kind, mark in sorted(marks):  # dossiers first
        if table := _OF_WORKSHOPS.get(kind):
            db.execute(f"DELETE FROM {table} WHERE mark = ?", (mark,))  # noqa: S608  # our own names
            continue
        if kind in ("left", "taken"):
            for project, person in db.execute(
                "SELECT project, person FROM member WHERE mark = ?", (mark,)
            ).fetchall():
                sharing.leave(db, project, person, taking=kind == "taken")
            continue
        if kind == "consent":
            db.execute(
                "UPDATE person SET consented = 0 WHERE mark = ? AND consented_at <= ?",
                register.withdrawal(mark),
            )
            continue
        table = "person" if kind == "person" else "dossier"
        row = db.execute(f"SELECT id FROM {table} WHERE mark = ?", (mark,)).fetchone()  # noqa: S608
        if row is None:
            continue
        if kind == "person":
            deletion.person(db, seals, row[0])
            persons += 1
        else:
            deletion.dossier(db, seals, row[0])
            dossiers += 1
    db.execute("DELETE FROM deleted")  # the register has them
    return persons, dossiers


def _leap(db: sqlite3.Connection) -> None:
    """Buttons and numbers given after the backup must not reach what takes their place."""
    db.execute("UPDATE place SET revision = revision + ?", (LEAP,))
    db.execute("UPDATE person SET revision = max(revision, 0) + ?", (LEAP,))
    db.execute("UPDATE conversation SET number = number + ?", (LEAP,))
    db.execute("UPDATE sqlite_sequence SET seq = seq + ?", (LEAP,))
    db.execute("UPDATE dossier SET announced = NULL")  # who woke it since is not in the backup


def _set_aside(path: Path) -> Path | None:
    """Give the present database a second name, and its journal another one."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    aside = path.with_name(f"{path.name}.avant-{stamp}")
    for number in count(2):
        if not aside.exists():
            break
        aside = path.with_name(f"{path.name}.avant-{stamp}-{number}")
    try:
        found = path.exists()
        if found:
            _second_name(path, aside)
        for suffix in _BESIDE:
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).replace(aside.with_name(aside.name + suffix))
    except OSError as error:
        raise faults.unwritable(aside, error) from error
    return aside if found else None


def _second_name(path: Path, aside: Path) -> None:
    """By a link, so that the first name never points to nothing; some disks have none."""
    try:
        os.link(path, aside)
    except OSError:
        path.replace(aside)
