"""One transition of a room under way: the room as it becomes, and the effects so far."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.flow import Flow
from bot.domain.workshop.effects import RoomEffect
from bot.domain.workshop.state import Room, Workshop


@dataclass(frozen=True, slots=True)
class Chance:
    """What must not be guessed, drawn by the caller."""

    code: str = ""
    token: str = ""


Disagreement = Callable[[str, str], str]  # both sides -> the text that the dossier keeps


class RoomTurn:
    """Mutable; it lives for one `transition`."""

    def __init__(
        self, flow: Flow, room: Room, at: float, chance: Chance, disagreement: Disagreement
    ) -> None:
        self.flow = flow
        self.room = room
        self.at = at
        self.chance = chance
        self.disagreement = disagreement
        self.effects: list[RoomEffect] = []

    @property
    def workshop(self) -> Workshop:
        return self.room.workshop

    def become(self, **changes: Any) -> None:
        """Replace fields of the workshop; an unknown name is a TypeError."""
        self.room = replace(self.room, workshop=replace(self.workshop, **changes))

    def show(self, page: str, awaiting: str = "") -> None:
        """The facilitator's page, and what her next words are."""
        if self.room.desk:
            desk = replace(self.room.desk, page=page, awaiting=awaiting)
            self.room = replace(self.room, desk=desk)
