"""A person's own Word template: one at most, sealed, gone with them."""

from dataclasses import dataclass

from bot.service.ports import Key, WordTemplate
from bot.store.database import Database
from bot.store.sealed import Seals, place

TABLE = "word_template"

MIGRATION = (
    """CREATE TABLE word_template (
        person INTEGER PRIMARY KEY REFERENCES person ON DELETE CASCADE,
        at REAL NOT NULL,
        described BLOB NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
)


@dataclass(frozen=True, slots=True)
class Described:
    """What its author called it."""

    name: str = ""


def keep(db: Database, seals: Seals, person: int, name: str, content: bytes, at: float) -> None:
    described = seals.seal(Described, Described(name), TABLE, person, "described")
    sealed = seals.codec.seal(content, place(TABLE, person, "content"))
    db.execute(
        "INSERT INTO word_template (person, at, described, content) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (person) DO UPDATE"
        " SET at = excluded.at, described = excluded.described, content = excluded.content",
        (person, at, described, sealed),
    )


def drop(db: Database, person: int) -> None:
    db.execute("DELETE FROM word_template WHERE person = ?", (person,))


def of_person(db: Database, seals: Seals, key: Key) -> WordTemplate | None:
    """Opened: the template as it was sent; None when there is none."""
    row = db.execute(
        "SELECT person.id, at, described, content FROM word_template"
        " JOIN person ON person.id = word_template.person WHERE door = ? AND external_id = ?",
        (key.door, key.person),
    ).fetchone()
    if row is None:
        return None
    person, at, described, content = row
    found: Described = seals.open(Described, described, TABLE, person, "described")
    return WordTemplate(found.name, seals.codec.open(content, place(TABLE, person, "content")), at)
