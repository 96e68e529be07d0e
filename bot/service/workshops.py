"""Rooms: whatever comes in for one is decided and committed here; `Showing` tells the others."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from bot.domain.conversation import Conversation, Say
from bot.domain.workshop import Chance, at_desk, transition
from bot.domain.workshop import events as w
from bot.domain.workshop.effects import RoomEffect
from bot.domain.workshop.report import Report, report
from bot.domain.workshop.state import Room
from bot.errors import FilrougeError
from bot.render.reply import Reply
from bot.render.rooms import RoomRenderer
from bot.service import entrances
from bot.service.guesses import OF_ROOM, Arrivals, Guesses
from bot.service.outbound import Outbound, RoomCard
from bot.service.ports import Entrance, Gone, Hall, Inbound, RoomActed, RoomTurn, Run, Store, Told
from bot.service.showing import NO_TURN, Showing

LETTERS = "BCDFGHJKMNPQRSTVWXZ"  # no vowel, no letter that passes for another
CODE_LENGTH = 6
TOKEN_BYTES = 24
MOVES = (w.SeatTaken, w.SeatLeft, w.HelperJoined, w.RoomOpened, w.WorkshopFinished)
GUESSED = ("code", "helper")


class Papers(Protocol):
    """Documents of a workshop. Both block: call them in a thread."""

    def qr(self, text: str) -> bytes:
        """A picture (PNG)."""
        ...

    def report(self, made: Report, form: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Visit:
    """A turn by a page; without one, why ("" when nothing is there)."""

    turn: RoomTurn | None
    refusal: str = ""


class Workshops:
    """One per process. Every turn ends with a commit; nothing is shown before."""

    def __init__(
        self, store: Store, renderer: RoomRenderer, papers: Papers, run: Run = asyncio.to_thread
    ) -> None:
        self.store = store
        self.renderer = renderer
        self.papers = papers
        self.run = run
        self.showing = Showing(store, renderer)
        self.guesses = Guesses()
        self.arrivals = Arrivals()
        self._here: Mapping[tuple[str, int], bool] | None = None  # who is inside; True: at a desk

    async def handle(self, inbound: Inbound) -> Outbound | None:
        """None when it is not for a room. Raises StoreError when nothing was kept."""
        led = entrances.named(inbound) or await self._inside(inbound)
        if led is None:
            return None
        entrance, event = led
        guessed = entrance.by in GUESSED
        if guessed and not self.guesses.allowed(inbound.key, event.at):
            refusal = Reply(self.renderer.page("room_guesses"), fresh=True)
            return _outbound(inbound, None, refusal)
        turn = await self.act(entrance, event)
        if turn is None:
            if guessed:
                self.guesses.wrong(inbound.key, event.at)
            elif entrance.by != "workshop":  # not inside any more, or nothing to begin here
                self._here = None
                return None
        elif turn.repeated:
            return _outbound(inbound, turn, Reply())
        elif isinstance(event, w.WordsCorrected) and not turn.effects:
            if (await self.store.conversation(inbound.key)).consented:
                return None  # a message of one of their dossiers
            turn = replace(turn, effects=(Say("room_edit_unknown"),))
        room, effects = (turn.room, turn.effects) if turn else (None, ())
        desk = room is not None and at_desk(room, event)
        fresh = inbound.tapped is None
        reply = self.renderer.reply(room, effects, event.at, desk=desk, fresh=fresh)
        return _outbound(inbound, turn, reply, desk=desk)

    async def visit(self, entrance: Entrance, event: w.RoomEvent, who: str) -> Visit:
        """The same by a page. `who`: the address it comes from."""
        guessed = entrance.by in GUESSED
        if guessed and not self.guesses.allowed(who, event.at, OF_ROOM):
            return Visit(None, self.renderer.page("room_guesses"))
        if entrance.token and not self.arrivals.take(entrance.code, who, event.at):
            return Visit(None, self.renderer.page("room_crowded"))
        turn = await self.act(entrance, event)
        if turn is None and guessed:
            self.guesses.wrong(who, event.at)
        return Visit(turn)

    async def act(self, entrance: Entrance, event: w.RoomEvent) -> RoomTurn | None:
        """Decide and commit."""
        code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        chance = Chance(code, new_token())
        before = 0

        def decide(room: Room) -> tuple[Room, tuple[RoomEffect, ...]]:
            nonlocal before
            before = room.workshop.turn
            words, flow = self.renderer.words(room), self.renderer.flow(room)

            def disagreement(first: str, second: str) -> str:
                return words.plain("room_disagreement", first=first, second=second)

            return transition(flow, room, event, chance, disagreement)

        turn = await self.store.room(entrance, decide)
        if turn and turn.room:
            if isinstance(event, MOVES):
                self._here = None
            desk = entrance.key if at_desk(turn.room, event) else None
            self.showing.happened(turn, desk, phones=before != turn.room.workshop.turn)
        return turn

    def elsewhere(self, told: Told) -> None:
        """Another process took a turn of a room, or is there no more."""
        if isinstance(told, RoomActed):
            self._here = None
            self.showing.heard(told)
        elif isinstance(told, Gone):
            self.showing.again()

    async def _inside(self, inbound: Inbound) -> entrances.Led | None:
        if isinstance(inbound.event, w.RoomEvent) or not entrances.inside(inbound, desk=False):
            return None
        if self._here is None:
            self._here = await self.store.in_rooms()
        desk = self._here.get((inbound.key.door, inbound.key.person))
        return None if desk is None else entrances.inside(inbound, desk=desk)

    # --- documents ---------------------------------------------------------------------------

    async def picture(self, workshop: int) -> bytes:
        """The QR code that opens the room."""
        hall = await self._hall(workshop)
        address = self.renderer.addresses.join(hall.room.workshop.code)
        if not address:
            raise FilrougeError("la salle n’a pas d’adresse")
        return await asyncio.to_thread(self.papers.qr, address)

    async def report(self, workshop: int, form: str) -> bytes:
        """What the room did, as a document. Raises FilrougeError when it cannot be made."""
        hall = await self._hall(workshop, everything=True)
        made = report(self.renderer.flow(hall.room), hall.room)
        document: bytes = await self.run(self.papers.report, made, form)
        return document

    async def dossier(self, workshop: int) -> Conversation:
        """The dossier that the room worked on."""
        return (await self._hall(workshop)).room.conversation

    async def language(self, workshop: int) -> str:
        return (await self._hall(workshop)).room.workshop.language

    async def _hall(self, workshop: int, *, everything: bool = False) -> Hall:
        hall = await self.store.hall(workshop, everything=everything)
        if hall is None:
            raise FilrougeError("cet atelier n’existe plus")
        return hall


def new_token() -> str:
    """A secret that nobody guesses, fit for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def _outbound(
    inbound: Inbound, turn: RoomTurn | None, reply: Reply, *, desk: bool = False
) -> Outbound:
    room = turn.room if turn else None
    card: RoomCard | None = None
    if room and desk and room.desk:
        card = RoomCard(room.id, None, room.desk.card)
    elif room and room.seat:
        card = RoomCard(room.id, room.workshop.turn, room.seat.card)
    return Outbound(
        inbound.key,
        replace(NO_TURN, repeated=bool(turn and turn.repeated)),
        reply,
        inbound.tapped,
        inbound.tap,
        room=card,
    )
