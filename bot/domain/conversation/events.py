"""What may happen to a conversation: past tense, with its time (seconds since 1970, UTC) and ids."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.conversation.answer import Attachment
from bot.domain.conversation.state import HandledAs, Rhythm, TemplateFault
from bot.domain.conversation.together import Role, Side


@dataclass(frozen=True, slots=True)
class Started:
    """`/start`, with the payload of a deep link if any."""

    payload: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """`language`: chosen before, when nothing could be kept."""

    at: float = 0.0
    language: str = ""


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
class RowLeft:
    """« Ligne suivante »: the cells of this row without an answer are passed over."""

    question: str  # one of its cells
    revision: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class ProposalTaken:
    """The words that the flow offers for a cell."""

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
    """`flow`: "" is the one offered first; `beside`: a dossier of the project it joins, 0 for a new one."""

    flow: str = ""
    beside: int = 0
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """In which language a person is spoken to."""

    language: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class SheetLanguageChosen:
    """In which language the documents of the dossier in hand are made."""

    language: str
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
class PhotoTicked:
    """A photo of an answer is to stand in documents, or no more. `message`: the one that brought it."""

    question: str
    message: int
    on: bool
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
    """A Word template of the person's own, read and checked: kept when it has no fault.

    `dossier`: the one it is for; None: all of theirs.
    """

    name: str
    content: bytes
    faults: tuple[TemplateFault, ...] = ()
    at: float = 0.0
    dossier: int | None = None


@dataclass(frozen=True, slots=True)
class TemplateLost:
    """A template that was announced could not be fetched."""

    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TemplateRemoved:
    """`dossier`: whose template it is; 0: the person's."""

    dossier: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TemplateRequested:
    """`own`: the one that is kept, the person's (0) or that of `dossier`; else the commented sample."""

    own: bool
    dossier: int
    at: float = 0.0


# --- several people on one dossier ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InvitationMade:
    """`single`: for one person; `days`: how long it lasts. `token`: random, given by the service."""

    side: Side
    role: Role
    single: bool
    days: int
    token: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class InvitationRevoked:
    invitation: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class InvitationAccepted:
    """« Rejoindre »: who presses it agrees to what the page says."""

    token: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class InvitationDeclined:
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class VoiceRetained:
    """Of the answers given to a question, the one that the dossier adopts."""

    question: str
    contribution: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class QuestionLeftOpen:
    """« Laisser ouvert »: the voices stand side by side."""

    question: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class VoiceKept:
    """« Visible par mon côté seulement », or by all again."""

    question: str
    private: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class VersionRestored:
    question: str
    contribution: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class BlindSet:
    on: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class DossierClosed:
    closed: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class DossierTransferred:
    member: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    member: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """`taking`: with one's contributions."""

    taking: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class NameWithdrawn:
    """« Rester sans nom »."""

    at: float = 0.0


@dataclass(frozen=True, slots=True)
class NoticesSet:
    on: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class RemindersSet:
    """« Me le rappeler » of a dossier that sleeps, or not any more."""

    on: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class ZoneSet:
    """The time zone of one's quiet hours, by its name; "" is that of one's country."""

    zone: str
    at: float = 0.0


Shared = (
    InvitationMade
    | InvitationRevoked
    | InvitationAccepted
    | InvitationDeclined
    | VoiceRetained
    | QuestionLeftOpen
    | VoiceKept
    | VersionRestored
    | BlindSet
    | DossierClosed
    | DossierTransferred
    | MemberRemoved
    | MemberLeft
    | NameWithdrawn
    | NoticesSet
    | RemindersSet
    | ZoneSet
)
Event = (
    Started
    | ConsentGiven
    | ConsentWithdrawn
    | RhythmChosen
    | TextGiven
    | OptionChosen
    | Continued
    | Skipped
    | RowLeft
    | ProposalTaken
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
    | LanguageChosen
    | SheetLanguageChosen
    | DossierOpened
    | DossierArchived
    | DossierDeleted
    | PersonDeleted
    | PointHandled
    | SheetRequested
    | PassageKept
    | PhotoTicked
    | TemplateGiven
    | TemplateLost
    | TemplateRemoved
    | TemplateRequested
    | Shared
)
