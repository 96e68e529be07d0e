"""Everything from one database to another, whatever their engines: in batches, each kept when it is done.

Stopped at any instant, it goes on after the last row that arrived. In the end both are read whole:
as many rows, and the same ones. Values stay sealed as they are: no key is needed.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.tables import Table, tables

Row = Sequence[Any]
Tell = Callable[[str, int], None]  # a table, and how many of its rows were carried


class Source(Protocol):
    """Read as it was at one instant."""

    @property
    def db(self) -> Database: ...

    def count(self, table: Table) -> int:
        """The highest number that the database ever gave in this table."""
        ...


class Target(Protocol):
    """Filled batch by batch; refused by the bot until it is whole."""

    @property
    def db(self) -> Database: ...

    def batch(self) -> AbstractContextManager[object]:
        """What is written within it is on the disk after it."""
        ...

    def fill(self, statement: str, rows: Sequence[Row]) -> None: ...

    def keep_count(self, table: Table, count: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Carried:
    """How many rows each table has, and what they are, the same at both ends."""

    rows: dict[str, int]
    digest: str

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def carry(source: Source, target: Target, tell: Tell = lambda _, __: None) -> Carried:
    """Raises StoreError when both are not the same in the end."""
    _fill(source, target, tell)
    wanted = read(source.db)
    if read(target.db) != wanted:  # the source changed since a first attempt
        _empty(target)
        _fill(source, target, tell)
        if read(target.db) != wanted:
            raise StoreError(
                "Les deux bases diffèrent après la copie : la cible n’est pas utilisable, la source"
                " est intacte. Arrêtez tout robot qui s’en sert, puis recommencez."
            )
    return wanted


def read(db: Database) -> Carried:
    """Every row of every table, in order."""
    counts: dict[str, int] = {}
    digest = hashlib.sha256()
    for table in tables():
        counts[table.name] = 0
        digest.update(table.name.encode())
        for rows in _batches(db, table, None):
            counts[table.name] += len(rows)
            for row in rows:
                digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return Carried(counts, digest.hexdigest())


def _fill(source: Source, target: Target, tell: Tell) -> None:
    for table in tables():
        last = target.db.execute(table.last()).fetchone()
        done = 0
        for rows in _batches(source.db, table, last):
            with target.batch():
                target.fill(table.insert(), rows)
            done += len(rows)
            tell(table.name, done)
        if table.counted:
            with target.batch():
                target.keep_count(table, source.count(table))


def _empty(target: Target) -> None:
    with target.batch():
        for table in reversed(tables()):
            target.db.execute(f"DELETE FROM {table.name}")  # noqa: S608  # our own names


def _batches(db: Database, table: Table, after: Row | None) -> Iterator[list[Any]]:
    while True:
        rows = db.execute(table.read(after=after is not None), tuple(after or ())).fetchall()
        if not rows:
            return
        yield rows
        after = table.key_of(rows[-1])
