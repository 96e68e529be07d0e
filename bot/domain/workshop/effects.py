"""What follows in a room: what the store writes, then what the person is told."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.conversation import AdoptText, CreateInvitation, RecordHandling, Say, Toast
from bot.domain.workshop.state import Given


@dataclass(frozen=True, slots=True)
class KeepSeat:
    group: str
    people: int
    at: float


@dataclass(frozen=True, slots=True)
class LeaveSeat:
    """What it gave stays; /supprimer takes that back."""


@dataclass(frozen=True, slots=True)
class DropSeat:
    """The seat and everything it gave, for good."""


@dataclass(frozen=True, slots=True)
class KeepGiven:
    """A contribution. `replaces`: the number of the one that becomes history, 0 for none."""

    given: Given
    replaces: int = 0


@dataclass(frozen=True, slots=True)
class DropGiven:
    number: int


@dataclass(frozen=True, slots=True)
class Approve:
    numbers: tuple[int, ...]
    on: bool


@dataclass(frozen=True, slots=True)
class KeepLink:
    """Its hash; the former one opens nothing any more."""

    kind: Literal["wall", "helper"]
    token: str


@dataclass(frozen=True, slots=True)
class KeepHelper:
    """Whoever opened the link facilitates too; the link is used."""


@dataclass(frozen=True, slots=True)
class SendPapers:
    document: str


@dataclass(frozen=True, slots=True)
class OfferDossier:
    """The link of an invitation just made."""

    token: str


RoomWritten = (
    KeepSeat
    | LeaveSeat
    | DropSeat
    | KeepGiven
    | DropGiven
    | Approve
    | KeepLink
    | KeepHelper
    | AdoptText
    | RecordHandling
    | CreateInvitation
)
RoomSpoken = Say | Toast | SendPapers | KeepLink | OfferDossier
RoomEffect = RoomWritten | RoomSpoken
