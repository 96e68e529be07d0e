"""The bytes of attachments: fetched after the commit that promised them, sealed, read only on demand."""

from bot.domain.conversation import Attachment
from bot.service.ports import KeptFile, Key
from bot.store.database import Database
from bot.store.sealed import Seals, place


def describe(seals: Seals, row: int, attachment: Attachment) -> bytes:
    return seals.seal(Attachment, attachment, "attachment", row, "described")


def described(seals: Seals, row: int, sealed: bytes) -> Attachment:
    found: Attachment = seals.open(Attachment, sealed, "attachment", row, "described")
    return found


def place_of_content(attachment: int) -> bytes:
    """What the bytes of a file are sealed for."""
    return place("attachment", attachment, "content")


def pending(db: Database, seals: Seals) -> list[tuple[int, Key, Attachment]]:
    rows = db.execute(
        "SELECT attachment.id, door, chat, external_id, described FROM attachment"
        " JOIN person ON person.id = attachment.person"
        " WHERE state = 'pending' ORDER BY attachment.id"
    )
    return [
        (id_, Key(door, chat, person), described(seals, id_, sealed))
        for id_, door, chat, person, sealed in rows
    ]


def keep(db: Database, attachment: int, sealed: bytes | None, size: int) -> None:
    """The sealed bytes, or None when they cannot be had. One deleted meanwhile stays deleted."""
    db.execute(
        "UPDATE attachment SET state = ?, size = ?, content = ? WHERE id = ? AND state = 'pending'",
        ("lost" if sealed is None else "kept", size, sealed, attachment),
    )


def of_dossier(db: Database, seals: Seals, dossier: int) -> list[KeptFile]:
    rows = db.execute(
        "SELECT id, question, described, state FROM attachment WHERE dossier = ? ORDER BY id",
        (dossier,),
    )
    return [
        KeptFile(id_, question, described(seals, id_, sealed), state)
        for id_, question, sealed, state in rows
    ]


def content(db: Database, attachment: int) -> bytes | None:
    """Still sealed; None when it was never had."""
    row = db.execute("SELECT content FROM attachment WHERE id = ?", (attachment,)).fetchone()
    return row[0] if row else None
