"""A dossier of several people that came from a file: its members, their voices, what they chose."""

from bot.domain.conversation import Together
from bot.store import contributions, people, register, sharing
from bot.store.contributions import Author
from bot.store.database import Database
from bot.store.sealed import Seals


def bring(db: Database, seals: Seals, owner: Author, together: Together, at: float) -> None:
    """In a new dossier, where `owner` is the `me` of the file."""
    project = sharing.project_of(db, owner.dossier)
    db.execute("UPDATE project SET shared = 1 WHERE id = ?", (project,))
    persons = _members(db, owner, project, together, at)
    for one in together.members:
        sharing.name(db, seals, owner.dossier, persons[one.id], one.name)
    said = {one.number: (key, one) for key, ones in together.voices.items() for one in ones}
    kept = {one.voice.number: (key, one.voice) for key, one in together.adopted.items()}
    numbers = {0: 0}
    for number, (question, voice) in sorted((kept | said).items()):
        if voice.author not in persons:  # said, then left
            persons[voice.author] = people.stand_in(db, at)
        author = Author(persons[voice.author], owner.dossier, owner.chat, voice.side)
        numbers[number] = contributions.bring(
            db, seals, author, question, voice.answer, at, common=number not in said
        )
    for question, adoption in together.adopted.items():
        number, after = numbers[adoption.voice.number], numbers[adoption.after]
        db.execute(
            "INSERT INTO adopted (dossier, question, contribution, how, after, chooser, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (owner.dossier, question, number, adoption.how, after, owner.person, at),
        )


def _members(
    db: Database, owner: Author, project: int, together: Together, at: float
) -> dict[int, int]:
    """The person behind each member of the file. Nobody is told of what came with it."""
    me = together.me
    db.execute(
        "UPDATE member SET side = ?, heard = ? WHERE project = ? AND person = ?",
        (me.side, at, project, owner.person),
    )
    persons = {me.id: owner.person}
    for one in together.members:
        if one.id != me.id:
            persons[one.id] = people.stand_in(db, at)
            db.execute(
                "INSERT INTO member (project, person, role, side, mark, joined, told, heard)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    project,
                    persons[one.id],
                    one.role.value,
                    one.side,
                    register.new_mark(),
                    at,
                    at,
                    at,
                ),
            )
    return persons
