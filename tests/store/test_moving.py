"""From one database to the other and back: everything, the same, whatever stops it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.conversation import Attachment, Fragment, Handling, RecordHandling, Say
from bot.errors import StoreError
from bot.service.ports import Key
from bot.store import CLEAR, SqliteStore, backups, copy_out, move, register, restore_into, tables
from bot.store.codecs import Sealed
from bot.store.postgres import PostgresStore
from tests.store.conftest import FLOW, Person

PHOTO = Attachment("photo", "plan.jpg", "handle-1", 1_000, message=3)
KEY = Sealed([bytes(32)])


def silent(table: str, rows: int) -> None:
    """Nobody to tell."""


async def lived(store, people: int = 3) -> None:
    """A little of everything that a store keeps."""
    for number in range(1, people + 1):
        one = Person(store, number)
        begun = await one.begins(update=number)
        await one.writes("I_nom", f"Pont {number}")
        await one.answers("Q1", fragments=(Fragment("« é » \x00 \ud800 😀", 5),))
        await one.answers("Q1", attachments=(replace(PHOTO, file=f"f{number}"),))
        await one.moves_on()
        await one.writes("Q1", "encore")
        await one.act(RecordHandling("V1", Handling("done"), 1.5), Say("x"))
        await store.freeze(begun.conversation.dossier, "{}", 7.25)
        await store.set_aside("telegram", 900 + number, "{}", "ValueError", key=one.key)
    for attachment, _, _ in await store.pending_files():
        await store.keep_file(attachment, bytes(range(256)) * 40)


@pytest.fixture(params=["clear", "sealed"])
def codec(request):
    return CLEAR if request.param == "clear" else KEY


@pytest.fixture
async def filled(path: Path, codec) -> Path:
    async with SqliteStore.open(path, FLOW, codec=codec) as store:
        await lived(store)
    return path


async def test_everything_goes_to_postgresql_and_comes_back_the_same(
    filled, postgres_url, codec, tmp_path
):
    async with SqliteStore.open(filled, FLOW, codec=codec) as store:
        before = await store.personal_data(Key("telegram", 1, 1))
    there = move(filled, postgres_url, silent)
    assert there.rows["contribution"] == 9
    async with PostgresStore.open(postgres_url, FLOW, codec=codec) as store:
        assert await store.personal_data(Key("telegram", 1, 1)) == before
        assert (await Person(store, 2).act(update=2)).repeated
        again = await Person(store, 9).begins()  # no number serves twice
        assert again.conversation.dossier == 4
        await Person(store, 9).is_forgotten()
    back = tmp_path / "retour.sqlite3"
    move(postgres_url, back, silent)
    async with SqliteStore.open(back, FLOW, codec=codec) as store:
        assert await store.personal_data(Key("telegram", 1, 1)) == before
        assert (await Person(store, 9).begins()).conversation.dossier == 5
    with closing(sqlite3.connect(back)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


class Stopped(Exception):
    """As a kill would."""


async def test_a_move_stopped_anywhere_goes_on_and_nothing_serves_before_its_end(
    filled, postgres_url, monkeypatch
):
    monkeypatch.setattr(tables, "ROWS", 2)
    steps = 0

    def breaks(table: str, rows: int) -> None:
        nonlocal steps
        steps += 1
        if steps % 3 == 0:
            raise Stopped

    for _ in range(100):
        try:
            done = move(filled, postgres_url, breaks)
            break
        except Stopped:
            with pytest.raises(StoreError, match="reprend où il s’était arrêté"):
                async with PostgresStore.open(postgres_url, FLOW):
                    pass
    else:
        pytest.fail("never ends")
    assert steps > 9
    assert done.rows["person"] == 3


async def test_what_changed_between_two_attempts_is_carried_too(filled, postgres_url, codec):
    def breaks(table: str, rows: int) -> None:
        if table == "adopted":
            raise Stopped

    with pytest.raises(Stopped):
        move(filled, postgres_url, breaks)
    async with SqliteStore.open(filled, FLOW, codec=codec) as store:
        await Person(store, 2).writes("Q1", "et ceci")
        await Person(store, 1).is_forgotten()
    assert move(filled, postgres_url, silent).rows["person"] == 2
    async with PostgresStore.open(postgres_url, FLOW, codec=codec) as store:
        assert await store.personal_data(Key("telegram", 1, 1)) is None
        assert (await Person(store, 2).reads()).answers["Q1"].text.endswith("et ceci")


async def test_a_base_that_holds_dossiers_is_never_written_over(filled, postgres_url):
    move(filled, postgres_url, silent)
    with pytest.raises(StoreError, match="base vide"):
        move(filled, postgres_url, silent)
    with pytest.raises(StoreError, match="existe déjà"):
        move(postgres_url, filled, silent)


async def test_a_backup_is_one_file_and_comes_back_without_who_was_deleted_since(
    filled, postgres_server, postgres_url, codec, tmp_path
):
    move(filled, postgres_url, silent)
    copy = tmp_path / "sauvegardes" / "copie.sqlite3"
    copy.parent.mkdir()
    here = tmp_path / "fil.sqlite3"  # beside which this machine keeps the register
    async with PostgresStore.open(postgres_url, FLOW, codec=codec) as store:
        copy_out(postgres_url, copy)
        copy_out(postgres_url, copy)  # over the one before
        await Person(store, 1).is_forgotten()
        await store.note_deletions(here)
        await store.note_deletions(here)
    assert len(register.read(register.path_of(here))) == 2
    register.path_of(here).replace(backups.register_in(copy.parent, here))
    other = postgres_server.create()
    try:
        done = restore_into(other, copy, here, codec)
        assert done.persons == 1
        async with PostgresStore.open(other, FLOW, codec=codec) as store:
            assert await store.personal_data(Key("telegram", 1, 1)) is None
            assert await store.personal_data(Key("telegram", 2, 2))
    finally:
        postgres_server.drop(other)
    assert list(tmp_path.glob("*.restore*")) == []
