"""The tables as the migrations make them: columns, keys, and which must be filled before which."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter

from bot.store import schema
from bot.store.cells import CELLS, LARGE

ROWS = 1_000  # carried at once


@dataclass(frozen=True, slots=True)
class Table:
    """`key`: the columns by which rows are in order, the same in every engine."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    counted: bool  # its numbers are given by the database, and never serve twice

    @property
    def rows(self) -> int:
        """How many are carried at once: few, of those that hold files."""
        return LARGE if any(one.table == self.name and one.rows == LARGE for one in CELLS) else ROWS

    def read(self, *, after: bool) -> str:
        """The next rows, in order."""
        key = ", ".join(self.key)
        following = f" WHERE ({key}) > ({_marks(self.key)})" if after else ""
        return (
            f"SELECT {', '.join(self.columns)} FROM {self.name}{following}"  # noqa: S608  # our own names
            f" ORDER BY {key} LIMIT {self.rows}"
        )

    def last(self) -> str:
        """The key of the last row."""
        backwards = ", ".join(f"{one} DESC" for one in self.key)
        return f"SELECT {', '.join(self.key)} FROM {self.name} ORDER BY {backwards} LIMIT 1"  # noqa: S608

    def insert(self) -> str:
        columns = ", ".join(self.columns)
        return f"INSERT INTO {self.name} ({columns}) VALUES ({_marks(self.columns)})"  # noqa: S608

    def key_of(self, row: Sequence[object]) -> tuple[object, ...]:
        return tuple(row[self.columns.index(one)] for one in self.key)


@cache
def tables() -> tuple[Table, ...]:
    """Each after those that it refers to."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for migration in schema.MIGRATIONS:
            for statement in migration:
                db.execute(statement)
        listed = db.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        found = {name: _table(db, name, text) for name, text in listed.fetchall()}
        before = {
            name: {one[2] for one in db.execute(f"PRAGMA foreign_key_list({name})")} - {name}
            for name in found
        }
    return tuple(found[name] for name in TopologicalSorter(before).static_order())


def _table(db: sqlite3.Connection, name: str, text: str) -> Table:
    columns = db.execute(f"PRAGMA table_info({name})").fetchall()
    key = sorted((place, column) for _, column, _, _, _, place in columns if place)
    return Table(
        name,
        tuple(one[1] for one in columns),
        tuple(column for _, column in key),
        "id INTEGER PRIMARY KEY" in text,
    )


def _marks(columns: Sequence[str]) -> str:
    return ", ".join("?" * len(columns))
