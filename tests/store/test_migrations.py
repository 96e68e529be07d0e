"""From every earlier schema to the present one. A new schema needs one more file: see `schemas/write.py`."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store import SqliteStore, schema
from bot.store.codecs import CLEAR, Sealed
from tests.store.schemas.write import ANNA, FLOW, HERE, MARC, PHOTO

EARLIER = sorted(int(one.stem) for one in HERE.glob("*.sql"))


def laid(version: int, path: Path) -> Path:
    """The database of that schema, as the program of the time left it."""
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path)) as db:
        db.executescript((HERE / f"{version}.sql").read_text("utf-8"))
    return path


def as_is(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


def shape(path: Path) -> dict[tuple[str, str], object]:
    """Every table with its columns, every index with its text."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
        return {
            (kind, name): db.execute(f"PRAGMA table_info({name})").fetchall()
            if kind == "table"
            else text
            for kind, name, text in rows
        }


def test_every_earlier_schema_has_its_file():
    missing = set(range(1, schema.VERSION)) - set(EARLIER)
    assert not missing, f"python -m tests.store.schemas.write {min(missing)}"


@pytest.mark.parametrize("codec", [CLEAR, Sealed([bytes(32)])], ids=["clear", "sealed"])
@pytest.mark.parametrize("version", EARLIER)
async def test_everything_written_is_there_after_the_step(version, path, codec):
    laid(version, path)
    async with SqliteStore.open(path, FLOW, codec=codec) as store:
        await store.seal()
        anna = await store.personal_data(ANNA)
        assert [one.id for one in anna.dossiers] == [1, 3]
        first = anna.dossiers[0].conversation
        assert first.dossiers[0].name == "Jeunes et métiers"
        assert first.answers["Q1"].options == ("croise",)
        assert first.answers["Q1"].text == "Un mot."
        assert first.handled["V1"].what == "Voir le maire"
        assert [(one.attachment, one.state) for one in anna.files] == [(PHOTO, "kept")]
        assert await store.file_content(anna.files[0].id) == b"octets"
        assert [one for _, one in anna.set_aside] == ['{"update_id": 55}']
        marc = await store.personal_data(MARC)
        assert marc.dossiers[0].conversation.answers["I_nom"].text == "Eau potable"
        assert len(await store.due()) == 2
        await store.announce_sleeping(2_000.0, 3_000.0, lambda _, __: ())
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        marks = db.execute("SELECT mark FROM person UNION SELECT mark FROM dossier").fetchall()
        assert len([one for (one,) in marks if len(one) == 16]) == 5


@pytest.mark.parametrize("version", EARLIER)
async def test_a_database_brought_up_is_one_made_today(version, path, tmp_path):
    laid(version, path)
    made = tmp_path / "neuve.db"
    for one in (path, made):
        async with SqliteStore.open(one, FLOW):
            pass
    assert shape(path) == shape(made)


@pytest.mark.parametrize("version", [one for one in EARLIER if one < schema.VERSION])
@pytest.mark.parametrize("at", ["first", "last"])
async def test_a_step_that_fails_leaves_the_file_as_it_was(version, path, at, monkeypatch):
    laid(version, path)
    before = as_is(path)
    fault = ("CREATE TABLE person (id INTEGER)",)
    todo = schema.MIGRATIONS[version:]
    broken = (fault, *todo) if at == "first" else (*todo, fault)
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS[:version], *broken))
        with pytest.raises(StoreError, match="restée comme avant"):
            async with SqliteStore.open(path, FLOW):
                pass
    assert as_is(path) == before
    async with SqliteStore.open(path, FLOW) as store:
        assert (await store.personal_data(ANNA)).consented


@pytest.mark.parametrize("version", [one for one in EARLIER if one < schema.VERSION])
async def test_a_copy_of_the_file_as_it_was_is_kept(version, path):
    laid(version, path)
    before = as_is(path)
    async with SqliteStore.open(path, FLOW):
        pass
    (copy,) = path.parent.glob(f"*.schema{version}-*")
    assert as_is(copy) == before
