"""What follows from an event, imperative: what the store writes, then what the person is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.conversation.answer import Answer
from bot.domain.conversation.state import Handling
from bot.domain.conversation.together import Choice, Role, Side, Together


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Keep the person, from now on."""

    given: bool
    at: float


@dataclass(frozen=True, slots=True)
class KeepLanguage:
    """The person's, from now on, whatever their device says."""

    language: str


@dataclass(frozen=True, slots=True)
class KeepSheetLanguage:
    """That of the documents of the dossier in hand."""

    language: str


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
    adopted: bool = True  # the dossier retains it, as nobody else has spoken
    private: bool = False  # for the author's side only


@dataclass(frozen=True, slots=True)
class RecordHandling:
    rule: str
    handling: Handling | None
    at: float


@dataclass(frozen=True, slots=True)
class KeepTemplate:
    """The person's Word template from now on, or that of `dossier`; the one before goes."""

    name: str
    content: bytes
    at: float
    dossier: int | None = None


@dataclass(frozen=True, slots=True)
class DropTemplate:
    """The person's Word template goes, or that of `dossier`, for good."""

    dossier: int | None = None


# --- effects: several people on one dossier -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateInvitation:
    """For the dossier in hand. `token` is kept as a digest."""

    token: str
    side: Side
    role: Role
    single: bool
    at: float
    expires: float


@dataclass(frozen=True, slots=True)
class RevokeInvitation:
    invitation: int
    at: float


@dataclass(frozen=True, slots=True)
class JoinDossier:
    """Become a member by an invitation; the dossier is in hand from now on."""

    invitation: int
    at: float


@dataclass(frozen=True, slots=True)
class Adopt:
    """Retain a contribution for the dossier in hand; `how` "open": none, they stand side by side."""

    question: str
    contribution: int
    how: Choice
    at: float


@dataclass(frozen=True, slots=True)
class BringVoices:
    """What the members of a dossier read from a file said and chose, in the dossier in hand. `me` is
    the person; the others come as members that nobody speaks for."""

    together: Together
    at: float


@dataclass(frozen=True, slots=True)
class AdoptText:
    """Retain a text written for the dossier: a contribution, but not a voice of its author."""

    question: str
    answer: Answer
    at: float


@dataclass(frozen=True, slots=True)
class KeepPrivate:
    """The person's answer to a question, its history included, for their side only or for all."""

    question: str
    private: bool


@dataclass(frozen=True, slots=True)
class SetBlind:
    on: bool


@dataclass(frozen=True, slots=True)
class CloseDossier:
    closed: bool


@dataclass(frozen=True, slots=True)
class TransferDossier:
    member: int


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """Out of the dossier in hand. `taking`: what they contributed goes too."""

    member: int
    taking: bool


@dataclass(frozen=True, slots=True)
class NameMember:
    """How the person agrees to be named in the dossier in hand; "": not at all."""

    name: str


@dataclass(frozen=True, slots=True)
class RemindOf:
    """Whether the person is reminded of the dossier in hand when it sleeps."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetZone:
    zone: str


@dataclass(frozen=True, slots=True)
class MuteNotices:
    muted: bool


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
class SendCode:
    """The picture of a link just made: only while the link itself is at hand."""


@dataclass(frozen=True, slots=True)
class SendTemplate:
    """`own`: the template as it was sent, the person's or that of `dossier`; else the commented sample."""

    own: bool
    dossier: int | None = None


@dataclass(frozen=True, slots=True)
class ReadTemplate:
    """Fetch a document that may become a template, and check it; `TemplateGiven` follows."""

    file: str  # the door's handle
    name: str
    dossier: int | None = None  # that it is for; None: all of the person's


Governed = (
    CreateInvitation
    | RevokeInvitation
    | KeepPrivate
    | SetBlind
    | CloseDossier
    | TransferDossier
    | NameMember
    | MuteNotices
    | RemindOf
    | SetZone
)
Written = (
    RecordConsent
    | KeepLanguage
    | KeepSheetLanguage
    | CreateDossier
    | OpenDossier
    | ArchiveDossier
    | DeleteDossier
    | DeletePerson
    | RecordAnswer
    | RecordHandling
    | KeepTemplate
    | DropTemplate
    | JoinDossier
    | Adopt
    | AdoptText
    | BringVoices
    | RemoveMember
    | Governed
)
Spoken = (
    Say
    | Toast
    | Ask
    | Show
    | SendSheet
    | SendPhoto
    | SendPersonalData
    | SendCode
    | SendTemplate
    | ReadTemplate
)
Effect = Written | Spoken
