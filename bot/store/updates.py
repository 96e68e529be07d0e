"""Updates of a door: those handled, recognised when they come again, and those set aside."""

from bot.service.ports import Key
from bot.store.database import Database
from bot.store.sealed import Seals

REMEMBERED = 3 * 86_400.0  # seconds: Telegram forgets an update after one day
AT_LEAST = 10_000  # kept whatever their age: a clock that jumps must not make the bot forget
SET_ASIDE = 30 * 86_400.0  # seconds that an update set aside waits to be looked at
_STEP = 1_000  # rows looked at in one go


def number(update: int) -> int:
    """An id from outside, in the 64 bits of a column."""
    return update if abs(update) < 2**63 else update % 2**63


def set_aside(
    db: Database,
    seals: Seals,
    key: Key | None,
    door: str,
    update: int,
    payload: str,
    reason: str,
    at: float,
) -> None:
    """Keep an update that could not be handled; of someone known not to have consented, the reason only."""
    person = None
    if key is not None:
        row = db.execute(
            "SELECT id FROM person WHERE door = ? AND external_id = ? AND consented = 1",
            (key.door, key.person),
        ).fetchone()
        person, payload = (row[0], payload) if row else (None, "")
    sealed = seals.seal(str, payload, "failed_update", door, update)
    db.execute(
        "INSERT INTO failed_update (door, update_id, person, at, reason, payload)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (door, update_id) DO NOTHING",
        (door, update, person, at, reason, sealed),
    )
    db.execute(
        "INSERT INTO handled_update (door, update_id, at) VALUES (?, ?, ?)"
        " ON CONFLICT (door, update_id) DO NOTHING",
        (door, update, at),
    )


def purge(db: Database, now: float) -> None:
    """Forget the oldest, a bounded number at a time."""
    db.execute(
        "DELETE FROM handled_update WHERE id IN"
        " (SELECT id FROM handled_update ORDER BY id LIMIT ?) AND at < ?"
        " AND id <= (SELECT max(id) FROM handled_update) - ?",
        (_STEP, now - REMEMBERED, AT_LEAST),
    )
    db.execute("DELETE FROM failed_update WHERE at < ?", (now - SET_ASIDE,))
