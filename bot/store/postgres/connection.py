"""Connections to PostgreSQL through psycopg's pool, and one of them as the Database of a work."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Buffer, Dumper
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool

from bot.store.database import Parameters, Rows
from bot.store.postgres.dialect import statement

SIZE = 8  # connections of a worker, beside the one that listens
CONNECT = 5  # seconds to reach the server
WAIT = 1.0  # seconds for a connection of the pool, before it is asked for again
SETTINGS = {
    "application_name": "filrouge",
    "idle_in_transaction_session_timeout": "30s",  # a worker that hangs frees what it holds
    "lock_timeout": "20s",  # under the thirty seconds that an update may take
    "plan_cache_mode": "force_generic_plan",  # a turn finds its rows by their keys: one plan is enough
}
REACH: dict[str, Any] = {
    "connect_timeout": CONNECT,
    "keepalives_idle": 10,  # a machine that vanished is noticed within half a minute
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
# A statement under way ends when its worker is dead; some systems cannot tell.
_WATCHED = b"SET client_connection_check_interval = '5s'"
# A server set to forget a moment of commits when it falls would break the first law.
_DURABLE = """set_config('synchronous_commit', CASE current_setting('synchronous_commit')
    WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)"""
_LARGEST = 2**63

Connection = psycopg.Connection[tuple[Any, ...]]


class _Number(Dumper):
    """A number without a type: the server reads it as the column's, like SQLite."""

    def dump(self, obj: Any) -> Buffer | None:
        if isinstance(obj, int) and not -_LARGEST <= obj < _LARGEST:
            raise OverflowError("an integer too large for the database")
        return repr(obj).encode()


class _Flag(Dumper):
    """Flags are 0 and 1, as in SQLite."""

    def dump(self, obj: Any) -> Buffer | None:
        return b"1" if obj else b"0"


class Session:
    """A connection, within one transaction, as works know it."""

    def __init__(self, connection: Connection, pipeline: psycopg.Pipeline | None = None) -> None:
        self._connection = connection
        self._pipeline = pipeline

    def execute(self, text: str, parameters: Parameters = (), /) -> Rows:
        said = statement(text)
        cursor = self._connection.execute(said.text, said.values(parameters), binary=True)
        return _Awaited(cursor, self._pipeline) if self._pipeline else cursor


class _Awaited:
    """In a pipeline, the server is waited for when what it answers is asked for."""

    def __init__(self, cursor: "psycopg.Cursor[Any]", pipeline: psycopg.Pipeline) -> None:
        self._cursor = cursor
        self._pipeline = pipeline
        self.fetchone = cursor.fetchone
        self.fetchall = cursor.fetchall

    @property
    def rowcount(self) -> int:
        self._pipeline.sync()
        return self._cursor.rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)


def shown(url: str) -> str:
    """How a database is named to a person: where it is, never who reads it or how."""
    parts = conninfo_to_dict(url)
    host, port = parts.get("host") or "localhost", parts.get("port")
    return f"{parts.get('dbname') or 'postgres'} sur {host}{f':{port}' if port else ''}"


def connect(url: str, worker: int = 0) -> Connection:
    """One connection of its own. Raises psycopg.Error."""
    connection = psycopg.connect(url, autocommit=True, cursor_factory=psycopg.RawCursor, **REACH)
    prepare(connection, worker)
    return connection


def pool(url: str, worker: int) -> "ConnectionPool[Connection]":
    """Closed still: opened once the database is known to be good."""
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # what matters is said by those who wait
    return ConnectionPool(
        url,
        kwargs={"autocommit": True, "cursor_factory": psycopg.RawCursor, **REACH},
        min_size=2,
        max_size=SIZE,
        open=False,
        configure=lambda connection: prepare(connection, worker),
        reconnect_timeout=0.0,  # who needs a connection asks again: no pause grows while it is away
        timeout=WAIT,
        num_workers=1,
    )


def prepare(connection: Connection, worker: int) -> None:
    """`worker`: which rows are its own (see `workers`)."""
    for kind in (int, float):
        connection.adapters.register_dumper(kind, _Number)
    connection.adapters.register_dumper(bool, _Flag)
    settings = {**SETTINGS, "filrouge.worker": str(worker)}
    names = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings.items())
    connection.execute(f"SELECT {names}, {_DURABLE}".encode())  # our own words
    with suppress(psycopg.Error):
        connection.execute(_WATCHED)


def lost(connection: Connection) -> bool:
    return connection.pgconn.status != pq.ConnStatus.OK
