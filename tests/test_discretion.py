"""No answer, no name, no token, no key in a log: words planted everywhere, then looked for."""

import asyncio
import json
import logging
import sqlite3
import traceback
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.conversation import Answer, Fragment, RecordAnswer
from bot.errors import StoreError
from bot.store import SqliteStore, keys
from bot.store.codecs import Sealed
from tests.bots import BotProcess
from tests.double import TelegramDouble
from tests.double.faults import DropAfter, DropBefore, ServerError, TooManyRequests
from tests.store.conftest import FLOW, Person
from tests.store.test_sqlite import PHOTO

TOKEN = "42:cormoranhuppe-jeton"
KEY = keys.fresh()
NAME = "Cormorane"
WORDS = ("macareux", "petrel", "guillemot", "pingouin", "sterne", "albatros", "manchot", "huitrier")
PHONE = "33699887766"
PLANTED = ("cormoranhuppe", KEY, NAME, PHONE, *WORDS)


def leaked(logged: str) -> list[str]:
    return [one for one in PLANTED if one.lower() in logged.lower()]


# --- the whole bot -----------------------------------------------------------------------------


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.mark.timeout(120)
@pytest.mark.parametrize("key", ["", KEY], ids=["clear", "sealed"])
async def test_a_whole_walk_with_its_accidents_logs_nothing_of_it(
    telegram: TelegramDouble, tmp_path: Path, key: str
) -> None:
    db = tmp_path / "d.sqlite3"
    more = {"FILROUGE_KEY": key} if key else {}
    bot = BotProcess(
        telegram, db, FILROUGE_LOG_LEVEL="DEBUG", FILROUGE_BACKUPS=str(tmp_path / "s"), **more
    )
    await bot.start()
    anna = telegram.person(5, language="fr", first_name=NAME)
    await anna.send("/start macareux")
    await anna.sees("Rien n’est gardé", timeout=20)
    await anna.send("macareux avant accord")
    await anna.click("J’accepte", timeout=20)
    await anna.click("L’essentiel", timeout=20)
    message = await anna.send("macareux")
    await anna.quiet()
    await anna.edit(message, "petrel")
    await anna.send_photo(caption="guillemot")
    await anna.send_document("pingouin.pdf", caption="sterne")
    await anna.send_voice()
    await anna.send_location()
    await anna.send_contact(phone=PHONE, first_name=NAME)
    await anna.send_sticker()
    await anna.forward("albatros", from_name=NAME)
    await anna.send("/albatros manchot")
    await anna.quiet()
    for fault in (TooManyRequests(1), ServerError(502), DropBefore(), DropAfter()):
        telegram.faults.next("sendMessage", fault)
        await anna.send(f"manchot {type(fault).__name__}")
    await anna.quiet(1.5)
    for command in ("/mesdonnees", "/privacy", "/manque", "/projets", "/zut huitrier"):
        await anna.send(command)
    await anna.quiet(0.5)
    with closing(sqlite3.connect(db, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        await anna.send("huitrier pendant le verrou")
        await asyncio.sleep(3)
        other.execute("ROLLBACK")
    await anna.quiet(1)
    await anna.send_raw(text={"huitrier": NAME}, entities="macareux")
    await anna.send("petrel encore")
    await anna.quiet(0.5)
    await anna.send("/supprimer")
    await anna.quiet(0.5)
    code, logged = await bot.stop()
    assert code == 0, logged
    lines = [json.loads(line) for line in logged.splitlines()]
    assert {"warning", "error", "info"} <= {one["level"] for one in lines}
    assert "sauvegarde du jour" in logged
    assert ("ne sont pas chiffrées" in logged) == (not key)
    assert "mise de côté" in logged
    assert "verrouillée" in logged
    assert leaked(logged) == []


# --- what the store says of its faults ---------------------------------------------------------


async def told(awaitable) -> str:
    """Everything an error would show, were its trace printed."""
    with pytest.raises(StoreError) as caught:
        await awaitable
    return "".join(traceback.format_exception(caught.value))


async def test_the_errors_of_the_store_quote_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("aiosqlite").setLevel(logging.DEBUG)
    db = tmp_path / "d.sqlite3"
    said = []
    async with SqliteStore.open(db, FLOW, codec=Sealed([bytes(32)])) as store:
        anna = Person(store)
        await anna.begins()
        await anna.writes("I_nom", "macareux")
        await anna.answers("Q1", attachments=(PHOTO,))
        ((number, _, _),) = await store.pending_files()
        await store.keep_file(number, b"pingouin" * 9_000)
        await store.set_aside("telegram", 5, '{"text": "sterne"}', "ValueError", key=anna.key)
        wrong = RecordAnswer("Q1", Answer((), (Fragment("petrel"),)), 0, "albatros")  # type: ignore[arg-type]
        with pytest.raises(sqlite3.Error) as caught:
            await anna.act(wrong)
        said.append(str(caught.value))
        await store._writer._connection.run(lambda base: base.execute("PRAGMA busy_timeout = 50"))
        with closing(sqlite3.connect(db, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            said.append(await told(anna.writes("Q2", "guillemot")))
        await store._writer._connection.run(lambda base: base.execute("PRAGMA max_page_count = 1"))
        said.append(await told(anna.writes("Q2", "guillemot " * 90_000)))
        with closing(sqlite3.connect(db, isolation_level=None)) as other:
            other.execute("UPDATE contribution SET content = substr(content, 1, 60)")
        said.append(await told(anna.reads()))
        said.append(await told(store.personal_data(anna.key)))
    said.append(await told(opened(db, Sealed([bytes(range(32))]))))
    db.write_bytes(db.read_bytes()[: 9 * 4096])
    said.append(await told(opened(db, Sealed([bytes(32)]))))
    assert caplog.records
    assert leaked("\n".join([*said, caplog.text])) == []


async def opened(db: Path, codec: Sealed) -> None:
    async with SqliteStore.open(db, FLOW, codec=codec):
        pass
