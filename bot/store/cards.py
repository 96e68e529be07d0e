"""What a door has shown: nothing is due for it any more, and its card can be found by its message."""

from dataclasses import dataclass

from bot.service.ports import Key
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Shown:
    turn: int
    card: int | None
    revision: int
    question: str


def shown(db: Database, key: Key, seen: Shown) -> None:
    """Nothing for a stranger; no card for a turn that an other dossier has followed since."""
    row = db.execute(
        "SELECT conversation.id, conversation.dossier, since, card, card_turn, consented"
        " FROM person JOIN conversation ON conversation.person = person.id AND chat = ?"
        " WHERE door = ? AND external_id = ?",
        (key.chat, key.door, key.person),
    ).fetchone()
    if row is None:
        return
    talk, dossier, since, card, card_turn, consented = row
    db.execute("DELETE FROM due WHERE conversation = ? AND turn <= ?", (talk, seen.turn))
    if seen.card is None or not consented or seen.turn < since:
        return
    if seen.card != card and seen.turn >= card_turn:
        db.execute(
            "UPDATE conversation SET card = ?, card_turn = ? WHERE id = ?",
            (seen.card, seen.turn, talk),
        )
    if dossier is not None:
        db.execute(
            "INSERT INTO card (conversation, message, dossier, question, revision)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (conversation, message) DO UPDATE"
            " SET dossier = excluded.dossier, question = excluded.question,"
            " revision = excluded.revision",
            (talk, seen.card, dossier, seen.question, seen.revision),
        )
