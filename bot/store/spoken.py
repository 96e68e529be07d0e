"""What was to be said and was not seen to be: kept turn by turn until the door has shown it."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.conversation import Ask, Show, Spoken

LONGEST = 10  # notices said again after a stop: those of the last turns


@dataclass(frozen=True, slots=True)
class Owed:
    """The effects of one turn, as they are sealed."""

    effects: tuple[Spoken, ...] = ()


def merged(turns: Iterable[Owed]) -> tuple[Spoken, ...]:
    """What several turns owe together: each notice and document once, the last page or card only."""
    owed = [effect for turn in turns for effect in turn.effects]
    page = next((one for one in reversed(owed) if isinstance(one, Ask | Show)), None)
    said: list[Spoken] = []
    for one in owed:
        if not isinstance(one, Ask | Show) and one not in said:
            said.append(one)
    return (*said[-LONGEST:], *([page] if page else []))
