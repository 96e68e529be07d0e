"""What members are told without asking: what others contributed, and a dossier that sleeps.

Due as the turns of a conversation are; `say` may find the moment wrong and say nothing: it is asked
again later. Who was told of what is in the rows, so that nobody is told twice, nor too often.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.domain.conversation import Conversation, Spoken
from bot.service.ports import Due, Key, Turn
from bot.store import talk
from bot.store.database import Database
from bot.store.loading import Loader

# `remind`: the member wants to be reminded of their sleeping dossiers; `reminded`: how often they
# were since somebody had one in hand, `nudged`: when.
MIGRATION = (
    "ALTER TABLE person ADD COLUMN zone TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE member ADD COLUMN remind INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE member ADD COLUMN reminded INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE member ADD COLUMN nudged REAL NOT NULL DEFAULT 0",
)

AT_ONCE = 20  # members of one transaction
MOST_REMINDERS = 2
BEGINNING = (0, 0)
Mark = tuple[int, int]  # a dossier and a person: where a look goes on from
Say = Callable[[Conversation, tuple[str, ...]], Sequence[Spoken]]

_HERE = "coalesce(nullif(%s.side, ''), 'ici')"
_UNHEARD = (
    "one.dossier = dossier.id AND one.person <> member.person AND one.given = 1"
    " AND one.at > member.heard AND (one.private = 0 OR "
    + _HERE % "one" + " = " + _HERE % "member" + ")"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Listener:
    dossier: int
    person: int
    key: Key
    project: int


def tell(
    loader: Loader, db: Database, told: float, calm: float, at: float, say: Say, after: Mark
) -> tuple[list[Due], Mark | None]:
    """Members to whom others' contributions, quiet since `calm`, were not told, and who were told
    nothing since `told`. With where to go on from, None at the end."""
    rows = db.execute(
        "SELECT dossier.id, person.id, person.door, person.external_id, member.project"  # noqa: S608  # our own words
        " FROM member JOIN project ON project.id = member.project AND project.shared = 1"
        " JOIN dossier ON dossier.project = member.project"
        " JOIN person ON person.id = member.person AND person.blocked = 0 AND person.consented = 1"
        " WHERE member.muted = 0 AND (dossier.id > ?1 OR (dossier.id = ?1 AND person.id > ?2))"
        " AND NOT EXISTS (SELECT 1 FROM member AS other"
        "  WHERE other.person = member.person AND other.told > ?3)"
        f" AND EXISTS (SELECT 1 FROM contribution AS one WHERE {_UNHEARD} AND one.at <= ?4)"
        f" ORDER BY dossier.id, person.id LIMIT {AT_ONCE}",
        (*after, told, calm),
    ).fetchall()
    found = [_Listener(row[0], row[1], Key(row[2], 0, row[3]), row[4]) for row in rows]
    due: list[Due] = []
    heard: set[int] = set()
    for one in found:
        if one.person not in heard and (said := _told(loader, db, one, at, say)):
            due.append(said)
            heard.add(one.person)
    return due, _next(found)


def _told(loader: Loader, db: Database, one: _Listener, at: float, say: Say) -> Due | None:
    rows = db.execute(
        "SELECT one.question, one.at FROM dossier"  # noqa: S608  # our own words
        " JOIN member ON member.project = dossier.project AND member.person = ?2"
        f" JOIN contribution AS one ON {_UNHEARD} WHERE dossier.id = ?1 ORDER BY one.number",
        (one.dossier, one.person),
    ).fetchall()
    questions = tuple(dict.fromkeys(question for question, _ in rows))
    owed = _owe(loader, db, one, lambda conversation: say(conversation, questions))
    if owed:
        newest = max(when for _, when in rows)
        db.execute(
            "UPDATE member SET told = ?, heard = ? WHERE project = ? AND person = ?",
            (at, newest, one.project, one.person),
        )
    return owed


def remind(
    loader: Loader, db: Database, before: float, nudged: float, at: float, say: Say, after: Mark
) -> tuple[list[Due], Mark | None]:
    """Members who want it, of dossiers asleep since `before`, not reminded since `nudged`, and at
    most twice while nobody has it in hand."""
    rows = db.execute(
        "SELECT dossier.id, person.id, person.door, person.external_id, member.project FROM member"  # noqa: S608  # our own words
        " JOIN dossier ON dossier.project = member.project"
        " JOIN person ON person.id = member.person AND person.blocked = 0 AND person.consented = 1"
        " WHERE member.remind = 1 AND member.reminded < ?5 AND member.nudged < ?4"
        " AND (dossier.id > ?1 OR (dossier.id = ?1 AND person.id > ?2))"
        " AND dossier.seen < ?3 AND dossier.changed < ?3 AND dossier.archived = 0"
        f" AND dossier.closed = 0 ORDER BY dossier.id, person.id LIMIT {AT_ONCE}",
        (*after, before, nudged, MOST_REMINDERS),
    ).fetchall()
    found = [_Listener(row[0], row[1], Key(row[2], 0, row[3]), row[4]) for row in rows]
    due: list[Due] = []
    for one in found:
        if owed := _owe(loader, db, one, lambda conversation: say(conversation, ())):
            due.append(owed)
            db.execute(
                "UPDATE member SET reminded = reminded + 1, nudged = ?"
                " WHERE project = ? AND person = ?",
                (at, one.project, one.person),
            )
    return due, _next(found)


def _next(found: Sequence[_Listener]) -> Mark | None:
    return (found[-1].dossier, found[-1].person) if len(found) == AT_ONCE else None


def _owe(
    loader: Loader,
    db: Database,
    one: _Listener,
    say: Callable[[Conversation], Sequence[Spoken]],
) -> Due | None:
    """What is said of a dossier, in the conversation of a member as it stands."""
    row = db.execute(
        "SELECT id, chat FROM conversation WHERE person = ? ORDER BY chat <> ?, id LIMIT 1",
        (one.person, one.key.person),
    ).fetchone()
    if row is None:
        return None
    key = replace(one.key, chat=row[1])
    effects = tuple(say(loader.load(db, key, dossier=one.dossier).conversation))
    if not effects:
        return None
    number = talk.announce(db, loader.seals, row[0], effects)
    loaded = loader.load(db, key)
    return Due(key, Turn(loaded.conversation, effects, number, loaded.card))


# --- what a person wants ---------------------------------------------------------------------------


def set_reminders(db: Database, dossier: int, person: int, on: bool) -> None:
    db.execute(
        "UPDATE member SET remind = ?, reminded = 0 WHERE person = ?"
        " AND project = (SELECT project FROM dossier WHERE id = ?)",
        (on, person, dossier),
    )


def set_zone(db: Database, person: int, zone: str) -> None:
    db.execute("UPDATE person SET zone = ? WHERE id = ?", (zone, person))


def woken(db: Database, dossier: int) -> None:
    """Somebody has it in hand: reminders begin again from the first."""
    db.execute(
        "UPDATE member SET reminded = 0 WHERE reminded > 0"
        " AND project = (SELECT project FROM dossier WHERE id = ?)",
        (dossier,),
    )
