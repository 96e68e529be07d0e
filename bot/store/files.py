"""The bytes of attachments: fetched after the commit that promised them, sealed, read only on demand."""

import sqlite3
from dataclasses import dataclass

from bot.domain.conversation import Attachment
from bot.service.ports import Key
from bot.store.sealed import Seals


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One attachment of a dossier. `state`: "pending", "kept", or "lost" for good."""

    id: int
    question: str
    attachment: Attachment
    state: str


def pending(db: sqlite3.Connection, seals: Seals) -> list[tuple[int, Key, Attachment]]:
    rows = db.execute(
        "SELECT attachment.id, door, chat, external_id, described FROM attachment"
        " JOIN person ON person.id = attachment.person"
        " WHERE state = 'pending' ORDER BY attachment.id"
    )
    return [
        (id_, Key(door, chat, person), seals.open(Attachment, described))
        for id_, door, chat, person, described in rows
    ]


def keep(db: sqlite3.Connection, attachment: int, sealed: bytes | None, size: int) -> None:
    """The sealed bytes, or None when they cannot be had. One deleted meanwhile stays deleted."""
    db.execute(
        "UPDATE attachment SET state = ?, size = ?, content = ? WHERE id = ? AND state = 'pending'",
        ("lost" if sealed is None else "kept", size, sealed, attachment),
    )


def of_dossier(db: sqlite3.Connection, seals: Seals, dossier: int) -> list[KeptFile]:
    rows = db.execute(
        "SELECT id, question, described, state FROM attachment WHERE dossier = ? ORDER BY id",
        (dossier,),
    )
    return [
        KeptFile(id_, question, seals.open(Attachment, described), state)
        for id_, question, described, state in rows
    ]


def content(db: sqlite3.Connection, attachment: int) -> bytes | None:
    """Still sealed; None when it was never had."""
    row = db.execute("SELECT content FROM attachment WHERE id = ?", (attachment,)).fetchone()
    return row[0] if row else None
