"""The sheet: the one view model that every format prints. Texts are clean and ready to read."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.conversation import AttachmentKind, Conversation, HandledAs
from bot.domain.flow import Flow
from bot.domain.tables import Table

SINCE = "since"  # the section of what changed
ANNEX = "annex"  # the kind of a section that holds the sheet of another dossier
DocumentKind = Literal["show", "work"]  # « fiche à montrer », « feuille de travail »
Nearness = Literal["country", "public", "theme", "question"]
Settled = Literal["", "undecided", "open", "picked", "written"]
Progress = Literal["empty", "begun", "full"]


@dataclass(frozen=True, slots=True)
class File:
    """An attachment, named but not included."""

    kind: AttachmentKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo ticked for the documents. `content`: scaled down, for the formats that print it."""

    question: str
    label: str  # of the question
    caption: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer: options in the person's words, what was written, and what hangs below it."""

    question: str
    label: str
    options: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    parts: tuple["Entry", ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Solid:
    """A solid point: a sentence to print, and why it counts."""

    id: str
    title: str
    phrase: str
    why: str


@dataclass(frozen=True, slots=True)
class Because:
    """« Parce que vous avez répondu… »: a question and the person's own words."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A point of vigilance as it is said (method.md §0.4 G). Its level sorts and is never printed."""

    id: str
    title: str
    advice: str
    because: tuple[Because, ...]
    risk: str
    first_step: str
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """One line of the action plan; `settled`: answers no longer raise the point."""

    rule: str
    title: str
    first_step: str
    how: HandledAs
    what: str = ""
    who: str = ""
    when: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """A question still open: left without an answer, or answered by one that waits (`said`)."""

    question: str
    title: str
    ask: str
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cooperation is near: what it shares with the dossier."""

    kind: Nearness
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    case: str
    title: str
    carrier: str
    territories: tuple[str, ...]
    lesson: str
    open_question: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in words: options, then what was written."""

    options: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """What one member said. `role`: theirs, "gone" for one who left; `name`: as they agreed to be named."""

    said: Said
    role: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class SideSaid:
    place: str
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Voices:
    """A question that two territories answered. `how`: what the group decided, "" while nothing had to be;
    `retained`: the answer that it keeps, when it chose or wrote one."""

    question: str
    label: str
    sides: tuple[SideSaid, ...]
    how: Settled = ""
    retained: Said = Said()


Item = Entry | Solid | Point | Action | Open | Neighbour | Voices


@dataclass(frozen=True, slots=True)
class Group:
    """Items that share a heading: `key` names it in the templates, `title` says it when it is content."""

    items: tuple[Item, ...]
    key: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """`empty` is what is said of a section without anything in it."""

    id: str
    title: str
    kind: str
    groups: tuple[Group, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class FirstRow:
    id: str
    title: str
    kind: str
    items: tuple[Item, ...]
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Territory:
    name: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Knot:
    """One step on the compass: how much of it was answered, and how many points fall in it."""

    number: int
    title: str
    answered: int
    total: int
    progress: Progress
    first: int = 0
    following: int = 0
    judged: bool = True  # whether the flow has points at all


@dataclass(frozen=True, slots=True)
class Glance:
    """The first page in four lines, to forward. `goals` when nothing is solid yet, `next_question` when
    no step follows; a step about people who could be hurt stays in the group."""

    sentence: str = ""
    solid: str = ""
    goals: str = ""
    next_step: str = ""
    next_question: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed, and the dossier it came from (for the formats made of data)."""

    document: DocumentKind
    title: str
    sentence: str
    territories: tuple[Territory, ...]
    date: str  # ISO 8601
    version: int
    language: str
    first_page: tuple[FirstRow, ...]
    compass: tuple[Knot, ...]
    sections: tuple[Section, ...]
    flow: Flow
    conversation: Conversation  # as it was written, annex left out unless asked for
    glance: Glance = Glance()
    photos: tuple[Photo, ...] = ()
    since: tuple[int, str] | None = None  # the version, and its date, that it is compared with
    called: str = ""  # what the document is, when the flow's layout says it: « Plan d’évaluation »
    shortened: bool = False  # some texts are only begun: the document for a third party is short
