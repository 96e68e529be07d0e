"""A dossier that several people share: members and invitations as rows, every voice, what is adopted."""

from collections.abc import Callable, Container, Iterator
from typing import Any, cast

from bot.domain.conversation import (
    Adopt,
    Adoption,
    Answer,
    CreateInvitation,
    History,
    Invitation,
    Member,
    Offer,
    Role,
    Side,
    Together,
    Voice,
)
from bot.service.ports import digest
from bot.store import people, register, seats
from bot.store.database import Database
from bot.store.sealed import Seals

HOME = "ici"  # what the empty side of rows written before there were two means

# `shared`: somebody else was invited once; until then nothing of this is read. `called`: how a
# member agrees to be named. `told`, `heard`: when they were last told of what others contributed,
# and the newest contribution it spoke of. `common`: a text written for the dossier, nobody's voice.
MIGRATION = (
    "ALTER TABLE project ADD COLUMN shared INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE dossier ADD COLUMN blind INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE dossier ADD COLUMN closed INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE member ADD COLUMN joined REAL NOT NULL DEFAULT 0",
    "ALTER TABLE member ADD COLUMN called BLOB",
    "ALTER TABLE member ADD COLUMN muted INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE member ADD COLUMN told REAL NOT NULL DEFAULT 0",
    "ALTER TABLE member ADD COLUMN heard REAL NOT NULL DEFAULT 0",
    "ALTER TABLE contribution ADD COLUMN private INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE contribution ADD COLUMN common INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE adopted ADD COLUMN how TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE adopted ADD COLUMN after INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE adopted ADD COLUMN chooser INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE adopted ADD COLUMN at REAL NOT NULL DEFAULT 0",
    # AUTOINCREMENT: an old button must not revoke an invitation made since.
    """CREATE TABLE invitation (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        maker INTEGER REFERENCES person ON DELETE SET NULL,
        digest BLOB NOT NULL UNIQUE,
        role TEXT NOT NULL,
        side TEXT NOT NULL,
        single INTEGER NOT NULL,
        made REAL NOT NULL,
        expires REAL NOT NULL,
        revoked REAL,
        uses INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    "CREATE INDEX invitation_dossier ON invitation (dossier)",
    "CREATE INDEX invitation_maker ON invitation (maker)",
)


# What the register of deletions names, so that no backup brings back who left.
MARKS = (
    "ALTER TABLE member ADD COLUMN mark BLOB",
    "UPDATE member SET mark = randomblob(16)",
)


# --- reading -----------------------------------------------------------------------------------

_MEMBERS = """
SELECT member.person, member.role, member.side, member.called, member.muted, person.door
FROM dossier JOIN member ON member.project = dossier.project
JOIN person ON person.id = member.person WHERE dossier.id = ?
ORDER BY member.joined, member.person
"""

# The newest contribution of each author to each question.
_VOICES = """
SELECT one.number, one.question, one.person, one.side, one.visit, one.at, one.private, one.content
FROM contribution AS one
JOIN (SELECT max(number) AS number FROM contribution WHERE dossier = ?1 AND common = 0
      GROUP BY question, person) AS newest ON newest.number = one.number
WHERE one.dossier = ?1 AND (one.private = 0 OR coalesce(nullif(one.side, ''), 'ici') = ?2)
ORDER BY one.number
"""

_ADOPTED = """
SELECT adopted.how, adopted.after, one.number, one.question, one.person, one.side, one.at,
       one.private, one.content
FROM adopted JOIN contribution AS one ON one.dossier = adopted.dossier
    AND one.number = adopted.contribution
WHERE adopted.dossier = ?1 AND (private = 0 OR coalesce(nullif(side, ''), 'ici') = ?2)
"""

_HISTORY = """
SELECT number, person, side, at, private, content FROM contribution
WHERE dossier = ?1 AND question = ?2
    AND (private = 0 OR coalesce(nullif(side, ''), 'ici') = ?3)
ORDER BY number
"""

_INVITATIONS = """
SELECT id, role, side, single, expires, uses FROM invitation
WHERE dossier = ? AND revoked IS NULL ORDER BY id
"""


class Circle:
    """The members of a dossier as one of them reads it, `person`.

    `home`: the first dossier of its project, where the answers to the questions `shared` stand.
    """

    def __init__(
        self,
        db: Database,
        seals: Seals,
        dossier: int,
        person: int,
        home: int,
        shared: Container[str],
        read: Callable[[bytes, int, str], Answer],
    ) -> None:
        self.db = db
        self.read = read  # an answer by its sealed bytes, its dossier and its question
        self.dossier = dossier
        self.home = home
        self.shared = shared
        self.members: dict[int, Member] = {}
        self.muted = False
        project = project_of(db, dossier)
        for who, role, side, called, muted, door in db.execute(_MEMBERS, (dossier,)):
            name = seals.open(str, called, "member", project, who) if called else ""
            brought = door == people.FILE
            self.members[who] = Member(who, Role(role), sided(side), name, brought)
            if who == person:
                self.muted = bool(muted)
        self.me = self.members[person]

    def voice(
        self, number: int, person: int, side: str, at: float, private: int, said: Answer
    ) -> Voice:
        author = self.members.get(person)
        role, name = (author.role, author.name) if author else (None, "")
        return Voice(number, person, sided(side), said, at, role, name, bool(private))

    def voices(self) -> Iterator[tuple[str, Voice, int]]:
        """(question, voice, visit) of every author."""
        for number, question, person, side, visit, at, private, content in self._rows(_VOICES, 1):
            said = self.opened(content, question)
            yield question, self.voice(number, person, side, at, private, said), visit

    def adopted(self) -> Iterator[tuple[str, Adoption]]:
        rows = self._rows(_ADOPTED, 3)
        for how, after, number, question, person, side, at, private, content in rows:
            said = self.opened(content, question)
            yield (
                question,
                Adoption(self.voice(number, person, side, at, private, said), how, after),
            )

    def history(self, question: str) -> History:
        rows = self.db.execute(_HISTORY, (self._of(question), question, self.me.side))
        return History(
            question,
            tuple(
                [
                    self.voice(number, person, side, at, private, self.opened(content, question))
                    for number, person, side, at, private, content in rows
                ]
            ),
        )

    def opened(self, content: bytes, question: str) -> Answer:
        return self.read(content, self._of(question), question)

    def _of(self, question: str) -> int:
        """The dossier where the answers to a question stand."""
        return self.home if question in self.shared else self.dossier

    def _rows(self, statement: str, question: int) -> Iterator[tuple[Any, ...]]:
        """`question`: the place of its id in a row."""
        for dossier in dict.fromkeys((self.dossier, self.home)):
            for row in self.db.execute(statement, (dossier, self.me.side)):
                if self._of(row[question]) == dossier:
                    yield row


def together(circle: Circle, said: list[tuple[str, Voice, int]]) -> Together:
    """Everything that the person may read of a dossier; `said`: its voices."""
    db, dossier = circle.db, circle.dossier
    voices: dict[str, tuple[Voice, ...]] = {}
    for question, voice, _ in said:
        voices[question] = (*voices.get(question, ()), voice)
    blind, closed, last = db.execute(
        "SELECT blind, closed, (SELECT coalesce(max(number), 0) FROM contribution"
        " WHERE contribution.dossier = dossier.id) FROM dossier WHERE id = ?",
        (dossier,),
    ).fetchone()
    owner = circle.me.role is Role.OWNER
    return Together(
        circle.me,
        tuple(circle.members.values()),
        voices,
        dict(circle.adopted()),
        tuple(_invitations(db, dossier)) if owner else (),
        last,
        bool(blind),
        bool(closed),
        circle.muted,
    )


def _invitations(db: Database, dossier: int) -> Iterator[Invitation]:
    for id_, role, side, single, expires, uses in db.execute(_INVITATIONS, (dossier,)):
        yield Invitation(id_, Role(role), cast(Side, side), bool(single), expires, uses)


def offer(db: Database, seals: Seals, token: bytes, person: int | None) -> Offer:
    """What an invitation leads to; `answers` are those that the dossier retains."""
    row = db.execute(
        "SELECT invitation.id, dossier, dossier.flow, role, side, single, expires, revoked, uses,"
        " dossier.closed, maker, EXISTS (SELECT 1 FROM member"
        "  WHERE member.project = dossier.project AND member.person = ?),"
        " (SELECT count(*) FROM member WHERE member.project = dossier.project)"
        " FROM invitation JOIN dossier ON dossier.id = invitation.dossier WHERE digest = ?",
        (person, token),
    ).fetchone()
    if row is None:
        return Offer()
    (
        id_,
        dossier,
        flow,
        role,
        side,
        single,
        expires,
        revoked,
        uses,
        closed,
        maker,
        member,
        members,
    ) = row
    answers: dict[str, Answer] = {}
    rows = db.execute(
        "SELECT one.dossier, one.question, one.content FROM adopted JOIN contribution AS one"
        " ON one.dossier = adopted.dossier AND one.number = adopted.contribution"
        " WHERE adopted.dossier = (SELECT min(id) FROM dossier WHERE project ="
        "  (SELECT project FROM dossier WHERE id = ?)) AND one.private = 0",
        (dossier,),
    )
    for home, question, content in rows:  # the first dossier of a project says what it is
        answers[question] = seals.open(Answer, content, "contribution", home, question)
    return Offer(
        id_,
        dossier,
        flow,
        Role(role),
        cast(Side, side),
        bool(single),
        expires,
        revoked is not None,
        uses,
        bool(closed),
        person is not None and maker == person,
        bool(member),
        members,
        answers,
    )


def sided(side: str) -> Side:
    return cast(Side, side or HOME)


def project_of(db: Database, dossier: int) -> int:
    (project,) = db.execute("SELECT project FROM dossier WHERE id = ?", (dossier,)).fetchone()
    return int(project)


# --- writing -----------------------------------------------------------------------------------


def invite(db: Database, dossier: int, maker: int, one: CreateInvitation) -> None:
    db.execute("UPDATE project SET shared = 1 WHERE id = ?", (project_of(db, dossier),))
    db.execute(
        "INSERT INTO invitation (dossier, maker, digest, role, side, single, made, expires)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            dossier,
            maker,
            digest(one.token),
            one.role.value,
            one.side,
            one.single,
            one.at,
            one.expires,
        ),
    )


def revoke(db: Database, dossier: int, invitation: int, at: float) -> None:
    db.execute(
        "UPDATE invitation SET revoked = ? WHERE id = ? AND dossier = ?", (at, invitation, dossier)
    )


def join(db: Database, invitation: int, person: int, at: float) -> None:
    """A member of the project, who is told of what is contributed from now on."""
    db.execute(
        "INSERT INTO member (project, person, role, side, mark, joined, told, heard)"
        " SELECT dossier.project, ?, invitation.role, invitation.side, ?, ?, ?,"
        " (SELECT coalesce(max(contribution.at), 0) FROM contribution"
        "  WHERE contribution.dossier = dossier.id)"
        " FROM invitation JOIN dossier ON dossier.id = invitation.dossier WHERE invitation.id = ?",
        (person, register.new_mark(), at, at, invitation),
    )
    db.execute("UPDATE invitation SET uses = uses + 1 WHERE id = ?", (invitation,))


def leave(db: Database, project: int, person: int, *, taking: bool) -> None:
    """No member any more: their chats lose its dossiers. `taking`: these lose what they contributed."""
    register.note_member(db, project, person, taking=taking)
    theirs = "person = ?1 AND dossier IN (SELECT id FROM dossier WHERE project = ?2)"
    taken = ("contribution", "attachment") if taking else ()
    seats.leave(db, project, person)
    db.execute("DELETE FROM member WHERE person = ? AND project = ?", (person, project))
    for table in ("place", *taken):
        db.execute(f"DELETE FROM {table} WHERE {theirs}", (person, project))  # noqa: S608  # our own words
    db.execute(
        f"UPDATE conversation SET dossier = NULL WHERE {theirs}",  # noqa: S608  # our own words
        (person, project),
    )
    people.drop_stand_ins(db)


def transfer(db: Database, dossier: int, former: int, owner: int) -> None:
    project = project_of(db, dossier)
    for person, role in ((former, Role.CONTRIBUTOR), (owner, Role.OWNER)):
        db.execute(
            "UPDATE member SET role = ? WHERE project = ? AND person = ?",
            (role.value, project, person),
        )
    seats.pass_on(db, project, owner)


def set_blind(db: Database, dossier: int, blind: bool) -> None:
    db.execute("UPDATE dossier SET blind = ? WHERE id = ?", (blind, dossier))


def close(db: Database, dossier: int, closed: bool) -> None:
    db.execute("UPDATE dossier SET closed = ? WHERE id = ?", (closed, dossier))


def name(db: Database, seals: Seals, dossier: int, person: int, said: str) -> None:
    project = project_of(db, dossier)
    called = seals.seal(str, said, "member", project, person) if said else None
    db.execute(
        "UPDATE member SET called = ? WHERE project = ? AND person = ?", (called, project, person)
    )


def mute(db: Database, dossier: int, person: int, muted: bool) -> None:
    db.execute(
        "UPDATE member SET muted = ? WHERE person = ?"
        " AND project = (SELECT project FROM dossier WHERE id = ?)",
        (muted, person, dossier),
    )


def adopt(db: Database, dossier: int, chooser: int, one: Adopt) -> None:
    """What was contributed later may put the choice in doubt again."""
    db.execute(
        "INSERT INTO adopted (dossier, question, contribution, how, after, chooser, at)"
        " SELECT ?1, ?2, number, ?4, (SELECT max(number) FROM contribution WHERE dossier = ?1),"
        " ?5, ?6 FROM contribution WHERE dossier = ?1 AND number = ?3 AND question = ?2"
        " ON CONFLICT (dossier, question) DO UPDATE SET contribution = excluded.contribution,"
        " how = excluded.how, after = excluded.after, chooser = excluded.chooser,"
        " at = excluded.at",
        (dossier, one.question, one.contribution, one.how, chooser, one.at),
    )


def keep_private(db: Database, dossier: int, person: int, question: str, private: bool) -> None:
    db.execute(
        "UPDATE contribution SET private = ? WHERE dossier = ? AND person = ? AND question = ?",
        (private, dossier, person, question),
    )


# --- someone deletes everything ------------------------------------------------------------------


def pass_on(db: Database, person: int) -> None:
    """The projects that a person owns with others: to the contributor who joined first."""
    rows = db.execute(
        "SELECT mine.project, (SELECT other.person FROM member AS other"
        "  WHERE other.project = mine.project AND other.role = ?2"
        "  AND other.person NOT IN (SELECT id FROM person WHERE door = ?4)"
        "  ORDER BY other.joined, other.person LIMIT 1)"
        " FROM member AS mine WHERE mine.person = ?1 AND mine.role = ?3",
        (person, Role.CONTRIBUTOR.value, Role.OWNER.value, people.FILE),
    ).fetchall()
    for project, heir in rows:
        if heir is not None:
            db.execute(
                "UPDATE member SET role = ? WHERE project = ? AND person = ?",
                (Role.OWNER.value, project, heir),
            )
            seats.pass_on(db, project, heir)
