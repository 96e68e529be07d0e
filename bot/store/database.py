"""What a piece of work may ask of a database, whatever its engine: statements, and their rows.

The SQL of this folder keeps to what SQLite and PostgreSQL read alike, except three things that
`bot.store.dialect` rewrites: placeholders, the types of columns, the tables' own options. So: CASE
rather than iif, `ON CONFLICT DO NOTHING` rather than `OR IGNORE`, no `max` of two values, no `IS`
between columns, a column's own name before its excluded one, and a flag is compared: `blocked = 0`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

Parameters = Sequence[Any] | Mapping[str, Any]


class Rows(Protocol):
    """What a statement gives back."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """One connection, within one transaction."""

    def execute(self, statement: str, parameters: Parameters = ..., /) -> Rows: ...


T = TypeVar("T")
Work = Callable[[Database], T]
