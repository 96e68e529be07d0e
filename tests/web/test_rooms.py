"""Workshops on the web: the page of a phone without Telegram, the wall, and who may see what."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.content import flow_hash, load_templates
from bot.domain.workshop import events as w
from bot.domain.workshop.effects import KeepLink
from bot.export import qr
from bot.export.room import Papers
from bot.render.rooms import Addresses, RoomRenderer
from bot.service.conversations import Conversations
from bot.service.guesses import MOST_SEATS
from bot.service.ports import Entrance, Inbound, Key, RoomTurn
from bot.service.workshops import Workshops
from bot.store import FlowSnapshot, SqliteStore
from bot.web.app import application, served
from bot.web.rooms import MOST_TABS, Pages, visitor
from tests.play import ROOT, flows, renderer
from tests.telegram.conftest import PlainMaker

OWNER = Key("telegram", 5, 5)
TEMPLATES = load_templates(ROOT / "templates")
FLOW = FlowSnapshot(
    "six-etapes", flow_hash(ROOT / "flows" / "six-etapes.yaml"), "flow: six-etapes\n", ""
)


@dataclass
class House:
    """A facilitator's room, and its pages on the web. `code` and `wall` are its secrets."""

    store: SqliteStore
    workshops: Workshops
    url: str
    session: aiohttp.ClientSession
    code: str = ""
    wall: str = ""
    clock: float = 1_800_000_000.0

    async def desk(self, event: w.RoomEvent) -> RoomTurn:
        turn = await self.workshops.act(Entrance(OWNER, "workshop", 1), event)
        assert turn
        return turn

    async def open_question(self, place: int = 0) -> None:
        await self.desk(w.QuestionOpenedToRoom(1, place, at=self.clock))

    async def get(self, path: str) -> tuple[int, str]:
        async with self.session.get(self.url + path) as got:
            return got.status, await got.text()

    async def post(self, path: str, data: Any = None) -> tuple[int, str, str]:
        """Status, page after the redirection, and where that is."""
        async with self.session.post(self.url + path, data=data or {}) as got:
            return got.status, await got.text(), got.url.path

    async def sits(self, **form: str) -> str:
        """The page of a new phone."""
        status, _, path = await self.post(f"/r/{self.code}", form)
        assert status == 200
        assert path.startswith("/p/")
        return path


@asynccontextmanager
async def housed(db: Path, *settings: str, own: tuple[str, ...] = ()) -> AsyncIterator[House]:
    async with SqliteStore.open(db, FLOW) as store:
        rooms = RoomRenderer(flows(), renderer().vocabulary, Addresses("un_bot", "http://salle"))
        workshops = Workshops(store, rooms, Papers(TEMPLATES))
        conversations = Conversations(flows(), store, renderer(), PlainMaker(), workshops=workshops)
        pages = Pages(conversations, workshops, qr.svg, TEMPLATES.__getitem__)
        async with (
            served(application(pages.routes()), "127.0.0.1", 0) as port,
            aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar()) as session,
        ):
            house = House(store, workshops, f"http://127.0.0.1:{port}", session)
            await prepare(house, conversations, settings, own)
            showing = asyncio.create_task(workshops.showing.run(lambda _: None))
            yield house
            showing.cancel()
            workshops.showing.close()


async def prepare(
    house: House, conversations: Conversations, settings: tuple[str, ...], own: tuple[str, ...]
) -> None:
    from bot.domain.conversation import ConsentGiven

    await conversations.handle(Inbound(OWNER, ConsentGiven(1.0)))
    await house.workshops.act(Entrance(OWNER, "begin"), w.WorkshopAsked(1.0))
    if not own:
        await house.desk(w.SetChosen(1, "en_cours", 1.0))
    for one in own:
        await house.desk(w.QuestionPicked(1, one, True, 1.0))
    for one in settings:
        await house.desk(w.SettingChosen(1, one, 1.0))
    turn = await house.desk(w.RoomOpened(1, house.clock))
    assert turn.room
    house.code = turn.room.workshop.code
    house.wall = next(one.token for one in turn.effects if isinstance(one, KeepLink))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with housed(tmp_path / "fil.db") as one:
        yield one


def turn_of(page: str) -> str:
    return re.search(r'data-turn="(\d+)"', page)[1]  # type: ignore[index]


async def test_a_phone_without_telegram_comes_in_votes_and_writes(house: House) -> None:
    status, page = await house.get(f"/r/{house.code}")
    assert status == 200
    assert "Sans votre nom" in page
    assert "des collègues peuvent reconnaître une voix" in page
    assert f"https://t.me/un_bot?start=a_{house.code}" in page
    path = await house.sits()
    assert "Vous êtes dans la salle" in (await house.get(path))[1]
    await house.open_question()
    _, page = await house.get(path)
    assert 'type="checkbox"' in page
    form = [
        ("tour", turn_of(page)),
        ("choix", "0"),
        ("choix", "1"),
        ("texte", "Un comité <b>élu</b>"),
    ]
    status, page, where = await house.post(path, form)
    assert (status, where) == (200, path)
    assert "C’est noté" in page
    assert "Un comité &lt;b&gt;élu&lt;/b&gt;" in page
    given = (await house.store.hall(1)).room.given
    assert sorted(one.kind for one in given) == ["text", "vote"]
    assert len(next(one.options for one in given if one.kind == "vote")) == 2


async def test_a_form_sent_twice_counts_once(house: House) -> None:
    path = await house.sits()
    await house.open_question()
    turn = turn_of((await house.get(path))[1])
    for _ in range(2):
        await house.post(path, [("tour", turn), ("choix", "2"), ("texte", "une idée")])
    given = (await house.store.hall(1, everything=True)).room.given
    assert sorted(one.kind for one in given) == ["text", "vote"]


async def test_a_form_of_a_closed_question_keeps_nothing(house: House) -> None:
    path = await house.sits()
    await house.open_question()
    turn = turn_of((await house.get(path))[1])
    await house.desk(w.QuestionClosed(1, int(turn), house.clock))
    _, page, _ = await house.post(path, [("tour", turn), ("choix", "2"), ("texte", "trop tard")])
    assert "Cette question est close" in page
    await house.open_question(1)
    _, page, _ = await house.post(path, [("tour", turn), ("choix", "2")])
    assert "L’atelier a avancé" in page
    assert not (await house.store.hall(1, everything=True)).room.given


async def test_what_was_given_on_a_page_can_be_taken_back(house: House) -> None:
    path = await house.sits()
    await house.open_question()
    turn = turn_of((await house.get(path))[1])
    await house.post(path, [("tour", turn), ("texte", "une idée")])
    number = (await house.store.hall(1)).room.given[0].number
    await house.post(path, {"geste": "reprendre", "idee": str(number)})
    assert not (await house.store.hall(1)).room.given
    await house.post(path, [("tour", turn), ("choix", "1")])
    _, page, _ = await house.post(path, {"geste": "tout-reprendre"})
    assert "est supprimé" in page
    assert not (await house.store.hall(1)).room.seats
    assert (await house.get(path))[0] == 404


async def test_groups_and_tables_are_asked_at_the_door(tmp_path: Path) -> None:
    async with housed(tmp_path / "a.db", "groups") as house:
        await house.sits(groupe="agents")
        await house.sits(groupe="nobles")
        seats = (await house.store.hall(1)).room.seats
        assert [one.group for one in seats] == ["agents", ""]
    async with housed(tmp_path / "b.db", "table") as house:
        assert "Combien êtes-vous" in (await house.get(f"/r/{house.code}"))[1]
        await house.sits(personnes="6")
        await house.sits(personnes="9999")
        assert [one.people for one in (await house.store.hall(1)).room.seats] == [6, 30]


@pytest.mark.parametrize(
    "path",
    [
        "/r/BBBBBB",
        "/p/inconnu",
        "/p/inconnu/direct",
        "/p/inconnu/fiche.pdf",
        "/mur/inconnu",
        "/mur/1/direct",
    ],
)
async def test_what_has_no_secret_opens_nothing(house: House, path: str) -> None:
    status, page = await house.get(path)
    assert status == 404
    assert "data-live" not in page


async def test_codes_are_not_guessed_at_leisure(house: House) -> None:
    for _ in range(30):
        await house.get("/r/BBBBBB")
    assert (await house.get(f"/r/{house.code}"))[0] == 429
    status, page, _ = await house.post(f"/r/{house.code}")
    assert status == 429
    assert "attendez une minute" in page
    assert not (await house.store.hall(1)).room.seats


async def test_one_address_fills_no_room_and_forty_come_in_at_once(house: House) -> None:
    await asyncio.gather(*(house.sits() for _ in range(40)))
    tried = await asyncio.gather(*(house.post(f"/r/{house.code}") for _ in range(MOST_SEATS)))
    assert [status for status, _, _ in tried].count(200) == MOST_SEATS - 40
    assert all("par Telegram" in page for status, page, _ in tried if status != 200)
    assert len((await house.store.hall(1)).room.seats) == MOST_SEATS


async def test_a_door_that_is_shut_lets_nobody_new_in(house: House) -> None:
    path, former = await house.sits(), house.code
    await house.desk(w.DoorShut(1, True, at=house.clock))
    assert former not in (await house.get(f"/mur/{house.wall}"))[1]
    for _, page in (await house.get(f"/r/{former}"), (await house.post(f"/r/{former}"))[:2]):
        assert "La porte de la salle est fermée" in page
        assert "<form" not in page
    await house.open_question()
    turn = turn_of((await house.get(path))[1])
    assert (await house.post(path, {"tour": turn, "choix": "0"}))[0] == 200, "who sat still votes"
    opened = await house.desk(w.DoorShut(1, False, at=house.clock))
    house.code = opened.room.workshop.code
    assert (await house.get(f"/r/{former}"))[0] == 404
    await house.sits()
    assert len((await house.store.hall(1)).room.seats) == 2


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("salle", "salle"),
    ],
)
def test_a_visitor_is_an_address_or_the_network_of_it(address: str, who: str) -> None:
    assert visitor(address) == who


async def test_one_page_listens_on_a_few_lines_only(house: House) -> None:
    path = await house.sits()
    async with AsyncExitStack() as lines:
        for _ in range(MOST_TABS):
            line = await lines.enter_async_context(house.session.get(f"{house.url}{path}/direct"))
            assert (await line.content.readline()).startswith(b"data:")
        assert await house.get(f"{path}/direct") == (200, "event: fin\ndata: \n\n")
        assert (await house.get(path))[0] == 200


async def test_a_flood_in_a_form_is_refused(house: House) -> None:
    path = await house.sits()
    assert (await house.post(path, {"texte": "x" * 100_000}))[0] == 413
    assert (await house.post(path, [("choix", "1")] * 500))[0] == 413


async def test_the_wall_shows_only_what_was_let_through(house: House) -> None:
    wall = f"/mur/{house.wall}"
    _, page = await house.get(wall)
    assert house.code in page
    assert "<svg" in page
    path = await house.sits()
    await house.open_question()
    turn = turn_of((await house.get(path))[1])
    await house.post(path, [("tour", turn), ("choix", "0"), ("texte", "dit tout bas")])
    _, page = await house.get(wall)
    assert "dit tout bas" not in page
    assert 'class="bars"' not in page
    assert "<b>1</b>" in page
    number = next(one.number for one in (await house.store.hall(1)).room.given if one.text)
    await house.desk(w.GivenApproved(1, number, True, house.clock))
    await house.desk(w.TallyShown(1, True, house.clock))
    _, page = await house.get(wall)
    assert "dit tout bas" in page
    assert 'class="bars"' in page
    await house.desk(w.ScreenBlackened(1, True, house.clock))
    _, page = await house.get(wall)
    assert "dit tout bas" not in page
    assert house.code not in page


async def test_a_new_address_of_the_wall_ends_the_former(house: House) -> None:
    turn = await house.desk(w.LinkIssued(1, "wall", house.clock))
    fresh = next(one.token for one in turn.effects if isinstance(one, KeepLink))
    assert (await house.get(f"/mur/{house.wall}"))[0] == 404
    assert (await house.get(f"/mur/{fresh}"))[0] == 200


async def test_the_wall_hears_of_each_change_at_once(house: House) -> None:
    async with house.session.get(f"{house.url}/mur/{house.wall}/direct") as events:
        first = await asyncio.wait_for(events.content.readline(), 30)
        assert first.startswith(b"data: ")
        await events.content.readline()
        await house.open_question()
        second = await asyncio.wait_for(events.content.readline(), 30)
        assert second.startswith(b"data: ")
        assert second != first


async def test_a_wall_in_another_process_hears_of_what_the_bot_wrote(tmp_path: Path) -> None:
    async with housed(tmp_path / "fil.db") as house:
        async with SqliteStore.open(tmp_path / "fil.db", FLOW) as other:
            rooms = RoomRenderer(flows(), renderer().vocabulary, Addresses())
            bot = Workshops(other, rooms, Papers(TEMPLATES))
            async with house.session.get(f"{house.url}/mur/{house.wall}/direct") as events:
                await asyncio.wait_for(events.content.readline(), 30)
                await events.content.readline()
                await bot.act(
                    Entrance(OWNER, "workshop", 1), w.QuestionOpenedToRoom(1, 0, house.clock)
                )
                while not (line := await asyncio.wait_for(events.content.readline(), 30)).strip():
                    pass
                assert line.startswith(b"data: ")
        assert "Q8" in (await house.get(f"/mur/{house.wall}"))[1]


async def test_at_the_end_a_page_gives_the_papers(house: House) -> None:
    path = await house.sits()
    assert (await house.get(f"{path}/compte-rendu.pdf"))[0] == 404
    await house.desk(w.WorkshopFinished(1, house.clock))
    async with house.session.get(f"{house.url}{path}/compte-rendu.pdf") as got:
        assert (await got.read()).startswith(b"%PDF")
    assert "Compte rendu d’atelier" in (await house.get(f"{path}/compte-rendu.md"))[1]
    assert (await house.get(f"/r/{house.code}"))[0] == 404


async def test_pages_are_small_and_keep_nothing(house: House) -> None:
    path = await house.sits()
    await house.open_question()
    total = 0
    for one in (path, "/atelier.css", "/atelier.js"):
        async with house.session.get(house.url + one) as got:
            total += len(await got.read())
            assert "Set-Cookie" not in got.headers
            assert got.headers["Referrer-Policy"] == "no-referrer"
    assert total < 50_000
    script = TEMPLATES["web/atelier.js"]
    assert "localStorage" not in script
    assert "sessionStorage" not in script


async def test_filrouge_wall_serves_alone_on_the_database(tmp_path: Path) -> None:
    db = tmp_path / "fil.db"
    async with housed(db) as house:
        code = house.code
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {key: one for key, one in os.environ.items() if not key.startswith("FILROUGE_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "wall",
        env={**kept, "FILROUGE_DB": str(db), "FILROUGE_WALL": f"127.0.0.1:{port}",
             "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stderr
        said = await asyncio.wait_for(process.stderr.readline(), 30)
        assert f"http://127.0.0.1:{port}" in said.decode()
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.get(f"http://127.0.0.1:{port}/r/{code}") as got,
        ):
            assert got.status == 200
    finally:
        process.terminate()
        await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
