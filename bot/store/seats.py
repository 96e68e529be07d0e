"""The tables of workshops, and their rows seen from outside a turn: who sits where, what they were shown.

`mark`, as elsewhere, is what the register of deletions names.
"""

import hashlib
from typing import Literal

from bot.domain.workshop.state import Phase
from bot.service.ports import Key
from bot.store import register
from bot.store.database import Database

MIGRATION = (
    # `turns` counts those of the room. `code`, `wall`, `helper`: hashes of what opens the room, the
    # wall, the second desk.
    """CREATE TABLE workshop (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        owner INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        phase TEXT NOT NULL,
        ends REAL NOT NULL,
        turns INTEGER NOT NULL DEFAULT 0,
        code TEXT UNIQUE,
        wall TEXT UNIQUE,
        helper TEXT UNIQUE,
        state BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX workshop_dossier ON workshop (dossier)",
    "CREATE INDEX workshop_owner ON workshop (owner)",
    """CREATE TABLE facilitator (
        workshop INTEGER NOT NULL REFERENCES workshop ON DELETE CASCADE,
        door TEXT NOT NULL,
        external_id INTEGER NOT NULL,
        chat INTEGER NOT NULL,
        card INTEGER,
        page TEXT NOT NULL DEFAULT 'live',
        awaiting TEXT NOT NULL DEFAULT '',
        helper INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (workshop, door, external_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX facilitator_person ON facilitator (external_id, door)",
    # `token`: the hash of a web page's address; such a seat has no `external_id`.
    """CREATE TABLE participant (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        workshop INTEGER NOT NULL REFERENCES workshop ON DELETE CASCADE,
        door TEXT NOT NULL,
        external_id INTEGER,
        chat INTEGER NOT NULL,
        token TEXT UNIQUE,
        voice TEXT NOT NULL,
        people INTEGER NOT NULL,
        joined REAL NOT NULL,
        card INTEGER,
        shown INTEGER NOT NULL DEFAULT -1,
        away INTEGER NOT NULL DEFAULT 0,
        mark BLOB NOT NULL,
        UNIQUE (workshop, door, external_id)
    ) STRICT""",
    "CREATE INDEX participant_person ON participant (external_id, door)",
    # `former`: replaced by a newer one of the same seat.
    """CREATE TABLE room_contribution (
        workshop INTEGER NOT NULL REFERENCES workshop ON DELETE CASCADE,
        number INTEGER NOT NULL,
        question TEXT NOT NULL,
        participant INTEGER REFERENCES participant ON DELETE CASCADE,
        kind TEXT NOT NULL,
        message INTEGER NOT NULL,
        approved INTEGER NOT NULL DEFAULT 0,
        former INTEGER NOT NULL DEFAULT 0,
        at REAL NOT NULL,
        content BLOB NOT NULL,
        mark BLOB NOT NULL,
        PRIMARY KEY (workshop, number)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX room_contribution_participant ON room_contribution (participant)",
)

# How many contributions were numbered: a number is never given twice, or a button drawn for one that
# was taken back would let another pass that nobody read.
NUMBERS = (
    "ALTER TABLE workshop ADD COLUMN given INTEGER NOT NULL DEFAULT 0",
    """UPDATE workshop SET given = coalesce((SELECT max(number) FROM room_contribution
        WHERE room_contribution.workshop = workshop.id), 0)""",
)

OF_PROJECT = (
    "SELECT workshop.id FROM workshop JOIN dossier ON dossier.id = workshop.dossier"
    " WHERE dossier.project = ?"
)
LIVE = f"('{Phase.WAITING}', '{Phase.OPEN}', '{Phase.CLOSED}')"


def hashed(secret: str) -> str:
    """How a code or a secret address is kept."""
    return hashlib.sha256(b"fil rouge room\n" + secret.encode("utf-8", "replace")).hexdigest()


def live(db: Database, at: float) -> dict[int, int]:
    """Workshops under way or just finished, and how many turns each had."""
    rows = db.execute(
        "SELECT id, turns FROM workshop WHERE phase <> ? AND ends > ?", (Phase.PREPARED, at)
    )
    return dict(rows)


def present(db: Database, at: float) -> dict[tuple[str, int], bool]:
    """(door, person) of those who sit in a live workshop; True for its facilitators."""
    seated = db.execute(
        "SELECT door, external_id FROM participant JOIN workshop ON workshop.id = workshop"  # noqa: S608  # our own words
        f" WHERE external_id IS NOT NULL AND away = 0 AND phase IN {LIVE} AND ends > ?",
        (at,),
    ).fetchall()
    desks = db.execute(
        "SELECT door, external_id FROM facilitator JOIN workshop ON workshop.id = workshop"  # noqa: S608  # our own words
        f" WHERE phase IN {LIVE} AND ends > ?",
        (at,),
    ).fetchall()
    return {**dict.fromkeys(map(tuple, seated), False), **dict.fromkeys(map(tuple, desks), True)}


def joined(db: Database, key: Key) -> float | None:
    """When this person first sat in a workshop, be it over; None: never."""
    (first,) = db.execute(
        "SELECT min(joined) FROM participant WHERE external_id = ? AND door = ?",
        (key.person, key.door),
    ).fetchone()
    return None if first is None else float(first)


def at(
    db: Database, by: Literal["code", "wall", "token"], secret: str, now: float
) -> tuple[int, int] | None:
    """(workshop, seat) that a secret opens; seat 0 for a code or a wall."""
    if by == "token":
        row = db.execute(
            "SELECT workshop, id FROM participant WHERE token = ?", (hashed(secret),)
        ).fetchone()
    else:
        row = db.execute(
            f"SELECT id, 0 FROM workshop WHERE {by} = ? AND ends > ?",  # noqa: S608  # a Literal of ours
            (hashed(secret), now),
        ).fetchone()
    return (row[0], row[1]) if row else None


# --- what a door has shown -----------------------------------------------------------------------


def shown(db: Database, key: Key, number: int, turn: int | None, message: int | None) -> None:
    """`turn`: what a seat was shown; None: a facilitator's page."""
    table = "facilitator" if turn is None else "participant"
    db.execute(
        f"UPDATE {table} SET card = coalesce(?, card)"  # noqa: S608  # our own names
        " WHERE workshop = ? AND door = ? AND external_id = ?",
        (message, number, key.door, key.person),
    )
    if turn is not None:
        db.execute(
            "UPDATE participant SET shown = ?1"
            " WHERE workshop = ?2 AND door = ?3 AND external_id = ?4 AND shown < ?1",
            (turn, number, key.door, key.person),
        )


def away(db: Database, key: Key, gone: bool) -> None:
    """A person blocked the bot, or lets it write again."""
    db.execute(
        "UPDATE participant SET away = ? WHERE external_id = ? AND door = ?",
        (int(gone), key.person, key.door),
    )


def pass_on(db: Database, project: int, owner: int) -> None:
    """The workshops of a project go with it to whoever owns it from now on; whoever facilitated
    them goes on as a second one."""
    db.execute(
        "UPDATE workshop SET owner = ? WHERE dossier IN (SELECT id FROM dossier WHERE project = ?)",
        (owner, project),
    )
    db.execute(
        f"UPDATE facilitator SET helper = 1 WHERE workshop IN ({OF_PROJECT})",  # noqa: S608  # our own words
        (project,),
    )


def leave(db: Database, project: int, person: int) -> None:
    """Who is no member any more facilitates nothing there."""
    db.execute(
        f"DELETE FROM facilitator WHERE workshop IN ({OF_PROJECT})"  # noqa: S608  # our own words
        " AND (door, external_id) IN (SELECT door, external_id FROM person WHERE id = ?)",
        (project, person),
    )


def drop(db: Database, seat: int) -> None:
    """A seat and everything it gave."""
    register.note_seat(db, seat)
    db.execute("DELETE FROM participant WHERE id = ?", (seat,))


def forget(db: Database, key: Key) -> bool:
    """Everything a person gave in any room; whether there was something."""
    register.note_seats(db, key.door, key.person)
    seats = db.execute(
        "DELETE FROM participant WHERE external_id = ? AND door = ?", (key.person, key.door)
    ).rowcount
    desks = db.execute(
        "DELETE FROM facilitator WHERE external_id = ? AND door = ?", (key.person, key.door)
    ).rowcount
    return bool(seats or desks)
