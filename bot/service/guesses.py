"""How often a code may be wrong: a few times a minute for one visitor, and for all of them together."""

from collections import deque
from collections.abc import Hashable

MINUTE = 60.0
OF_ONE, OF_ROOM, OF_ALL = 6, 30, 300  # a person; an address, which a whole room may share; everyone


class Guesses:
    """Wrong codes of the last minute. In memory: a restart forgives."""

    def __init__(self) -> None:
        self._wrong: deque[tuple[float, Hashable]] = deque()

    def allowed(self, who: Hashable, at: float, most: int = OF_ONE) -> bool:
        while self._wrong and self._wrong[0][0] < at - MINUTE:
            self._wrong.popleft()
        own = sum(one == who for _, one in self._wrong)
        return own < most and len(self._wrong) < OF_ALL

    def wrong(self, who: Hashable, at: float) -> None:
        self._wrong.append((at, who))
