"""What a workshop shows: a phone's card, the facilitator's pages. The wall reads the same views.

Texts are templates of `chat/room_*.j2`; no name of anyone is ever at hand here.
"""

from collections.abc import Callable, Mapping, Sequence

from bot.domain.conversation import Say, Toast
from bot.domain.flow import Flow
from bot.domain.flows import Flows
from bot.domain.workshop.effects import KeepLink, OfferDossier, RoomSpoken, SendPapers
from bot.domain.workshop.state import Phase, Room
from bot.render.reply import Body, Reply, Wanted
from bot.render.rooms import adopting, live, phones, points, preparing
from bot.render.rooms.addresses import Addresses
from bot.render.rooms.view import NO_LINKS, RoomView, language
from bot.render.words import Vocabulary, Words

__all__ = ["Addresses", "RoomRenderer", "RoomView"]

PAGES: Mapping[str, Callable[[RoomView, str], Body]] = {  # of a facilitator
    "live": live.live,
    "setup": preparing.setup,
    "own": preparing.own,
    "wall": preparing.links,
    "given": live.given,
    "adopt": adopting.adopt,
    "points": points.points,
    "point": points.point,
    "finish": points.finish,
}
FORMATS = {"report": "pdf", "notes": "md", "sheet": "pdf", "qr": "png"}


class RoomRenderer:
    """In the room's language. Holds nothing of a room: one serves them all."""

    def __init__(self, flows: Flows, vocabulary: Vocabulary, addresses: Addresses) -> None:
        self.flows = flows
        self.vocabulary = vocabulary
        self.addresses = addresses

    def view(self, room: Room, at: float = 0.0, links: Mapping[str, str] = NO_LINKS) -> RoomView:
        return RoomView(room, self.flows, self.vocabulary, self.addresses, at, links)

    def words(self, room: Room | None) -> Words:
        return self.vocabulary.words(language(room))

    def flow(self, room: Room) -> Flow:
        return self.flows.flow(room.conversation.flow, language(room))

    def page(self, name: str, **context: object) -> str:
        """What is said to somebody who is in no room."""
        return self.words(None).page(name, **context)

    def reply(
        self,
        room: Room | None,
        effects: Sequence[RoomSpoken],
        at: float,
        *,
        desk: bool,
        fresh: bool,
    ) -> Reply:
        """What a turn says to the one who acted."""
        says = [one for one in effects if isinstance(one, Say)]
        toasts = [one for one in effects if isinstance(one, Toast)]
        links: dict[str, str] = {
            one.kind: one.token for one in effects if isinstance(one, KeepLink)
        }
        wanted = [
            Wanted(f"room_{one.document}", FORMATS.get(one.document, "pdf"), str(room.id))
            for one in effects
            if room and isinstance(one, SendPapers)
        ]
        body = self.body(room, at, desk=desk, links=links)
        if toasts and toasts[-1].key == "room_not_yours":
            body = Body("")
        words = self.words(room)
        notices = [words.says(one.key, **one.args) for one in says]
        notices += [
            words.page("room_member", link=self.addresses.dossier(one.token))
            for one in effects
            if isinstance(one, OfferDossier)
        ]
        return Reply(
            text="\n\n".join(one for one in (*notices, body.text) if one),
            rows=body.rows,
            toast=words.word(f"toast_{toasts[-1].key}") if toasts else "",
            fresh=fresh,
            wanted=tuple(wanted),
        )

    def body(
        self, room: Room | None, at: float, *, desk: bool, links: Mapping[str, str] = NO_LINKS
    ) -> Body:
        if room is None:
            return Body(self.page("room_unknown"))
        if desk and room.desk:
            return self.desk(room, at, links)
        if room.seat and not room.seat.away:
            return self.seat(room)
        return phones.entry(self.view(room))

    def seat(self, room: Room) -> Body:
        return phones.seat(self.view(room))

    def desk(self, room: Room, at: float, links: Mapping[str, str] = NO_LINKS) -> Body:
        """The page that its facilitator has before her eyes; with it, links just drawn."""
        page = room.desk.page if room.desk else "live"
        if room.workshop.phase is Phase.PREPARED:
            page = page if page.startswith("own") else "setup"
        name, _, argument = page.partition(":")
        view = self.view(room, at, links)
        made = PAGES.get(name, live.live)(view, argument)
        if links and name != "wall":
            return Body(f"{preparing.addresses(view)}\n\n{made.text}", made.rows)
        return made
