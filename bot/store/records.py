"""Reads for people rather than for turns: a dossier, all of them, everything kept about someone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.service.ports import (
    Contribution,
    DossierRecord,
    DossierSummary,
    Due,
    Edition,
    Key,
    PersonalData,
    PersonalFile,
    Turn,
)
from bot.store import editions, files, seats, templates
from bot.store.database import Database
from bot.store.dossiers import OWNER
from bot.store.loading import Loader
from bot.store.rooms import gifts
from bot.store.spoken import Owed, merged

_NOWHERE = 0  # the chat of a reading that no chat asked for


def dossier(loader: Loader, db: Database, dossier: int) -> DossierRecord | None:
    """A dossier as its owner left it; None when there is none of that number."""
    row = db.execute(
        "SELECT person.door, person.external_id FROM dossier"
        " JOIN member ON member.project = dossier.project AND member.role = ?"
        " JOIN person ON person.id = member.person WHERE dossier.id = ?",
        (OWNER, dossier),
    ).fetchone()
    return _record(loader, db, Key(row[0], _NOWHERE, row[1]), dossier) if row else None


def dossiers(loader: Loader, db: Database) -> list[DossierSummary]:
    names = loader.flows.names
    rows = db.execute(
        "SELECT dossier.id, dossier.changed, dossier.archived, dossier.flow, dossier.project,"  # noqa: S608  # only « ? »
        " (SELECT count(*) FROM adopted JOIN contribution AS one ON one.dossier = adopted.dossier"
        "  AND one.number = adopted.contribution AND one.given = 1"
        "  WHERE adopted.dossier = dossier.id),"
        " named.dossier, named.question, named.content"
        " FROM dossier"
        " LEFT JOIN adopted ON adopted.dossier ="
        "  (SELECT min(one.id) FROM dossier AS one WHERE one.project = dossier.project)"
        f" AND adopted.question IN ({', '.join('?' * len(names))})"
        " LEFT JOIN contribution AS named ON named.dossier = adopted.dossier"
        "  AND named.number = adopted.contribution"
        " ORDER BY dossier.id",
        names,
    )
    found = {
        row: DossierSummary(
            row, loader.name(*named), answers, changed, bool(archived), flow, project
        )
        for row, changed, archived, flow, project, answers, *named in rows
    }
    return list(found.values())


def personal_data(loader: Loader, db: Database, key: Key) -> PersonalData | None:
    """Everything kept about a person, whatever chat they speak from; None for a stranger."""
    row = db.execute(
        "SELECT id, consented_at, coalesce(nullif(chosen, ''), language), consented FROM person"
        " WHERE door = ? AND external_id = ?",
        (key.door, key.person),
    ).fetchone()
    given = gifts(loader, db, key)
    if row is None:  # who only came to a workshop, where the tap was the consent
        came = seats.joined(db, key)
        return None if came is None else PersonalData(came, "", rooms=given)
    person, consented_at, language, consented = row
    found = [_record(loader, db, key, line.id) for line in loader.lines(db, person)]
    return PersonalData(
        consented_at,
        language,
        bool(consented),
        tuple([one for one in found if one]),
        _history(loader, db, person),
        _files(loader, db, person),
        tuple([one for record in found if record for one in _editions(loader, db, record.id)]),
        _set_aside(loader, db, person),
        template.name if (template := templates.kept(db, loader.seals, key, None)) else "",
        templates.sent_for_dossiers(db, loader.seals, key),
        given,
    )


_DUE = (
    "SELECT person.door, conversation.chat, person.external_id,"
    " conversation.id, due.turn, due.effects"
    " FROM due JOIN conversation ON conversation.id = due.conversation"
    " JOIN person ON person.id = conversation.person WHERE "
)


def due(loader: Loader, db: Database, within: Sequence[int] | None = None) -> list[Due]:
    """What was to be said when the process stopped, to those who did not block the bot.

    `within`: in these conversations only.
    """
    owed: dict[Key, list[tuple[int, Owed]]] = {}
    only = "" if within is None else f" AND conversation.id IN ({', '.join('?' * len(within))})"
    rows = db.execute(
        f"{_DUE} person.blocked = 0{only} ORDER BY due.conversation, due.turn", within or ()
    )
    for door, chat, person, talk, turn, effects in rows:
        said = loader.seals.open(Owed, effects, "due", talk, turn)
        owed.setdefault(Key(door, chat, person), []).append((turn, said))
    return [Due(key, _owed(loader, db, key, turns)) for key, turns in owed.items()]


def owed(loader: Loader, db: Database, key: Key, number: int) -> Turn | None:
    """What one turn owes; None when it owes nothing any more."""
    row = db.execute(
        f"{_DUE} door = ? AND external_id = ? AND chat = ? AND turn = ?",
        (key.door, key.person, key.chat, number),
    ).fetchone()
    if row is None:
        return None
    *_, talk, turn, effects = row
    return _owed(loader, db, key, [(turn, loader.seals.open(Owed, effects, "due", talk, turn))])


def _owed(loader: Loader, db: Database, key: Key, turns: list[tuple[int, Owed]]) -> Turn:
    loaded = loader.load(db, key)
    effects = merged(said for _, said in turns)
    return Turn(loaded.conversation, effects, number=turns[-1][0], card=loaded.card)


def _record(loader: Loader, db: Database, key: Key, dossier: int) -> DossierRecord | None:
    row = db.execute(
        "SELECT flow, created, changed FROM dossier WHERE id = ?", (dossier,)
    ).fetchone()
    if row is None:
        return None
    flow, created, changed = row
    conversation = replace(loader.load(db, key, dossier=dossier).conversation, dossier=dossier)
    return DossierRecord(dossier, flow, conversation, begun=created, changed=changed)


def _history(loader: Loader, db: Database, person: int) -> tuple[tuple[int, Contribution], ...]:
    rows = db.execute(
        "SELECT one.dossier, one.question, one.content, one.at, adopted.contribution IS NOT NULL"
        " FROM contribution AS one LEFT JOIN adopted ON adopted.dossier = one.dossier"
        "  AND adopted.question = one.question AND adopted.contribution = one.number"
        " WHERE one.person = ? ORDER BY one.dossier, one.number",
        (person,),
    )
    return tuple(
        [
            (
                dossier,
                Contribution(
                    question, loader.opened(content, dossier, question), at, bool(adopted)
                ),
            )
            for dossier, question, content, at, adopted in rows
        ]
    )


def _files(loader: Loader, db: Database, person: int) -> tuple[PersonalFile, ...]:
    rows = db.execute(
        "SELECT id, dossier, question, described, state FROM attachment"
        " WHERE person = ? ORDER BY id",
        (person,),
    )
    return tuple(
        [
            PersonalFile(
                id_, dossier, question, files.described(loader.seals, id_, described), state
            )
            for id_, dossier, question, described, state in rows
        ]
    )


def _editions(loader: Loader, db: Database, dossier: int) -> Iterator[tuple[int, Edition]]:
    rows = db.execute("SELECT number FROM edition WHERE dossier = ? ORDER BY number", (dossier,))
    for (number,) in rows.fetchall():
        found = editions.edition(db, loader.seals, dossier, number)
        if found:
            yield dossier, found


def _set_aside(loader: Loader, db: Database, person: int) -> tuple[tuple[float, str], ...]:
    rows = db.execute(
        "SELECT at, door, update_id, payload FROM failed_update WHERE person = ? ORDER BY id",
        (person,),
    )
    opened = loader.seals.open
    return tuple(
        [
            (at, opened(str, payload, "failed_update", door, update))
            for at, door, update, payload in rows
        ]
    )
