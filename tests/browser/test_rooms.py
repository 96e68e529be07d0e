"""Workshops in a real browser: the wall from the back of a room, a phone's page at 320 points."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.workshop import events as w
from bot.domain.workshop.desk import askable
from tests.browser.chromium import Page, browser, program
from tests.browser.test_page import AXE, EVERYTHING, beyond, faults, seen
from tests.play import flow
from tests.web.test_rooms import House, housed, turn_of

PROJECTORS = ((1920, 1080), (1280, 720))
SMALLEST = 20  # pixels of the smallest text on a wall 1080 high: it is read from the back

pytestmark = [
    pytest.mark.skipif(not program(), reason="Chromium n’est pas installé (make test-browser)"),
    pytest.mark.timeout(180),
]


@pytest_asyncio.fixture
async def page() -> AsyncIterator[Page]:
    async with browser(program()) as opened:
        yield opened


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with housed(tmp_path / "fil.db", "groups") as one:
        yield one


async def votes(house: House, phone: str, *choices: int, text: str = "") -> None:
    turn = turn_of((await house.get(phone))[1])
    await house.post(
        phone, [("tour", turn), *(("choix", str(one)) for one in choices), ("texte", text)]
    )


async def shows(page: Page, script: str) -> None:
    async with asyncio.timeout(40):
        while not await page.run(
            f"(() => {{ try {{ return !!({script}) }} catch {{ return false }} }})()"
        ):
            await asyncio.sleep(0.05)


async def fits(page: Page, house: House, name: str) -> None:
    """Nothing cut, nothing to scroll, nothing too small, on either projector."""
    for width, height in PROJECTORS:
        await page.visit(f"{house.url}/mur/{house.wall}", width=width, height=height)
        await seen(page, f"mur-{name}-{width}.png")
        assert await beyond(page) == []
        assert await page.run("document.documentElement.scrollHeight") <= height
        assert await page.run(
            "[...document.querySelectorAll('.what')].every(one => one.scrollHeight <= one.clientHeight + 1)"
        )
        smallest = await page.run(
            "Math.min(...[...document.querySelectorAll('main *')].filter(one => [...one.childNodes]"
            ".some(node => node.nodeType === 3 && node.textContent.trim()))"
            ".map(one => parseFloat(getComputedStyle(one).fontSize)))"
        )
        assert smallest * 1080 / height >= SMALLEST


async def test_the_wall_is_readable_at_every_moment(house: House, page: Page) -> None:
    await fits(page, house, "attente")
    groups = ("elus", "agents", "associations", "habitants")
    phones = [await house.sits(groupe=groups[one % 4]) for one in range(20)]
    await house.open_question()
    await fits(page, house, "question")
    for place, phone in enumerate(phones):
        text = f"Les jeunes parlent si l’on va les voir, pas à la mairie ({place})" * 3
        await votes(house, phone, place % 5, (place * 3) % 5, text=text if place % 3 else "")
    await house.desk(w.TallyShown(1, True, house.clock))
    await house.desk(w.AllApproved(1, 10_000, house.clock))
    await fits(page, house, "decompte")
    turn = (await house.store.hall(1)).room.workshop.turn
    await house.desk(w.QuestionClosed(1, turn, house.clock))
    await house.desk(w.WordsAwaited(1, "side", house.clock))
    await house.desk(w.WordsGiven("Il faut un comité élu, avec un vrai budget.", at=house.clock))
    await house.desk(w.WordsGiven("Un groupe ouvert suffit à tout le monde.", at=house.clock))
    await fits(page, house, "desaccord")
    await house.desk(w.WordsAwaited(1, "action", house.clock))
    await house.desk(w.WordsGiven("Écouter les jeunes\nle service jeunesse\nmars", at=house.clock))
    await house.desk(w.WorkshopFinished(1, house.clock))
    await fits(page, house, "fin")


async def test_the_longest_question_and_the_one_with_most_answers_fit(
    tmp_path: Path, page: Page
) -> None:
    def weight(question: str) -> tuple[int, int]:
        found = flow().questions[question]
        return len(found.options), len(found.ask)

    heaviest = max(askable(flow()), key=weight)
    longest = max(askable(flow()), key=lambda one: weight(one)[::-1])
    async with housed(tmp_path / "fil.db", "groups", own=(heaviest, longest)) as house:
        phones = [await house.sits(groupe="elus" if one % 2 else "agents") for one in range(12)]
        for place in range(len((await house.store.hall(1)).room.workshop.questions)):
            await house.open_question(place)
            await fits(page, house, f"longue-{place}")
            for number, phone in enumerate(phones):
                await votes(
                    house, phone, number % 3, text="Une idée assez longue, dite sans hâte. " * 8
                )
            await house.desk(w.TallyShown(1, True, house.clock))
            await house.desk(w.AllApproved(1, 10_000, house.clock))
            await fits(page, house, f"longue-{place}-decompte")


async def test_the_wall_follows_the_room_by_itself_and_goes_black(house: House, page: Page) -> None:
    await page.visit(f"{house.url}/mur/{house.wall}", width=1280, height=720)
    phone = await house.sits(groupe="elus")
    await shows(page, "document.body.innerText.includes('1 téléphone')")
    await house.open_question()
    await shows(page, "document.querySelector('h1').innerText.includes('associations')")
    await shows(page, "/^\\d+:\\d\\d$/.test(document.querySelector('.clock').innerText)")
    await votes(house, phone, 0)
    await shows(page, "document.querySelector('.count b').innerText === '1'")
    await house.desk(w.ScreenBlackened(1, True, house.clock))
    await shows(page, "document.body.classList.contains('black')")
    assert await page.run("document.body.innerText.trim()") == ""
    assert await page.run("getComputedStyle(document.body).backgroundColor") == "rgb(0, 0, 0)"
    await house.desk(w.ScreenBlackened(1, False, house.clock))
    await shows(page, "document.querySelector('h1') !== null")


async def test_a_phone_follows_the_room_and_keeps_what_is_half_written(
    house: House, page: Page
) -> None:
    phone = await house.sits(groupe="elus")
    await page.visit(house.url + phone, width=320, height=640)
    await house.open_question()
    await shows(page, "document.querySelectorAll('[type=checkbox]').length > 2")
    await page.run("document.querySelector('textarea').value = 'à moitié'")
    other = await house.sits(groupe="elus")
    await votes(house, other, 0)
    await asyncio.sleep(0.5)
    assert await page.run("document.querySelector('textarea').value") == "à moitié"
    await page.run("document.querySelector('.choice').click()")
    await page.run("document.querySelector('form button').click()")
    await shows(page, "document.body.innerText.includes('C’est noté')")
    assert len((await house.store.hall(1)).room.given) == 3


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core n’est pas installé (make test-browser)")
async def test_pages_of_a_phone_have_no_fault_at_320_points(house: House, page: Page) -> None:
    async def sound(path: str, name: str) -> None:
        await page.visit(house.url + path, width=320, height=640)
        await seen(page, f"page-{name}.png")
        assert await page.run("document.documentElement.scrollWidth") <= 320
        assert await beyond(page) == []
        assert await faults(page, EVERYTHING) == []

    await sound(f"/r/{house.code}", "entree")
    await sound("/r/BBBBBB", "inconnu")
    phone = await house.sits(groupe="elus")
    await sound(phone, "attente")
    await house.open_question()
    await votes(house, phone, 0, 1, text="Une idée " + "très" * 40)
    await sound(phone, "question")
    await sound(f"/mur/{house.wall}", "mur")
    turn = (await house.store.hall(1)).room.workshop.turn
    await house.desk(w.QuestionClosed(1, turn, house.clock))
    await sound(phone, "close")
    await house.desk(w.WorkshopFinished(1, house.clock))
    await sound(phone, "fin")
