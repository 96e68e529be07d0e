"""Workshops on the web: the wall of a projector, and a page for phones without Telegram.

Every address that shows something holds a secret; a page keeps nothing on the phone. Forms work
without scripts; with them, server-sent events say that something changed, and the page is fetched.
"""

import asyncio
import ipaddress
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.domain.conversation import Conversation, Say, Toast
from bot.domain.workshop import events as w
from bot.domain.workshop.state import Phase, Room
from bot.errors import FilrougeError
from bot.render.reply import Wanted
from bot.render.walls import WallRenderer, own
from bot.service.conversations import Conversations
from bot.service.guesses import OF_ROOM
from bot.service.ports import Entrance, Key, RoomTurn
from bot.service.workshops import Workshops, new_token

MOST_BYTES = 64_000  # of a form
MOST_FIELDS = 60
BEAT = 15.0  # seconds between two signs of life: a proxy keeps the line open
HOME_PREFIX = 64  # bits of an IPv6 address that tell one visitor from another
MOST_TABS, MOST_WALLS = 6, 30  # that listen at once, by one secret address
BREATH = 0.3  # seconds between two changes told to one page
NO_MORE = "event: fin\ndata: \n\n"  # this page need not listen again
WEB = "web"
PAPERS = {"compte-rendu.pdf": ("report", "pdf"), "compte-rendu.md": ("notes", "md"),
          "fiche.pdf": ("sheet", "pdf")}  # fmt: skip
LIVE = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
FIXED = {"Cache-Control": "max-age=3600"}
NOTES = frozenset({  # what a page may be asked to say once more
    "toast_room_noted", "toast_room_closed", "toast_room_moved", "toast_room_taken_back",
    "toast_room_in", "room_too_late", "room_no_question", "room_over", "room_erased", "room_full",
})  # fmt: skip


class Pages:
    """`svg` draws an address as a QR code; `files` are the style and the script, by name."""

    def __init__(
        self,
        conversations: Conversations,
        workshops: Workshops,
        svg: Callable[[str], str],
        files: Callable[[str], str],
    ) -> None:
        self.conversations = conversations
        self.workshops = workshops
        self.store = workshops.store
        self.walls = WallRenderer(workshops.renderer)
        self.svg = svg
        self.files = files
        self._lines: Counter[tuple[int, int]] = Counter()  # pages that listen, by seat

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/mur/{token}", self.wall),
            Route("/mur/{token}/direct", self.wall_live),
            Route("/r/{code}", self.entry, methods=["GET"]),
            Route("/r/{code}", self.enter, methods=["POST"]),
            Route("/p/{token}", self.seat, methods=["GET"]),
            Route("/p/{token}", self.act, methods=["POST"]),
            Route("/p/{token}/direct", self.seat_live),
            Route("/p/{token}/{paper}", self.paper),
            Route("/atelier.css", self.style),
            Route("/atelier.js", self.script),
        ]

    async def style(self, _: Request) -> Response:
        return Response(self.files("web/atelier.css"), media_type="text/css", headers=FIXED)

    async def script(self, _: Request) -> Response:
        return Response(self.files("web/atelier.js"), media_type="text/javascript", headers=FIXED)

    # --- the wall ----------------------------------------------------------------------------

    async def wall(self, request: Request) -> Response:
        found = await self.store.room_at("wall", request.path_params["token"])
        version = self.workshops.showing.version(found[0]) if found else 0
        hall = await self.store.hall(found[0]) if found else None
        if hall is None:
            return HTMLResponse(self.walls.entry(None), 404)
        address = self.workshops.renderer.addresses.join(hall.room.workshop.way_in)
        qr = self.svg(address) if address else ""
        live = f"{request.url.path}/direct"
        return HTMLResponse(self.walls.wall(hall.room, time.time(), qr, live, version))

    async def wall_live(self, request: Request) -> Response:
        token = request.path_params["token"]
        found = await self.store.room_at("wall", token)
        if found is None:
            return Response(status_code=404)

        async def open_still() -> bool:
            return await self.store.room_at("wall", token) == found

        return self._live(found, open_still, MOST_WALLS)

    # --- a phone -----------------------------------------------------------------------------

    async def entry(self, request: Request) -> Response:
        code, who = request.path_params["code"].upper(), _who(request)
        if not self.workshops.guesses.allowed(who, time.time(), OF_ROOM):
            return HTMLResponse(self.walls.entry(None, self._guesses()), 429)
        found = await self.store.room_at("code", code)
        hall = await self.store.hall(found[0]) if found else None
        if hall is None:
            self.workshops.guesses.wrong(who, time.time())
            return HTMLResponse(self.walls.entry(None), 404)
        note = self.walls.note(hall.room, _note(request))
        return HTMLResponse(self.walls.entry(hall.room, note))

    async def enter(self, request: Request) -> Response:
        form = await _form(request)
        if form is None:
            return Response(status_code=413)
        code = request.path_params["code"].upper()
        token, at = new_token(), time.time()
        entrance = Entrance(Key(WEB, 0, 0), "code", code=code, token=token)
        people = _number(form.get("personnes", ["1"])[0]) or 1
        group = form.get("groupe", [""])[0]
        visit = await self.workshops.visit(
            entrance, w.SeatTaken(code, group, people, at), _who(request)
        )
        if visit.turn is None:
            status = 429 if visit.refusal else 404
            return HTMLResponse(self.walls.entry(None, visit.refusal), status)
        if visit.turn.room and visit.turn.room.seat:
            return _to(f"/p/{token}", visit.turn)
        return _to(f"/r/{code}", visit.turn)

    async def seat(self, request: Request) -> Response:
        found = await self.store.room_at("token", request.path_params["token"])
        version = self.workshops.showing.version(found[0]) if found else 0
        room = await self._room(request)
        if room is None:
            return HTMLResponse(self.walls.entry(None), 404)
        note = self.walls.note(room, _note(request))
        return HTMLResponse(self.walls.seat(room, request.url.path, version, note))

    async def act(self, request: Request) -> Response:
        """A form that was sent: what it says depends on the button pressed."""
        token, form = request.path_params["token"], await _form(request)
        if form is None:
            return Response(status_code=413)
        entrance = Entrance(Key(WEB, 0, 0), "token", code=token)
        visit = await self.workshops.visit(entrance, _event(form, time.time()), _who(request))
        if visit.turn is None or visit.turn.room is None or visit.turn.room.seat is None:
            said = "room_erased" if visit.turn else ""
            return HTMLResponse(
                self.walls.entry(None, self.walls.note(None, said)), 200 if said else 404
            )
        return _to(f"/p/{token}", visit.turn)

    async def seat_live(self, request: Request) -> Response:
        token = request.path_params["token"]
        found = await self.store.room_at("token", token)
        if found is None:
            return Response(status_code=404)

        async def open_still() -> bool:
            return await self.store.room_at("token", token) == found

        return self._live(found, open_still, MOST_TABS)

    async def paper(self, request: Request) -> Response:
        """At the end, the report and the sheet, for whoever sat there."""
        room = await self._room(request)
        wanted = PAPERS.get(request.path_params["paper"])
        if room is None or wanted is None or room.workshop.phase is not Phase.FINISHED:
            return HTMLResponse(self.walls.entry(None), 404)
        kind, form = wanted
        asked = Wanted(f"room_{kind}", form, str(room.id))
        try:
            made = await self.conversations.make(Key(WEB, 0, 0), Conversation(), asked, time.time())
        except FilrougeError:
            return Response(self.conversations.apology(), 503, media_type="text/plain")
        name = {"Content-Disposition": f'attachment; filename="{made.name}"'}
        return Response(made.content, media_type=made.media_type, headers=name)

    async def _room(self, request: Request) -> Room | None:
        found = await self.store.room_at("token", request.path_params["token"])
        hall = await self.store.hall(found[0]) if found else None
        return own(hall.room, found[1]) if hall and found else None

    def _guesses(self) -> str:
        return self.workshops.renderer.page("room_guesses")

    def _live(
        self, page: tuple[int, int], open_still: Callable[[], Awaitable[bool]], most: int
    ) -> Response:
        """`page`: its workshop and its seat, which one secret opens; at most so many lines of it."""

        async def told() -> AsyncIterator[str]:
            self._lines[page] += 1
            try:
                if self._lines[page] > most:
                    yield NO_MORE
                    return
                async for version in self._versions(page[0], open_still):
                    yield version
            finally:
                self._lines[page] -= 1

        return StreamingResponse(told(), media_type="text/event-stream", headers=LIVE)

    async def _versions(
        self, workshop: int, open_still: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[str]:
        last = None
        async for version in self.workshops.showing.changes(workshop, BEAT):
            if not await open_still():
                yield NO_MORE
                return
            if version == last:
                yield ": \n\n"
                continue
            last = version
            yield f"data: {version}\n\n"
            await asyncio.sleep(BREATH)


def _event(form: dict[str, list[str]], at: float) -> w.RoomEvent:
    match form.get("geste", [""])[0]:
        case "tout-reprendre":
            return w.SeatErased(at)
        case "reprendre":
            return w.WordsTakenBack(0, _number(form.get("idee", ["0"])[0]), at)
    options = tuple(_number(one) for one in form.get("choix", ()))
    text = "\n".join(form.get("texte", [""])[0].splitlines())
    return w.BallotGiven(_number(form.get("tour", ["0"])[0]), options, text, at)


def _to(address: str, turn: RoomTurn) -> Response:
    """See other, so that going back or reloading sends nothing again."""
    said = [one.key for one in turn.effects if isinstance(one, Say)]
    said += [f"toast_{one.key}" for one in turn.effects if isinstance(one, Toast)]
    known = next((one for one in said if one in NOTES), "")
    query = f"?{urlencode({'dit': known})}" if known else ""
    return RedirectResponse(f"{address}{query}", 303)


def _note(request: Request) -> str:
    asked = request.query_params.get("dit", "")
    return asked if asked in NOTES else ""


def _who(request: Request) -> str:
    return visitor(request.client.host) if request.client else ""


def visitor(host: str) -> str:
    """Its address; in IPv6 the network, of which one visitor has every address."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address, HOME_PREFIX), strict=False))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


async def _form(request: Request) -> dict[str, list[str]] | None:
    """Its fields; None when it is too large to be one of ours."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            return None
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
