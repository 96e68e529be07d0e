"""The one place that decides for a room: `transition(flow, room, event, …) -> (room, effects)`.

Pure. Whoever is not a facilitator of this workshop moves nothing but their own seat.
"""

from bot.domain.flow import Flow
from bot.domain.workshop import desk, seats
from bot.domain.workshop.effects import RoomEffect
from bot.domain.workshop.events import (
    PapersWanted,
    RoomEvent,
    SeatEvent,
    WordsGiven,
)
from bot.domain.workshop.state import Room
from bot.domain.workshop.turn import Chance, Disagreement, RoomTurn

__all__ = ["Chance", "at_desk", "transition"]


def transition(
    flow: Flow, room: Room, event: RoomEvent, chance: Chance, disagreement: Disagreement
) -> tuple[Room, tuple[RoomEffect, ...]]:
    turn = RoomTurn(flow, room, event.at, chance, disagreement)
    if at_desk(room, event):
        desk.decide(turn, event)  # type: ignore[arg-type]  # `at_desk` told
    else:
        seats.decide(turn, event)  # type: ignore[arg-type]  # the same
    return turn.room, tuple(turn.effects)


def at_desk(room: Room, event: RoomEvent) -> bool:
    """Whether it is the facilitator who acts: one who also holds a seat speaks from her desk."""
    if isinstance(event, WordsGiven | PapersWanted):
        return room.desk is not None
    return not isinstance(event, SeatEvent)
