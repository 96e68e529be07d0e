"""Reads one conversation: a person, their dossiers, the one in hand. Three statements, no blob.

What it reads depends on that dossier alone, never on how many others the database holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache

from bot.domain.conversation import (
    Answer,
    At,
    Conversation,
    DossierLine,
    Handling,
    Home,
    Limits,
    Pace,
    Place,
    Rhythm,
)
from bot.service.ports import Key
from bot.store import flows
from bot.store.database import Database
from bot.store.flows import FlowSnapshot
from bot.store.sealed import Seals

REMEMBERED = 8_192  # answers, whoever they are of: about 8 MB, reached by some 130 people writing
SHORT = 2_048  # bytes of an answer worth remembering


@dataclass(frozen=True, slots=True)
class Standing:
    """What a place keeps of a conversation, beside its revision; names as in `Conversation`."""

    place: Place = field(default_factory=Home)
    rhythm: Rhythm | None = None
    noted: str = ""
    joined: tuple[int, ...] = ()
    trail: tuple[At, ...] = ()
    resume: Place | None = None
    told: frozenset[str] = frozenset()
    follow_ups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    revealed: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    awaiting: str = ""
    reread: frozenset[str] = frozenset()


_STANDING = tuple(one.name for one in fields(Standing))


def standing(conversation: Conversation) -> Standing:
    return Standing(**{name: getattr(conversation, name) for name in _STANDING})


@dataclass(frozen=True, slots=True)
class Adopted:
    """The contribution that a dossier retains for a question."""

    number: int
    person: int
    visit: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Loaded:
    """A conversation, and what writing it back needs to know."""

    conversation: Conversation
    person: int | None = None
    language: str = ""
    blocked: bool = False
    talk: int | None = None  # the conversation's row
    number: int = 0
    since: int = 0  # the turn that took the dossier in hand
    card: int | None = None
    repeated: bool = False
    seen: float = 0.0  # when someone last had the dossier in hand, to the day
    announced: bool = False  # its purge was
    outdated: bool = False  # the flow changed since the dossier was last used
    placed: tuple[int, Standing] | None = None  # revision and standing as they are on the disk
    adopted: Mapping[str, Adopted] = field(default_factory=dict)


_PERSON = """
SELECT person.id, person.language, person.blocked, person.consented,
       conversation.id, conversation.number, conversation.since, conversation.card,
       conversation.pace_since, conversation.pace_count,
       (SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM attachment
        WHERE attachment.person = person.id),
       EXISTS (SELECT 1 FROM word_template WHERE word_template.person = person.id),
       EXISTS (SELECT 1 FROM handled_update WHERE door = person.door AND update_id = :update),
       dossier.id, dossier.flow = :flow AND dossier.flow_hash <> :hash, dossier.finished,
       place.revision, place.state, dossier.seen, dossier.announced IS NOT NULL
FROM person
LEFT JOIN conversation ON conversation.person = person.id AND conversation.chat = :chat
LEFT JOIN dossier ON dossier.id = coalesce(:dossier, conversation.dossier)
    AND EXISTS (SELECT 1 FROM member
                WHERE member.project = dossier.project AND member.person = person.id)
LEFT JOIN place ON place.person = person.id AND place.dossier = dossier.id
WHERE person.door = :door AND person.external_id = :person
"""

_LINES = """
SELECT dossier.id, dossier.archived, contribution.content
FROM member
JOIN dossier ON dossier.project = member.project
LEFT JOIN adopted ON adopted.dossier = dossier.id AND adopted.question = ?
LEFT JOIN contribution ON contribution.dossier = adopted.dossier
    AND contribution.number = adopted.contribution
WHERE member.person = ?
ORDER BY dossier.id
"""

_ANSWERS = """
SELECT adopted.question, contribution.content,
       contribution.number, contribution.person, contribution.visit
FROM adopted
JOIN contribution ON contribution.dossier = adopted.dossier
    AND contribution.number = adopted.contribution
WHERE adopted.dossier = ?1
UNION ALL
SELECT rule, content, NULL, NULL, NULL FROM handling WHERE dossier = ?1
"""


class Loader:
    """Reads conversations, under one flow, one codec and one set of limits."""

    def __init__(self, flow: FlowSnapshot, seals: Seals, limits: Limits) -> None:
        self.flow = flow
        self.seals = seals
        self.limits = limits
        self._read_lately = lru_cache(REMEMBERED)(self.opened)

    def load(
        self,
        db: Database,
        key: Key,
        *,
        update: int | None = None,
        dossier: int | None = None,
    ) -> Loaded:
        """The conversation of `key`, with `dossier` instead of the one in hand when given."""
        row = db.execute(_PERSON, self._parameters(key, update, dossier)).fetchone()
        if row is None:
            stranger = Conversation(limits=self.limits)
            return Loaded(stranger, repeated=_handled(db, key.door, update))
        person, language, blocked, consented, talk, number, since, card, *rest = row
        pace_since, pace_count, bytes_, template, *rest = rest
        repeated, found, outdated, finished, revision, state, seen, announced = rest
        loaded = Loaded(
            Conversation(
                consented=bool(consented),
                dossiers=self.lines(db, person),
                attachment_bytes=bytes_,
                template=bool(template),
                pace=Pace(pace_since or 0.0, pace_count or 0),
                limits=self.limits,
            ),
            person=person,
            language=language,
            blocked=bool(blocked),
            talk=talk,
            number=number or 0,
            since=since or 0,
            card=card,
            repeated=bool(repeated),
        )
        if found is None:
            return loaded
        loaded = replace(loaded, seen=seen, announced=bool(announced))
        placed = None if state is None else (revision, self.stood(person, found, state))
        return self._with_dossier(db, loaded, found, bool(finished), bool(outdated), placed)

    def _with_dossier(
        self,
        db: Database,
        loaded: Loaded,
        dossier: int,
        finished: bool,
        outdated: bool,
        placed: tuple[int, Standing] | None,
    ) -> Loaded:
        revision, stood = placed or (0, Standing())
        adopted: dict[str, Adopted] = {}
        handled: dict[str, Handling] = {}
        for name, content, number, person, visit in db.execute(_ANSWERS, (dossier,)):
            if number is None:
                handled[name] = self.seals.open(Handling, content, "handling", dossier, name)
            else:
                adopted[name] = Adopted(number, person, visit, self.answer(content, dossier, name))
        conversation = replace(
            loaded.conversation,
            dossier=dossier,
            # Buttons drawn with the former words of the flow are stale.
            revision=revision + outdated,
            answers={question: one.answer for question, one in adopted.items()},
            handled=handled,
            finished=finished,
            former=flows.questions(db, dossier) if outdated else frozenset(),
            **{name: getattr(stood, name) for name in _STANDING},
        )
        return replace(
            loaded, conversation=conversation, outdated=outdated, placed=placed, adopted=adopted
        )

    def lines(self, db: Database, person: int | None) -> tuple[DossierLine, ...]:
        rows: Iterable[tuple[int, int, bytes | None]]
        rows = db.execute(_LINES, (self.flow.name, person))
        return tuple([DossierLine(id_, self.name(name, id_), bool(old)) for id_, old, name in rows])

    def stood(self, person: int, dossier: int, state: bytes) -> Standing:
        found: Standing = self.seals.open(Standing, state, "place", person, dossier)
        return found

    def name(self, content: bytes | None, dossier: int) -> str:
        """How a dossier is called: the text of its name question, "" while there is none."""
        if content is None:
            return ""
        return self.answer(content, dossier, self.flow.name).text

    def answer(self, content: bytes, dossier: int, question: str) -> Answer:
        """An answer by its sealed bytes: most of a turn's answers are those of the turn before.

        Remembered under the bytes and their place together: those moved to another row are opened
        anew, and refused.
        """
        read = self.opened if len(content) > SHORT else self._read_lately
        return read(content, dossier, question)

    def opened(self, content: bytes, dossier: int, question: str) -> Answer:
        found: Answer = self.seals.open(Answer, content, "contribution", dossier, question)
        return found

    def forget(self) -> None:
        """Something was deleted: it leaves memory too."""
        self._read_lately.cache_clear()

    def _parameters(
        self, key: Key, update: int | None, dossier: int | None
    ) -> dict[str, str | int | None]:
        return {
            "door": key.door,
            "chat": key.chat,
            "person": key.person,
            "update": update,
            "flow": self.flow.flow,
            "hash": self.flow.hash,
            "dossier": dossier,
        }


def _handled(db: Database, door: str, update: int | None) -> bool:
    """An update set aside, or that of someone deleted since, may come again too."""
    row = (
        update is not None
        and db.execute(
            "SELECT 1 FROM handled_update WHERE door = ? AND update_id = ?", (door, update)
        ).fetchone()
    )
    return bool(row)
