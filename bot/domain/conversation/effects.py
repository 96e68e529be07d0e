"""What follows from an event, imperative: what the store writes, then what the person is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.conversation.state import Answer, Handling


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Keep the person, from now on."""

    given: bool
    at: float


@dataclass(frozen=True, slots=True)
class CreateDossier:
    """A new dossier, in hand from now on; the answers that follow are its own. `flow`: "" is the one
    offered first; `beside`: a dossier whose project it joins, 0 for a project of its own."""

    at: float
    flow: str = ""
    beside: int = 0


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
class SendPhoto:
    """A photo as documents will print it. `file`: the door's handle of it."""

    file: str


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
Spoken = (
    Say
    | Toast
    | Ask
    | Show
    | SendSheet
    | SendPhoto
    | SendPersonalData
    | SendTemplate
    | ReadTemplate
)
Effect = Written | Spoken
