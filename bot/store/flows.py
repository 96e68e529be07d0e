"""The words of a flow as a dossier knew them: kept once per version, under the hash of the file."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.database import Database

MIGRATION = (
    "ALTER TABLE flow_snapshot ADD COLUMN identity TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE person ADD COLUMN chosen TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE dossier ADD COLUMN language TEXT NOT NULL DEFAULT ''",
)


@dataclass(frozen=True, slots=True)
class FlowSnapshot:
    """A flow in use. `content`: its file as read; `name`: the question whose text names a project;
    `questions`: the ids of those it asks, so that the next version can say what changed;
    `identity`: those whose answers the dossiers of a project share."""

    flow: str
    hash: str
    content: str
    name: str = ""
    questions: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()


_NOTHING: frozenset[str] = frozenset()


class Shelf:
    """The flows in use; the first one is the one offered first."""

    def __init__(self, flows: Sequence[FlowSnapshot]) -> None:
        self.first = flows[0]
        self.by_id = {one.flow: one for one in flows}
        self.names = tuple(dict.fromkeys(one.name for one in flows))
        identity = frozenset(question for one in flows for question in one.identity)
        self._shared = {one.flow: frozenset(one.identity) for one in flows}
        self._others = {one.flow: identity.difference(one.questions, one.identity) for one in flows}

    def get(self, flow: str) -> FlowSnapshot | None:
        """None: it is not offered any more."""
        return self.by_id.get(flow)

    def begun(self, flow: str) -> FlowSnapshot:
        """The flow of a new dossier."""
        return self.by_id[flow] if flow else self.first

    def shared(self, flow: str) -> frozenset[str]:
        """The questions of a flow whose answers stand with the identity of the project."""
        return self._shared.get(flow, _NOTHING)

    def others(self, flow: str) -> frozenset[str]:
        """The identity questions of other flows: not this one's to show."""
        return self._others.get(flow, _NOTHING)


def keep(db: Database, flow: FlowSnapshot) -> None:
    """Write a version never seen; start-up stays without a write otherwise."""
    identity = " ".join(flow.identity)
    known = db.execute("SELECT identity FROM flow_snapshot WHERE hash = ?", (flow.hash,)).fetchone()
    if known is None or known[0] != identity:
        db.execute(
            "INSERT INTO flow_snapshot (hash, content, questions, identity) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (hash) DO UPDATE SET identity = excluded.identity",
            (flow.hash, flow.content, " ".join(flow.questions), identity),
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
