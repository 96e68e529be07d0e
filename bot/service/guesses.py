"""How much one visitor may do lately: wrong codes in a minute, seats of a room taken from one address."""

from collections import Counter, deque
from collections.abc import Hashable

MINUTE, HOUR = 60.0, 3600.0
OF_ONE, OF_ROOM, OF_ALL = 6, 30, 300  # a person; an address, which a whole room may share; everyone
MOST_SEATS = 100  # of one room by its page, from one address: several times a large room's Wi-Fi


class Lately:
    """What each did in the last `span` seconds. In memory: a restart forgives."""

    def __init__(self, span: float) -> None:
        self._span = span
        self._done: deque[tuple[float, Hashable]] = deque()
        self._by: Counter[Hashable] = Counter()

    def count(self, who: Hashable, at: float) -> int:
        while self._done and self._done[0][0] < at - self._span:
            _, former = self._done.popleft()
            self._by[former] -= 1
            if not self._by[former]:
                del self._by[former]
        return self._by[who]

    def add(self, who: Hashable, at: float) -> None:
        self._done.append((at, who))
        self._by[who] += 1

    def __len__(self) -> int:
        return len(self._done)


class Guesses:
    """Wrong codes: a few times a minute for one visitor, and for all of them together."""

    def __init__(self) -> None:
        self._wrong = Lately(MINUTE)

    def allowed(self, who: Hashable, at: float, most: int = OF_ONE) -> bool:
        return self._wrong.count(who, at) < most and len(self._wrong) < OF_ALL

    def wrong(self, who: Hashable, at: float) -> None:
        self._wrong.add(who, at)


class Arrivals:
    """Seats taken by the page, where nobody says who they are: a script must not fill the room."""

    def __init__(self) -> None:
        self._taken = Lately(HOUR)

    def take(self, code: str, who: Hashable, at: float) -> bool:
        """Whether one more may be; it counts at once, before the next request is looked at."""
        if self._taken.count((code, who), at) >= MOST_SEATS:
            return False
        self._taken.add((code, who), at)
        return True
