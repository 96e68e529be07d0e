"""Where a person stands in a dossier: answers, places, and the conversation itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from operator import attrgetter
from typing import Any, Literal

from bot.domain.conversation.answer import Answer
from bot.domain.conversation.together import History, Offer, Role, Together

# --- places ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Home:
    """Before consent the welcome; afterwards the choice of a rhythm or of a step."""


@dataclass(frozen=True, slots=True)
class At:
    """On the card of a question, detail or follow-up; `telling`: on its invitation to write."""

    question: str
    telling: bool = False


@dataclass(frozen=True, slots=True)
class StepEnd:
    step: str


@dataclass(frozen=True, slots=True)
class FirstPageEnd:
    """The first page has been answered: its sentence, one strength, one next step."""


@dataclass(frozen=True, slots=True)
class Review:
    """Everything asked was met: header to complete, answers to reread, sheet to send."""


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """What is wrong with a person's Word template. `kind`: which sentence says it; `tag` as it was
    typed, `paragraph` where it stands, `hint`: what to write instead."""

    kind: str
    tag: str = ""
    paragraph: str = ""
    hint: str = ""


Place = Home | At | StepEnd | FirstPageEnd | Review


class Rhythm(StrEnum):
    FIRST_PAGE = "premiere_page"
    ESSENTIAL = "essentiel"
    IN_DEPTH = "profondeur"


# --- the conversation ------------------------------------------------------------------------

HandledAs = Literal["done", "planned", "not_for_us"]


FROM_ROOM = "salle-"  # how what a room decided, and that answers no point, is called in `handled`


@dataclass(frozen=True, slots=True)
class Handling:
    """What the group says of a point: `what`, `who` (a function) and `when` make the action plan."""

    how: HandledAs
    what: str = ""
    who: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class DossierLine:
    """One line of the list of a person's dossiers; `role`: theirs in it. `project`: those of one project
    share its identity."""

    id: int
    name: str
    archived: bool = False
    flow: str = ""
    project: int = 0
    role: Role = Role.OWNER
    shared: bool = False  # somebody else was invited to it once


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may store: said kindly when reached."""

    dossiers: int = 30
    text_length: int = 2_000_000  # written characters of one dossier
    attachment_bytes: int = 50_000_000  # all files of a person
    one_attachment_bytes: int = 20_000_000  # what Telegram lets a bot download
    messages_per_minute: int = 200


@dataclass(frozen=True, slots=True)
class Pace:
    """How many messages came in the minute that began at `since`."""

    since: float = 0.0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """One person with one dossier in hand. Loaded from the store for a turn, never kept in memory."""

    consented: bool = False
    language: str = ""  # the reader's; "": unknown
    dossier: int | None = None
    flow: str = ""  # of the dossier; "": the one offered first
    sheet_language: str = ""  # of its documents; "": that of its flow's author
    place: Place = Home()
    rhythm: Rhythm | None = None
    revision: int = 0  # of the card shown: a tap that carries another one is stale
    answers: Mapping[str, Answer] = field(default_factory=dict)
    noted: str = ""  # the question that the last act answered: the « Noté » line of the card
    joined: tuple[int, ...] = ()  # messages that joined the question since its card was shown
    trail: tuple[At, ...] = ()  # cards walked through, for « Retour »
    resume: Place | None = None  # where an edit out of order returns to
    told: frozenset[str] = frozenset()  # questions whose invitation to write was answered or passed
    follow_ups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # fixed once shown
    revealed: frozenset[str] = frozenset()  # questions whose full list of options was asked for
    ended: frozenset[str] = frozenset()  # steps whose end was shown
    handled: Mapping[str, Handling] = field(default_factory=dict)  # rule id -> what the group says
    finished: bool = False
    former: frozenset[str] = (
        frozenset()
    )  # the questions of the flow's version last met, if it changed
    reread: frozenset[str] = frozenset()  # passages that may point at somebody, judged to be kept
    awaiting: str = ""  # what the next message is, when not an answer: "what:V2.3", "template"
    seated: bool = False  # whether this stranger gave something in a workshop
    template: bool = False  # whether this person's own Word template is kept
    dossier_template: bool = False  # whether that of the dossier in hand is
    dossiers: tuple[DossierLine, ...] = ()
    attachment_bytes: int = 0  # of all this person's dossiers
    pace: Pace = Pace()
    together: Together | None = None  # who shares the dossier in hand; None: alone in it
    reminded: bool = False  # this person wants to be reminded of the dossier when it sleeps
    zone: str = ""  # where the person said they are (« Africa/Dakar »), for quiet hours
    history: History | None = None  # of the question whose history was asked for
    offer: Offer | None = None  # what the link just opened, or accepted, leads to
    at: float = 0.0  # when the last event came: what is said carries its date
    limits: Limits = Limits()

    def becoming(self, **changes: Any) -> "Conversation":
        """With these fields changed; an unknown name is a KeyError.

        A turn does it several times: `dataclasses.replace` would be half of what it costs to decide.
        """
        values = list(_FIELDS(self))
        for name, value in changes.items():
            values[_PLACES[name]] = value
        return Conversation(*values)


_NAMES = [one.name for one in fields(Conversation)]
_FIELDS = attrgetter(*_NAMES)
_PLACES = {name: place for place, name in enumerate(_NAMES)}
