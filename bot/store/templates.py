"""Word templates that people sent: one of a person at most, one of a dossier; sealed, gone with them."""

from dataclasses import dataclass

from bot.service.ports import Key, WordTemplate
from bot.store.database import Database
from bot.store.sealed import Seals, place

MIGRATION = (
    """CREATE TABLE word_template (
        person INTEGER PRIMARY KEY REFERENCES person ON DELETE CASCADE,
        at REAL NOT NULL,
        described BLOB NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
)

# `person`: who sent it.
OF_DOSSIERS = (
    """CREATE TABLE dossier_template (
        dossier INTEGER PRIMARY KEY REFERENCES dossier ON DELETE CASCADE,
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        at REAL NOT NULL,
        described BLOB NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX dossier_template_person ON dossier_template (person)",
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a template is: a person, or a dossier."""

    table: str
    column: str
    id: int


def of_person(person: int) -> Owner:
    return Owner("word_template", "person", person)


def of_dossier(dossier: int) -> Owner:
    return Owner("dossier_template", "dossier", dossier)


@dataclass(frozen=True, slots=True)
class Described:
    """What its author called it."""

    name: str = ""


def keep(
    db: Database, seals: Seals, owner: Owner, person: int, name: str, content: bytes, at: float
) -> None:
    """In the place of the one before. `person`: who sent it."""
    drop(db, owner)
    columns = {
        "person": person,
        owner.column: owner.id,
        "at": at,
        "described": seals.seal(Described, Described(name), owner.table, owner.id, "described"),
        "content": seals.codec.seal(content, place(owner.table, owner.id, "content")),
    }
    marks = ", ".join("?" * len(columns))
    db.execute(
        f"INSERT INTO {owner.table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608  # our own
        tuple(columns.values()),
    )


def drop(db: Database, owner: Owner) -> None:
    db.execute(f"DELETE FROM {owner.table} WHERE {owner.column} = ?", (owner.id,))  # noqa: S608  # our own


def kept(db: Database, seals: Seals, key: Key, dossier: int | None) -> WordTemplate | None:
    """Opened, as it was sent: the person's, or that of a dossier of theirs; None when there is none."""
    person, member = _known(db, key, dossier)
    if person is None or not (member or dossier is None):
        return None
    owner = of_person(person) if dossier is None else of_dossier(dossier)
    row = db.execute(
        f"SELECT at, described, content FROM {owner.table} WHERE {owner.column} = ?",  # noqa: S608  # our own
        (owner.id,),
    ).fetchone()
    if row is None:
        return None
    at, described, content = row
    content = seals.codec.open(content, place(owner.table, owner.id, "content"))
    return WordTemplate(_name(seals, owner, described), content, at)


def sent_for_dossiers(db: Database, seals: Seals, key: Key) -> tuple[tuple[int, str], ...]:
    """(dossier, name of the template) of those that this person sent."""
    rows = db.execute(
        "SELECT dossier, described FROM dossier_template"
        " JOIN person ON person.id = dossier_template.person"
        " WHERE door = ? AND external_id = ? ORDER BY dossier",
        (key.door, key.person),
    )
    return tuple([(one, _name(seals, of_dossier(one), described)) for one, described in rows])


def _known(db: Database, key: Key, dossier: int | None) -> tuple[int | None, bool]:
    """The person's row, and whether the dossier is one of theirs."""
    row = db.execute(
        "SELECT person.id, EXISTS (SELECT 1 FROM dossier JOIN member"
        " ON member.project = dossier.project AND member.person = person.id WHERE dossier.id = ?)"
        " FROM person WHERE door = ? AND external_id = ?",
        (dossier, key.door, key.person),
    ).fetchone()
    return (row[0], bool(row[1])) if row else (None, False)


def _name(seals: Seals, owner: Owner, described: bytes) -> str:
    found: Described = seals.open(Described, described, owner.table, owner.id, "described")
    return found.name
