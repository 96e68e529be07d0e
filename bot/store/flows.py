"""The words of a flow as a dossier knew them: kept once per version, under the hash of the file."""

from dataclasses import dataclass

from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class FlowSnapshot:
    """The flow in use. `content`: its file as read; `name`: the question whose text names a dossier;
    `questions`: the ids of those it asks, so that the next version can say what changed."""

    flow: str
    hash: str
    content: str
    name: str = ""
    questions: tuple[str, ...] = ()


def keep(db: Database, flow: FlowSnapshot) -> None:
    """Write a version never seen; start-up stays without a write otherwise."""
    if not db.execute("SELECT 1 FROM flow_snapshot WHERE hash = ?", (flow.hash,)).fetchone():
        db.execute(
            "INSERT INTO flow_snapshot (hash, content, questions) VALUES (?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (flow.hash, flow.content, " ".join(flow.questions)),
        )


def questions(db: Database, dossier: int) -> frozenset[str]:
    """The questions of the version that a dossier was last used under."""
    row = db.execute(
        "SELECT questions FROM dossier JOIN flow_snapshot ON hash = flow_hash WHERE dossier.id = ?",
        (dossier,),
    ).fetchone()
    return frozenset(row[0].split()) if row else frozenset()


def content(db: Database, hash_: str) -> str | None:
    """The file of a former version: it still has the words of a question removed since."""
    row = db.execute("SELECT content FROM flow_snapshot WHERE hash = ?", (hash_,)).fetchone()
    return row[0] if row else None
