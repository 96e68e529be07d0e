"""What follows from a flow alone is worked out once, for everybody, and goes away with the flow."""

from collections.abc import Callable
from typing import TypeVar
from weakref import finalize

from bot.domain.flow import Flow

T = TypeVar("T")


def once(work: Callable[[Flow], T]) -> Callable[[Flow], T]:
    """By the flow itself: to compare two flows takes longer than most of what is worked out."""
    done: dict[int, T] = {}

    def known(flow: Flow) -> T:
        key = id(flow)
        if key not in done:
            done[key] = work(flow)
            finalize(flow, done.pop, key, None)
        return done[key]

    return known
