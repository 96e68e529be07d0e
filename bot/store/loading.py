"""Reads one conversation: a person, their dossiers, the one in hand. Three statements, no blob.

What it reads depends on that dossier alone, never on how many others the database holds.
"""

from collections.abc import Mapping
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
    Role,
)
from bot.service.ports import NOTHING, Key, Look
from bot.store import flows, seats, sharing
from bot.store.database import Database
from bot.store.flows import Shelf
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
class Own:
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
        self._read_lately = lru_cache(REMEMBERED)(self.opened)

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
        row = db.execute(_PERSON, self._parameters(key, update, dossier)).fetchone()
        if row is None:
            offered = sharing.offer(db, self.seals, look.token, None) if look.token else None
            stranger = Conversation(
                language=language,
                limits=self.limits,
                offer=offered,
                seated=seats.joined(db, key) is not None,
            )
            return Loaded(stranger, repeated=_handled(db, key.door, update))
        person, known, chosen, blocked, consented, talk, number, since, card, *rest = row
        pace_since, pace_count, bytes_, template, own, *rest = rest
        repeated, found, flow, hash_, finished, revision, state, seen, announced, *rest = rest
        loaded = Loaded(
            Conversation(
                consented=bool(consented),
                language=chosen or language or known,
                dossiers=self.lines(db, person),
                attachment_bytes=bytes_,
                template=bool(template),
                dossier_template=bool(own),
                pace=Pace(pace_since or 0.0, pace_count or 0),
                limits=self.limits,
            ),
            person=person,
            language=known,
            blocked=bool(blocked),
            talk=talk,
            number=number or 0,
            since=since or 0,
            card=card,
            repeated=bool(repeated),
        )
        if look.token:
            offered = sharing.offer(db, self.seals, look.token, person)
            loaded = replace(loaded, conversation=replace(loaded.conversation, offer=offered))
        if found is None:
            return loaded
        sheet_language, home, shared, reminded, zone = rest
        snapshot = self.flows.get(flow)
        loaded = replace(
            loaded,
            seen=seen,
            announced=bool(announced),
            home=home,
            outdated=snapshot is not None and snapshot.hash != hash_,
            placed=None if state is None else (revision, self.stood(person, found, state)),
            conversation=replace(
                loaded.conversation,
                dossier=found,
                flow=flow,
                sheet_language=sheet_language,
                finished=bool(finished),
                reminded=bool(reminded),
                zone=zone,
            ),
        )
        loaded = self._with_answers(db, loaded, found)
        return self._with_others(db, loaded, look, bool(shared))

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

    def _with_answers(self, db: Database, loaded: Loaded, dossier: int) -> Loaded:
        revision, stood = loaded.placed or (0, Standing())
        own: dict[str, Own] = {}
        handled: dict[str, Handling] = {}
        others = self.flows.others(loaded.conversation.flow)
        for name, content, number, person, visit in db.execute(_ANSWERS, (dossier,)):
            if number is None:
                handled[name] = self.seals.open(Handling, content, "handling", dossier, name)
            elif name not in others:
                own[name] = Own(number, person, visit, self.answer(content, dossier, name))
        if loaded.home != dossier:
            own |= self._identity(db, loaded)
        conversation = replace(
            loaded.conversation,
            # Buttons drawn with the former words of the flow are stale.
            revision=revision + loaded.outdated,
            answers={question: one.answer for question, one in own.items()},
            handled=handled,
            former=flows.questions(db, dossier) if loaded.outdated else frozenset(),
            **{name: getattr(stood, name) for name in _STANDING},
        )
        return replace(loaded, conversation=conversation, own=own)

    def _identity(self, db: Database, loaded: Loaded) -> dict[str, Own]:
        """What the project's first dossier says of it, for its other dossiers."""
        home, shared = loaded.home, self.flows.shared(loaded.conversation.flow)
        return {
            name: Own(number, person, visit, self.answer(content, home, name))
            for name, content, number, person, visit in db.execute(_ANSWERS, (home,))
            if number is not None and name in shared
        }

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
        found: Standing = self.seals.open(Standing, state, "place", person, dossier)
        return found

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
