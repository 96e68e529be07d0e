"""What a workshop leaves: who was there, what was given to each question, what was retained, who acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.domain.flow import Flow
from bot.domain.workshop.desk import in_words
from bot.domain.workshop.state import SIDES, Action, Asked, Outcome, Room
from bot.domain.workshop.tally import Tally, presence, tally


@dataclass(frozen=True, slots=True)
class Idea:
    text: str
    paper: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """One question."""

    asked: Asked
    tally: Tally
    ideas: tuple[Idea, ...]
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Report:
    """`people`: by group or side, none told apart under five; `tables`: the room answered by tables."""

    title: str
    begun: float
    finished: float
    present: int
    seats: int
    tables: bool
    people: Mapping[str, int]
    chapters: tuple[Chapter, ...]
    actions: tuple[Action, ...]
    language: str
    places: Mapping[str, str] = field(default_factory=dict)  # a territory's side -> its name


def report(flow: Flow, room: Room) -> Report:
    """Of a room loaded with everything that was given."""
    workshop = room.workshop
    return Report(
        workshop.title,
        workshop.begun,
        workshop.finished,
        present=sum(one.people for one in room.seats),
        seats=len(room.seats),
        tables=workshop.per == "table",
        people=presence(room.seats) if workshop.groups else {},
        places=dict(zip(SIDES, workshop.places, strict=False)),
        chapters=tuple(
            made for one in workshop.questions if (made := _chapter(flow, room, one)) is not None
        ),
        actions=workshop.actions,
        language=flow.language,
    )


def _chapter(flow: Flow, room: Room, question: str) -> Chapter | None:
    outcome = room.workshop.outcomes.get(question)
    asked = outcome.asked if outcome else in_words(flow, room, question)
    given = tuple(one for one in room.given if one.question == question)
    if asked is None or not (given or outcome):
        return None
    one = replace(room, workshop=replace(room.workshop, asked=asked), given=given)
    ideas = tuple(Idea(text.text, text.paper) for text in one.texts())
    return Chapter(asked, tally(one), ideas, outcome)
