"""Answers and handlings, as rows: a contribution is a version, and a dossier adopts one per question."""

from collections import Counter
from dataclasses import dataclass

from bot.domain.conversation import (
    AdoptText,
    Answer,
    Attachment,
    Fragment,
    Handling,
    RecordAnswer,
    Side,
)
from bot.store import files
from bot.store.database import Database
from bot.store.loading import Own
from bot.store.sealed import Seals

_NO_VISIT = -1  # of a text that is nobody's answer


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes in which dossier, for which side, and from which chat."""

    person: int
    dossier: int
    chat: int
    side: Side = "ici"


def record(
    db: Database,
    seals: Seals,
    author: Author,
    effect: RecordAnswer,
    visit: int,
    former: Own | None,
) -> Own:
    """Keep an answer: in its row within a visit that takes nothing away, as a new version otherwise."""
    content = seals.seal(Answer, effect.answer, "contribution", author.dossier, effect.question)
    same_visit = former is not None and (former.person, former.visit) == (author.person, visit)
    if former and same_visit and _holds(effect.answer, former.answer):
        number = former.number
        db.execute(
            "UPDATE contribution SET given = ?, at = ?, content = ?"
            " WHERE dossier = ? AND number = ?",
            (effect.answer.given, effect.at, content, author.dossier, number),
        )
    else:
        number = _version(db, author, effect, visit, content)
        if effect.adopted:
            retain(db, author.dossier, effect.question, number)
    _attach(db, seals, author, effect, former.answer.attachments if former else ())
    return Own(number, author.person, visit, effect.answer)


def handle(
    db: Database,
    seals: Seals,
    dossier: int,
    rule: str,
    handling: Handling | None,
    at: float,
) -> None:
    """What the group says of a point of vigilance; None takes it back."""
    if handling is None:
        db.execute("DELETE FROM handling WHERE dossier = ? AND rule = ?", (dossier, rule))
        return
    db.execute(
        "INSERT INTO handling (dossier, rule, at, content) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (dossier, rule) DO UPDATE SET at = excluded.at, content = excluded.content",
        (dossier, rule, at, seals.seal(Handling, handling, "handling", dossier, rule)),
    )


def write(db: Database, seals: Seals, author: Author, text: AdoptText) -> int:
    """A text written for the dossier; its number."""
    content = seals.seal(Answer, text.answer, "contribution", author.dossier, text.question)
    written = RecordAnswer(text.question, text.answer, _NO_VISIT, text.at)
    number = _version(db, author, written, _NO_VISIT, content)
    db.execute(
        "UPDATE contribution SET common = 1, private = 0 WHERE dossier = ? AND number = ?",
        (author.dossier, number),
    )
    return number


def bring(
    db: Database,
    seals: Seals,
    author: Author,
    question: str,
    answer: Answer,
    at: float,
    *,
    common: bool,
) -> int:
    """An answer that came with a file; its number. `common`: nobody's voice, or no more."""
    content = seals.seal(Answer, answer, "contribution", author.dossier, question)
    effect = RecordAnswer(question, answer, _NO_VISIT, at)
    number = _version(db, author, effect, _NO_VISIT, content)
    db.execute(
        "UPDATE contribution SET common = ? WHERE dossier = ? AND number = ?",
        (int(common), author.dossier, number),
    )
    _attach(db, seals, author, effect, ())
    return number


def retain(db: Database, dossier: int, question: str, number: int) -> None:
    """The answer that a dossier retains while nobody has to choose: alone in it, one's own."""
    db.execute(
        "INSERT INTO adopted (dossier, question, contribution) VALUES (?, ?, ?)"
        " ON CONFLICT (dossier, question) DO UPDATE"
        " SET contribution = excluded.contribution, how = '', after = 0",
        (dossier, question, number),
    )


def _version(db: Database, author: Author, effect: RecordAnswer, visit: int, content: bytes) -> int:
    """A new version, as private as the author's last one."""
    (number,) = db.execute(
        "INSERT INTO contribution"
        " (dossier, number, question, side, person, visit, given, at, content, private)"
        " VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM contribution WHERE dossier = ?1),"
        " ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING number",
        (
            author.dossier,
            effect.question,
            author.side,
            author.person,
            visit,
            effect.answer.given,
            effect.at,
            content,
            effect.private,
        ),
    ).fetchone()
    return int(number)


def _attach(
    db: Database,
    seals: Seals,
    author: Author,
    effect: RecordAnswer,
    known: tuple[Attachment, ...],
) -> None:
    """Each file new to the answer: without a handle (a location) there is nothing to fetch."""
    if not effect.answer.attachments:
        return
    given = Counter(one.bare for one in effect.answer.attachments)
    for one in (given - Counter(one.bare for one in known)).elements():
        (row,) = db.execute(
            "INSERT INTO attachment (dossier, person, chat, question, state, size, described)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                author.dossier,
                author.person,
                author.chat,
                effect.question,
                "pending" if one.file else "kept",
                one.size,
                b"",
            ),
        ).fetchone()
        described = files.describe(seals, row, one)
        db.execute("UPDATE attachment SET described = ? WHERE id = ?", (described, row))


def _holds(answer: Answer, former: Answer) -> bool:
    """Whether every message and file of `former` is still there, be it corrected."""
    messages = {_message(one) for one in answer.fragments}
    files = {one.bare for one in answer.attachments}
    return messages.issuperset(_message(one) for one in former.fragments) and files.issuperset(
        one.bare for one in former.attachments
    )


def _message(fragment: Fragment) -> int | str:
    return fragment.message or fragment.text
