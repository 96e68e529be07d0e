"""What a project says of itself stands in its first dossier, and is read by all of them.

When that one is deleted, the next one takes it over, history and files included.
"""

from bot.domain.conversation import Answer
from bot.store.database import Database
from bot.store.sealed import Seals


def pass_on(db: Database, seals: Seals, project: int, dossier: int) -> None:
    """Before a dossier is deleted: if it is the first of several, the next one keeps the identity."""
    rows = db.execute(
        "SELECT id FROM dossier WHERE project = ? ORDER BY id LIMIT 2", (project,)
    ).fetchall()
    if len(rows) < 2 or rows[0][0] != dossier:
        return
    heir = rows[1][0]
    shared = _shared(db, project)
    for question, number, content in db.execute(
        "SELECT question, number, content FROM contribution WHERE dossier = ? ORDER BY number",
        (dossier,),
    ).fetchall():
        if question in shared:
            answer = seals.open(Answer, content, "contribution", dossier, question)
            sealed = seals.seal(Answer, answer, "contribution", heir, question)
            _move(db, (dossier, number), heir, sealed)
    for question in shared:
        db.execute(
            "UPDATE attachment SET dossier = ? WHERE dossier = ? AND question = ?",
            (heir, dossier, question),
        )


def _shared(db: Database, project: int) -> frozenset[str]:
    """The identity questions of every flow of the project, as its dossiers last knew them."""
    rows = db.execute(
        "SELECT identity FROM dossier JOIN flow_snapshot ON hash = flow_hash WHERE project = ?",
        (project,),
    )
    return frozenset(question for (names,) in rows for question in names.split())


def _move(db: Database, row: tuple[int, int], heir: int, sealed: bytes) -> None:
    (number,) = db.execute(
        "SELECT coalesce(max(number), 0) + 1 FROM contribution WHERE dossier = ?", (heir,)
    ).fetchone()
    adopted = db.execute(
        "DELETE FROM adopted WHERE dossier = ? AND contribution = ? RETURNING question, how", row
    ).fetchone()
    db.execute(
        "UPDATE contribution SET dossier = ?, number = ?, content = ?"
        " WHERE dossier = ? AND number = ?",
        (heir, number, sealed, *row),
    )
    if adopted:
        db.execute(
            "INSERT INTO adopted (dossier, question, contribution, how, after)"
            " VALUES (?, ?, ?, ?, ?)",
            (heir, adopted[0], number, adopted[1], number if adopted[1] else 0),
        )
