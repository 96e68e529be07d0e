"""A whole workshop, played: a real bot process, a facilitator, phones on Telegram and on the web.

It keeps what everybody gave, so that the database can be asked whether anything is missing.
"""

import asyncio
import random
import re
import socket
import sqlite3
import time
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.bots import BotProcess
from tests.double import Person, TelegramDouble

OWNER = 1
PATIENCE = 60.0


@dataclass
class Given:
    """What one phone gave to one question."""

    options: int
    text: str = ""


@dataclass
class Phone:
    """`person` on Telegram, or `page` on the web."""

    number: int
    person: Person | None = None
    page: str = ""
    given: list[Given] = field(default_factory=list)


class Meeting:
    """`by_webhook`: Telegram posts to the bot, where the pages of the room are too."""

    def __init__(
        self, telegram: TelegramDouble, db: Path, *, by_webhook: bool = False, **settings: str
    ) -> None:
        self.telegram = telegram
        self.port = _free()
        here = f"127.0.0.1:{self.port}"
        hook = {"FILROUGE_WEB": here, "FILROUGE_WEBHOOK_URL": "https://bot.exemple.org/telegram"}
        self.posting = (
            telegram.webhook_delivery(f"http://{here}/telegram") if by_webhook else nullcontext()
        )
        settings |= hook if by_webhook else {}
        arguments = ("--webhook",) if by_webhook else ()
        self.bot = BotProcess(telegram, db, *arguments, FILROUGE_WALL=here, **settings)
        self.owner = telegram.person(OWNER)
        self.phones: list[Phone] = []
        self.code = self.wall = ""
        self.chance = random.Random(7)
        self.session = aiohttp.ClientSession(trust_env=False)

    async def __aenter__(self) -> "Meeting":
        await self.bot.start()
        await self.posting.__aenter__()
        await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        await self.posting.__aexit__(None, None, None)
        await self.bot.stop()

    async def _open(self) -> None:
        owner = self.owner
        await owner.send("/start")
        await owner.click("J’accepte et je commence", timeout=PATIENCE)
        await owner.send("/atelier")
        await owner.click("En cours", timeout=PATIENCE)
        await owner.click("Ouvrir la salle", timeout=PATIENCE)
        shown = await owner.sees("La salle est ouverte", timeout=PATIENCE)
        self.code = re.search(r"Code ([A-Z]{6})", shown.text)[1]  # type: ignore[index]
        self.wall = re.search(r"/mur/[\w-]+", shown.text)[0]  # type: ignore[index]

    async def gather(self, people: int, web_every: int = 0) -> None:
        """Everybody comes in, one in `web_every` by the page."""
        numbers = range(100, 100 + people)
        self.phones = await asyncio.gather(
            *(self._come(one, bool(web_every) and one % web_every == 0) for one in numbers)
        )

    async def _come(self, number: int, web: bool) -> Phone:
        await asyncio.sleep(self.chance.random() * 2)
        if web:
            async with self.session.post(self._url(f"/r/{self.code}")) as got:
                return Phone(number, page=got.url.path)
        person = self.telegram.person(number)
        await person.follow(f"https://t.me/{self.telegram.bot['username']}?start=a_{self.code}")
        await person.click("Participer", timeout=PATIENCE)
        await person.sees("Vous êtes dans la salle", timeout=PATIENCE)
        return Phone(number, person)

    async def ask(self, name: str) -> None:
        """The facilitator opens a question; until every phone shows it."""
        await self.owner.click(f"Ouvrir {name}", timeout=PATIENCE)
        await asyncio.gather(
            *(one.person.sees(name, timeout=PATIENCE) for one in self.phones if one.person)
        )

    async def answer(
        self, within: float, *, words: bool = True, telegram: bool = True
    ) -> tuple[list[float], list[float]]:
        """Everybody answers within so many seconds: when each acted, how long until it was seen.

        `telegram` False: those on the web alone.
        """
        phones = self.phones if telegram else [one for one in self.phones if one.page]
        acts = [self._answer(one, self.chance.random() * within, words) for one in phones]
        told = await asyncio.gather(*acts)
        return [at for at, _ in told], [wait for _, wait in told]

    async def _answer(self, phone: Phone, pause: float, words: bool) -> tuple[float, float]:
        await asyncio.sleep(pause)
        text = f"mot {phone.number}-{len(phone.given)}" if words and phone.number % 2 else ""
        option = 0 if phone.number % 3 else 1  # most choose the first
        phone.given.append(Given(1, text))
        if phone.page:
            return await self._send_form(phone.page, option, text)
        person = phone.person
        assert person
        label = person.last.labels[option].removesuffix(" ✓")
        began = time.monotonic()
        await person.click(label, on=person.last.id)
        await person.sees(f"Noté : {label}", timeout=PATIENCE)
        spent = time.monotonic() - began
        if text:
            await person.send(text)
            await person.sees(f"• {text}", timeout=PATIENCE)
        return began, spent

    async def _send_form(self, page: str, option: int, text: str) -> tuple[float, float]:
        async with self.session.get(self._url(page)) as got:
            turn = re.search(r'data-turn="(\d+)"', await got.text())[1]  # type: ignore[index]
        began = time.monotonic()
        form = {"tour": turn, "choix": str(option), "texte": text}
        async with self.session.post(self._url(page), data=form) as got:
            assert got.status == 200
            await got.text()
        return began, time.monotonic() - began

    async def projected(self) -> str:
        """The page of the wall."""
        async with self.session.get(self._url(self.wall)) as got:
            return await got.text()

    async def counted(self) -> None:
        """Until the facilitator's card counts everybody."""
        everybody = len(self.phones)
        await self.owner.sees(f"Réponses : {everybody} sur {everybody}", timeout=PATIENCE)

    async def close(self) -> None:
        """The question is closed, what most chose is retained."""
        await self.owner.click("Clore", timeout=PATIENCE)
        await self.owner.sees("Close.", timeout=PATIENCE)
        await self.owner.click("Retenir une réponse", timeout=PATIENCE)
        await self.owner.sees("devient la réponse du dossier", timeout=PATIENCE)
        await self.owner.click("Retenir ▶", timeout=PATIENCE)
        await self.owner.sees("Retenu :", timeout=PATIENCE)

    async def finish(self) -> None:
        await self.owner.click("Terminer l’atelier", timeout=PATIENCE)
        await self.owner.click("Oui, terminer", timeout=PATIENCE)
        for one in self.phones:
            if one.person:
                await one.person.sees("L’atelier est terminé", timeout=PATIENCE)

    def lost(self) -> int:
        """What somebody gave and the database does not hold, whole and once."""
        expected = sum(1 + bool(one.text) for phone in self.phones for one in phone.given)
        with closing(sqlite3.connect(self.bot.db)) as db:
            (kept,) = db.execute(
                "SELECT count(*) FROM room_contribution WHERE former = 0"
            ).fetchone()
        return expected - int(kept)

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
