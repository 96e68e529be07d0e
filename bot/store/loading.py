"""Reads one conversation: a person, their dossiers, the one in hand. Three statements, no blob.

What it reads depends on that dossier alone, never on how many others the database holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any, NamedTuple

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
    Role,
)
from bot.service.ports import NOTHING, Key, Look
from bot.store import flows, seats, sharing
from bot.store.database import Database
from bot.store.flows import Shelf
from bot.store.sealed import Seals

# What the turns before opened or sealed, whoever it is of, until there is too much of it: then all
# of it is forgotten, and opened again when it is met.
ANSWERS = 8_192  # about 8 MB, reached by some 130 people writing
PLACES = 2_048  # about 4 MB
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
_stood = attrgetter(*_STANDING)


_NOWHERE = Standing()


def standing(conversation: Conversation) -> Standing:
    return Standing(*_stood(conversation))


class Own(NamedTuple):
    """The newest contribution of the person to a question; alone in a dossier, the one it retains."""

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
    home: int = 0  # the first dossier of the project in hand: it keeps the identity of all
    outdated: bool = False  # the flow changed since the dossier was last used
    placed: tuple[int, Standing] | None = None  # revision and standing as they are on the disk
    own: Mapping[str, Own] = field(default_factory=dict)


class _Row(NamedTuple):
    """What one statement finds of somebody who speaks in a chat, and of the dossier in hand."""

    person: int
    known: str
    chosen: str
    blocked: int
    consented: int
    talk: int | None
    number: int | None
    since: int | None
    card: int | None
    pace_since: float | None
    pace_count: int | None
    attachment_bytes: int
    template: int
    dossier_template: int
    repeated: int
    dossier: int | None
    flow: str
    flow_hash: str
    finished: int
    revision: int
    state: bytes | None
    seen: float
    announced: int
    sheet_language: str
    home: int
    shared: int
    reminded: int
    zone: str


_PERSON = """
SELECT person.id, person.language, person.chosen, person.blocked, person.consented,
       conversation.id, conversation.number, conversation.since, conversation.card,
       conversation.pace_since, conversation.pace_count,
       (SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM attachment
        WHERE attachment.person = person.id),
       EXISTS (SELECT 1 FROM word_template WHERE word_template.person = person.id),
       EXISTS (SELECT 1 FROM dossier_template WHERE dossier_template.dossier = dossier.id),
       EXISTS (SELECT 1 FROM handled_update WHERE door = person.door AND update_id = :update),
       dossier.id, dossier.flow, dossier.flow_hash, dossier.finished,
       place.revision, place.state, dossier.seen, dossier.announced IS NOT NULL, dossier.language,
       (SELECT min(one.id) FROM dossier AS one WHERE one.project = dossier.project),
       (SELECT shared FROM project WHERE project.id = dossier.project),
       (SELECT remind FROM member
        WHERE member.project = dossier.project AND member.person = person.id), person.zone
FROM person
LEFT JOIN conversation ON conversation.person = person.id AND conversation.chat = :chat
LEFT JOIN dossier ON dossier.id = coalesce(:dossier, conversation.dossier)
    AND EXISTS (SELECT 1 FROM member
                WHERE member.project = dossier.project AND member.person = person.id)
LEFT JOIN place ON place.person = person.id AND place.dossier = dossier.id
WHERE person.door = :door AND person.external_id = :person
"""

_LINES = """
SELECT dossier.id, dossier.archived, dossier.flow, dossier.project, member.role, project.shared,
       named.dossier, named.question, named.content
FROM member
JOIN project ON project.id = member.project
JOIN dossier ON dossier.project = member.project
LEFT JOIN adopted ON adopted.dossier =
    (SELECT min(one.id) FROM dossier AS one WHERE one.project = member.project)
    AND adopted.question IN ({names})
LEFT JOIN contribution AS named ON named.dossier = adopted.dossier
    AND named.number = adopted.contribution
WHERE member.person = ?
ORDER BY dossier.project, dossier.id
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
    """Reads conversations, under the flows in use, one codec and one set of limits."""

    def __init__(self, flows: Shelf, seals: Seals, limits: Limits) -> None:
        self.flows = flows
        self.lines_read = _LINES.format(names=", ".join("?" * len(flows.names)))
        self.seals = seals
        self.limits = limits
        self._answers: dict[tuple[bytes, int, str], Answer] = {}
        self._places: dict[tuple[int, int], tuple[bytes, Standing]] = {}

    def load(
        self,
        db: Database,
        key: Key,
        *,
        update: int | None = None,
        dossier: int | None = None,
        language: str = "",
        look: Look = NOTHING,
    ) -> Loaded:
        """The conversation of `key`, with `dossier` instead of the one in hand when given.

        `language`: what the door says today, when the person chose none.
        """
        found = db.execute(_PERSON, self._parameters(key, update, dossier)).fetchone()
        if found is None:
            return self._stranger(db, key, update, language, look)
        row = _Row(*found)
        if row.dossier is None:
            return _loaded(row, Conversation(**self._person(db, row, language, look)))
        snapshot = self.flows.get(row.flow)
        outdated = snapshot is not None and snapshot.hash != row.flow_hash
        stood = None if row.state is None else self.stood(row.person, row.dossier, row.state)
        own, handled = self.retained(db, row.dossier, row.home, row.flow)
        conversation = Conversation(
            **self._person(db, row, language, look),
            **dict(zip(_STANDING, _stood(stood or _NOWHERE), strict=True)),
            dossier=row.dossier,
            flow=row.flow,
            sheet_language=row.sheet_language,
            finished=bool(row.finished),
            reminded=bool(row.reminded),
            zone=row.zone,
            # Buttons drawn with the former words of the flow are stale.
            revision=(row.revision if stood else 0) + outdated,
            answers={question: one.answer for question, one in own.items()},
            handled=handled,
            former=flows.questions(db, row.dossier) if outdated else frozenset(),
        )
        loaded = _loaded(row, conversation, own, (row.revision, stood) if stood else None, outdated)
        return self._with_others(db, loaded, look, bool(row.shared))

    def _stranger(
        self, db: Database, key: Key, update: int | None, language: str, look: Look
    ) -> Loaded:
        conversation = Conversation(
            language=language,
            limits=self.limits,
            offer=sharing.offer(db, self.seals, look.token, None) if look.token else None,
            seated=seats.joined(db, key) is not None,
        )
        return Loaded(conversation, repeated=_handled(db, key.door, update))

    def _person(self, db: Database, row: _Row, language: str, look: Look) -> dict[str, Any]:
        """The fields of a conversation that are of the person, whatever dossier they have in hand."""
        return {
            "consented": bool(row.consented),
            "language": row.chosen or language or row.known,
            "dossiers": self.lines(db, row.person),
            "attachment_bytes": row.attachment_bytes,
            "template": bool(row.template),
            "dossier_template": bool(row.dossier_template),
            "pace": Pace(row.pace_since or 0.0, row.pace_count or 0),
            "limits": self.limits,
            "offer": sharing.offer(db, self.seals, look.token, row.person) if look.token else None,
        }

    def _with_others(self, db: Database, loaded: Loaded, look: Look, shared: bool) -> Loaded:
        """The other members of the dossier in hand, and the history of a question: when need be."""
        person, dossier = loaded.person, loaded.conversation.dossier
        if person is None or dossier is None or not (shared or look.history):
            return loaded
        identity = self.flows.shared(loaded.conversation.flow)
        circle = sharing.Circle(db, self.seals, dossier, person, loaded.home, identity, self.answer)
        history = circle.history(look.history) if look.history else None
        conversation = replace(loaded.conversation, history=history)
        if not shared:
            return replace(loaded, conversation=conversation)
        said = list(circle.voices())
        own = {
            question: Own(voice.number, person, visit, voice.answer)
            for question, voice, visit in said
            if voice.author == person
        }
        conversation = replace(conversation, answers={}, together=sharing.together(circle, said))
        return replace(loaded, conversation=conversation, own=own)

    def retained(
        self, db: Database, dossier: int, home: int, flow: str
    ) -> tuple[dict[str, Own], dict[str, Handling]]:
        """What the dossier retains, and what the group says of its points. What the project's first
        dossier says of it holds for its other dossiers."""
        own: dict[str, Own] = {}
        handled: dict[str, Handling] = {}
        others = self.flows.others(flow)
        for name, content, number, person, visit in db.execute(_ANSWERS, (dossier,)):
            if number is None:
                handled[name] = self.seals.open(Handling, content, "handling", dossier, name)
            elif name not in others:
                own[name] = Own(number, person, visit, self.answer(content, dossier, name))
        if home != dossier:
            shared = self.flows.shared(flow)
            for name, content, number, person, visit in db.execute(_ANSWERS, (home,)):
                if number is not None and name in shared:
                    own[name] = Own(number, person, visit, self.answer(content, home, name))
        return own, handled

    def lines(self, db: Database, person: int | None) -> tuple[DossierLine, ...]:
        rows = db.execute(self.lines_read, (*self.flows.names, person))
        found = {
            row: DossierLine(
                row, self.name(*named), bool(old), flow, project, Role(role), bool(shared)
            )
            for row, old, flow, project, role, shared, *named in rows
        }
        return tuple(found.values())

    def stood(self, person: int, dossier: int, state: bytes) -> Standing:
        known = self._places.get((person, dossier))
        if known and known[0] == state:
            return known[1]
        found: Standing = self.seals.open(Standing, state, "place", person, dossier)
        return found

    def seal_standing(self, person: int, dossier: int, stood: Standing) -> bytes:
        """For its row: where their next turn finds it."""
        state = self.seals.seal(Standing, stood, "place", person, dossier)
        if len(self._places) >= PLACES:
            self._places.clear()
        self._places[person, dossier] = (state, stood)
        return state

    def name(self, dossier: int | None, question: str, content: bytes | None) -> str:
        """How a project is called: the text of its name question, "" while there is none."""
        if dossier is None or content is None:
            return ""
        return self.answer(content, dossier, question).text

    def answer(self, content: bytes, dossier: int, question: str) -> Answer:
        """An answer by its sealed bytes: most of a turn's answers are those of the turn before.

        Remembered under the bytes and their place together: those moved to another row are opened
        anew, and refused.
        """
        where = (content, dossier, question)
        found = self._answers.get(where)
        if found is None:
            found = self.opened(content, dossier, question)
            if len(self._answers) >= ANSWERS:
                self._answers.clear()
            if len(content) <= SHORT:
                self._answers[where] = found
        return found

    def opened(self, content: bytes, dossier: int, question: str) -> Answer:
        found: Answer = self.seals.open(Answer, content, "contribution", dossier, question)
        return found

    def forget(self) -> None:
        """Something was deleted: it leaves memory too."""
        self._answers.clear()
        self._places.clear()

    def _parameters(
        self, key: Key, update: int | None, dossier: int | None
    ) -> dict[str, str | int | None]:
        return {
            "door": key.door,
            "chat": key.chat,
            "person": key.person,
            "update": update,
            "dossier": dossier,
        }


def _loaded(
    row: _Row,
    conversation: Conversation,
    own: Mapping[str, Own] | None = None,
    placed: tuple[int, Standing] | None = None,
    outdated: bool = False,
) -> Loaded:
    in_hand = row.dossier is not None
    return Loaded(
        conversation,
        person=row.person,
        language=row.known,
        blocked=bool(row.blocked),
        talk=row.talk,
        number=row.number or 0,
        since=row.since or 0,
        card=row.card,
        repeated=bool(row.repeated),
        seen=row.seen if in_hand else 0.0,
        announced=in_hand and bool(row.announced),
        home=row.home if in_hand else 0,
        outdated=outdated,
        placed=placed,
        own=own or {},
    )


def _handled(db: Database, door: str, update: int | None) -> bool:
    """An update set aside, or that of someone deleted since, may come again too."""
    row = (
        update is not None
        and db.execute(
            "SELECT 1 FROM handled_update WHERE door = ? AND update_id = ?", (door, update)
        ).fetchone()
    )
    return bool(row)
