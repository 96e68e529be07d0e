"""Who waits for whom: locks that the database holds for a transaction, freed at its end or its death.

A turn takes its person, its chat and every project of that person, always in one order; what
touches anyone's rows takes the whole house, that every other transaction only enters.
"""

import hashlib

from bot.service.ports import Key
from bot.store.database import Database

HOUSE = 0x46494C52  # « FILR »
MIGRATION = HOUSE + 1
POLLER = HOUSE + 2  # held by the worker that polls Telegram
FIRST = HOUSE + 3  # held by the worker that does what one alone must do
RETIRING = 0x46494D  # like WORKER, of a worker that ends: it is given nothing more to show
WORKER = 0x46494C  # the first half of a worker's own lock; the second is its number

# The house, the person and the chat, then their projects and the one that an invitation opens, as
# each statement of it finds them: one call for all of a turn's locks.
ENTER = f"""CREATE OR REPLACE FUNCTION filrouge_enter
        (first bigint, second bigint, whose text, who bigint, token bytea)
        RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock_shared({HOUSE}),
            pg_advisory_xact_lock(first), pg_advisory_xact_lock(second);
        PERFORM pg_advisory_xact_lock(hashtextextended('project' || project, 0)) FROM
            (SELECT member.project FROM member JOIN person ON person.id = member.person
             WHERE person.door = whose AND person.external_id = who
             UNION SELECT dossier.project FROM invitation
             JOIN dossier ON dossier.id = invitation.dossier WHERE digest = token
             ORDER BY project) AS theirs;
    END $$"""  # noqa: S608  # a number of ours


def enter(
    db: Database,
    *,
    key: Key | None = None,
    token: bytes = b"",
    dossier: int | None = None,
    alone: bool = False,
) -> None:
    """Wait for one's turn. Raises when it does not come."""
    if alone:
        # What looks for rows by their age is planned for the age asked.
        db.execute(
            "SELECT pg_advisory_xact_lock(?), set_config('plan_cache_mode', 'auto', true)", (HOUSE,)
        )
        return
    if key is None:
        db.execute("SELECT pg_advisory_xact_lock_shared(?)", (HOUSE,))
    else:
        first, second = sorted(
            (_name("person", key.door, key.person), _name("chat", key.door, key.chat))
        )
        db.execute(
            "SELECT filrouge_enter(?, ?, ?, ?, ?)", (first, second, key.door, key.person, token)
        )
    if dossier is not None:
        db.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('project' || project, 0))"
            " FROM dossier WHERE id = ?",
            (dossier,),
        )


def workers(db: Database) -> frozenset[int]:
    """The numbers of the workers that are there now."""
    return frozenset(number for (number,) in db.execute("SELECT filrouge_workers()"))


def _name(*parts: str | int) -> int:
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
