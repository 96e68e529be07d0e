"""Deletion is physical: rows go by cascade, `secure_delete` overwrites them, the log is then emptied."""

import re
import sqlite3

from bot.store.sealed import Seals


def dossier(db: sqlite3.Connection, dossier: int) -> None:
    """A dossier, and its project when nothing else is in it."""
    (project,) = db.execute("SELECT project FROM dossier WHERE id = ?", (dossier,)).fetchone()
    db.execute("DELETE FROM dossier WHERE id = ?", (dossier,))
    db.execute(
        "DELETE FROM project WHERE id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM dossier WHERE dossier.project = ?1)",
        (project,),
    )


def person(db: sqlite3.Connection, seals: Seals, person: int) -> None:
    """A person, the projects that are theirs alone, and updates set aside that name them."""
    _set_aside(db, seals, person)
    db.execute(
        "DELETE FROM project WHERE id IN (SELECT project FROM member WHERE person = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM member"
        " WHERE member.project = project.id AND member.person <> ?1)",
        (person,),
    )
    db.execute("DELETE FROM person WHERE id = ?", (person,))


def _set_aside(db: sqlite3.Connection, seals: Seals, person: int) -> None:
    """An update that failed may have been kept before it was known whose it was."""
    door, external = db.execute(
        "SELECT door, external_id FROM person WHERE id = ?", (person,)
    ).fetchone()
    theirs = re.compile(rf"(?<!\d){re.escape(str(external))}(?!\d)")
    rows = db.execute("SELECT id, payload FROM failed_update WHERE door = ?", (door,)).fetchall()
    for row, payload in rows:
        if theirs.search(seals.open(str, payload)):
            db.execute("DELETE FROM failed_update WHERE id = ?", (row,))
