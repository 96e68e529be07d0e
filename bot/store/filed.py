"""A SQLite file as one end of a move: read at one instant, or filled under another name first."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from bot.errors import StoreError
from bot.store import copies, faults, schema, soundness
from bot.store.connection import read_only
from bot.store.lock import single_bot
from bot.store.tables import Table

PARTIAL = ".moving"


class FileSource:
    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def count(self, table: Table) -> int:
        (highest,) = self.db.execute(f"SELECT coalesce(max(id), 0) FROM {table.name}").fetchone()  # noqa: S608
        row = self.db.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)
        ).fetchone()
        return max(int(highest), int(row[0]) if row else 0)


class FileTarget:
    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    @contextmanager
    def batch(self) -> Iterator[None]:
        self.db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def fill(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        self.db.executemany(statement, rows)

    def keep_count(self, table: Table, count: int) -> None:
        self.db.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
        self.db.execute(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, count)
        )


@contextmanager
def source(path: Path) -> Iterator[FileSource]:
    """Held for the time of the move, at the present schema."""
    if not path.is_file() or not path.stat().st_size:
        raise StoreError(f"La base {path} n’existe pas ou est vide : il n’y a rien à déménager.")
    soundness.check(path, whole=True)
    with single_bot(path):
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as db:
                schema.migrate(db, path)
            with read_only(path) as db:
                db.execute("BEGIN")
                yield FileSource(db)
        except sqlite3.Error as error:
            raise faults.explained(error, path) from error


@contextmanager
def target(path: Path) -> Iterator[FileTarget]:
    """A new database; begun and stopped, it goes on where it was."""
    if path.exists() and path.stat().st_size:
        raise StoreError(
            f"{path} existe déjà : donnez le nom d’un fichier qui n’existe pas encore."
        )
    soundness.prepare(path)
    with single_bot(path), _partial(path) as end:
        yield end


@contextmanager
def copy(path: Path) -> Iterator[FileTarget]:
    """A copy, in the place of the one before once it is whole."""
    with suppress(OSError):
        path.with_name(path.name + PARTIAL).unlink(missing_ok=True)
    with _partial(path) as end:
        yield end


@contextmanager
def _partial(path: Path) -> Iterator[FileTarget]:
    """It gets its name once it is whole."""
    partial = path.with_name(path.name + PARTIAL)
    soundness.prepare(partial)
    try:
        with closing(sqlite3.connect(partial, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            schema.migrate(db, partial, keep=False)
            yield FileTarget(db)
            if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise faults.damaged(partial)
    except sqlite3.Error as error:
        raise faults.explained(error, partial) from error
    copies.keep(partial, path)
