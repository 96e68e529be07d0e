"""The database: one SQLite file, or a PostgreSQL; answers on the disk before anyone is told."""

from bot.store.backups import Keeping
from bot.store.codecs import CLEAR
from bot.store.flows import FlowSnapshot
from bot.store.lock import single_bot
from bot.store.moving import Tell
from bot.store.opening import copy_out, move, open_store, restore_into
from bot.store.restoring import restore
from bot.store.sealed import Codec
from bot.store.sqlite import SqliteStore
from bot.store.store import SqlStore

__all__ = [
    "CLEAR",
    "Codec",
    "FlowSnapshot",
    "Keeping",
    "SqlStore",
    "SqliteStore",
    "Tell",
    "copy_out",
    "move",
    "open_store",
    "restore",
    "restore_into",
    "single_bot",
]
