"""A PostgreSQL as one end of a move: read at one instant, or filled and refused until it is whole."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import psycopg

from bot.errors import StoreError
from bot.store.postgres import faults, locks, schema
from bot.store.postgres.connection import Connection, Session, connect, shown
from bot.store.postgres.dialect import statement
from bot.store.register import Mark
from bot.store.tables import Table


class ServerSource:
    def __init__(self, connection: Connection) -> None:
        self.db = Session(connection)

    def count(self, table: Table) -> int:
        (highest,) = self.db.execute(f"SELECT coalesce(max(id), 0) FROM {table.name}").fetchone()  # noqa: S608
        row = self.db.execute(
            "SELECT coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = current_schema()"
            " AND sequencename = ?",
            (f"{table.name}_id_seq",),
        ).fetchone()
        return max(int(highest), int(row[0]) if row else 0)


class ServerTarget:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.db = Session(connection)

    def batch(self) -> AbstractContextManager[object]:
        return self._connection.transaction()

    def fill(self, text: str, rows: Sequence[Sequence[object]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(statement(text).text, rows)

    def keep_count(self, table: Table, count: int) -> None:
        self.db.execute(
            "SELECT setval(pg_get_serial_sequence(?, 'id'), greatest(?::bigint, 1), ?::bigint > 0)",
            (table.name, count, count),
        )


def marks(end: ServerTarget) -> list[Mark]:
    """Deletions that the database remembers, and that a backup does not."""
    return [(kind, mark) for kind, mark in end.db.execute("SELECT kind, mark FROM deleted")]


@contextmanager
def source(url: str, *, quiet: bool) -> Iterator[ServerSource]:
    """`quiet`: nobody writes meanwhile; else turns go on, unseen."""
    with _connected(url) as (connection, where):
        db = Session(connection)
        with connection.transaction():
            schema.migrate(db, where)
            schema.refuse_unfinished(db, where)
        if quiet:
            db.execute("SELECT pg_advisory_lock(?)", (locks.HOUSE,))
            if locks.workers(db):
                raise StoreError(
                    f"La base {where} est en service : arrêtez d’abord tous les robots qui s’en"
                    " servent."
                )
        connection.execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield ServerSource(connection)
        connection.execute(b"ROLLBACK")


@contextmanager
def target(url: str) -> Iterator[ServerTarget]:
    """A base without anybody in it; begun and stopped, it goes on where it was."""
    with _connected(url) as (connection, where):
        db = Session(connection)
        with connection.transaction():
            schema.migrate(db, where)
            if not schema.unfinished(db):
                if db.execute("SELECT 1 FROM person LIMIT 1").fetchone():
                    raise StoreError(
                        f"La base {where} contient déjà des dossiers : donnez une base vide."
                    )
                schema.begin_moving(db)
        yield ServerTarget(connection)
        schema.end_moving(db)
        connection.execute(b"ANALYZE")


@contextmanager
def _connected(url: str) -> Iterator[tuple[Connection, str]]:
    where = shown(url)
    try:
        with connect(url) as connection:
            connection.execute(b"SET idle_in_transaction_session_timeout = 0")
            yield connection, where
    except psycopg.Error as error:
        raise faults.explained(error, where) from error
