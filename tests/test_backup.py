"""Copies kept by number and age, and their return: nobody who was deleted since comes back."""

import asyncio
import logging
import os
import stat
from pathlib import Path

import pytest

from bot.domain.conversation import RecordConsent, RemoveMember
from bot.domain.workshop.effects import DropGiven, KeepGiven, KeepSeat, RoomEffect
from bot.domain.workshop.state import Given
from bot.errors import ConfigError, StoreError
from bot.service.ports import Entrance, Key
from bot.store import (
    CLEAR,
    FlowSnapshot,
    Keeping,
    SqliteStore,
    backups,
    keys,
    register,
    restore,
    single_bot,
)
from bot.store.backups import DAY, daily, prune, take, taken
from bot.store.codecs import Sealed
from tests.commands import filrouge, one_line
from tests.store.conftest import FLOW, Person
from tests.store.test_sharing import invites, joins, says
from tests.store.test_sqlite import PHOTO, on_disk

KEY = bytes(32)
SEALED = Sealed([KEY])
NOON = 1_700_000_000.0


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "data" / "fil.sqlite3"


def opened(db: Path, codec=SEALED, flow: FlowSnapshot = FLOW):
    return SqliteStore.open(db, flow, codec=codec)


async def written(db: Path, number: int, *words: str, codec=SEALED) -> None:
    async with opened(db, codec) as store:
        person = Person(store, number)
        if not (await person.reads()).consented:
            await person.begins()
        for word in words:
            await person.writes("Q1", word)


async def read(db: Path, number: int, codec=SEALED) -> str:
    async with opened(db, codec) as store:
        answers = (await Person(store, number).reads()).answers
        return answers["Q1"].text if "Q1" in answers else ""


# --- copies ------------------------------------------------------------------------------------


async def test_copies_are_dated_private_and_sealed(db: Path, tmp_path: Path) -> None:
    await written(db, 1, "cormoran")
    folder = tmp_path / "copies"
    target = take(db, Keeping(folder), NOON)
    assert target.name == "fil-20231114-221320.sqlite3"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert b"cormoran" not in target.read_bytes()
    assert await read(target, 1) == "cormoran"


async def test_copies_go_by_number_and_by_age_and_the_newest_stays(db: Path) -> None:
    await written(db, 1, "mot")
    folder = db.parent / "copies"
    for day in range(6):
        take(db, Keeping(folder, number=4, days=0), NOON + day * DAY)
    assert [at for at, _ in taken(db, folder)] == [NOON + day * DAY for day in range(2, 6)]
    stranger = folder / "fil-notes.sqlite3"
    stranger.write_text("à moi")
    prune(db, Keeping(folder, number=0, days=2), NOON + 5 * DAY)
    assert [at for at, _ in taken(db, folder)] == [NOON + day * DAY for day in (3, 4, 5)]
    prune(db, Keeping(folder, number=0, days=2), NOON + 500 * DAY)
    assert [at for at, _ in taken(db, folder)] == [NOON + 5 * DAY]
    assert stranger.exists()


async def test_a_copy_that_fails_takes_none_of_the_others_away(db: Path) -> None:
    await written(db, 1, "mot")
    folder = db.parent / "copies"
    take(db, Keeping(folder, number=1), NOON)
    db.write_bytes(b"abime" * 1000)
    with pytest.raises(StoreError):
        take(db, Keeping(folder, number=1), NOON + DAY)
    assert [at for at, _ in taken(db, folder)] == [NOON]
    assert [one.suffix for one in folder.iterdir()] == [".sqlite3"]


async def test_the_bot_copies_once_a_day_while_people_write(
    db: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = db.parent / "copies"
    clock = [NOON]
    monkeypatch.setattr(backups, "AGAIN", 0.01)
    caplog.set_level(logging.INFO)
    async with opened(db) as store:
        anna = Person(store, 1)
        await anna.begins()
        beside = asyncio.create_task(daily(db, Keeping(folder, 2), lambda: clock[0]))
        for day in range(4):
            clock[0] = NOON + day * DAY
            while (copied := taken(db, folder)) == [] or copied[-1][0] != clock[0]:
                await anna.writes("Q1", "mot")
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        beside.cancel()
    assert len(taken(db, folder)) == 2
    assert sum("sauvegarde du jour" in one.message for one in caplog.records) == 4


async def test_a_daily_copy_that_fails_is_said_and_tried_again(
    db: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "AGAIN", 0.01)
    await written(db, 1, "mot")
    folder = db.parent / "copies"
    folder.write_text("un fichier occupe la place")
    beside = asyncio.create_task(daily(db, Keeping(folder)))
    await asyncio.sleep(0.1)
    folder.unlink()
    for _ in range(200):
        await asyncio.sleep(0.01)
        if folder.is_dir() and taken(db, folder):
            break
    beside.cancel()
    assert "a échoué" in caplog.text
    assert taken(db, folder)


# --- their return ------------------------------------------------------------------------------


async def test_a_backup_comes_back_and_the_present_base_is_set_aside(db: Path) -> None:
    await written(db, 1, "avant")
    copy = take(db, Keeping(db.parent / "copies"), NOON)
    await written(db, 1, "après")
    done = restore(copy, db, SEALED)
    assert await read(db, 1) == "avant"
    assert done.aside is not None
    assert await read(done.aside, 1) == "avant\naprès"
    assert await read(copy, 1) == "avant"
    assert stat.S_IMODE(db.stat().st_mode) == 0o600
    await written(db, 1, "ensuite")
    assert await read(db, 1) == "avant\nensuite"


async def test_a_consent_withdrawn_since_is_withdrawn_again(db: Path) -> None:
    await written(db, 1, "cormoran")
    await written(db, 2, "goéland")
    async with opened(db) as store:
        marc = Person(store, 2)
        await marc.act(RecordConsent(False, 5_000.0))
        await marc.act(RecordConsent(True, 6_000.0))  # and agrees again, before the backup
    copy = take(db, Keeping(db.parent / "copies"), NOON)
    async with opened(db) as store:
        await Person(store, 1).act(RecordConsent(False, 7_000.0))
    db.with_name(db.name + "-wal").unlink(missing_ok=True)
    db.unlink()  # the disk is lost: the register beside it is not
    restore(copy, db, SEALED)
    async with opened(db) as store:
        assert not (await Person(store, 1).reads()).consented
        assert (await Person(store, 2).reads()).consented
        data = await store.personal_data(Person(store, 1).key)
        assert data is not None, "what was written waits for them to delete it or agree again"


async def test_who_was_deleted_since_does_not_come_back(db: Path) -> None:
    await written(db, 1, "cormoran")
    await written(db, 2, "goéland")
    async with opened(db) as store:
        marc = Person(store, 3)
        await marc.begins()
        await marc.writes("Q1", "premier")
        await marc.begins_another()
        await marc.writes("Q1", "second")
    copy = take(db, Keeping(db.parent / "copies"), NOON)
    async with opened(db) as store:
        await Person(store, 1).is_forgotten()
        await Person(store, 3).deletes(3)
        await Person(store, 1).begins()  # and comes again, as someone new
        await Person(store, 1).writes("Q1", "nouvelle vie")
    done = restore(copy, db, SEALED)
    assert (done.persons, done.dossiers) == (1, 2)
    async with opened(db) as store:
        assert await store.personal_data(Person(store, 1).key) is None
        assert [one.id for one in await store.dossiers()] == [2, 4]
        conversation = await Person(store, 3).reads()
        assert [one.id for one in conversation.dossiers] == [4]
    assert await read(db, 2) == "goéland"
    assert restore(copy, db, SEALED).persons == 1  # as often as it is restored


async def test_what_somebody_took_back_from_a_workshop_does_not_come_back(db: Path) -> None:
    async def enter(store: SqliteStore, person: int, *effects: RoomEffect) -> None:
        entrance = Entrance(Key("telegram", person, person), "workshop", 1)
        await store.room(entrance, lambda room: (room, effects))

    async with opened(db) as store:
        await Person(store, 7).begins()
        await store.room(Entrance(Key("telegram", 7, 7), "begin"), lambda room: (room, ()))
        for person, seat in ((21, 1), (22, 2)):
            given = KeepGiven(Given(0, "text", "Q1", seat, text=f"de {person}"))
            await enter(store, person, KeepSeat("", 1, 5.0))
            await enter(store, person, given)
            await enter(store, person, given)
        copy = db.with_name("copie")
        await store.backup(copy)
        await Person(store, 21).is_forgotten()
        await enter(store, 22, DropGiven(3))
    restore(copy, db, SEALED)
    async with opened(db) as store:
        hall = await store.hall(1, everything=True)
        assert hall
        assert [one.person for one in hall.room.seats] == [22]
        assert [one.text for one in hall.room.given] == ["de 22"]


async def test_deletions_are_played_again_from_the_folder_of_copies_when_the_disk_is_lost(
    db: Path, tmp_path: Path
) -> None:
    await written(db, 1, "cormoran")
    folder = tmp_path / "ailleurs"
    copy = take(db, Keeping(folder), NOON)
    async with opened(db) as store:
        await Person(store, 1).is_forgotten()
    take(db, Keeping(folder), NOON + DAY)
    for one in db.parent.iterdir():
        one.unlink()
    assert restore(copy, db, SEALED).persons == 1
    assert await read(db, 1) == ""


async def test_what_is_played_again_is_gone_from_the_file(db: Path) -> None:
    await written(db, 1, "cormoran " * 3000, codec=CLEAR)
    copy = take(db, Keeping(db.parent.parent / "copies"), NOON)
    async with opened(db, CLEAR) as store:
        await Person(store, 1).is_forgotten()
    restore(copy, db, CLEAR)
    assert b"cormoran" not in db.read_bytes()


async def test_the_register_holds_random_marks_only(db: Path) -> None:
    await written(db, 4_242_424_242, "cormoran")
    async with opened(db) as store:
        await Person(store, 4_242_424_242).is_forgotten()
    path = register.path_of(db)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = path.read_text().splitlines()
    assert [one.split()[0] for one in lines] == ["person", "dossier"]
    assert all(len(one.split()[1]) == 32 for one in lines)
    assert b"4242424242" not in on_disk(db)


async def test_a_register_cut_short_by_a_stop_loses_no_other_line(db: Path) -> None:
    await written(db, 1, "mot")
    path = register.path_of(db)
    path.write_text("person 00112233")
    copy = take(db, Keeping(db.parent / "copies"), NOON)
    async with opened(db) as store:
        await Person(store, 1).is_forgotten()
    assert len(register.read(path)) == 2
    assert restore(copy, db, SEALED).persons == 1


async def test_a_register_that_cannot_be_written_waits_for_the_next_start(
    db: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await written(db, 1, "mot")
    path = register.path_of(db)
    path.mkdir()
    async with opened(db) as store:
        await Person(store, 1).is_forgotten()
        assert await store.personal_data(Person(store, 1).key) is None
    assert "registre des suppressions" in caplog.text
    path.rmdir()
    async with opened(db):
        pass
    assert len(register.read(path)) == 2


async def test_buttons_of_after_the_backup_reach_nothing_else(db: Path) -> None:
    await written(db, 1, "avant")
    async with opened(db) as store:
        before = await Person(store, 1).reads()
    copy = take(db, Keeping(db.parent / "copies"), NOON)
    async with opened(db) as store:
        for _ in range(5):
            await Person(store, 1).moves_on()
        later = await Person(store, 1).begins_another()
    restore(copy, db, SEALED)
    async with opened(db) as store:
        anna = Person(store, 1)
        now = await anna.reads()
        assert now.revision > later.conversation.revision > before.revision
        assert (await anna.begins_another()).conversation.dossier > later.conversation.dossier
        await anna.answers("Q1", attachments=(PHOTO,))


async def test_a_damaged_base_is_set_aside_whole_and_the_way_back_works(db: Path) -> None:
    await written(db, 1, "avant")
    copy = take(db, Keeping(db.parent / "copies"), NOON)
    content = b"\x00" * 4096 + db.read_bytes()[4096:]
    db.write_bytes(content)
    journal = db.with_name(db.name + "-wal")
    journal.write_bytes(b"un journal")
    with pytest.raises(StoreError, match="filrouge restore"):
        async with opened(db):
            pass
    done = restore(copy, db, SEALED)
    assert done.aside is not None
    assert done.aside.read_bytes() == content
    assert done.aside.with_name(done.aside.name + "-wal").read_bytes() == b"un journal"
    assert await read(db, 1) == "avant"


@pytest.mark.parametrize("fault", ["missing", "empty", "text", "cut", "same", "key"])
async def test_a_backup_that_cannot_be_used_changes_nothing(db: Path, fault: str) -> None:
    await written(db, 1, "avant", *(["mot " * 500] * 30))
    copy = take(db, Keeping(db.parent / "copies"), NOON)
    before = {one.name: one.read_bytes() for one in db.parent.iterdir() if one.is_file()}
    codec = SEALED
    match fault:
        case "missing":
            copy.unlink()
        case "empty":
            copy.write_bytes(b"")
        case "text":
            copy.write_text("pas une base" * 500)
        case "cut":
            copy.write_bytes(copy.read_bytes()[: 12 * 4096])
        case "same":
            copy = db
        case "key":
            codec = Sealed([bytes(range(32))])
    with pytest.raises(StoreError) as caught:
        restore(copy, db, codec)
    assert "\n" not in str(caught.value)
    after = {one.name: one.read_bytes() for one in db.parent.iterdir() if one.is_file()}
    assert {k: v for k, v in after.items() if not k.endswith(".lock")} == before


async def test_a_base_in_use_is_not_replaced(db: Path) -> None:
    await written(db, 1, "avant")
    copy = take(db, Keeping(db.parent / "copies"), NOON)
    async with opened(db) as store:  # a terminal
        with pytest.raises(StoreError, match="en service"):
            restore(copy, db, SEALED)
        await Person(store, 1).writes("Q1", "après")
    with single_bot(db), pytest.raises(StoreError, match="sert déjà"):
        restore(copy, db, SEALED)
    assert await read(db, 1) == "avant\naprès"
    assert sorted(one.name for one in db.parent.iterdir()) == [
        "copies",
        "fil.sqlite3",
        "fil.sqlite3.lock",
    ]


async def test_without_a_present_base_the_backup_takes_its_place(db: Path, tmp_path: Path) -> None:
    await written(db, 1, "avant")
    copy = take(db, Keeping(tmp_path / "copies"), NOON)
    elsewhere = tmp_path / "neuf" / "fil.sqlite3"
    done = restore(copy, elsewhere, SEALED)
    assert done.aside is None
    assert await read(elsewhere, 1) == "avant"


async def test_a_disk_without_links_is_served_too(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    await written(db, 1, "avant")
    copy = take(db, Keeping(db.parent / "copies"), NOON)
    monkeypatch.setattr(os, "link", refuse)
    done = restore(copy, db, SEALED)
    assert done.aside is not None
    assert done.aside.exists()
    assert await read(db, 1) == "avant"


# --- the commands ------------------------------------------------------------------------------


def test_the_commands_from_a_key_to_a_return(tmp_path: Path) -> None:
    db, folder = tmp_path / "d.sqlite3", tmp_path / "copies"
    old, new = (filrouge("key", db=db).stdout.strip() for _ in range(2))
    assert filrouge("chat", db=db, text="1\n1\nCormoran\n").returncode == 0
    sealed = filrouge("seal", db=db, env={"FILROUGE_KEY": old})
    assert "Tout est chiffré" in sealed.stderr
    assert b"Cormoran" not in db.read_bytes()
    both = {"FILROUGE_KEY": f"{new} {old}"}
    made = filrouge("backup", "--to", str(folder), "--keep", "1", db=db, env=both)
    assert "Copie écrite" in made.stderr
    assert "Tout est chiffré" in filrouge("seal", db=db, env=both).stderr
    (copy,) = folder.glob("*.sqlite3")
    assert "demande la clé" in one_line(filrouge("projects", db=db, env={"FILROUGE_KEY": old}))
    assert "est chiffrée" in one_line(filrouge("projects", db=db))
    assert "Cormoran" in filrouge("projects", db=db, env={"FILROUGE_KEY": new}).stdout
    back = filrouge("restore", str(copy), db=db, env=both)
    assert back.returncode == 0
    assert "mise de côté" in back.stderr
    assert "Cormoran" in filrouge("projects", db=db, env={"FILROUGE_KEY": old}).stdout


def test_the_commands_say_what_is_missing(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    filrouge("chat", db=db, text="1\n")
    assert "--to" in one_line(filrouge("backup", db=db))
    assert "filrouge key" in one_line(filrouge("seal", db=db))
    assert "FILROUGE_KEY" in one_line(filrouge("projects", db=db, env={"FILROUGE_KEY": "secret"}))
    assert "n’existe pas" in one_line(filrouge("restore", str(tmp_path / "rien"), db=db))
    with single_bot(db):
        line = one_line(filrouge("seal", db=db, env={"FILROUGE_KEY": keys.fresh()}))
    assert "Un autre Fil rouge" in line


def test_a_key_of_two_sources_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        keys.codec(keys.fresh(), tmp_path / "cle")


@pytest.mark.parametrize("taking", [False, True])
async def test_who_left_a_shared_dossier_since_is_not_in_it_again(db: Path, taking: bool) -> None:
    await written(db, 1, "à Anna")
    async with opened(db) as store:
        anna, binta = Person(store, 1), Person(store, 2)
        await invites(anna)
        await joins(binta)
        await says(binta, "Q1", "à Binta")
    copy = take(db, Keeping(db.parent / "copies"), NOON)
    async with opened(db) as store:
        binta = Person(store, 2)
        me = (await binta.reads()).together.me.id
        await binta.act(RemoveMember(me, taking))
    restore(copy, db, SEALED)
    async with opened(db) as store:
        assert (await Person(store, 2).reads()).dossiers == ()
        together = (await Person(store, 1).reads()).together
        said = [one.answer.text for one in together.voices["Q1"]]
        assert said == (["à Anna"] if taking else ["à Anna", "à Binta"])
