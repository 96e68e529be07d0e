"""No room left on the disk: nothing is told that is not kept, and all is taken in once there is room."""

import asyncio
import resource
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.bots import BotProcess
from tests.double import TelegramDouble

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sets the quota of another process")


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble(token="42:TEST") as double:
        yield double


def quota(bot: BotProcess, size: int) -> None:
    """No file of that process grows beyond."""
    assert bot.process
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.timeout(240)
async def test_a_full_disk_is_said_and_outlived(telegram: TelegramDouble, tmp_path: Path) -> None:
    bot = BotProcess(telegram, tmp_path / "d.sqlite3")
    await bot.start()
    anna = telegram.person(5)
    await anna.send("/start")
    await anna.sees("Rien n’est gardé", timeout=40)
    await anna.click("J’accepte", timeout=40)
    await anna.click("L’essentiel", timeout=40)
    await anna.sees("Quel nom donnez-vous", timeout=40)
    await anna.quiet(0.3)
    seen = len(anna.messages)
    quota(bot, 4096)
    await anna.send("Eau de Kayes")
    await anna.send("et de Thiès")
    await asyncio.sleep(3)  # not a silence: both wait to be taken in, and come again and again
    assert len(anna.messages) == seen + 2, "nothing is told"
    quota(bot, resource.RLIM_INFINITY)
    await anna.sees("Eau de Kayes", timeout=60)
    await anna.sees("et de Thiès", timeout=60)
    code, logged = await bot.stop()
    assert code == 0, logged
    assert "rien n’a pu être gardé" in logged
    assert "Traceback" not in logged
    with closing(sqlite3.connect(bot.db)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert not db.execute("SELECT count(*) FROM failed_update").fetchone()[0]
