"""A person's dossiers as rows: beginning one, who owns it, which one was changed last."""

from bot.store.database import Database
from bot.store.flows import FlowSnapshot
from bot.store.register import new_mark

OWNER = "owner"


def create(
    db: Database,
    flow: FlowSnapshot,
    person: int,
    at: float,
    seen: float,
    beside: int = 0,
) -> int:
    """A dossier in the project of the one `beside`, else in one of its own, owned by `person`.

    `seen`: the store's own clock.
    """
    project = _project(db, beside) or _begun(db, person, at)
    (dossier,) = db.execute(
        "INSERT INTO dossier (project, flow, flow_hash, created, changed, seen, mark)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (project, flow.flow, flow.hash, at, at, seen, new_mark()),
    ).fetchone()
    return int(dossier)


def _begun(db: Database, person: int, at: float) -> int:
    (project,) = db.execute(
        "INSERT INTO project (created) VALUES (?) RETURNING id", (at,)
    ).fetchone()
    db.execute(
        "INSERT INTO member (project, person, role, mark) VALUES (?, ?, ?, ?)",
        (project, person, OWNER, new_mark()),
    )
    return int(project)


def _project(db: Database, dossier: int) -> int | None:
    row = db.execute("SELECT project FROM dossier WHERE id = ?", (dossier,)).fetchone()
    return row[0] if row else None


def owns(db: Database, person: int, dossier: int) -> bool:
    row = db.execute(
        "SELECT 1 FROM dossier JOIN member ON member.project = dossier.project"
        " WHERE dossier.id = ? AND member.person = ? AND member.role = ?",
        (dossier, person, OWNER),
    ).fetchone()
    return row is not None


def archive(db: Database, dossier: int, archived: bool) -> None:
    db.execute("UPDATE dossier SET archived = ? WHERE id = ?", (archived, dossier))


def tell_in(db: Database, dossier: int, language: str) -> None:
    """The language of its documents."""
    db.execute("UPDATE dossier SET language = ? WHERE id = ?", (language, dossier))


def wake(db: Database, dossier: int, at: float) -> None:
    """Someone has it in hand: no purge is announced for it any more."""
    db.execute("UPDATE dossier SET seen = ?, announced = NULL WHERE id = ?", (at, dossier))


def latest(db: Database, person: int) -> int | None:
    """The dossier changed last among those not archived."""
    row = db.execute(
        "SELECT dossier.id FROM member JOIN dossier ON dossier.project = member.project"
        " WHERE member.person = ? AND archived = 0"
        " ORDER BY changed DESC, dossier.id DESC LIMIT 1",
        (person,),
    ).fetchone()
    return row[0] if row else None


def highest_revision(db: Database, person: int) -> int:
    """The highest revision of any card of this person, deleted dossiers included; -1: none yet."""
    row = db.execute(
        "SELECT revision, (SELECT coalesce(max(place.revision), -1) FROM place"
        " WHERE place.person = person.id) FROM person WHERE id = ?",
        (person,),
    ).fetchone()
    return max(int(one) for one in row)


def remember_revision(db: Database, person: int, revision: int) -> None:
    """Before a deletion: the buttons of a dossier that is gone must stay stale."""
    db.execute("UPDATE person SET revision = ? WHERE id = ?", (revision, person))
