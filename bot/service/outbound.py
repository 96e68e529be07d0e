"""What a door must show."""

from dataclasses import dataclass

from bot.render.reply import Reply
from bot.service.ports import Key, Turn


@dataclass(frozen=True, slots=True)
class RoomCard:
    """A card of a workshop. `turn`: what a seat is shown; None: a facilitator's page.

    `former`: the message that showed it before.
    """

    workshop: int
    turn: int | None = None
    former: int | None = None


@dataclass(frozen=True, slots=True)
class Outbound:
    """What a door must show after a turn: the reply, what it answers, and which card it replaces."""

    key: Key
    turn: Turn
    reply: Reply
    tapped: int | None = None  # the message to edit in place
    tap: str = ""
    settle: bool = False  # words may still follow: wait for a silence before answering
    broadcast: bool = False  # nobody asked for it: it goes after whatever somebody did
    room: RoomCard | None = None  # the card of a workshop that this shows
