"""A workshop: a room that answers a dossier's questions together, and what each in it may see.

The words of the question in hand are kept with it (`Asked`): every phone and the wall show the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil
from typing import Literal

from bot.domain.conversation import Conversation
from bot.domain.flow import Choose

Per = Literal["phone", "table"]
Voices = Literal["anonymous", "groups", "sides"]
Kind = Literal["vote", "text", "count", "paper"]

GROUPS = ("elus", "agents", "associations", "habitants")
SIDES = ("ici", "la_bas")  # two territories in the room answer apart, then compare
MOST_GIVEN = 300  # of one seat, changes of mind included
MOST_SEATS = 400
MOST_IDEAS = 12  # texts of one seat to one question
MINUTE, A_MOMENT = 60.0, 0.5  # seconds; and what a card may be late by
LIFE = 12 * 3600.0  # seconds after the last act of a facilitator: then the room is over


class Phase(StrEnum):
    PREPARED = "prepared"  # its settings are being chosen
    WAITING = "waiting"  # people may come in; no question in hand
    OPEN = "open"
    CLOSED = "closed"  # its text is being adopted
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    label: str
    help: str = ""
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the words of the room. `name`: as people call it, « Q4 »."""

    question: str
    name: str
    title: str
    ask: str
    why: str = ""
    choose: Choose | None = None
    options: tuple[Choice, ...] = ()

    def option(self, slug: str) -> Choice | None:
        return next((one for one in self.options if one.id == slug), None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the room retained: options and a text; or, of a disagreement, both sides of it."""

    asked: Asked
    options: tuple[str, ...] = ()
    text: str = ""
    sides: tuple[str, ...] = ()

    @property
    def disagreed(self) -> bool:
        return bool(self.sides)


@dataclass(frozen=True, slots=True)
class Draft:
    """The adoption under way. `picked`: the contribution whose words are taken, 0 for none."""

    options: tuple[str, ...] = ()
    text: str = ""
    picked: int = 0
    side: str = ""  # the first side of a disagreement


@dataclass(frozen=True, slots=True)
class Point:
    """A point of vigilance that the facilitator puts to the room."""

    rule: str
    title: str
    first_step: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """« Qui, quoi, avant quand »; `rule`: the point it answers, "" for none."""

    what: str
    who: str = ""
    when: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Workshop:
    """`turn` grows with each change that every phone must see."""

    title: str = ""
    language: str = ""  # of the room, as of who opened it
    chosen: str = ""  # the ready-made set, "" for one's own questions
    questions: tuple[str, ...] = ()
    per: Per = "phone"
    voices: Voices = "anonymous"
    phase: Phase = Phase.PREPARED
    places: tuple[str, ...] = ()  # the territories' names, for « sides »
    code: str = ""
    shut: bool = False  # its door: no new seat
    asked: Asked | None = None
    until: float = 0.0
    turn: int = 0
    black: bool = False
    shown: bool = False  # the tally of the question in hand, on the wall
    point: Point | None = None  # on the wall
    draft: Draft = Draft()
    aside: tuple[int, ...] = ()  # contributions that a facilitator set aside
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    members: bool = False  # whoever was there may ask to join the dossier
    offered: tuple[int, ...] = ()  # the seats that did, each time
    begun: float = 0.0
    finished: float = 0.0

    @property
    def live(self) -> bool:
        return self.phase in (Phase.WAITING, Phase.OPEN, Phase.CLOSED)

    @property
    def groups(self) -> tuple[str, ...]:
        """Among which people say where they stand; () when nobody is asked."""
        if self.per == "table":
            return ()
        return {"anonymous": (), "groups": GROUPS, "sides": SIDES}[self.voices]

    @property
    def way_in(self) -> str:
        """The code that lets people in; "" while the door is shut."""
        return "" if self.shut else self.code

    def minutes(self, at: float) -> int:
        """Those that the question in hand still has, the one under way included; 0: its time is up."""
        if self.phase is not Phase.OPEN:
            return 0
        return max(0, ceil((self.until - at - A_MOMENT) / MINUTE))

    def next_minute(self, at: float) -> float | None:
        """When that number changes; None: it will not."""
        left = self.minutes(at)
        return self.until - (left - 1) * MINUTE if left else None

    @property
    def following(self) -> int | None:
        """The place of the next question, None after the last one."""
        here = self.questions.index(self.asked.question) if self.asked else -1
        return here + 1 if here + 1 < len(self.questions) else None


@dataclass(frozen=True, slots=True)
class Seat:
    """One phone in the room, or one table's. `people`: how many it speaks for."""

    id: int
    door: str = ""
    chat: int = 0
    person: int = 0
    group: str = ""
    people: int = 1
    card: int | None = None  # the message that shows its card
    shown: int = -1  # the workshop's turn that it was shown last
    gifts: int = 0  # how often it gave something, for one's own
    away: bool = False  # left, or blocked the bot


@dataclass(frozen=True, slots=True)
class Given:
    """What the room gave: a vote, a text; on paper, counted hands or a text. `seat` 0: on paper."""

    number: int
    kind: Kind
    question: str
    seat: int = 0
    options: tuple[str, ...] = ()
    text: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    approved: bool = False
    message: int = 0
    at: float = 0.0

    @property
    def empty(self) -> bool:
        return not (self.options or self.text or self.counts)

    @property
    def paper(self) -> bool:
        return self.kind in ("count", "paper")


@dataclass(frozen=True, slots=True)
class Desk:
    """A facilitator: the page she looks at, what her next words are, where her card stands."""

    chat: int = 0
    page: str = "live"
    awaiting: str = ""
    card: int | None = None
    helper: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """A workshop as one person in it meets it, loaded for a turn.

    `given`: to the question in hand; all of it for a facilitator, the seat's own otherwise.
    """

    id: int
    workshop: Workshop
    dossier: int = 0
    seat: Seat | None = None
    desk: Desk | None = None
    seats: tuple[Seat, ...] = ()
    given: tuple[Given, ...] = ()
    conversation: Conversation = field(
        default_factory=Conversation
    )  # the dossier, for a facilitator

    def texts(self, *, aside: bool = False) -> tuple[Given, ...]:
        """What was written; `aside`: what was set aside is among it."""
        hidden = () if aside else self.workshop.aside
        written = (one for one in self.given if one.kind in ("text", "paper"))
        return tuple(one for one in written if one.number not in hidden)
