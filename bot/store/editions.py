"""The versions of a sheet that a group froze: the export of the dossier that day, sealed, by number."""

from bot.service.ports import Edition
from bot.store.database import Database
from bot.store.sealed import Seals

MIGRATION = (
    """CREATE TABLE edition (
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        number INTEGER NOT NULL,
        at REAL NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (dossier, number)
    ) STRICT, WITHOUT ROWID""",
)


def freeze(db: Database, seals: Seals, dossier: int, document: str, at: float) -> Edition:
    """Keep a version; the last one again when nothing has changed since."""
    last = latest(db, seals, dossier)
    if last and last.document == document:
        return last
    number = last.number + 1 if last else 1
    sealed = seals.seal(str, document, "edition", dossier, number)
    db.execute(
        "INSERT INTO edition (dossier, number, at, content) VALUES (?, ?, ?, ?)",
        (dossier, number, at, sealed),
    )
    return Edition(number, at, document)


def latest(db: Database, seals: Seals, dossier: int) -> Edition | None:
    (number,) = db.execute(
        "SELECT max(number) FROM edition WHERE dossier = ?", (dossier,)
    ).fetchone()
    return None if number is None else edition(db, seals, dossier, number)


def edition(db: Database, seals: Seals, dossier: int, number: int) -> Edition | None:
    row = db.execute(
        "SELECT at, content FROM edition WHERE dossier = ? AND number = ?", (dossier, number)
    ).fetchone()
    if row is None:
        return None
    return Edition(number, row[0], seals.open(str, row[1], "edition", dossier, number))
