"""The whole bot, in a process of its own: a photo is put in the sheet, the sheet has it, nobody is left."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.bots import BotProcess
from tests.double import TelegramDouble
from tests.telegram.conftest import until
from tests.telegram.people import writer

PROC = Path("/proc")


@pytest.mark.skipif(not PROC.is_dir(), reason="children are found under /proc")
async def test_a_photo_put_in_the_sheet_is_in_its_pdf(
    telegram: TelegramDouble, tmp_path: Path
) -> None:
    bot = BotProcess(telegram, tmp_path / "d.sqlite3")
    await bot.start()
    try:
        await until(lambda: telegram.calls_of("getUpdates"), within=40)
        anna = await writer(telegram)
        await anna.send_photo(photo(), caption="Le jardin en mai")
        await anna.sees("La photo est gardée")
        await anna.click("Photo dans la fiche")
        await anna.sees("hors de la fiche")
        await anna.click("Mettre dans la fiche")
        await anna.sees("comme elle paraîtra", timeout=20)
        shown = Image.open(io.BytesIO(anna.last.content))
        assert shown.size == (1280, 960)
        await anna.send("/exporter")
        await anna.sees("Vos documents")
        await anna.click("Feuille de travail (PDF)")
        await anna.sees("en-tête")
        await anna.click("Envoyer sans compléter")
        await until(lambda: anna.last.document, within=20)
        pages = PdfReader(io.BytesIO(anna.last.content)).pages
        assert [one for page in pages for one in page.images]
        assert not telegram.refused
        workers = children(bot)
        assert workers
        await bot.kill()
        await until(lambda: not any((PROC / str(one)).is_dir() for one in workers), within=10)
    finally:
        await bot.kill()


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (2000, 1500), "seagreen").save(made, "JPEG")
    return made.getvalue()


def children(bot: BotProcess) -> list[int]:
    assert bot.process
    found = []
    for one in PROC.iterdir():
        if one.name.isdigit() and os.path.exists(one / "stat"):  # noqa: PTH110
            parent = (one / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == bot.process.pid:
                found.append(int(one.name))
    return found
