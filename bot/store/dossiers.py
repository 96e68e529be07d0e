"""A person's dossiers as rows: beginning one, who owns it, which one was changed last."""

import sqlite3

from bot.store.flows import FlowSnapshot

OWNER = "owner"


def create(db: sqlite3.Connection, flow: FlowSnapshot, person: int, at: float, seen: float) -> int:
    """A project of one dossier, owned by `person`. `seen`: the store's own clock."""
    (project,) = db.execute(
        "INSERT INTO project (created) VALUES (?) RETURNING id", (at,)
    ).fetchone()
    (dossier,) = db.execute(
        "INSERT INTO dossier (project, flow, flow_hash, created, changed, seen, mark)"
        " VALUES (?, ?, ?, ?, ?, ?, randomblob(16)) RETURNING id",
        (project, flow.flow, flow.hash, at, at, seen),
    ).fetchone()
    db.execute(
        "INSERT INTO member (project, person, role) VALUES (?, ?, ?)", (project, person, OWNER)
    )
    return int(dossier)


def owns(db: sqlite3.Connection, person: int, dossier: int) -> bool:
    row = db.execute(
        "SELECT 1 FROM dossier JOIN member ON member.project = dossier.project"
        " WHERE dossier.id = ? AND member.person = ? AND member.role = ?",
        (dossier, person, OWNER),
    ).fetchone()
    return row is not None


def archive(db: sqlite3.Connection, dossier: int, archived: bool) -> None:
    db.execute("UPDATE dossier SET archived = ? WHERE id = ?", (archived, dossier))


def wake(db: sqlite3.Connection, dossier: int, at: float) -> None:
    """Someone has it in hand: no purge is announced for it any more."""
    db.execute("UPDATE dossier SET seen = ?, announced = NULL WHERE id = ?", (at, dossier))


def latest(db: sqlite3.Connection, person: int) -> int | None:
    """The dossier changed last among those not archived."""
    row = db.execute(
        "SELECT dossier.id FROM member JOIN dossier ON dossier.project = member.project"
        " WHERE member.person = ? AND NOT archived"
        " ORDER BY changed DESC, dossier.id DESC LIMIT 1",
        (person,),
    ).fetchone()
    return row[0] if row else None


def highest_revision(db: sqlite3.Connection, person: int) -> int:
    """The highest revision of any card of this person, deleted dossiers included; -1: none yet."""
    (revision,) = db.execute(
        "SELECT max(revision, (SELECT coalesce(max(place.revision), -1) FROM place"
        " WHERE place.person = person.id)) FROM person WHERE id = ?",
        (person,),
    ).fetchone()
    return int(revision)


def remember_revision(db: sqlite3.Connection, person: int, revision: int) -> None:
    """Before a deletion: the buttons of a dossier that is gone must stay stale."""
    db.execute("UPDATE person SET revision = ? WHERE id = ?", (revision, person))
