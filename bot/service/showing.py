"""What a room shows to those who did not act: phones, facilitators' cards, walls and pages.

What each must see is a function of the store; memory holds only what a restart may forget.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from bot.domain.conversation import Conversation
from bot.domain.workshop.state import Phase
from bot.errors import StoreError
from bot.render.reply import Reply
from bot.render.rooms import RoomRenderer
from bot.service.outbound import Outbound, RoomCard
from bot.service.ports import Hall, Key, RoomActed, RoomTurn, Store, Turn

log = logging.getLogger(__name__)

REFRESH = 1.0  # seconds between two edits of a facilitator's card that nobody asked for
LOOK = 0.5  # seconds between two looks at what another process wrote
LIVE_PAGE = "live"  # the one that tells the minutes left
NO_TURN = Turn(Conversation())


class Showing:
    """`happened` after each turn; `run` for as long as the process lives."""

    def __init__(self, store: Store, renderer: RoomRenderer) -> None:
        self.store = store
        self.renderer = renderer
        self._turns: dict[int, int] = {}  # of the rooms under way, as far as they are known here
        self._versions: dict[int, int] = {}  # room -> how often it changed
        self._phones: set[int] = set()  # rooms whose phones have something new to show
        self._stale: set[int] = set()  # rooms whose facilitators do
        self._sent: dict[tuple[int, int], int] = {}  # seat -> the turn it shows, or is about to
        self._seen: dict[tuple[int, Key], int] = {}  # desk -> the version it shows
        self._refreshed: dict[int, float] = {}
        self._minutes: dict[int, float] = {}  # room -> when what its live card says is left changes
        self._wake = asyncio.Event()
        self._closed = False
        self._bells: dict[int, list[asyncio.Future[None]]] = {}
        self._was_first = store.fellows is None

    def happened(self, turn: RoomTurn, desk: Key | None, *, phones: bool) -> None:
        """A turn was committed here. `desk`: the facilitator who acted, and is answered apart."""
        room = turn.room
        if room is None:
            return
        if self._turns.get(room.id, 0) + 1 == turn.turns:  # else another process acted too
            self._turns[room.id] = turn.turns
        self._changed(room.id, phones=phones)
        if desk:
            self._seen[room.id, desk] = self._versions[room.id]
        elif room.seat:
            self._sent[room.id, room.seat.id] = room.workshop.turn

    def version(self, workshop: int) -> int:
        """Grows with each change known here; read it before the room."""
        return self._versions.get(workshop, 0)

    def heard(self, acted: RoomActed) -> None:
        """The same, in another worker: it answers who acted there."""
        self._turns[acted.room] = acted.turns
        self._changed(acted.room, phones=True)
        if acted.desk:
            self._seen[acted.room, acted.desk] = self._versions[acted.room]
        elif acted.seat:
            self._sent[acted.room, acted.seat] = acted.turn

    def again(self) -> None:
        """Somebody else may have been about to show something: what is not known to be shown is."""
        self._sent.clear()
        for workshop in self._turns:
            self._changed(workshop, phones=True)

    async def changes(self, workshop: int, patience: float) -> AsyncIterator[int]:
        """A number each time something changed in the room; again after `patience` seconds."""
        while not self._closed:
            version = self._versions.get(workshop, 0)
            yield version
            if version != self._versions.get(workshop, 0):
                continue  # it moved while that was being told
            bell: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            bells = self._bells.setdefault(workshop, [])
            bells.append(bell)
            try:
                await asyncio.wait((bell,), timeout=patience)
            finally:
                if bell in bells:
                    bells.remove(bell)

    def close(self) -> None:
        """Nobody is told of changes any more: pages that listen may end."""
        self._closed = True
        for bells in self._bells.values():
            for bell in bells:
                if not bell.done():
                    bell.set_result(None)

    async def shown(self, outbound: Outbound, message: int | None) -> None:
        """The door has shown it, there."""
        if card := outbound.room:
            await self.store.room_shown(outbound.key, card.workshop, card.turn, message)

    async def run(self, put: Callable[[Outbound], object], *, beside: bool = False) -> None:
        """`put` shows an outbound. `beside`: workshops begin in another process."""
        while True:
            try:
                await self._look()
                pause = await self._show(put) if self._first() else 0.0
            except StoreError as error:
                log.error("ateliers : %s", error)
                pause = REFRESH
            if self._turns or beside:
                pause = min(pause or LOOK, LOOK)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause or None):
                    await self._wake.wait()
            self._wake.clear()

    def _first(self) -> bool:
        """Whether this worker shows rooms; one that begins to knows nothing of what others showed."""
        fellows = self.store.fellows
        first = fellows is None or fellows.first
        if first and not self._was_first:
            self.again()
        elif not first:
            self._phones.clear()
            self._stale.clear()
        self._was_first = first
        return first

    # --- one round ---------------------------------------------------------------------------

    def _changed(self, workshop: int, *, phones: bool) -> None:
        self._versions[workshop] = self._versions.get(workshop, 0) + 1
        self._stale.add(workshop)
        if phones:
            self._phones.add(workshop)
        self._wake.set()
        for bell in self._bells.pop(workshop, ()):
            if not bell.done():
                bell.set_result(None)

    async def _look(self) -> None:
        """What another process, or one that was killed, did in the rooms."""
        now = await self.store.live_rooms()
        for workshop, turns in now.items():
            if self._turns.get(workshop) != turns:
                self._turns[workshop] = turns
                self._changed(workshop, phones=True)
        for workshop in self._turns.keys() - now.keys():
            del self._turns[workshop]

    async def _show(self, put: Callable[[Outbound], object]) -> float:
        """Seconds until a desk may be shown something again, 0 when none waits for it."""
        now, at = time.monotonic(), time.time()
        due = {one: self._refreshed.get(one, now - REFRESH) + REFRESH for one in self._stale}
        ready = {one for one, when in due.items() if when <= now}
        later = {one for one, change in self._minutes.items() if change <= at}
        phones, self._phones = self._phones, set()
        self._stale -= ready
        for workshop in phones | ready | later:
            try:
                hall = await self.store.hall(workshop)
            except StoreError:  # nobody is left without the question: it is shown again
                self._phones |= phones
                self._stale |= ready
                raise
            self._follow_minutes(workshop, hall, at)
            for outbound in self._cards(hall) if hall and workshop in phones else ():
                put(outbound)
            if hall and workshop in ready | later:
                self._refreshed[workshop] = now
                for outbound in self._desks(hall, later=workshop in later):
                    put(outbound)
        return min((when - now for one, when in due.items() if one not in ready), default=0.0)

    def _follow_minutes(self, workshop: int, hall: Hall | None, at: float) -> None:
        change = hall.room.workshop.next_minute(at) if hall else None
        if change is None:
            self._minutes.pop(workshop, None)
        else:
            self._minutes[workshop] = change

    def _cards(self, hall: Hall) -> Iterator[Outbound]:
        """Of the phones that do not show where the room is. A new question comes below, and rings."""
        room, turn = hall.room, hall.room.workshop.turn
        for seat in room.seats:
            shown = self._sent.get((room.id, seat.id), seat.shown)
            if seat.away or not seat.person or shown >= turn:
                continue
            self._sent[room.id, seat.id] = turn
            own = tuple(one for one in room.given if one.seat == seat.id)
            body = self.renderer.seat(replace(room, seat=seat, given=own))
            fresh = room.workshop.phase is Phase.OPEN or seat.card is None
            yield Outbound(
                Key(seat.door, seat.chat, seat.person),
                NO_TURN,
                Reply(body.text, body.rows, fresh=fresh),
                None if fresh else seat.card,
                broadcast=True,
                room=RoomCard(room.id, turn, seat.card),
            )

    def _desks(self, hall: Hall, *, later: bool) -> Iterator[Outbound]:
        """Of the facilitators who have not seen the last change; `later`: a minute is over too."""
        room, version = hall.room, self._versions.get(hall.room.id, 0)
        for key, desk in hall.desks.items():
            current = self._seen.get((room.id, key)) == version
            if desk.card is None or (current and not (later and desk.page == LIVE_PAGE)):
                continue
            self._seen[room.id, key] = version
            body = self.renderer.desk(replace(room, desk=desk), time.time(), {})
            yield Outbound(
                key,
                NO_TURN,
                Reply(body.text, body.rows),
                desk.card,
                broadcast=True,
                room=RoomCard(room.id, None, desk.card),
            )
