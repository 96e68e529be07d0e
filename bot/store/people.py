"""A person's row: their consent, their language, and whether they blocked the bot."""

import secrets

from bot.service.ports import Key
from bot.store import register
from bot.store.database import Database

FILE = "file"  # a door that nobody speaks through: of those whose voices came with a file


def stand_in(db: Database, at: float) -> int:
    """Somebody who spoke in a file: agreed to nothing here, is told nothing, has no chat."""
    (person,) = db.execute(
        "INSERT INTO person (door, external_id, consented, consented_at, mark)"
        " VALUES (?, ?, 0, ?, ?) RETURNING id",
        (FILE, secrets.randbits(62), at, register.new_mark()),
    ).fetchone()
    return int(person)


def drop_stand_ins(db: Database) -> None:
    """Those who neither are in a project nor said anything that is kept any more."""
    db.execute(
        "DELETE FROM person WHERE door = ?"
        " AND NOT EXISTS (SELECT 1 FROM member WHERE member.person = person.id)"
        " AND NOT EXISTS (SELECT 1 FROM contribution WHERE contribution.person = person.id)",
        (FILE,),
    )


def consent(db: Database, key: Key, at: float) -> int:
    """Keep the person from now on; the consent given last is the one that counts."""
    (person,) = db.execute(
        "INSERT INTO person (door, external_id, consented, consented_at, mark)"
        " VALUES (?, ?, 1, ?, ?)"
        " ON CONFLICT (door, external_id)"
        " DO UPDATE SET consented = 1, consented_at = excluded.consented_at RETURNING id",
        (key.door, key.person, at, register.new_mark()),
    ).fetchone()
    return int(person)


def withdraw(db: Database, person: int, at: float) -> None:
    """What was written is kept until they delete it or consent again."""
    db.execute("UPDATE person SET consented = 0 WHERE id = ?", (person,))
    register.note_withdrawal(db, person, at)


def heard(db: Database, person: int, language: str) -> None:
    """Someone who speaks blocks nobody, in the language their door says."""
    db.execute("UPDATE person SET blocked = 0, language = ? WHERE id = ?", (language, person))


def blocked(db: Database, key: Key, blocked: bool) -> None:
    db.execute(
        "UPDATE person SET blocked = ? WHERE door = ? AND external_id = ?",
        (blocked, key.door, key.person),
    )


def choose(db: Database, person: int, language: str) -> None:
    """The language they asked for, whatever their device says."""
    db.execute("UPDATE person SET chosen = ? WHERE id = ?", (language, person))
