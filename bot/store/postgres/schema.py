"""The same migrations as SQLite's, run once under a lock however many workers start.

What only PostgreSQL needs comes after them, written so that it may run again.
"""

import hashlib

import psycopg

from bot.store import schema
from bot.store.database import Database
from bot.store.postgres import faults, locks

OLDEST = 140_000  # server_version_num

KEPT = 10  # seconds that a chat stays with the worker that showed something there
MOVING = "filrouge_moving"  # a table that is there while the rest is being filled

# `conversation.worker`: who shows replies there (see `fellows`), by the trigger whatever wrote what is due.
EXTRAS = (
    locks.ENTER,
    f"""CREATE OR REPLACE FUNCTION filrouge_workers() RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
        SELECT objid::bigint FROM pg_locks
        WHERE locktype = 'advisory' AND classid = {locks.WORKER} AND objsubid = 2 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    $$""",  # noqa: S608  # a number of ours
    "ALTER TABLE conversation ADD COLUMN IF NOT EXISTS worker BIGINT",
    "ALTER TABLE conversation ADD COLUMN IF NOT EXISTS worker_at DOUBLE PRECISION NOT NULL DEFAULT 0",
    """ALTER TABLE attachment ADD COLUMN IF NOT EXISTS worker BIGINT
        DEFAULT nullif(current_setting('filrouge.worker', true), '')::bigint""",
    "CREATE UNLOGGED TABLE IF NOT EXISTS pace (id BIGINT PRIMARY KEY, at DOUBLE PRECISION NOT NULL)",
    f"""CREATE OR REPLACE FUNCTION filrouge_due() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            mine bigint := nullif(current_setting('filrouge.worker', true), '')::bigint;
            moment double precision := extract(epoch FROM clock_timestamp());
        BEGIN
            UPDATE conversation SET worker_at = moment, worker = CASE
                WHEN worker IS NULL OR worker = mine THEN mine
                WHEN worker_at < moment - {KEPT} AND NOT EXISTS
                    (SELECT 1 FROM due WHERE due.conversation = NEW.conversation) THEN mine
                WHEN worker IN (SELECT filrouge_workers()) AND NOT EXISTS
                    (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted
                     AND classid = {locks.RETIRING} AND objid = worker AND objsubid = 2) THEN worker
                ELSE mine END
            WHERE id = NEW.conversation;
            RETURN NEW;
        END $$""",  # noqa: S608  # a number of ours
    """CREATE OR REPLACE TRIGGER due_worker BEFORE INSERT ON due
        FOR EACH ROW EXECUTE FUNCTION filrouge_due()""",
)
_DIGEST = hashlib.sha256("".join(EXTRAS).encode()).hexdigest()


def migrate(db: Database, where: str) -> None:
    """Within a transaction: all of it or nothing."""
    (version,) = db.execute("SELECT current_setting('server_version_num')").fetchone()
    if int(version) < OLDEST:
        raise faults.too_old(where)
    db.execute("SELECT pg_advisory_xact_lock(?)", (locks.MIGRATION,))
    found = _version(db, where)
    if found > schema.VERSION:
        raise faults.too_recent(where, found, schema.VERSION)
    try:
        for migration in schema.MIGRATIONS[found:]:
            for statement in migration:
                db.execute(statement)
        if found < schema.VERSION or not _extended(db):
            # Only then: they lock tables, and a start must not wait for a backup, nor turns for it.
            for statement in EXTRAS:
                db.execute(statement)
            db.execute("UPDATE filrouge SET version = ?, extras = ?", (schema.VERSION, _DIGEST))
    except psycopg.Error as error:
        if faults.environmental(error):
            raise
        raise faults.migration_failed(where, schema.VERSION) from error


def unfinished(db: Database) -> bool:
    """Whether a move into this database was begun and not ended."""
    return MOVING in tables(db)


def refuse_unfinished(db: Database, where: str) -> None:
    if unfinished(db):
        raise faults.unfinished(where)


def begin_moving(db: Database) -> None:
    db.execute(f"CREATE TABLE {MOVING} (at REAL)")


def end_moving(db: Database) -> None:
    db.execute(f"DROP TABLE {MOVING}")


def tables(db: Database) -> frozenset[str]:
    rows = db.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    )
    return frozenset(name for (name,) in rows)


def _extended(db: Database) -> bool:
    (extras,) = db.execute("SELECT extras FROM filrouge").fetchone()
    return bool(extras == _DIGEST)


def _version(db: Database, where: str) -> int:
    """The schema found, 0 for an empty database, which is made ours."""
    known = tables(db)
    if "filrouge" not in known:
        if "person" in known or "dossier" in known:
            raise faults.not_ours(where)
        db.execute("CREATE TABLE filrouge (version INTEGER NOT NULL, extras TEXT NOT NULL) STRICT")
        db.execute("INSERT INTO filrouge (version, extras) VALUES (0, '')")
    (version,) = db.execute("SELECT version FROM filrouge").fetchone()
    return int(version)
