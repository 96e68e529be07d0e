"""The tables, as numbered migrations: one is added for every change, none is ever edited.

What a person wrote, or could be recognised by, is in BLOB columns that passed `sealed`.
"""

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from bot.store import copies, editions, faults, flows, news, operation, seats, sharing, templates

APPLICATION = 0x46494C52  # « FILR » in the file's header: a file of another program is refused

Migration = Sequence[str]

FIRST: Migration = (
    """CREATE TABLE flow_snapshot (
        hash TEXT PRIMARY KEY,
        content TEXT NOT NULL,
        questions TEXT NOT NULL
    ) STRICT""",
    # `revision`: the highest one of dossiers deleted since.
    """CREATE TABLE person (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        door TEXT NOT NULL,
        external_id INTEGER NOT NULL,
        language TEXT NOT NULL DEFAULT '',
        consented INTEGER NOT NULL,
        consented_at REAL NOT NULL,
        blocked INTEGER NOT NULL DEFAULT 0,
        revision INTEGER NOT NULL DEFAULT -1,
        UNIQUE (door, external_id)
    ) STRICT""",
    """CREATE TABLE project (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        created REAL NOT NULL
    ) STRICT""",
    """CREATE TABLE member (
        project INTEGER NOT NULL REFERENCES project ON DELETE CASCADE,
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        role TEXT NOT NULL,
        side TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (project, person)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX member_person ON member (person)",
    # AUTOINCREMENT: an old button must not open a dossier that took the number of a deleted one.
    """CREATE TABLE dossier (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        project INTEGER NOT NULL REFERENCES project ON DELETE CASCADE,
        flow TEXT NOT NULL,
        flow_hash TEXT NOT NULL REFERENCES flow_snapshot,
        created REAL NOT NULL,
        changed REAL NOT NULL,
        archived INTEGER NOT NULL DEFAULT 0,
        finished INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    "CREATE INDEX dossier_project ON dossier (project)",
    """CREATE TABLE place (
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        revision INTEGER NOT NULL,
        state BLOB NOT NULL,
        PRIMARY KEY (person, dossier)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX place_dossier ON place (dossier)",
    # `number` counts the turns; `since`: the turn that took the dossier in hand.
    """CREATE TABLE conversation (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        chat INTEGER NOT NULL,
        dossier INTEGER REFERENCES dossier ON DELETE SET NULL,
        number INTEGER NOT NULL,
        since INTEGER NOT NULL,
        card INTEGER,
        card_turn INTEGER NOT NULL DEFAULT 0,
        pace_since REAL NOT NULL,
        pace_count INTEGER NOT NULL,
        UNIQUE (person, chat)
    ) STRICT""",
    "CREATE INDEX conversation_dossier ON conversation (dossier)",
    """CREATE TABLE due (
        conversation INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,
        turn INTEGER NOT NULL,
        effects BLOB NOT NULL,
        PRIMARY KEY (conversation, turn)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE card (
        conversation INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,
        message INTEGER NOT NULL,
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        question TEXT NOT NULL,
        revision INTEGER NOT NULL,
        PRIMARY KEY (conversation, message)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX card_dossier ON card (dossier)",
    # Clustered by dossier: a turn reads its answers in a few pages, whatever else is stored.
    """CREATE TABLE contribution (
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        number INTEGER NOT NULL,
        question TEXT NOT NULL,
        side TEXT NOT NULL DEFAULT '',
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        visit INTEGER NOT NULL,
        given INTEGER NOT NULL,
        at REAL NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (dossier, number)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX contribution_person ON contribution (person)",
    """CREATE TABLE adopted (
        dossier INTEGER NOT NULL,
        question TEXT NOT NULL,
        contribution INTEGER NOT NULL,
        PRIMARY KEY (dossier, question),
        FOREIGN KEY (dossier, contribution) REFERENCES contribution (dossier, number)
            ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX adopted_contribution ON adopted (dossier, contribution)",
    # AUTOINCREMENT: a download that ends late must not fill the place of another file.
    """CREATE TABLE attachment (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        chat INTEGER NOT NULL,
        question TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'kept', 'lost')),
        size INTEGER NOT NULL,
        described BLOB NOT NULL,
        content BLOB
    ) STRICT""",
    "CREATE INDEX attachment_dossier ON attachment (dossier)",
    "CREATE INDEX attachment_person ON attachment (person, size)",
    "CREATE INDEX attachment_pending ON attachment (id) WHERE state = 'pending'",
    """CREATE TABLE handling (
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        rule TEXT NOT NULL,
        at REAL NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (dossier, rule)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE handled_update (
        id INTEGER PRIMARY KEY,
        door TEXT NOT NULL,
        update_id INTEGER NOT NULL,
        at REAL NOT NULL,
        UNIQUE (door, update_id)
    ) STRICT""",
    """CREATE TABLE failed_update (
        id INTEGER PRIMARY KEY,
        door TEXT NOT NULL,
        update_id INTEGER NOT NULL,
        person INTEGER REFERENCES person ON DELETE CASCADE,
        at REAL NOT NULL,
        reason TEXT NOT NULL,
        payload BLOB NOT NULL,
        UNIQUE (door, update_id)
    ) STRICT""",
    "CREATE INDEX failed_update_person ON failed_update (person)",
)

# `seal.whole`: every row is sealed by that key. `mark`: random, what the register of deletions names.
# `seen`: when someone last had the dossier in hand, to the day; `announced`: when its purge was.
SECOND: Migration = (
    """CREATE TABLE seal (
        id BLOB PRIMARY KEY,
        proof BLOB NOT NULL,
        whole INTEGER NOT NULL
    ) STRICT""",
    "CREATE TABLE deleted (mark BLOB PRIMARY KEY, kind TEXT NOT NULL) STRICT",
    "ALTER TABLE person ADD COLUMN mark BLOB",
    "UPDATE person SET mark = randomblob(16)",
    "ALTER TABLE dossier ADD COLUMN mark BLOB",
    "UPDATE dossier SET mark = randomblob(16)",
    "ALTER TABLE dossier ADD COLUMN seen REAL NOT NULL DEFAULT 0",
    "ALTER TABLE dossier ADD COLUMN announced REAL",
)

MIGRATIONS: tuple[Migration, ...] = (
    FIRST,
    SECOND,
    templates.MIGRATION,
    editions.MIGRATION,
    flows.MIGRATION,
    operation.MIGRATION,
    seats.MIGRATION,
    sharing.MIGRATION,
    templates.OF_DOSSIERS,
    news.MIGRATION,
    sharing.MARKS,
    seats.NUMBERS,
)
VERSION = len(MIGRATIONS)


def migrate(
    db: sqlite3.Connection,
    path: Path,
    migrations: Sequence[Migration] | None = None,
    *,
    keep: bool = True,
) -> None:
    """Bring the file to the last schema, in one transaction: all of it or nothing.

    `keep`: take a copy first, of what is not itself one.
    """
    migrations = MIGRATIONS if migrations is None else migrations
    found = _version(db)
    if found >= len(migrations):
        return
    copy = _copied(path, found) if found and keep else None
    db.execute("PRAGMA foreign_keys = OFF")  # a table can be made anew; checked before the commit
    try:
        db.execute("BEGIN IMMEDIATE")
        for migration in migrations[_version(db) :]:  # another process may have been faster
            for statement in migration:
                db.execute(statement)
        if db.execute("PRAGMA foreign_key_check").fetchone():
            raise sqlite3.IntegrityError("foreign keys")
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.execute(f"PRAGMA user_version = {len(migrations)}")
        db.execute("COMMIT")
    except sqlite3.Error as error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        if faults.environmental(error):
            raise faults.explained(error, path) from error
        raise faults.migration_failed(path, len(migrations), copy) from error
    finally:
        db.execute("PRAGMA foreign_keys = ON")


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def _copied(path: Path, version: int) -> Path:
    """A copy of the file as it was, beside it; what is sealed in it stays sealed."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    copy = path.with_name(f"{path.name}.schema{version}-{stamp}")
    copies.copy(path, copy)
    return copy
