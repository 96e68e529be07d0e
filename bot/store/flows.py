"""The words of a flow as a dossier knew them: kept once per version, under the hash of the file."""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FlowSnapshot:
    """The flow in use. `content`: its file as read; `name`: the question whose text names a dossier."""

    flow: str
    hash: str
    content: str
    name: str = ""


def keep(db: sqlite3.Connection, flow: FlowSnapshot) -> None:
    """Write a version never seen; start-up stays without a write otherwise."""
    if not db.execute("SELECT 1 FROM flow_snapshot WHERE hash = ?", (flow.hash,)).fetchone():
        db.execute(
            "INSERT OR IGNORE INTO flow_snapshot (hash, content) VALUES (?, ?)",
            (flow.hash, flow.content),
        )


def content(db: sqlite3.Connection, hash_: str) -> str | None:
    """The file of a former version: it still has the words of a question removed since."""
    row = db.execute("SELECT content FROM flow_snapshot WHERE hash = ?", (hash_,)).fetchone()
    return row[0] if row else None
