"""What the use cases need from the outside: a store with one verb, and exporters."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from bot.domain.conversation import (
    Answer,
    Attachment,
    Conversation,
    Effect,
    Event,
    Spoken,
    TemplateFault,
)
from bot.domain.flow import Flow
from bot.domain.sheet import Sheet
from bot.domain.workshop.effects import RoomEffect, RoomSpoken
from bot.domain.workshop.events import RoomEvent
from bot.domain.workshop.state import Desk, Room


@dataclass(frozen=True, slots=True)
class Key:
    """Who speaks, and where: `chat` and `person` are the door's own ids."""

    door: str  # "telegram", "console"
    chat: int
    person: int


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing that came in by a door. `update`: its id there, by which a repeat is recognised."""

    key: Key
    event: Event | RoomEvent
    update: int | None = None
    reply_to: int | None = None  # the message it replies to
    tapped: int | None = None  # the message whose button was pressed
    tap: str = ""  # the door's handle of a tap, to answer it
    language: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """What showing a turn needs of what came in: the message tapped, and whether words may follow.

    `here`: only this worker can show it: it says a secret that is not kept.
    """

    tapped: int | None = None
    written: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What a committed turn gives back. `number` grows with each turn of a chat: it names what is due.

    `elsewhere`: another worker shows it.
    """

    conversation: Conversation
    effects: tuple[Spoken, ...] = ()
    number: int = 0
    card: int | None = None  # the message that showed the card before this turn
    repeated: bool = False  # the update had been handled: nothing was decided
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """What was to be said when the process stopped."""

    key: Key
    turn: Turn


@dataclass(frozen=True, slots=True)
class Contribution:
    """One version of an answer, for history and export."""

    question: str
    answer: Answer
    at: float
    adopted: bool


@dataclass(frozen=True, slots=True)
class DossierRecord:
    """A dossier as the export reads it: its owner's conversation, and when it was begun and changed."""

    id: int
    flow: str
    conversation: Conversation
    begun: float
    changed: float


@dataclass(frozen=True, slots=True)
class DossierSummary:
    """One line of `filrouge projects`."""

    id: int
    name: str
    answers: int
    changed: float
    archived: bool
    flow: str = ""
    project: int = 0


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of a sheet that a group froze. `document`: the dossier's export (JSON) of that day."""

    number: int
    at: float
    document: str


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One attachment of a dossier, as it was given. `state`: "pending", "kept", or "lost" for good."""

    id: int
    question: str
    attachment: Attachment
    state: str


@dataclass(frozen=True, slots=True)
class PersonalFile:
    """A file of an answer. `state`: "pending", "kept", or "lost" for good."""

    id: int
    dossier: int
    question: str
    attachment: Attachment
    state: str


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Everything kept about a person, for /mesdonnees. Times are seconds since 1970, UTC."""

    consented_at: float
    language: str
    consented: bool = True
    dossiers: tuple[DossierRecord, ...] = ()
    history: tuple[tuple[int, Contribution], ...] = ()  # (dossier id, version)
    files: tuple[PersonalFile, ...] = ()
    editions: tuple[tuple[int, Edition], ...] = ()  # (dossier id, version frozen)
    set_aside: tuple[tuple[float, str], ...] = ()  # (when, what came in and could not be handled)
    template: str = ""  # the name of their Word template
    dossier_templates: tuple[tuple[int, str], ...] = ()  # (dossier id, name) of those they sent
    rooms: tuple["RoomGift", ...] = ()  # what they gave in workshops, what it replaced included


@dataclass(frozen=True, slots=True)
class RoomGift:
    """One thing that a person gave in somebody's workshop. `former`: they replaced it since."""

    flow: str
    question: str
    at: float
    options: tuple[str, ...]
    text: str
    former: bool


@dataclass(frozen=True, slots=True)
class WordTemplate:
    """A Word template of a person's own, as they sent it."""

    name: str
    content: bytes
    at: float


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a store says of itself. `size`: bytes on the disk."""

    due: int  # replies that a commit promised and nobody was shown
    set_aside: int  # updates that could not be handled
    size: int
    sealed: bool


@dataclass(frozen=True, slots=True)
class Census:
    """How much the bot is used. `day`, `week`, `month`: dossiers opened since."""

    persons: int
    blocked: int
    dossiers: int
    finished: int
    archived: int
    day: int
    week: int
    month: int
    answers: int  # every version counts
    files: int
    file_bytes: int


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who comes to which room. `code`: the code, the helper's or the seat's token, as `by` says.

    "begin": the one that `key` facilitates, or a new one for the dossier in hand. "here": the live
    one where `key` facilitates or sits. `token`: of the seat to be taken from a page.
    """

    key: Key
    by: Literal["workshop", "code", "helper", "token", "begin", "here"]
    workshop: int = 0
    code: str = ""
    token: str = ""
    update: int | None = None


@dataclass(frozen=True, slots=True)
class RoomTurn:
    """What a committed turn of a room gives back; `repeated`: it had been handled, nothing was done."""

    room: Room | None
    effects: tuple[RoomSpoken, ...] = ()
    repeated: bool = False
    turns: int = 0  # of the room, this one counted


@dataclass(frozen=True, slots=True)
class Hall:
    """A whole room, and the facilitators' desks, for what nobody asked: wall, phones, live cards."""

    room: Room
    desks: Mapping[Key, Desk]


RoomDecide = Callable[[Room], tuple[Room, Sequence[RoomEffect]]]


@dataclass(frozen=True, slots=True)
class Look:
    """What a turn must find beside the conversation: an invitation by its token's digest, the
    history of a question."""

    token: bytes = b""
    history: str = ""


NOTHING = Look()


def digest(token: str) -> bytes:
    """What is kept of a token: it is random and long, a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


Decide = Callable[[Conversation, str], tuple[Conversation, Sequence[Effect]]]
Run = Callable[..., Awaitable[Any]]  # as asyncio.to_thread, in a thread or in a process apart
Templates = Mapping[str, str | bytes]  # name in the templates' folder -> source, bytes for Word


class Exporter(Protocol):
    """One format of the sheet: a module of `bot.export`. `suffix` has its dot."""

    suffix: str
    media_type: str

    def export(self, sheet: Sheet, templates: Templates) -> bytes: ...


class OwnTemplates(Protocol):
    """Word templates that people send, read in a process that is then gone."""

    def to_check(self, template: bytes, flow: Flow, templates: Templates) -> bytes:
        """What that process is asked, to check a template."""
        ...

    def to_fill(self, template: bytes, sheet: Sheet, templates: Templates) -> bytes:
        """What it is asked, to fill one."""
        ...

    def faults(self, asked: bytes) -> tuple[TemplateFault, ...]:
        """What keeps a template from being used; () when nothing does. Blocks: call it in a thread."""
        ...

    def filled(self, asked: bytes) -> bytes:
        """The document. Blocks. Raises FilrougeError when the template no longer gives one."""
        ...


@runtime_checkable
class Picture(Protocol):
    """A format that draws, and says the same in words."""

    def alternative(self, sheet: Sheet, templates: Templates) -> str: ...


@runtime_checkable
class Table(Protocol):
    """A format with a row for each dossier."""

    def table(self, sheets: Sequence[Sheet], templates: Templates) -> bytes: ...


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Another worker took a turn of a chat where this one shows replies."""

    key: Key
    turn: int
    screen: Screen


@dataclass(frozen=True, slots=True)
class RoomActed:
    """A turn of a room was committed. `turn`: what `seat` is answered; `desk`: who acted from there."""

    room: int
    turns: int
    seat: int | None
    turn: int
    desk: Key | None


@dataclass(frozen=True, slots=True)
class Gone:
    """A worker is there no more: what it had begun to show may have to be shown."""


Told = HandedOver | RoomActed | Gone


class Fellows(Protocol):
    """The other processes that serve the same bot on the same database."""

    @property
    def first(self) -> bool:
        """Whether this one does what one alone must do."""
        ...

    @property
    def settled(self) -> bool:
        """Whether it knows who is there."""
        ...

    async def join(self, told: Callable[[Told], None], *, alone: bool) -> None:
        """Known to the others until `leave`. `alone`: no other may be so; StoreError if one is."""
        ...

    async def retire(self) -> None:
        """It ends what it has to show, and is given nothing more."""
        ...

    async def leave(self) -> None:
        """What this one had to show is for the others."""
        ...


class Store(Protocol):
    """Every method is one transaction; when it returns, what it wrote is on the disk."""

    @property
    def fellows(self) -> Fellows | None:
        """None: this process is alone on its database, for good."""
        ...

    async def owed(self, key: Key, turn: int) -> Turn | None:
        """A turn that another worker handed over; None when nothing of it is due any more."""
        ...

    async def holds(self, key: Key, turn: int) -> bool:
        """Whether this turn is still this worker's to show."""
        ...

    async def slot(self, rate: float, burst: float) -> float:
        """Take the next of all the workers' calls: the seconds before it may leave."""
        ...

    async def turn(
        self,
        key: Key,
        decide: Decide,
        *,
        update: int | None = None,
        reply_to: int | None = None,
        language: str = "",
        look: Look = NOTHING,
        screen: Screen = Screen(),
    ) -> Turn:
        """Recognise the update, load, decide, write, commit.

        `decide` is pure and runs in the writer's thread; it gets the conversation and the question of
        the card that `reply_to` shows ("" when none). Without consent nothing at all is written.
        `language`: what the door says of the person, kept when it changes. `look`: what `decide`
        finds beside, in `offer` and `history`.
        """
        ...

    async def conversation(self, key: Key) -> Conversation: ...

    async def shown(
        self, key: Key, turn: int, card: int | None, revision: int, question: str
    ) -> None:
        """The door has shown what turn `turn` owed: clear it, and remember the card's message."""
        ...

    async def due(self) -> list[Due]: ...

    async def blocked(self, key: Key, blocked: bool) -> None: ...

    async def set_aside(
        self, door: str, update: int, payload: str, reason: str, *, key: Key | None = None
    ) -> None:
        """Keep, sealed, an update that could not be handled, and count it as handled.

        `key`: whose it is when known, so that it is deleted with the rest of theirs.
        """
        ...

    async def dossier(self, dossier: int) -> DossierRecord | None: ...

    async def dossiers(self) -> list[DossierSummary]: ...

    async def freeze(self, dossier: int, document: str, at: float) -> Edition:
        """Keep a version; the last one again when nothing has changed since."""
        ...

    async def edition(self, dossier: int, number: int | None = None) -> Edition | None:
        """A version that was frozen; without a number, the last one."""
        ...

    async def personal_data(self, key: Key) -> PersonalData | None: ...

    async def template(self, key: Key, dossier: int | None = None) -> WordTemplate | None:
        """The person's own Word template, or that of a dossier of theirs."""
        ...

    async def pending_files(self) -> list[tuple[int, Key, Attachment]]:
        """Files promised by an answer and not downloaded yet: (attachment id, whose, what)."""
        ...

    async def keep_file(self, attachment: int, content: bytes | None) -> None:
        """The downloaded bytes of a file; None when it cannot be had any more."""
        ...

    async def files(self, dossier: int) -> list[KeptFile]: ...

    async def file_content(self, attachment: int) -> bytes | None:
        """The bytes of one file; None when they were never had."""
        ...

    async def room(self, entrance: Entrance, decide: RoomDecide) -> RoomTurn | None:
        """A turn of a room, as `turn` is one of a conversation; None when no room is found so."""
        ...

    async def hall(self, workshop: int, *, everything: bool = False) -> Hall | None:
        """A whole room; `everything`: what was given to all its questions, not to the one in hand."""
        ...

    async def live_rooms(self) -> Mapping[int, int]:
        """The workshops under way, each with a number that moves at every turn of it."""
        ...

    async def in_rooms(self) -> Mapping[tuple[str, int], bool]:
        """(door, person) of those who are in a live room; True for its facilitators."""
        ...

    async def room_at(
        self, by: Literal["code", "wall", "token"], secret: str
    ) -> tuple[int, int] | None:
        """The workshop that a code, a wall's or a seat's secret address opens; the seat, 0 without."""
        ...

    async def room_shown(
        self, key: Key, workshop: int, turn: int | None, message: int | None
    ) -> None:
        """A card of the room was shown: a seat's, as of `turn`; None: a facilitator's page."""
        ...

    async def announce_sleeping(
        self, before: float, at: float, say: Callable[[int, str], Sequence[Spoken]]
    ) -> list[Due]:
        """Tell, once, the members of dossiers that nobody has opened since `before`.

        `say(dossier, name)`: what they are told, due until shown. Some at a time: call until empty.
        """
        ...

    async def vitals(self) -> Vitals: ...

    async def census(self, now: float) -> Census: ...

    async def maintenance(self) -> str:
        """What is said to everybody; "" when nothing is."""
        ...

    async def announce_maintenance(self, text: str, at: float) -> None:
        """Say this to everybody from now on; "": nothing more."""
        ...

    async def tell_news(
        self,
        told: float,
        calm: float,
        at: float,
        say: Callable[[Conversation, tuple[str, ...]], Sequence[Spoken]],
        after: tuple[int, int],
    ) -> tuple[list[Due], tuple[int, int] | None]:
        """What others contributed until `calm`, to some members who were told nothing since `told`.

        `say(conversation, questions)`: what a member is told of a dossier; nothing: later. With where
        the next call goes on from, None at the end.
        """
        ...

    async def remind_members(
        self,
        before: float,
        nudged: float,
        at: float,
        say: Callable[[Conversation, tuple[str, ...]], Sequence[Spoken]],
        after: tuple[int, int],
    ) -> tuple[list[Due], tuple[int, int] | None]:
        """Some members who want to be reminded of dossiers asleep since `before`; as `tell_news`.

        At most twice while nobody opens the dossier, and not again before `nudged` is past.
        """
        ...

    async def purge_sleeping(self, before: float, announced: float) -> int:
        """Delete dossiers asleep since `before`, whose purge was announced before `announced`."""
        ...
