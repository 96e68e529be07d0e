"""What the people who run the bot see and leave: counts, and the word said to everybody.

That word is public, and its author's own: it is not sealed.
"""

from bot.service.ports import Census
from bot.store.database import Database

MIGRATION = (
    """CREATE TABLE maintenance (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        text TEXT NOT NULL,
        at REAL NOT NULL
    ) STRICT""",
)

DAY = 86_400.0


def maintenance(db: Database) -> str:
    row = db.execute("SELECT text FROM maintenance").fetchone()
    return row[0] if row else ""


def announce(db: Database, text: str, at: float) -> None:
    """In place of the one before; "" takes it away."""
    db.execute("DELETE FROM maintenance")
    if text:
        db.execute("INSERT INTO maintenance (id, text, at) VALUES (1, ?, ?)", (text, at))


def waiting(db: Database) -> tuple[int, int]:
    """Replies due, and updates set aside: both few, or something is wrong."""
    return _one(db, "SELECT count(*) FROM due"), _one(db, "SELECT count(*) FROM failed_update")


def census(db: Database, now: float) -> Census:
    """Numbers only. Reads whole tables: asked for now and then, by a person."""
    since = tuple(
        _one(db, "SELECT count(*) FROM dossier WHERE changed >= ? OR seen >= ?", now - days * DAY)
        for days in (1, 7, 30)
    )
    files, size = db.execute(
        "SELECT count(*), coalesce(sum(size), 0) FROM attachment WHERE state = 'kept'"
    ).fetchone()
    return Census(
        persons=_one(db, "SELECT count(*) FROM person WHERE consented = 1"),
        blocked=_one(db, "SELECT count(*) FROM person WHERE consented = 1 AND blocked = 1"),
        dossiers=_one(db, "SELECT count(*) FROM dossier"),
        finished=_one(db, "SELECT count(*) FROM dossier WHERE finished = 1"),
        archived=_one(db, "SELECT count(*) FROM dossier WHERE archived = 1"),
        day=since[0],
        week=since[1],
        month=since[2],
        answers=_one(db, "SELECT count(*) FROM contribution"),
        files=int(files),
        file_bytes=int(size),
    )


def _one(db: Database, statement: str, *values: float) -> int:
    found = values * statement.count("?")
    return int(db.execute(statement, found).fetchone()[0])
