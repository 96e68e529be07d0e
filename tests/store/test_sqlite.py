"""What SQLite itself must hold: commits, the file, its faults, its copies, what deletion leaves."""

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.conversation import Answer, Ask, Attachment, Fragment, Handling, RecordHandling, Say
from bot.errors import StoreError
from bot.store import SqliteStore, flows, schema, single_bot, soundness, updates
from bot.store import copy_out as backup
from bot.store.connection import connected

PHOTO = Attachment("photo", "plan.jpg", "handle-1", 1_000, message=3)


class Counted:
    """Counts the statements that a store's writer runs."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __call__(self, statement: str) -> None:
        if not statement.startswith("--"):  # not a call of ours: a part of one
            self.statements.append(statement)

    def commits(self) -> int:
        return sum(one == "COMMIT" for one in self.statements)


async def traced(store: SqliteStore) -> Counted:
    counted = Counted()
    await store._writer._connection.set_trace_callback(counted)
    return counted


async def pragma(store: SqliteStore, text: str) -> object:
    return await store._writer._connection.run(
        lambda db: db.execute(f"PRAGMA {text}").fetchone()[0]
    )


# --- turns and commits -------------------------------------------------------------------------


async def test_a_hundred_turns_at_once_share_a_few_commits(store, someone):
    people = [someone(store, number) for number in range(1, 101)]
    await asyncio.gather(*[one.begins() for one in people])
    counted = await traced(store)
    await asyncio.gather(*[one.writes("Q1", "mot") for one in people])
    assert counted.commits() <= 4
    assert [(await one.reads()).answers["Q1"].text for one in people] == ["mot"] * 100


async def test_an_answer_costs_few_statements_whatever_else_is_stored(store, someone):
    anna = someone(store, 1)
    await anna.begins()
    counted = await traced(store)
    await anna.writes("Q1", "mot", update=1)
    alone = list(counted.statements)
    assert len(alone) <= 14, "\n".join(alone)  # BEGIN and COMMIT included, shared by a batch
    others = [someone(store, number) for number in range(2, 60)]
    for one in others:
        await one.begins()
        await one.writes("Q1", "autre")
    counted.statements.clear()
    await anna.writes("Q2", "mot", update=2)
    assert len(counted.statements) == len(alone)


@pytest.mark.parametrize("many", [0, 300])
async def test_a_turn_reads_by_index_only(store, someone, many):
    """No statement of a turn scans a table: the plan says so."""
    anna = someone(store, 1)
    begun = await anna.begins()
    counted = await traced(store)
    await anna.answers("Q1", attachments=(PHOTO,), update=1)
    await anna.act(RecordHandling("V1", Handling("done"), 1.0), Ask(), update=2, reply_to=3)
    await anna.begins_another()
    await anna.opens(begun.conversation.dossier)
    await store.shown(anna.key, 9, 3, 1, "Q1")

    def plans(db: sqlite3.Connection) -> list[str]:
        return [
            f"{row[3]} in {statement}"
            for statement in counted.statements
            if statement.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")
            for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]

    found = await store._writer._connection.run(plans)
    assert found
    assert [one for one in found if one.startswith("SCAN") and "CONSTANT ROW" not in one] == []


async def test_the_large_content_of_a_file_is_not_read_by_turns(store, anna):
    await anna.begins()
    await anna.answers("Q1", attachments=(PHOTO,))
    ((number, _, _),) = await store.pending_files()
    await store.keep_file(number, bytes(15_000_000))
    counted = await traced(store)
    turn = await anna.writes("Q1", "mot")
    assert turn.conversation.attachment_bytes == 15_000_000
    assert not any("content FROM attachment" in one for one in counted.statements)


async def test_a_disk_full_confirms_nothing_and_the_turn_can_come_again(store, someone):
    anna, marc = someone(store, 1), someone(store, 2)
    await anna.begins()
    await marc.begins()
    room = await pragma(store, "page_count")
    await pragma(store, f"max_page_count = {room}")
    outcomes = await asyncio.gather(
        anna.writes("Q1", "long " * 50_000, update=5),
        marc.writes("Q1", "court", update=6),
        return_exceptions=True,
    )
    assert [type(one) for one in outcomes] == [StoreError, StoreError]
    assert "disque est plein" in str(outcomes[0])
    assert "\n" not in str(outcomes[0])
    await pragma(store, "max_page_count = 1000000")
    assert not (await anna.writes("Q1", "enfin", update=5)).repeated
    assert (await anna.reads()).answers["Q1"].text == "enfin"
    assert not (await marc.writes("Q1", "court", update=6)).repeated


async def test_a_write_that_the_system_refuses_confirms_nothing(store, anna, path):
    resource = pytest.importorskip("resource")
    await anna.begins()
    await anna.writes("Q1", "avant")
    journal = path.with_name(path.name + "-wal")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (journal.stat().st_size + 8_192, limits[1]))
    try:
        with pytest.raises(StoreError, match="disque"):
            await anna.writes("Q1", "long " * 20_000, update=5)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (await anna.reads()).answers["Q1"].text == "avant"
    assert not (await anna.writes("Q1", "après", update=5)).repeated
    assert (await anna.reads()).answers["Q1"].text == "avant\naprès"


async def test_a_read_only_file_is_said(store, anna):
    await anna.begins()
    await pragma_on(store, "query_only = ON")
    with pytest.raises(StoreError, match="lecture seule"):
        await anna.writes("Q1", "mot", update=1)
    await pragma_on(store, "query_only = OFF")
    assert not (await anna.writes("Q1", "mot", update=1)).repeated


async def pragma_on(store: SqliteStore, text: str) -> None:
    await store._writer._connection.run(lambda db: db.execute(f"PRAGMA {text}"))


async def test_a_file_locked_by_another_program_is_said(store, anna, path):
    await anna.begins()
    await pragma(store, "busy_timeout = 50")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="verrouillée"):
            await anna.writes("Q1", "mot", update=1)
        assert (await anna.reads()).answers == {}  # reading goes on
    assert not (await anna.writes("Q1", "mot", update=1)).repeated


async def test_updates_are_forgotten_when_old_and_never_the_last_ones(store, anna, monkeypatch):
    monkeypatch.setattr(updates, "AT_LEAST", 10)
    await anna.begins()
    for number in range(30):
        await anna.act(update=number)
    work = store._writer.write
    await work(lambda db: updates.purge(db, 4e9))  # the clock jumps by a century
    assert not (await anna.act(update=1)).repeated
    assert (await anna.act(update=29)).repeated


# --- a kill ------------------------------------------------------------------------------------

KILLED = """
    import asyncio, os, signal, sys
    from pathlib import Path
    from bot.domain.conversation import *
    from bot.service.ports import Key
    from bot.store import FlowSnapshot, SqliteStore

    async def main():
        flow = FlowSnapshot("six-etapes", "h1", "flow", name="I_nom")
        async with SqliteStore.open(Path(sys.argv[1]), flow) as store:
            key = Key("telegram", 7, 7)
            def begins(one, _):
                return Conversation(consented=True), [RecordConsent(True, 1.0), CreateDossier(1.0)]
            await store.turn(key, begins, update=1)
            for number in range(2, 1000):
                def answers(one, _, number=number):
                    former = one.answers.get("Q1", Answer())
                    answer = Answer((), (*former.fragments, Fragment(str(number), number)))
                    return one, [RecordAnswer("Q1", answer, 0, 1.0), Ask(fresh=True)]
                turn = await store.turn(key, answers, update=number)
                print(number, flush=True)

    asyncio.run(main())
"""


def killed(path: Path) -> int:
    """The last answer that was confirmed by a process killed as it writes."""
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if int(line) == 40:
                process.send_signal(signal.SIGKILL)
                break
        told = 40 + len(process.stdout.readlines())
    assert process.returncode == -signal.SIGKILL
    return told


async def test_a_kill_loses_nothing_confirmed_and_leaves_the_reply_due(opened, someone, path):
    told = killed(path)
    async with opened() as store:
        anna = someone(store)
        stored = [int(one.text) for one in (await anna.reads()).answers["Q1"].fragments]
        assert stored == list(range(2, len(stored) + 2))
        assert stored[-1] in (told, told + 1)
        assert (await anna.writes("Q1", "encore", update=told)).repeated
        (due,) = await store.due()
        assert due.turn.effects == (Ask(fresh=True),)


# --- deletion ----------------------------------------------------------------------------------

PLANTED = "cormoran-huppé"


def on_disk(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(path.parent.iterdir()))


async def planted(person, store, long: int) -> None:
    """The word everywhere that something written can stay, in rows small and large."""
    await person.begins()
    for number in range(60):
        await person.writes(f"Q{number}", f"{PLANTED} " * (1 + number * long))
        await person.moves_on()
        await person.writes(f"Q{number}", PLANTED)
    await person.answers("Q1", attachments=(replace(PHOTO, name=PLANTED, file=PLANTED, size=10),))
    for number, _, _ in await store.pending_files():
        await store.keep_file(number, PLANTED.encode() * 3_000)
    await person.act(
        RecordHandling("V1", Handling("planned", PLANTED), 1.0), Say("x", {"word": PLANTED})
    )
    person_id = person.key.person
    await store.set_aside("telegram", 900 + person_id, f'{{"id":{person_id},"t":"{PLANTED}"}}', "x")
    await store.set_aside("telegram", 9_000 + person_id, PLANTED, "x", key=person.key)


@pytest.mark.parametrize("long", [0, 1, 40])
async def test_what_a_person_deletes_leaves_the_disk(store, someone, path, long):
    anna, marc = someone(store, 1), someone(store, 2)
    await marc.begins()
    await planted(anna, store, long)
    for number in range(60):
        await marc.writes(f"Q{number}", "goéland " * (1 + number))
    assert PLANTED.encode() in on_disk(path)
    await anna.is_forgotten()
    assert PLANTED.encode() not in on_disk(path)
    assert "goéland".encode() in on_disk(path)


async def test_what_a_person_deletes_leaves_memory(store, anna):
    await anna.begins()
    await anna.writes("Q1", PLANTED)
    await anna.reads()
    assert store._loader._answers
    await anna.is_forgotten()
    assert not store._loader._answers


async def test_a_dossier_deleted_leaves_the_disk(store, someone, path):
    anna = someone(store, 1)
    await planted(anna, store, 2)
    await store._writer.write(lambda db: db.execute("DELETE FROM failed_update").rowcount)
    dossier = (await anna.reads()).dossier
    await store.shown(anna.key, 10_000, 3, 1, "Q1")
    await anna.begins_another()
    await anna.deletes(dossier)
    assert PLANTED.encode() not in on_disk(path)


async def test_what_a_reader_kept_in_the_log_leaves_with_the_next_turn(store, someone, path):
    anna, marc = someone(store, 1), someone(store, 2)
    await marc.begins()
    await planted(anna, store, 1)
    await pragma(store, "busy_timeout = 50")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person").fetchone()
        await anna.is_forgotten()
    await marc.writes("Q1", "mot")
    assert PLANTED.encode() not in on_disk(path)


async def test_the_update_of_a_stranger_is_set_aside_without_its_content(store, someone, path):
    await store.set_aside("telegram", 4, PLANTED, "ValueError", key=someone(store).key)
    assert PLANTED.encode() not in on_disk(path)


# --- the file ----------------------------------------------------------------------------------


async def test_the_file_is_its_owner_s_alone(store, path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()} == {0o600}


async def test_every_answer_is_durable(store):
    assert await pragma(store, "journal_mode") == "wal"
    assert await pragma(store, "synchronous") == 2
    assert await pragma(store, "foreign_keys") == 1
    assert await pragma(store, "secure_delete") == 1


async def test_a_store_opened_beside_another_sees_its_turns(opened, someone):
    async with opened() as one, opened() as other:
        await someone(one).begins()
        assert (await someone(other).reads()).consented
        await someone(other).writes("Q1", "mot")
        assert (await someone(one).reads()).answers["Q1"].text == "mot"


async def refused(opened) -> str:
    with pytest.raises(StoreError) as caught:
        async with opened():
            pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_a_damaged_file_is_refused_and_left_as_it_is(opened, someone, path):
    async with opened() as store:
        anna = someone(store)
        await anna.begins()
        for number in range(50):
            await anna.writes(f"Q{number}", "mot " * 300)
    content = bytearray(path.read_bytes())
    for page in range(4, len(content) // 4096, 3):
        content[page * 4096 : page * 4096 + 2000] = os.urandom(2000)
    path.write_bytes(content)
    line = await refused(opened)
    assert "abîmée" in line
    assert str(path) in line
    assert "sauvegarde" in line
    assert path.read_bytes() == content


async def test_a_truncated_file_is_refused(opened, someone, path):
    async with opened() as store:
        await someone(store).begins()
    path.write_bytes(path.read_bytes()[: 10 * 4096])
    assert "abîmée" in await refused(opened)


async def test_a_file_whose_first_page_is_lost_is_refused(opened, someone, path):
    async with opened() as store:
        await someone(store).begins()
    content = bytes(100) + path.read_bytes()[100:]
    path.write_bytes(content)
    assert "pas une base de Fil rouge" in await refused(opened)
    assert path.read_bytes() == content


async def test_a_text_file_is_refused(opened, path):
    path.parent.mkdir()
    path.write_text("Liste de courses\n" * 100)
    assert "pas une base de Fil rouge" in await refused(opened)
    assert path.read_text().startswith("Liste de courses")


async def test_the_database_of_another_program_is_refused(opened, path):
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE person (id INTEGER)")
    before = path.read_bytes()
    assert "pas une base de Fil rouge" in await refused(opened)
    assert path.read_bytes() == before


async def test_a_base_of_a_later_version_is_refused(opened, path):
    async with opened():
        pass
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    line = await refused(opened)
    assert "plus récente" in line
    assert "99" in line


async def test_a_journal_without_its_base_is_not_thrown_away(opened, path):
    path.parent.mkdir()
    journal = path.with_name("fil.db-wal")
    journal.write_bytes(b"des mois de travail")
    assert "journal" in await refused(opened)
    assert journal.read_bytes() == b"des mois de travail"


async def test_a_file_in_the_place_of_the_folder_is_said(opened, path):
    path.parent.write_text("")
    assert "Impossible d’écrire" in await refused(opened)


async def test_a_folder_in_the_place_of_the_file_is_said(opened, path):
    path.mkdir(parents=True)
    assert "c’est un dossier" in await refused(opened)


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="root may write anywhere")
async def test_a_file_without_the_right_to_write_is_said(opened, path):
    async with opened():
        pass
    path.chmod(0o400)
    assert "accès refusé" in await refused(opened)


async def test_a_large_damaged_file_stops_confirming_once_found_out(
    opened, someone, path, monkeypatch
):
    async with opened() as store:
        anna = someone(store)
        await anna.begins()
        for number in range(50):
            await anna.writes(f"Q{number}", "mot " * 2_000)
    content = bytearray(path.read_bytes())
    content[-4096 * 4 :] = os.urandom(4096 * 4)
    path.write_bytes(content)
    monkeypatch.setattr(soundness, "AT_ONCE", 0)
    async with opened() as store:
        for _ in range(500):
            if store._writer._refusal:
                break
            await asyncio.sleep(0.01)
        with pytest.raises(StoreError, match="abîmée"):
            await someone(store).writes("Q1", "mot")


# --- one bot -----------------------------------------------------------------------------------


def test_a_second_bot_is_refused_until_the_first_has_ended(path):
    with single_bot(path):
        with pytest.raises(StoreError) as caught, single_bot(path):
            pass
        assert str(os.getpid()) in str(caught.value)
        assert "\n" not in str(caught.value)
        other = path.with_name("autre.db")
        other.symlink_to(path)
        with pytest.raises(StoreError), single_bot(other):
            pass
    with single_bot(path):
        pass


def test_a_lock_that_cannot_be_made_is_said(path):
    path.parent.write_text("")
    with pytest.raises(StoreError, match="Impossible d’écrire"), single_bot(path):
        pass


# --- copies ------------------------------------------------------------------------------------


async def test_a_backup_is_whole_while_people_write_and_can_be_restored(
    store, someone, tmp_path, path
):
    anna = someone(store)
    await anna.begins()
    target = tmp_path / "copie.db"

    async def writes() -> None:
        for number in range(200):
            await anna.writes("Q1", str(number))

    writing = asyncio.create_task(writes())
    await asyncio.sleep(0.05)
    await store.backup(target)
    await store.backup(target)  # again over the former one
    await writing
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copie.db", "data"]
    async with SqliteStore.open(target, store._loader.flows.first) as restored:
        words = (await someone(restored).reads()).answers["Q1"].text.split()
        assert words == [str(one) for one in range(len(words))]


async def test_a_backup_that_cannot_be_written_is_said(store, path, tmp_path):
    for target in (tmp_path / "nulle" / "part.db", path, tmp_path):
        with pytest.raises(StoreError, match="Impossible d’écrire"):
            await store.backup(target)


def test_a_backup_of_nothing_is_said_and_makes_nothing(path, tmp_path):
    with pytest.raises(StoreError, match="ne s’ouvre pas"):
        backup(path, tmp_path / "copie.db")
    assert list(tmp_path.iterdir()) == []


# --- migrations --------------------------------------------------------------------------------


def as_is(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


async def test_a_later_schema_takes_a_copy_and_keeps_everything(opened, someone, path):
    async with opened() as store:
        await someone(store).begins()
        await someone(store).writes("Q1", "mot")
    before = as_is(path)
    later = (
        *schema.MIGRATIONS,
        ("ALTER TABLE person ADD COLUMN later_still TEXT NOT NULL DEFAULT ''",),
    )
    async with connected(path) as connection:
        await connection.run(lambda db: schema.migrate(db, path, later))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(later),)
        assert db.execute("SELECT later_still FROM person").fetchall() == [("",)]
    (copy,) = path.parent.glob(f"fil.db.schema{schema.VERSION}-*")
    assert as_is(copy) == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


@pytest.mark.parametrize("fault", ["CREATE TABLE person (id INTEGER)", "DELETE FROM flow_snapshot"])
async def test_a_migration_that_fails_leaves_everything_as_it_was(opened, someone, path, fault):
    async with opened() as store:
        await someone(store).begins()
    before = as_is(path)
    broken = (*schema.MIGRATIONS, ("ALTER TABLE person ADD COLUMN later_still TEXT",), (fault,))
    async with connected(path) as connection:
        with pytest.raises(StoreError, match="restée comme avant"):
            await connection.run(lambda db: schema.migrate(db, path, broken))
    assert as_is(path) == before
    async with opened() as store:
        assert (await someone(store).reads()).consented


async def test_a_new_base_takes_no_copy(opened, path):
    async with opened():
        pass
    assert list(path.parent.glob("*.schema*")) == []


# --- sealing -----------------------------------------------------------------------------------


class Mirror:
    """A codec that a test can see through: every byte turned over."""

    def seal(self, data: bytes, where: bytes) -> bytes:
        return bytes(255 - one for one in data)

    open = seal


async def test_nothing_that_a_person_wrote_escapes_the_codec(opened, someone, path):
    async with opened(codec=Mirror()) as store:
        anna = someone(store)
        await planted(anna, store, 1)
        await anna.act(change=lambda one: replace(one, awaiting=f"what:{PLANTED}"))
        await anna.writes("I_nom", PLANTED)
        assert PLANTED.encode() not in on_disk(path)
        assert (await anna.reads()).dossiers[0].name == PLANTED
        ((number, _),) = [(one.id, one.state) for one in await store.files(1)]
        assert await store.file_content(number) == PLANTED.encode() * 3_000
    assert PLANTED.encode() not in on_disk(path)


async def test_a_flow_seen_again_is_not_written_again(store):
    counted = await traced(store)
    flow = store._loader.flows.first
    await store._writer._connection.run(lambda db: flows.keep(db, flow))
    assert not any(one.startswith("INSERT") for one in counted.statements)


async def test_an_answer_of_many_megabytes_is_kept(store, anna):
    await anna.begins()
    text = "é" * 2_000_000
    await anna.answers("Q1", fragments=(Fragment(text),))
    assert (await anna.reads()).answers["Q1"] == Answer((), (Fragment(text),))
