"""The row of a conversation (a person in a chat): its turns counted, the dossier in hand, what is due."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.conversation import Pace, Spoken, Toast
from bot.store.database import Database
from bot.store.sealed import Seals
from bot.store.spoken import Owed


@dataclass(frozen=True, slots=True)
class Talk:
    person: int
    chat: int
    dossier: int | None
    number: int
    pace: Pace


def save(db: Database, talk: Talk) -> int:
    """The row's id. `since` stays while the same dossier is in hand."""
    (row,) = db.execute(
        "INSERT INTO conversation (person, chat, dossier, number, since, pace_since, pace_count)"
        " VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)"
        " ON CONFLICT (person, chat) DO UPDATE SET number = excluded.number,"
        " since = CASE WHEN coalesce(conversation.dossier, 0) = coalesce(excluded.dossier, 0)"
        " THEN conversation.since ELSE excluded.since END,"
        " dossier = excluded.dossier,"
        " pace_since = excluded.pace_since, pace_count = excluded.pace_count RETURNING id",
        (talk.person, talk.chat, talk.dossier, talk.number, talk.pace.since, talk.pace.count),
    ).fetchone()
    return int(row)


def owe(db: Database, seals: Seals, row: int, number: int, spoken: Sequence[Spoken]) -> None:
    """What this turn says is due until shown. A toast answers a tap of the moment, never later."""
    owed = tuple([one for one in spoken if not isinstance(one, Toast)])
    if owed:
        db.execute(
            "INSERT INTO due (conversation, turn, effects) VALUES (?, ?, ?)",
            (row, number, seals.seal(Owed, Owed(owed), "due", row, number)),
        )


def announce(db: Database, seals: Seals, row: int, spoken: Sequence[Spoken]) -> int:
    """Something that nobody asked for is due in a conversation, as a turn of it; its number."""
    (number,) = db.execute(
        "UPDATE conversation SET number = number + 1 WHERE id = ? RETURNING number", (row,)
    ).fetchone()
    owe(db, seals, row, number, spoken)
    return int(number)
