"""What was written, short enough for a card: the whole is in the dossier."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.workshop.state import Action, Given, Outcome
from bot.render.words import shorten

LONGEST_LABEL = 40
LONGEST_IDEA = 140  # of a contribution in a list; the whole is in its own page
LONGEST_SAID = 600  # of what a room retains
MOST_ACTIONS = 10  # of the plan


def idea(one: Given, *, most: int = 0) -> dict[str, object]:
    """`most`: of its text as it was written; 0: a few words on one line."""
    line = shorten(" ".join(one.text.split()), LONGEST_IDEA)
    return {
        "number": one.number,
        "text": shorten(one.text, most) if most else line,
        "approved": one.approved,
        "paper": one.paper,
    }


def in_short(outcome: Outcome | None, most: int) -> Outcome | None:
    """What is shown of what a room retained, whatever was written."""
    if outcome is None:
        return None
    sides = tuple(shorten(one, most) for one in outcome.sides)
    return replace(outcome, text=shorten(outcome.text, most), sides=sides)


def actions_in_short(actions: Sequence[Action]) -> list[Action]:
    """The last ones, a line each."""
    return [
        replace(
            one,
            what=shorten(one.what, LONGEST_IDEA),
            who=shorten(one.who, LONGEST_LABEL),
            when=shorten(one.when, LONGEST_LABEL),
        )
        for one in actions[-MOST_ACTIONS:]
    ]
