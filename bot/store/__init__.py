"""The database: SQLite through aiosqlite, one writer, answers on the disk before anyone is told."""

from bot.store.copies import copy as backup
from bot.store.flows import FlowSnapshot
from bot.store.lock import single_bot
from bot.store.sealed import CLEAR, Codec
from bot.store.store import SqliteStore

__all__ = ["CLEAR", "Codec", "FlowSnapshot", "SqliteStore", "backup", "single_bot"]
