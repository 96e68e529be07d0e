"""Where a person stands in a dossier, what may happen to them (events) and what follows (effects).

Events are past tense and carry their time (seconds since 1970, UTC) and ids; effects are imperative.
Nothing here decides: `engine.transition` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

# --- answers ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fragment:
    """One written message of an answer. `message`: its id in the chat, so that an edit finds it; 0: none."""

    text: str
    message: int = 0


AttachmentKind = Literal["photo", "voice", "audio", "video", "document", "location"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept with an answer. `file`: the door's handle, downloaded after the commit; `size`: bytes."""

    kind: AttachmentKind
    name: str = ""
    file: str = ""
    size: int = 0
    message: int = 0
    place: tuple[float, float] | None = None  # latitude, longitude of a location


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person answered to one question: options chosen, words written, files joined, or a skip."""

    options: tuple[str, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    skipped: bool = False

    @property
    def text(self) -> str:
        """Everything written, one message per paragraph."""
        return "\n".join(fragment.text for fragment in self.fragments)

    @property
    def given(self) -> bool:
        return bool(self.options or self.fragments or self.attachments)


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


@dataclass(frozen=True, slots=True)
class Handling:
    """What the group says of a point: `what`, `who` (a function) and `when` make the action plan."""

    how: HandledAs
    what: str = ""
    who: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class DossierLine:
    """One line of the list of a person's dossiers."""

    id: int
    name: str
    archived: bool = False


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
    dossier: int | None = None
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
    template: bool = False  # whether this person's own Word template is kept
    dossiers: tuple[DossierLine, ...] = ()
    attachment_bytes: int = 0  # of all this person's dossiers
    pace: Pace = Pace()
    at: float = 0.0  # when the last event came: what is said carries its date
    limits: Limits = Limits()


# --- events ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """`/start`, with the payload of a deep link if any."""

    payload: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class RhythmChosen:
    rhythm: Rhythm
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TextGiven:
    """A written message. `reply_to`: the question of the card it replies to, "" otherwise."""

    text: str
    message: int = 0
    reply_to: str = ""
    forwarded: bool = False
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class OptionChosen:
    """An option's button: `on` is the state asked for, so that a double tap acts once."""

    question: str
    revision: int
    option: int  # index among the question's options
    on: bool = True
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Continued:
    question: str
    revision: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Skipped:
    question: str
    revision: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class WentBack:
    question: str
    revision: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class OptionsRevealed:
    question: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class QuestionOpened:
    """A question chosen out of order, to answer or modify it; `telling`: to add words to it."""

    question: str
    telling: bool = False
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class StepOpened:
    """A step chosen out of order; "identity" is the header block."""

    step: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Resumed:
    """« Reprendre »: show the card of the present place again."""

    at: float = 0.0


@dataclass(frozen=True, slots=True)
class MovedOn:
    """« Continuer » on the end of a step, of the first page, or at home."""

    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TextMoved:
    """« Plutôt à Q4 »: the words that just joined the question shown belong to another one."""

    question: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TextCleared:
    """« Réécrire »: the words of an answer make room for new ones; history keeps them."""

    question: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class MessageEdited:
    message: int
    text: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class AttachmentGiven:
    attachment: Attachment
    caption: str = ""
    reply_to: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class UnsupportedGiven:
    """Something no answer can hold: "sticker", "contact", "poll", "button" (unreadable), "other"."""

    kind: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class PanelOpened:
    """A page beside the conversation: help, examples, missing, vigilance, projects, steps, modify…"""

    panel: str
    argument: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Commanded:
    """A `/command` other than /start; `name` without the slash."""

    name: str
    argument: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class DossierBegun:
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class DossierOpened:
    dossier: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class DossierArchived:
    dossier: int
    archived: bool = True
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class DossierDeleted:
    dossier: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class PersonDeleted:
    """« Tout supprimer », confirmed."""

    at: float = 0.0


@dataclass(frozen=True, slots=True)
class PointHandled:
    """A point of vigilance is done, planned, not for the group; "" takes that back."""

    rule: str
    how: HandledAs | Literal[""]
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class PassageKept:
    """« Garder » of a passage that may point at somebody, before a document; "" keeps all of them."""

    key: str
    document: str
    format: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class SheetRequested:
    """`document`: "show" (fiche à montrer) or "work" (feuille de travail)."""

    document: str
    format: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TemplateGiven:
    """A Word template of the person's own, read and checked: kept when it has no fault."""

    name: str
    content: bytes
    faults: tuple[TemplateFault, ...] = ()
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TemplateLost:
    """A template that was announced could not be fetched."""

    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TemplateRemoved:
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TemplateRequested:
    """`own`: the one that is kept; else the commented sample."""

    own: bool
    at: float = 0.0


Event = (
    Started
    | ConsentGiven
    | ConsentWithdrawn
    | RhythmChosen
    | TextGiven
    | OptionChosen
    | Continued
    | Skipped
    | WentBack
    | OptionsRevealed
    | QuestionOpened
    | StepOpened
    | Resumed
    | MovedOn
    | TextMoved
    | TextCleared
    | MessageEdited
    | AttachmentGiven
    | UnsupportedGiven
    | PanelOpened
    | Commanded
    | DossierBegun
    | DossierOpened
    | DossierArchived
    | DossierDeleted
    | PersonDeleted
    | PointHandled
    | SheetRequested
    | PassageKept
    | TemplateGiven
    | TemplateLost
    | TemplateRemoved
    | TemplateRequested
)

# --- effects: what the store writes ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Keep the person, from now on."""

    given: bool
    at: float


@dataclass(frozen=True, slots=True)
class CreateDossier:
    """A new dossier of this flow, in hand from now on; the answers that follow are its own."""

    at: float


@dataclass(frozen=True, slots=True)
class OpenDossier:
    """Take another dossier in hand: the conversation is loaded again from it."""

    dossier: int


@dataclass(frozen=True, slots=True)
class ArchiveDossier:
    dossier: int
    archived: bool


@dataclass(frozen=True, slots=True)
class DeleteDossier:
    dossier: int


@dataclass(frozen=True, slots=True)
class DeletePerson:
    """Everything about the person, attachments and history included."""


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """The person's newest answer to a question; earlier ones stay as history."""

    question: str
    answer: Answer
    revision: int  # answers of one visit (same revision) are one contribution
    at: float


@dataclass(frozen=True, slots=True)
class RecordHandling:
    rule: str
    handling: Handling | None
    at: float


@dataclass(frozen=True, slots=True)
class KeepTemplate:
    """The person's Word template from now on; the one before goes."""

    name: str
    content: bytes
    at: float


@dataclass(frozen=True, slots=True)
class DropTemplate:
    """The person's Word template goes, for good."""


# --- effects: what the person is told ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """A short notice on top of what is shown next; `key` names a template, `args` fill it."""

    key: str
    args: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a tap, without a message."""

    key: str
    args: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """Show the card of the conversation's place. `fresh`: below, because the person has just written."""

    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Show:
    """Show a page beside the conversation."""

    panel: str
    argument: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class SendSheet:
    document: str
    format: str


@dataclass(frozen=True, slots=True)
class SendPersonalData:
    """Everything kept about the person, readable and machine forms."""


@dataclass(frozen=True, slots=True)
class SendTemplate:
    """`own`: the person's template as they sent it; else the commented sample."""

    own: bool


@dataclass(frozen=True, slots=True)
class ReadTemplate:
    """Fetch a document that may become a template, and check it; `TemplateGiven` follows."""

    file: str  # the door's handle
    name: str


Written = (
    RecordConsent
    | CreateDossier
    | OpenDossier
    | ArchiveDossier
    | DeleteDossier
    | DeletePerson
    | RecordAnswer
    | RecordHandling
    | KeepTemplate
    | DropTemplate
)
Spoken = Say | Toast | Ask | Show | SendSheet | SendPersonalData | SendTemplate | ReadTemplate
Effect = Written | Spoken
