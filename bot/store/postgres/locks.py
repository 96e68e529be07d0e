"""Who waits for whom: locks that the database holds for a transaction, freed at its end or its death.

A turn takes its person, its chat and every project of that person, always in one order; what
touches anyone's rows takes the whole house, that every other transaction only enters.
"""

import hashlib

from bot.service.ports import Key
from bot.store.database import Database

HOUSE = 0x46494C52  # « FILR »
MIGRATION = HOUSE + 1
WORKER = 0x46494C  # the first half of a worker's own lock; the second is its number


def enter(
    db: Database, *, key: Key | None = None, dossier: int | None = None, alone: bool = False
) -> None:
    """Wait for one's turn. Raises when it does not come."""
    if alone:
        db.execute("SELECT pg_advisory_xact_lock(?)", (HOUSE,))
        return
    names = (
        sorted({_name("person", key.door, key.person), _name("chat", key.door, key.chat)})
        if key
        else []
    )
    asked = "".join(", pg_advisory_xact_lock(?)" for _ in names)
    db.execute(f"SELECT pg_advisory_xact_lock_shared(?){asked}", (HOUSE, *names))
    if key:
        _take_projects(db, key)
    if dossier is not None:
        db.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('project' || project, 0))"
            " FROM dossier WHERE id = ?",
            (dossier,),
        )


def _take_projects(db: Database, key: Key) -> None:
    db.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('project' || project, 0)) FROM"
        " (SELECT member.project FROM member JOIN person ON person.id = member.person"
        "  WHERE person.door = ? AND person.external_id = ? ORDER BY member.project) AS theirs",
        (key.door, key.person),
    )


def workers(db: Database) -> frozenset[int]:
    """The numbers of the workers that are there now."""
    rows = db.execute(
        "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = ? AND objsubid = 2"
        " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        (WORKER,),
    )
    return frozenset(number for (number,) in rows)


def _name(*parts: str | int) -> int:
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
