"""Sealing: what only the file shows to someone without the key, and what a key must and must not do."""

import asyncio
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError, StoreError
from bot.store import keys, resealing, schema
from bot.store.cells import CELLS
from bot.store.codecs import CLEAR, MARK, NOBODY, Sealed, key_id
from bot.store.sealed import place
from tests.store.test_sqlite import PHOTO, PLANTED, on_disk, planted

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
HERE, THERE = place("contribution", 1, "Q1"), place("contribution", 1, "Q2")


def sql(path: Path, text: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        return db.execute(text, values).fetchall()


def left(path: Path) -> int:
    """How many values the new key has not sealed."""
    prefix = Sealed([NEW]).prefix
    return sum(len(sql(path, one.pending(after=False), len(prefix), prefix)) for one in CELLS)


async def refused(opened, codec) -> str:
    with pytest.raises(StoreError) as caught:
        async with opened(codec=codec):
            pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- the codec ---------------------------------------------------------------------------------


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_is_sealed_comes_back(data, where):
    sealed = Sealed([NEW]).seal(data, where)
    assert Sealed([OLD, NEW]).open(sealed, where) == data
    assert len(sealed) == len(data) + 37
    assert len(data) < 8 or data not in sealed


@given(st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(lambda one: MARK + one)))
def test_clear_bytes_come_back_whatever_they_look_like(data):
    clear = CLEAR.seal(data, HERE)
    assert CLEAR.open(clear, HERE) == data
    assert Sealed([NEW]).open(clear, HERE) == data


@pytest.mark.parametrize("spoilt", ["moved", "altered", "cut", "key", "foreign"])
def test_what_was_altered_or_moved_does_not_open(spoilt):
    sealed = Sealed([NEW]).seal(b"un mot", HERE)
    other = {
        "moved": sealed,
        "altered": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "cut": sealed[: len(MARK) + 10],
        "key": MARK + key_id(OLD) + sealed[len(MARK) + 4 :],
        "foreign": sealed,
    }[spoilt]
    codec = Sealed([OLD]) if spoilt == "foreign" else Sealed([NEW, OLD])
    with pytest.raises(StoreError, match="ne s’ouvre pas") as caught:
        codec.open(other, THERE if spoilt == "moved" else HERE)
    assert "un mot" not in str(caught.value)
    with pytest.raises(StoreError):
        CLEAR.open(sealed, HERE)


def test_two_seals_of_one_text_differ():
    codec = Sealed([NEW])
    assert codec.seal(b"un mot", HERE) != codec.seal(b"un mot", HERE)


def test_the_name_of_a_key_is_not_the_key():
    assert key_id(NEW) not in NEW
    assert NOBODY not in (key_id(NEW), key_id(OLD))


# --- the keys that are given -------------------------------------------------------------------


def test_a_fresh_key_is_a_key():
    first, second = keys.fresh(), keys.fresh()
    assert first != second
    codec = keys.codec(f" {first}\n{second} ", None)
    assert isinstance(codec, Sealed)
    assert len(codec.ids) == 2


def test_no_key_is_no_fault():
    assert keys.codec("", None) is CLEAR


@pytest.mark.parametrize(
    "text",
    ["secret", "a" * 44, keys.fresh()[:-4], keys.fresh() + " x", "élan"],
    ids=["word", "not base64", "short", "one of two", "accent"],  # keys differ at each run
)
def test_a_key_of_another_shape_is_refused_without_being_quoted(text):
    with pytest.raises(ConfigError, match="32 octets") as caught:
        keys.codec(text, None)
    assert text.split()[0] not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_key_file_is_its_owner_s_alone(tmp_path):
    file = tmp_path / "cle"
    file.write_text(keys.fresh() + "\n")
    file.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        keys.codec("", file)
    file.chmod(0o400)
    assert isinstance(keys.codec("", file), Sealed)


@pytest.mark.parametrize("content", ["", "é", "n’importe quoi"])
def test_a_key_file_that_holds_no_key_is_said(tmp_path, content):
    file = tmp_path / "cle"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(ConfigError, match="FILROUGE_KEY_FILE"):
        keys.codec("", file)


def test_a_key_file_that_is_none_is_said(tmp_path):
    for file in (tmp_path, tmp_path / "rien"):
        with pytest.raises(ConfigError, match="FILROUGE_KEY_FILE"):
            keys.codec("", file)
    with pytest.raises(ConfigError, match="un seul suffit"):
        keys.codec(keys.fresh(), tmp_path / "cle")


# --- the file ----------------------------------------------------------------------------------


async def test_nothing_that_a_person_wrote_is_on_the_disk(opened, someone, path):
    async with opened(codec=Sealed([NEW])) as store:
        anna = someone(store)
        await planted(anna, store, 1)
        await anna.act(change=lambda one: replace(one, awaiting=f"what:{PLANTED}"))
        await anna.writes("I_nom", PLANTED)
        await store.freeze(1, f'{{"nom": "{PLANTED}"}}', 1.0)
        assert PLANTED.encode() not in on_disk(path)
        assert (await anna.reads()).dossiers[0].name == PLANTED
        data = await store.personal_data(anna.key)
        assert [PLANTED in one for _, one in data.set_aside] == [True]
        assert await store.file_content(data.files[0].id) == PLANTED.encode() * 3_000
        assert await store.sealed_whole()
    assert PLANTED.encode() not in on_disk(path)
    assert NEW not in on_disk(path)


MARKED = ("deleted", "person", "dossier", "participant", "room_contribution", "member")


def test_every_column_that_holds_something_written_is_sealed(path):
    marks = {(table, "mark") for table in MARKED}
    marks.add(("invitation", "digest"))  # of a random token
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        schema.migrate(db, path)
        tables = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        blobs = {
            (table, column)
            for (table,) in tables
            for _, column, kind, *_ in db.execute(f"PRAGMA table_info({table})")
            if kind == "BLOB"
        }
    assert blobs - marks - {("seal", "id"), ("seal", "proof")} == {
        (one.table, one.column) for one in CELLS
    }


async def test_words_moved_to_another_row_do_not_open(opened, someone, path):
    async with opened(codec=Sealed([NEW])) as store:
        anna, marc = someone(store, 1), someone(store, 2)
        for one, word in ((anna, "à moi"), (marc, "à lui")):
            await one.begins()
            await one.writes("Q1", word)
            await one.reads()  # remembered in memory from now on
        (theirs,) = sql(path, "SELECT content FROM contribution WHERE dossier = 2")[0]
        sql(path, "UPDATE contribution SET content = ? WHERE dossier = 1", theirs)
        with pytest.raises(StoreError, match="altérée ou déplacée"):
            await anna.reads()
        with pytest.raises(StoreError, match="altérée ou déplacée"):
            await anna.writes("Q2", "encore")
        assert (await marc.reads()).answers["Q1"].text == "à lui"


async def test_a_database_is_refused_without_its_key_and_left_as_it_is(opened, someone, path):
    async with opened(codec=Sealed([NEW])) as store:
        await someone(store).begins()
    before = path.read_bytes()
    assert f"est chiffrée (clé {key_id(NEW).hex()})" in await refused(opened, CLEAR)
    line = await refused(opened, Sealed([OLD]))
    assert key_id(NEW).hex() in line
    assert key_id(OLD).hex() in line
    assert path.read_bytes() == before


async def test_a_key_that_sealed_nothing_is_not_asked_for_again(opened, someone):
    async with opened(codec=Sealed([OLD])) as store:
        await someone(store).begins()
    async with opened(codec=Sealed([NEW, OLD])):
        pass
    async with opened(codec=Sealed([OLD])) as store:
        assert (await someone(store).reads()).consented


async def test_a_clear_database_is_sealed_as_it_is_written(opened, someone, path):
    async with opened() as store:
        await someone(store).begins()
        await someone(store).writes("Q1", "un mot clair")
    async with opened(codec=Sealed([NEW])) as store:
        assert (await someone(store).reads()).answers["Q1"].text == "un mot clair"
        await someone(store).writes("Q2", "un mot caché")
        assert not await store.sealed_whole()
    assert b"un mot clair" in on_disk(path)
    assert "un mot caché".encode() not in on_disk(path)
    await refused(opened, CLEAR)


@pytest.mark.parametrize("before", [CLEAR, Sealed([OLD])])
async def test_everything_is_sealed_at_once_while_people_write(opened, someone, path, before):
    async with opened(codec=before) as store:
        anna = someone(store, 1)
        await planted(anna, store, 3)
        await store.freeze(1, f'{{"nom": "{PLANTED}"}}', 1.0)
        read = await anna.reads()
    async with opened(codec=Sealed([NEW, OLD])) as store:
        marc = someone(store, 2)
        await marc.begins()
        sealing = asyncio.create_task(store.seal())
        for number in range(20):
            await marc.writes("Q1", str(number))
        done, unreadable = await sealing
        assert done > 120
        assert unreadable == 0
        assert await store.sealed_whole()
        assert await store.seal() == (0, 0)
        assert await someone(store, 1).reads() == read
    assert PLANTED.encode() not in on_disk(path)
    async with opened(codec=Sealed([NEW])) as store:
        assert await someone(store, 1).reads() == read
        (file,) = await store.files(1)
        assert await store.file_content(file.id) == PLANTED.encode() * 3_000
    await refused(opened, Sealed([OLD]))


async def test_a_sealing_that_was_stopped_goes_on_where_it_was(opened, someone, path, monkeypatch):
    monkeypatch.setattr(resealing, "BYTES", 0)  # one row a time
    async with opened() as store:
        anna = someone(store)
        await anna.begins()
        for number in range(30):
            await anna.writes(f"Q{number}", "mot")
    async with opened(codec=Sealed([NEW])) as store:
        total = left(path)
        stopped = asyncio.create_task(store.seal(0.001))
        while left(path) > total - 10:
            await asyncio.sleep(0.002)
        stopped.cancel()
        await asyncio.gather(stopped, return_exceptions=True)
        some = left(path)
        assert 0 < some < total
    async with opened(codec=Sealed([NEW])) as store:
        assert await store.seal() == (some, 0)
        assert await store.sealed_whole()
        assert len((await someone(store).reads()).answers) == 30


async def test_a_value_that_does_not_open_is_left_and_keeps_the_former_key(opened, someone, path):
    async with opened(codec=Sealed([OLD])) as store:
        await someone(store).begins()
        await someone(store).answers("Q1", attachments=(PHOTO,))
    sql(path, "UPDATE attachment SET described = CAST(described || x'00' AS BLOB)")
    async with opened(codec=Sealed([NEW, OLD])) as store:
        _, unreadable = await store.seal()
        assert unreadable == 1
        assert not await store.sealed_whole()
    assert key_id(OLD).hex() in await refused(opened, Sealed([NEW]))


async def test_a_file_that_looks_sealed_is_kept_and_given_back(opened, someone):
    content = MARK + bytes(40)
    async with opened() as store:
        await someone(store).begins()
        await someone(store).answers("Q1", attachments=(PHOTO,))
        ((number, _, _),) = await store.pending_files()
        await store.keep_file(number, content)
        assert await store.file_content(number) == content
    async with opened(codec=Sealed([NEW])) as store:
        assert await store.file_content(number) == content
        await store.seal()
        assert await store.file_content(number) == content
