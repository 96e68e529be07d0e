"""What a door shows: a text in Telegram's HTML, rows of buttons that carry events, a toast, files."""

from dataclasses import dataclass

from bot.domain.conversation import Event
from bot.domain.workshop.events import RoomEvent


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    event: Event | RoomEvent


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a card or page and its buttons."""

    text: str
    rows: Rows = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document to make and send: "show" or "work", in one format; "person" for personal data,
    "template" and "sample" for Word templates; "given": one to fetch by `file` and check; "photo": that
    of `file`, as documents print it; "code": the picture of the address `name`."""

    document: str
    format: str
    file: str = ""  # the door's handle
    name: str = ""
    dossier: int | None = None  # whose template; None: the person's


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything that one turn says. `fresh`: below what was written, rather than in place."""

    text: str = ""
    rows: Rows = ()
    toast: str = ""
    fresh: bool = False
    question: str = ""  # the question that the card shows, "" for a page
    revision: int = 0
    card: bool = False  # whether this is the card of the place, to be found again by its message
    wanted: tuple[Wanted, ...] = ()
