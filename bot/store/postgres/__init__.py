"""The database of those who run more than one machine: PostgreSQL, for any number of workers."""

from bot.store.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
