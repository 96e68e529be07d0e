"""The database: SQLite through aiosqlite, one writer, answers on the disk before anyone is told."""

from bot.store.backups import Keeping
from bot.store.codecs import CLEAR
from bot.store.copies import copy as backup
from bot.store.flows import FlowSnapshot
from bot.store.lock import single_bot
from bot.store.restoring import restore
from bot.store.sealed import Codec
from bot.store.sqlite import SqliteStore

__all__ = [
    "CLEAR",
    "Codec",
    "FlowSnapshot",
    "Keeping",
    "SqliteStore",
    "backup",
    "restore",
    "single_bot",
]
