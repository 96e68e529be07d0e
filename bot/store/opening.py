"""Which engine serves a database, by how it is named: a file, or postgresql://…"""

from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path

from bot.store import copies, filed, moving, restoring
from bot.store.codecs import CLEAR
from bot.store.flows import FlowSnapshot
from bot.store.moving import Carried, Source, Target, Tell
from bot.store.restoring import Restored
from bot.store.sealed import Codec
from bot.store.sqlite import SqliteStore
from bot.store.store import SqlStore


def open_store(
    database: Path | str, *snapshots: FlowSnapshot, codec: Codec = CLEAR
) -> AbstractAsyncContextManager[SqlStore]:
    """`database`: the path of a file, or the address of a PostgreSQL."""
    if isinstance(database, Path):
        return SqliteStore.open(database, *snapshots, codec=codec)
    from bot.store.postgres import PostgresStore  # who has one file loads no driver

    return PostgresStore.open(database, *snapshots, codec=codec)


def move(source: Path | str, target: Path | str, tell: Tell) -> Carried:
    """Everything from one to the other; nobody may use either meanwhile. Raises StoreError."""
    with _source(source) as read, _target(target) as filled:
        return moving.carry(read, filled, tell)


def copy_out(database: Path | str, target: Path) -> None:
    """A checked copy in one SQLite file, while turns go on."""
    if isinstance(database, Path):
        copies.copy(database, target)
        return
    from bot.store.postgres import ends

    with ends.source(database, quiet=False) as read, filed.copy(target) as filled:
        moving.carry(read, filled)


def restore_into(server: str, backup: Path, beside: Path, codec: Codec) -> Restored:
    """A backup into an empty PostgreSQL; what was deleted since is deleted again.

    `beside`: the place of the register of deletions on this machine.
    """
    from bot.store.postgres import ends

    with (
        ends.target(server) as filled,
        restoring.brought_up(backup, beside, codec, ends.marks(filled)) as (partial, done),
        filed.source(partial) as read,
    ):
        moving.carry(read, filled)
    return done


def _source(database: Path | str) -> AbstractContextManager[Source]:
    if isinstance(database, Path):
        return filed.source(database)
    from bot.store.postgres import ends

    return ends.source(database, quiet=True)


def _target(database: Path | str) -> AbstractContextManager[Target]:
    if isinstance(database, Path):
        return filed.target(database)
    from bot.store.postgres import ends

    return ends.target(database)
