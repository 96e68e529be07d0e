"""Deletion is physical: rows go by cascade, `secure_delete` overwrites them, the log is then emptied.

The register of deletions is told in the same transaction, so that no backup brings anyone back.
"""

import re
from contextlib import suppress

from bot.errors import StoreError
from bot.store import identity, people, register, sharing
from bot.store.database import Database
from bot.store.sealed import Seals


def dossier(db: Database, seals: Seals, dossier: int) -> None:
    """A dossier, and its project when nothing else is in it; others of the project keep its identity."""
    (project,) = db.execute("SELECT project FROM dossier WHERE id = ?", (dossier,)).fetchone()
    identity.pass_on(db, seals, project, dossier)
    register.note_dossiers(db, "id = ?", dossier)
    db.execute("DELETE FROM dossier WHERE id = ?", (dossier,))
    db.execute(
        "DELETE FROM project WHERE id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM dossier WHERE dossier.project = ?1)",
        (project,),
    )
    people.drop_stand_ins(db)


def person(db: Database, seals: Seals, person: int) -> None:
    """A person, the projects that nobody can go on with, and updates set aside that name them.

    A project shared with contributors passes on; one that others only read does not outlive its owner.
    """
    _set_aside(db, seals, person)
    sharing.pass_on(db, person)
    alone = (
        "(SELECT project FROM member WHERE person = ?1 AND role = 'owner'"
        " AND NOT EXISTS (SELECT 1 FROM member AS other"
        " WHERE other.project = member.project AND other.person <> ?1 AND other.role = 'owner'))"
    )
    register.note_person(db, person)
    register.note_dossiers(db, f"project IN {alone}", person)
    db.execute(f"DELETE FROM project WHERE id IN {alone}", (person,))  # noqa: S608  # our own words
    db.execute("DELETE FROM person WHERE id = ?", (person,))
    people.drop_stand_ins(db)


def _set_aside(db: Database, seals: Seals, person: int) -> None:
    """An update that failed may have been kept before it was known whose it was."""
    door, external = db.execute(
        "SELECT door, external_id FROM person WHERE id = ?", (person,)
    ).fetchone()
    theirs = re.compile(rf"(?<!\d){re.escape(str(external))}(?!\d)")
    rows = db.execute(
        "SELECT id, update_id, payload FROM failed_update WHERE door = ?", (door,)
    ).fetchall()
    for row, update, payload in rows:
        with suppress(StoreError):  # what does not open names nobody
            if theirs.search(seals.open(str, payload, "failed_update", door, update)):
                db.execute("DELETE FROM failed_update WHERE id = ?", (row,))
