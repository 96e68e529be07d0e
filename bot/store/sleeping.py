"""Dossiers that nobody has opened for long: their members are told, then they are purged.

Who has the dossier in hand again wakes it (bot.store.dossiers.wake). One whose members have not
been shown the announcement is not purged, unless they blocked the bot.
"""

from collections.abc import Callable, Sequence

from bot.domain.conversation import Spoken
from bot.service.ports import Due, Key, Turn
from bot.store import deletion
from bot.store.database import Database
from bot.store.loading import Loader
from bot.store.people import FILE
from bot.store.talk import announce as announced

AT_ONCE = 100  # dossiers of one transaction
Announce = Callable[[int, str], Sequence[Spoken]]  # (dossier, its name)


def announce(loader: Loader, db: Database, before: float, at: float, say: Announce) -> list[Due]:
    """Tell, as turns that are due, the members of dossiers asleep since `before`."""
    rows = db.execute(
        "SELECT id FROM dossier WHERE announced IS NULL AND changed < ? AND seen < ?"
        " ORDER BY id LIMIT ?",
        (before, before, AT_ONCE),
    ).fetchall()
    told: list[Due] = []
    for (dossier,) in rows:
        db.execute("UPDATE dossier SET announced = ? WHERE id = ?", (at, dossier))
        told += [_owe(loader, db, dossier, *member, say) for member in _members(db, dossier)]
    return told


def purge(loader: Loader, db: Database, before: float, announced: float) -> int:
    """Delete dossiers asleep since `before` whose purge was announced before `announced`, and the
    persons who have no other. How many dossiers went."""
    rows = db.execute(
        "SELECT id, project FROM dossier"
        " WHERE announced < ? AND changed < ? AND seen < ? AND NOT EXISTS"
        " (SELECT 1 FROM member JOIN person ON person.id = member.person AND person.blocked = 0"
        "  JOIN conversation ON conversation.person = person.id"
        "  JOIN due ON due.conversation = conversation.id WHERE member.project = dossier.project)"
        " ORDER BY id LIMIT ?",
        (announced, before, before, AT_ONCE),
    ).fetchall()
    for dossier, project in rows:
        members = db.execute(
            "SELECT person FROM member JOIN person ON person.id = member.person"
            " WHERE project = ? AND door <> ?",
            (project, FILE),
        ).fetchall()
        deletion.dossier(db, loader.seals, dossier)
        for (person,) in members:
            left = db.execute("SELECT 1 FROM member WHERE person = ?", (person,)).fetchone()
            if left is None:
                deletion.person(db, loader.seals, person)
    return len(rows)


def _members(db: Database, dossier: int) -> list[tuple[int, Key]]:
    """The conversation in which each member can be told: theirs alone if there is one."""
    rows = db.execute(
        "SELECT conversation.id, person.door, conversation.chat, person.external_id"
        " FROM dossier JOIN member ON member.project = dossier.project"
        " JOIN person ON person.id = member.person AND person.blocked = 0"
        " JOIN conversation ON conversation.person = person.id WHERE dossier.id = ?"
        " ORDER BY conversation.chat = person.external_id, conversation.id",
        (dossier,),
    )
    found = {(door, person): (talk, Key(door, chat, person)) for talk, door, chat, person in rows}
    return list(found.values())


def _owe(loader: Loader, db: Database, dossier: int, talk: int, key: Key, say: Announce) -> Due:
    loaded = loader.load(db, key)
    lines = loaded.conversation.dossiers
    name = next((one.name for one in lines if one.id == dossier), "")
    effects = tuple(say(dossier, name))
    number = announced(db, loader.seals, talk, effects)
    return Due(key, Turn(loaded.conversation, effects, number, loaded.card))
