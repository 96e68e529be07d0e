"""Workshops as rows: found by who comes, written in the turn's transaction, seats counted one by one.

Codes and secret addresses are kept as hashes; the room's code is also within the sealed state, to be
shown again. A participant is not a member of the dossier, nor a person kept elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from bot.domain.conversation import AdoptText, CreateInvitation, RecordHandling
from bot.domain.dossier import Act, may
from bot.domain.workshop.effects import (
    Approve,
    DropGiven,
    DropSeat,
    KeepGiven,
    KeepHelper,
    KeepLink,
    KeepSeat,
    LeaveSeat,
    RoomSpoken,
    RoomWritten,
)
from bot.domain.workshop.state import LIFE, Desk, Given, Kind, Phase, Room, Seat, Workshop
from bot.service.ports import Entrance, Hall, Key, RoomDecide, RoomGift, RoomTurn
from bot.store import register, seats
from bot.store.database import Database
from bot.store.loading import Loader
from bot.store.register import new_mark
from bot.store.seats import LIVE, hashed
from bot.store.writing import Arrival, write_aside


@dataclass(frozen=True, slots=True)
class Content:
    """What a contribution says, as it is sealed."""

    options: tuple[str, ...] = ()
    text: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """A room and what writing it back needs."""

    room: Room
    owner: Key
    seat: int | None


# --- a turn --------------------------------------------------------------------------------------


def write_room(
    loader: Loader, db: Database, entrance: Entrance, decide: RoomDecide, at: float
) -> tuple[RoomTurn | None, bool]:
    """The turn, None when there is no such room; and whether something deleted must leave the disk."""
    key = entrance.key
    if entrance.update is not None and _handled(db, key, entrance.update):
        return RoomTurn(None, repeated=True), False
    found = _found(loader, db, entrance, at)
    if found is None:
        return None, False
    room, effects = decide(found.room)
    spoken = tuple([one for one in effects if isinstance(one, RoomSpoken)])
    written = tuple([one for one in effects if isinstance(one, RoomWritten)])
    page = _RoomPage(loader, db, found, entrance, at)
    for effect in written:
        page.write(effect)
    page.save(room)
    if entrance.update is not None:
        db.execute(
            "INSERT INTO handled_update (door, update_id, at) VALUES (?, ?, ?)",
            (key.door, entrance.update, at),
        )
    after = _loaded(loader, db, page.workshop, key, page.seat)
    return RoomTurn(after.room if after else None, spoken, turns=page.turns), page.erased


def _handled(db: Database, key: Key, update: int) -> bool:
    row = db.execute(
        "SELECT 1 FROM handled_update WHERE door = ? AND update_id = ?", (key.door, update)
    ).fetchone()
    return row is not None


class _RoomPage:
    """The writing of one turn of a room."""

    def __init__(
        self, loader: Loader, db: Database, found: _Found, entrance: Entrance, at: float
    ) -> None:
        self.loader = loader
        self.db = db
        self.found = found
        self.key = entrance.key
        self.entrance = entrance
        self.at = at
        self.workshop = found.room.id
        self.seat = found.seat
        self.erased = False
        self.turns = 0

    def write(self, effect: RoomWritten) -> None:
        match effect:
            case KeepSeat(group, people, at):
                self.seat = self.keep_seat(group, people, at)
            case LeaveSeat():
                self.db.execute("UPDATE participant SET away = 1 WHERE id = ?", (self.seat,))
            case DropSeat():
                if self.seat:
                    seats.drop(self.db, self.seat)
                self.seat, self.erased = None, True
            case KeepGiven(given, replaces):
                self.keep_given(given, replaces)
            case DropGiven(number):
                self.drop_given(number)
            case Approve(numbers, on):
                for one in numbers:
                    self.db.execute(
                        "UPDATE room_contribution SET approved = ?"
                        " WHERE workshop = ? AND number = ?",
                        (int(on), self.workshop, one),
                    )
            case KeepLink(kind, token):
                self.db.execute(
                    f"UPDATE workshop SET {kind} = ? WHERE id = ?",  # noqa: S608  # a Literal of ours
                    (hashed(token), self.workshop),
                )
            case KeepHelper():
                self.keep_helper()
            case AdoptText() | RecordHandling() | CreateInvitation():
                arrival = Arrival(self.found.owner, self.at)
                write_aside(self.loader, self.db, arrival, self.found.room.dossier, effect)
            case _:
                assert_never(effect)

    def keep_seat(self, group: str, people: int, at: float) -> int:
        key, token = self.key, self.entrance.token
        if token:
            (seat,) = self.db.execute(
                "INSERT INTO participant (workshop, door, chat, token, voice, people, joined, mark)"
                " VALUES (?, ?, 0, ?, ?, ?, ?, ?) RETURNING id",
                (self.workshop, key.door, hashed(token), group, people, at, new_mark()),
            ).fetchone()
            return int(seat)
        (seat,) = self.db.execute(
            "INSERT INTO participant"
            " (workshop, door, external_id, chat, voice, people, joined, mark)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workshop, door, external_id)"
            " DO UPDATE SET away = 0, chat = excluded.chat, voice = excluded.voice,"
            " people = excluded.people RETURNING id",
            (self.workshop, key.door, key.person, key.chat, group, people, at, new_mark()),
        ).fetchone()
        return int(seat)

    def keep_given(self, given: Given, replaces: int) -> None:
        if given.kind == "count":  # hands are counted again: the former count is history
            self.db.execute(
                "UPDATE room_contribution SET former = 1"
                " WHERE workshop = ? AND question = ? AND kind = 'count'",
                (self.workshop, given.question),
            )
        if replaces:
            self.db.execute(
                "UPDATE room_contribution SET former = 1 WHERE workshop = ? AND number = ?",
                (self.workshop, replaces),
            )
        (number,) = self.db.execute(
            "UPDATE workshop SET given = given + 1 WHERE id = ? RETURNING given", (self.workshop,)
        ).fetchone()
        content = Content(given.options, given.text, given.counts)
        self.db.execute(
            "INSERT INTO room_contribution"
            " (workshop, number, question, participant, kind, message, approved, at, content, mark)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.workshop, number, given.question, given.seat or None, given.kind,
                given.message, int(given.approved), given.at,
                self.loader.seals.seal(Content, content, "room_contribution", self.workshop, number),
                new_mark(),
            ),
        )  # fmt: skip

    def drop_given(self, number: int) -> None:
        """The words, and those that they corrected."""
        rows = self.db.execute(
            "SELECT one.number FROM room_contribution AS one JOIN room_contribution AS last"
            " ON last.workshop = one.workshop AND last.participant = one.participant"
            " WHERE last.workshop = ? AND last.number = ? AND (one.number = last.number"
            " OR one.former = 1 AND one.message <> 0 AND one.message = last.message)",
            (self.workshop, number),
        ).fetchall()
        for (one,) in rows:
            register.note_idea(self.db, self.workshop, one)
            self.db.execute(
                "DELETE FROM room_contribution WHERE workshop = ? AND number = ?",
                (self.workshop, one),
            )
        self.erased = True

    def keep_helper(self) -> None:
        self.db.execute("UPDATE workshop SET helper = NULL WHERE id = ?", (self.workshop,))
        self.db.execute(
            "INSERT INTO facilitator (workshop, door, external_id, chat, helper)"
            " VALUES (?, ?, ?, ?, 1) ON CONFLICT DO NOTHING",
            (self.workshop, self.key.door, self.key.person, self.key.chat),
        )

    def save(self, room: Room) -> None:
        before, workshop = self.found.room, room.workshop
        (self.turns,) = self.db.execute(
            "UPDATE workshop SET turns = turns + 1 WHERE id = ? RETURNING turns", (room.id,)
        ).fetchone()
        if self.seat and self.key.door != "web":  # its card is owed until it is shown
            self.db.execute("UPDATE participant SET shown = -1 WHERE id = ?", (self.seat,))
        if workshop != before.workshop:
            self.db.execute(
                "UPDATE workshop SET phase = ?, code = ?, state = ? WHERE id = ?",
                (
                    workshop.phase,
                    hashed(workshop.code) if workshop.code else None,
                    self.loader.seals.seal(Workshop, workshop, "workshop", room.id),
                    room.id,
                ),
            )
        if before.desk:
            self.db.execute("UPDATE workshop SET ends = ? WHERE id = ?", (self.at + LIFE, room.id))
        if room.desk and room.desk != before.desk:
            self.db.execute(
                "UPDATE facilitator SET page = ?, awaiting = ?, chat = ?"
                " WHERE workshop = ? AND door = ? AND external_id = ?",
                (
                    room.desk.page, room.desk.awaiting, self.key.chat,
                    room.id, self.key.door, self.key.person,
                ),
            )  # fmt: skip


# --- finding a room ------------------------------------------------------------------------------


def _found(loader: Loader, db: Database, entrance: Entrance, at: float) -> _Found | None:
    key = entrance.key
    number: int | None = None
    seat: int | None = None
    match entrance.by:
        case "workshop":
            number = entrance.workshop
        case "code":
            number = _one(db, "SELECT id FROM workshop WHERE code = ? AND ends > ?",
                          hashed(entrance.code), at)  # fmt: skip
        case "helper":
            number = _one(db, "SELECT id FROM workshop WHERE helper = ? AND ends > ?",
                          hashed(entrance.code), at)  # fmt: skip
        case "token":
            row = db.execute(
                "SELECT workshop, id FROM participant WHERE token = ?", (hashed(entrance.code),)
            ).fetchone()
            number, seat = row or (None, None)
        case "begin":
            number = _desk(db, key, at) or _prepared(loader, db, key, at)
        case "here":
            number = _desk(db, key, at) or _seat(db, key, at)
        case _:
            assert_never(entrance.by)
    return None if number is None else _loaded(loader, db, number, key, seat)


def _one(db: Database, statement: str, *values: object) -> int | None:
    row = db.execute(statement, values).fetchone()
    return row[0] if row else None


def _desk(db: Database, key: Key, at: float) -> int | None:
    """The live workshop that this person facilitates."""
    return _one(
        db,
        "SELECT workshop.id FROM facilitator JOIN workshop ON workshop.id = facilitator.workshop"  # noqa: S608  # our own words
        f" WHERE external_id = ? AND door = ? AND phase IN {LIVE} AND ends > ?"
        " ORDER BY workshop.id DESC LIMIT 1",
        key.person, key.door, at,
    )  # fmt: skip


def _seat(db: Database, key: Key, at: float) -> int | None:
    """The live workshop that this person sits in."""
    return _one(
        db,
        "SELECT workshop.id FROM participant JOIN workshop ON workshop.id = participant.workshop"  # noqa: S608  # our own words
        f" WHERE external_id = ? AND door = ? AND away = 0 AND phase IN {LIVE} AND ends > ?"
        " ORDER BY joined DESC LIMIT 1",
        key.person, key.door, at,
    )  # fmt: skip


def _prepared(loader: Loader, db: Database, key: Key, at: float) -> int | None:
    """The workshop of the dossier in hand that is not over, be it begun by a former owner; a new
    one if needed. Its owner's alone, and while it is not closed.
    """
    loaded = loader.load(db, key)
    dossier, person = loaded.conversation.dossier, loaded.person
    if not loaded.conversation.consented or dossier is None or person is None:
        return None
    together = loaded.conversation.together
    if not (may(together, Act.GOVERN) and may(together, Act.CHOOSE)):
        return None
    known = _one(
        db,
        "SELECT id FROM workshop WHERE dossier = ? AND owner = ? AND phase <> ? AND ends > ?"
        " ORDER BY id DESC LIMIT 1",
        dossier, person, Phase.FINISHED, at,
    )  # fmt: skip
    number = known or _begun(loader, db, dossier, person, at)
    db.execute(
        "INSERT INTO facilitator (workshop, door, external_id, chat, page) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (workshop, door, external_id) DO UPDATE SET helper = 0",
        (number, key.door, key.person, key.chat, "setup"),
    )
    return number


def _begun(loader: Loader, db: Database, dossier: int, person: int, at: float) -> int:
    (number,) = db.execute(
        "INSERT INTO workshop (dossier, owner, phase, ends, state) VALUES (?, ?, ?, ?, x'')"
        " RETURNING id",
        (dossier, person, Phase.PREPARED, at + LIFE),
    ).fetchone()
    sealed = loader.seals.seal(Workshop, Workshop(), "workshop", number)
    db.execute("UPDATE workshop SET state = ? WHERE id = ?", (sealed, number))
    return int(number)


# --- reading -------------------------------------------------------------------------------------


def _loaded(loader: Loader, db: Database, number: int, key: Key, seat: int | None) -> _Found | None:
    """The room as this person meets it: all of it from a desk, one's own seat otherwise."""
    row = _row(db, number)
    if row is None:
        return None
    dossier, owner, state = row
    workshop = loader.seals.open(Workshop, state, "workshop", number)
    room = Room(number, workshop, dossier)
    found = db.execute(
        "SELECT chat, page, awaiting, card, helper FROM facilitator"
        " WHERE workshop = ? AND door = ? AND external_id = ?",
        (number, key.door, key.person),
    ).fetchone()
    if found:
        chat, page, awaiting, card, helper = found
        desk = Desk(chat, page, awaiting, card, bool(helper))
        conversation = loader.load(db, owner, dossier=dossier).conversation
        room = replace(room, desk=desk, conversation=conversation)
    mine = _my_seat(db, number, key, seat)
    if mine:
        (gifts,) = db.execute(
            "SELECT count(*) FROM room_contribution WHERE participant = ?", (mine.id,)
        ).fetchone()
        mine = replace(mine, gifts=gifts)
    asked = workshop.asked.question if workshop.asked else ""
    if found or mine is None:
        room = replace(room, seats=_seats(db, number))
    if found or mine:
        of = None if found or mine is None else mine.id
        room = replace(room, given=_given(loader, db, number, asked, of))
    return _Found(replace(room, seat=mine), owner, mine.id if mine else None)


def _row(db: Database, number: int) -> tuple[int, Key, bytes] | None:
    row = db.execute(
        "SELECT dossier, person.door, person.external_id, state FROM workshop"
        " JOIN person ON person.id = workshop.owner WHERE workshop.id = ?",
        (number,),
    ).fetchone()
    return (row[0], Key(row[1], 0, row[2]), row[3]) if row else None


_SEAT = "SELECT id, door, chat, external_id, voice, people, card, shown, away FROM participant"


def _my_seat(db: Database, number: int, key: Key, seat: int | None) -> Seat | None:
    if seat is not None:
        row = db.execute(f"{_SEAT} WHERE id = ?", (seat,)).fetchone()
    else:
        row = db.execute(
            f"{_SEAT} WHERE workshop = ? AND door = ? AND external_id = ?",
            (number, key.door, key.person),
        ).fetchone()
    return _as_seat(row) if row else None


def _seats(db: Database, number: int) -> tuple[Seat, ...]:
    rows = db.execute(f"{_SEAT} WHERE workshop = ? ORDER BY id", (number,))
    return tuple([_as_seat(row) for row in rows])


def _as_seat(row: tuple[int, str, int, int | None, str, int, int | None, int, int]) -> Seat:
    id_, door, chat, person, voice, people, card, shown, away = row
    return Seat(id_, door, chat, person or 0, voice, people, card, shown, away=bool(away))


def _given(
    loader: Loader, db: Database, number: int, question: str | None, seat: int | None
) -> tuple[Given, ...]:
    """What stands: to one question or (None) to all of them, by one seat or (None) by everybody."""
    chosen = {"question": question, "participant": seat}
    wanted = {column: value for column, value in chosen.items() if value is not None}
    also = "".join(f" AND {column} = ?" for column in wanted)
    rows = db.execute(
        "SELECT number, kind, question, participant, approved, message, at, content"  # noqa: S608  # our own names
        f" FROM room_contribution WHERE workshop = ? AND former = 0{also} ORDER BY number",
        (number, *wanted.values()),
    )
    return tuple([_as_given(loader, number, row) for row in rows])


def _as_given(
    loader: Loader,
    workshop: int,
    row: tuple[int, Kind, str, int | None, int, int, float, bytes],
) -> Given:
    number, kind, question, seat, approved, message, at, sealed = row
    content = loader.seals.open(Content, sealed, "room_contribution", workshop, number)
    return Given(
        number, kind, question, seat or 0, content.options, content.text, content.counts,
        bool(approved), message, at,
    )  # fmt: skip


def gifts(loader: Loader, db: Database, key: Key) -> tuple[RoomGift, ...]:
    """All that a person gave in workshops, the oldest first."""
    rows = db.execute(
        "SELECT one.workshop, one.number, dossier.flow, one.question, one.at, one.former, one.content"
        " FROM participant JOIN room_contribution AS one ON one.participant = participant.id"
        " JOIN workshop ON workshop.id = one.workshop"
        " JOIN dossier ON dossier.id = workshop.dossier"
        " WHERE participant.external_id = ? AND participant.door = ?"
        " ORDER BY one.workshop, one.number",
        (key.person, key.door),
    ).fetchall()
    found = []
    for workshop, number, flow, question, at, former, sealed in rows:
        said = loader.seals.open(Content, sealed, "room_contribution", workshop, number)
        found.append(RoomGift(flow, question, at, said.options, said.text, bool(former)))
    return tuple(found)


def hall(loader: Loader, db: Database, number: int, *, everything: bool = False) -> Hall | None:
    row = _row(db, number)
    if row is None:
        return None
    dossier, owner, state = row
    workshop = loader.seals.open(Workshop, state, "workshop", number)
    asked = workshop.asked.question if workshop.asked else ""
    conversation = loader.load(db, owner, dossier=dossier).conversation
    room = Room(
        number,
        workshop,
        dossier,
        seats=_seats(db, number),
        given=_given(loader, db, number, None if everything else asked, None),
        conversation=replace(conversation, dossier=dossier),
    )
    rows = db.execute(
        "SELECT door, chat, external_id, page, awaiting, card, helper FROM facilitator"
        " WHERE workshop = ?",
        (number,),
    )
    desks = {
        Key(door, chat, person): Desk(chat, page, awaiting, card, bool(helper))
        for door, chat, person, page, awaiting, card, helper in rows
    }
    return Hall(room, desks)
