"""The register of deletions: an append-only file beside the database, that a restore plays again.

It holds random marks and nothing else. A mark is written in the deletion's own transaction, then
copied to the file and taken out of the database: a stop in between only copies it once more.
"""

import logging
import os
import re
import secrets
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from bot.store.database import Database

log = logging.getLogger(__name__)

_LINE = re.compile(r"(person|dossier|seat|idea|left|taken|consent) ((?:[0-9a-f]{16}){2,3})")
# What it was ("seat", "idea": in a workshop; "left", "taken": of a dossier, by a member who may have
# taken back what they said), and its mark; "consent": a person's, then when it ended.
Mark = tuple[str, bytes]
MARK_BYTES = 16


def path_of(database: Path) -> Path:
    return database.with_name(database.name + ".deleted")


def new_mark() -> bytes:
    return secrets.token_bytes(MARK_BYTES)


def note_person(db: Database, person: int) -> None:
    db.execute(
        "INSERT INTO deleted SELECT mark, 'person' FROM person WHERE id = ? ON CONFLICT DO NOTHING",
        (person,),
    )


def note_withdrawal(db: Database, person: int, at: float) -> None:
    """Not a deletion: a consent that ended, and must not come back with a backup."""
    (mark,) = db.execute("SELECT mark FROM person WHERE id = ?", (person,)).fetchone()
    moment = int(at * 1000).to_bytes(8, "big", signed=True)
    db.execute(
        "INSERT INTO deleted (mark, kind) VALUES (?, 'consent') ON CONFLICT DO NOTHING",
        (bytes(mark) + moment,),
    )


def withdrawal(mark: bytes) -> tuple[bytes, float]:
    """Whose consent ended, and when."""
    return mark[:MARK_BYTES], int.from_bytes(mark[MARK_BYTES:], "big", signed=True) / 1000


def note_dossiers(db: Database, which: str, value: int) -> None:
    """`which`: a condition of ours on the table."""
    db.execute(
        f"INSERT INTO deleted SELECT mark, 'dossier' FROM dossier WHERE {which}"  # noqa: S608
        " ON CONFLICT DO NOTHING",
        (value,),
    )


def note_member(db: Database, project: int, person: int, *, taking: bool) -> None:
    """Somebody is not in a project any more; `taking`: nor is what they contributed."""
    db.execute(
        "INSERT INTO deleted SELECT mark, ? FROM member WHERE project = ? AND person = ?"
        " AND mark IS NOT NULL ON CONFLICT DO NOTHING",
        ("taken" if taking else "left", project, person),
    )


def note_seats(db: Database, door: str, person: int) -> None:
    """Where somebody sat in workshops."""
    db.execute(
        "INSERT INTO deleted SELECT mark, 'seat' FROM participant"
        " WHERE external_id = ? AND door = ? ON CONFLICT DO NOTHING",
        (person, door),
    )


def note_seat(db: Database, seat: int) -> None:
    db.execute(
        "INSERT INTO deleted SELECT mark, 'seat' FROM participant WHERE id = ?"
        " ON CONFLICT DO NOTHING",
        (seat,),
    )


def note_idea(db: Database, workshop: int, number: int) -> None:
    """Words taken back."""
    db.execute(
        "INSERT INTO deleted SELECT mark, 'idea' FROM room_contribution"
        " WHERE workshop = ? AND number = ? ON CONFLICT DO NOTHING",
        (workshop, number),
    )


def flush(db: sqlite3.Connection, database: Path) -> None:
    """Copy to the file what the database still holds. A file that cannot be written waits."""
    with suppress(sqlite3.Error):  # a database that is locked waits too
        found = waiting(db)
        if not found:
            return
        try:
            append(path_of(database), found)
        except OSError as error:
            log.error(
                "%s : le registre des suppressions n’a pas pu être écrit (%s) ; il le sera plus tard",
                path_of(database),
                error.strerror,
            )
            return
        db.executemany("DELETE FROM deleted WHERE mark = ?", [(mark,) for _, mark in found])


def waiting(db: sqlite3.Connection) -> list[Mark]:
    return [(kind, mark) for kind, mark in db.execute("SELECT kind, mark FROM deleted")]


def append(path: Path, marks: Iterable[Mark]) -> None:
    """On the disk when it returns. Raises OSError."""
    text = "".join(f"{kind} {mark.hex()}\n" for kind, mark in marks)
    new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "rb+") as file:
        if not new and _cut_short(file.fileno()):
            text = "\n" + text
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    if new and os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read(*paths: Path) -> set[Mark]:
    """Every mark of these files; one that is missing has none, a line cut short is left aside."""
    found: set[Mark] = set()
    for path in paths:
        with suppress(FileNotFoundError):
            lines = path.read_text(encoding="ascii", errors="replace").splitlines()
            matches = (_LINE.fullmatch(one) for one in lines)
            found |= {(one[1], bytes.fromhex(one[2])) for one in matches if one}
    return found


def _cut_short(descriptor: int) -> bool:
    """Whether a stop left the last line without its end."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if not size:
        return False
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1) != b"\n"
