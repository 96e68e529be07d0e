"""The other flows through the real door, in the house as it is wired."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.cli import house
from bot.config import Settings
from bot.telegram import app
from bot.telegram.app import Access, Door, serve
from tests.double import Person, TelegramDouble
from tests.play import ROOT

from .circle import guest, invitation
from .people import newcomer


@asynccontextmanager
async def offering(
    flow: str, telegram: TelegramDouble, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """The bot with that flow alone."""
    monkeypatch.setattr(app, "FIRST_PAUSE", 0.05)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    path = folder / "filrouge.sqlite3"
    settings = Settings(db=path, flows=ROOT / "flows" / f"{flow}.yaml")
    access = Access(telegram.token, telegram.url, path, settle=0.05, rate_limit=False)
    async with house.opened(settings, house.library(settings)) as (conversations, store, _):
        stop = asyncio.Event()
        running = asyncio.create_task(serve(Door(access, conversations, store), stop))
        try:
            yield
        finally:
            stop.set()
            await running


async def begun(telegram: TelegramDouble, *lines: str) -> Person:
    """Someone in the essential rhythm, who has said what the project is."""
    person = await newcomer(telegram)
    await person.click("J’accepte et je commence")
    await person.click("L’essentiel")
    for line in lines:
        await person.send(line)
        await person.served()
    return person


async def test_a_figure_comes_after_the_answer_with_its_limits(
    telegram: TelegramDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with offering("ciat", telegram, tmp_path, monkeypatch):
        anna = await begun(telegram, "Le réseau du Val-Clair", "Réseau ou appui", "Val-Clair")
        asked = await anna.sees("« Coopérer réveille le territoire. »")
        assert "2,68" not in asked.text
        await anna.click("3 · Tout à fait d’accord")
        told = await anna.sees("moyenne de l’enquête : 2,68")
        assert "28 structures" in told.text
        assert "sans valeur statistique" in told.text
        assert not telegram.refused


async def test_two_territories_rate_themselves_apart_then_the_sheet_compares_them(
    telegram: TelegramDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with offering("etat-des-lieux", telegram, tmp_path, monkeypatch):
        anna = await begun(telegram, "L’action sociale en regard", "Savoie", "Thiès")
        binta = await guest(telegram, await invitation(anna, "Thiès · pour répondre"))
        await anna.send("/reprendre")  # below the picture of the link
        await anna.served()
        for person, rating in ((anna, "Point fort"), (binta, "Point faible")):
            await person.press("q:EL_P1:0", on=person.last.id)
            await person.sees("Qui est politiquement responsable")
            await person.click(rating)
            await person.served()
        await anna.press("f:work:message", on=anna.last.id)
        sheet = await anna.sees("Les cotes, territoire par territoire")
        told = sheet.text.replace("\xa0", " ").splitlines()
        assert "   À Savoie : Point fort" in told
        assert "   À Thiès : Point faible" in told
        assert not telegram.refused
