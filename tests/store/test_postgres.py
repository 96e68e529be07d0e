"""What PostgreSQL itself must hold: one migration however many start, clear faults, turns one by one."""

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from bot.domain.conversation import Ask
from bot.errors import StoreError
from bot.service.ports import Gone, Told
from bot.store import schema
from bot.store.codecs import Sealed
from bot.store.postgres import PostgresStore, fellows, store
from bot.store.postgres.connection import Session, connect, shown
from bot.store.postgres.schema import migrate
from tests.store.conftest import FLOW, Person


@pytest.fixture
def opened(postgres_url):
    return lambda flow=FLOW, **settings: PostgresStore.open(postgres_url, flow, **settings)


async def refused(url: str) -> str:
    with pytest.raises(StoreError) as caught:
        async with PostgresStore.open(url, FLOW):
            pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


def said(url: str, *statements: str) -> list[tuple]:
    with psycopg.connect(url, autocommit=True) as connection:
        for one in statements[:-1]:
            connection.execute(one)
        return connection.execute(statements[-1]).fetchall()


# --- the database ------------------------------------------------------------------------------


async def test_migrations_run_once_however_many_workers_start(opened, postgres_url):
    async def starts() -> bool:
        async with opened():
            return True

    assert await asyncio.gather(*[starts() for _ in range(6)]) == [True] * 6
    assert said(postgres_url, "SELECT version FROM filrouge") == [(schema.VERSION,)]


@pytest.mark.parametrize("version", range(1, schema.VERSION))
async def test_a_base_of_an_earlier_version_is_brought_up(
    version, opened, postgres_url, monkeypatch
):
    with monkeypatch.context() as earlier:
        earlier.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:version])
        earlier.setattr(schema, "VERSION", version)
        with connect(postgres_url) as connection, connection.transaction():
            migrate(Session(connection), "ici")
    async with opened() as store:
        assert (await Person(store).begins()).conversation.consented


async def test_the_tables_of_another_program_are_left_alone(postgres_url):
    said(postgres_url, "CREATE TABLE person (name TEXT)", "SELECT 1")
    assert "autre programme" in await refused(postgres_url)


async def test_a_base_of_a_later_version_is_refused(opened, postgres_url):
    async with opened():
        pass
    said(postgres_url, "UPDATE filrouge SET version = 99 RETURNING 1")
    assert "99" in await refused(postgres_url)


async def test_what_cannot_be_reached_is_said_in_one_line_without_the_password():
    line = await refused("postgresql://anna:tres-secret@127.0.0.1:9/fil")
    assert "ne répond pas" in line
    assert "tres-secret" not in line
    assert "fil sur 127.0.0.1:9" in line
    assert "lisible" in await refused("postgresql://anna:tres-secret@[/fil")
    assert "secret" not in shown("postgresql://anna:tres-secret@ici/fil")


async def test_a_base_that_does_not_exist_is_said(postgres_server):
    assert "n’existe pas" in await refused(postgres_server.url("nulle_part"))


async def test_a_commit_is_on_the_disk_whatever_the_server_is_set_to(opened, postgres_server):
    async with opened() as store:
        for name, wanted in (("synchronous_commit", "on"), ("application_name", "filrouge")):
            (value,) = await store._read(
                lambda db, name=name: db.execute("SELECT current_setting(?)", (name,)).fetchone()
            )
            assert value == wanted


# --- turns -------------------------------------------------------------------------------------


async def test_the_turns_of_a_person_are_one_by_one_across_workers(opened):
    async with opened() as one, opened() as other:
        await Person(one).begins(update=1)
        people = [Person([one, other][number % 2]) for number in range(20)]
        for number, person in enumerate(people):
            person.messages = 100 * number
        await asyncio.gather(*[person.writes("Q1", "mot") for person in people])
        assert (await Person(one).reads()).answers["Q1"].text.split() == ["mot"] * 20


async def test_an_update_that_two_workers_receive_counts_once(opened):
    async with opened() as one, opened() as other:
        await Person(one).begins(update=1)
        for update in range(2, 12):
            turns = await asyncio.gather(
                Person(one).writes("Q1", "mot", update=update),
                Person(other).writes("Q1", "mot", update=update),
            )
            assert sorted(turn.repeated for turn in turns) == [False, True]
        assert len((await Person(one).reads()).answers["Q1"].fragments) == 10


async def test_a_stranger_met_by_two_workers_begins_once(opened):
    async with opened() as one, opened() as other:
        turns = await asyncio.gather(Person(one).begins(update=1), Person(other).begins(update=1))
        assert sorted(turn.repeated for turn in turns) == [False, True]
        assert len(await one.dossiers()) == 1


async def test_a_connection_cut_between_turns_is_not_noticed(opened, postgres_url):
    async with opened() as store:
        anna = Person(store)
        await anna.begins()
        said(
            postgres_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        await anna.writes("Q1", "mot")
        assert (await anna.reads()).answers["Q1"].text == "mot"


async def test_a_lock_is_free_once_its_worker_is_dead(opened, postgres_url):
    """A process killed within a turn holds nobody."""
    async with opened() as store:
        await Person(store).begins()
        script = (
            "import sys, time\n"
            "from bot.service.ports import Key\n"
            "from bot.store.postgres import locks\n"
            "from bot.store.postgres.connection import Session, connect\n"
            "with connect(sys.argv[1]) as connection, connection.transaction():\n"
            "    locks.enter(Session(connection), key=Key('telegram', 7, 7))\n"
            "    print('held', flush=True)\n"
            "    time.sleep(60)\n"
        )
        command = [sys.executable, "-c", script, postgres_url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline() == "held\n"
            turn = asyncio.create_task(Person(store).writes("Q1", "mot"))
            await asyncio.sleep(0.3)
            assert not turn.done()
            process.kill()
        assert not (await turn).repeated


async def test_a_turn_no_longer_waited_for_is_said_once_it_is_kept(opened, monkeypatch):
    monkeypatch.setattr(fellows, "SETTLED", 0.0)
    gate = threading.Event()

    def slowly(conversation):
        gate.wait(10)
        return conversation

    async with opened() as one:
        await one.fellows.join(lambda told: None, alone=False)
        anna = Person(one)
        await one.shown(anna.key, (await anna.begins()).number, None, 0, "")
        with monkeypatch.context() as impatient:
            impatient.setattr(store, "SILENCE", 0.1)
            with pytest.raises(StoreError, match="ne répond pas"):
                await anna.act(Ask(), change=slowly)
        assert await one.due() == []
        gate.set()
        async with asyncio.timeout(40):
            while not (due := await one.due()):
                await asyncio.sleep(0.05)
        assert [(said.key, said.turn.number) for said in due] == [(anna.key, 2)]
        await one.fellows.leave()


async def test_what_a_worker_that_ends_leaves_due_is_taken_over_at_once(opened, monkeypatch):
    monkeypatch.setattr(fellows, "SETTLED", 60.0)  # nobody is believed dead
    monkeypatch.setattr(fellows, "EVERY", 60.0)
    async with opened() as one, opened() as other:
        told: asyncio.Queue[Told] = asyncio.Queue()
        await one.fellows.join(lambda told: None, alone=False)
        await other.fellows.join(told.put_nowait, alone=False)
        anna = Person(one)
        await anna.begins()
        assert await other.due() == []
        await one.fellows.retire()
        await one.fellows.leave()
        assert await asyncio.wait_for(told.get(), 10) == Gone()
        assert [said.key for said in await other.due()] == [anna.key]
        await other.fellows.leave()


async def test_after_a_cut_a_worker_asks_whether_a_reply_is_still_its_to_show(
    opened, postgres_url, monkeypatch
):
    monkeypatch.setattr(fellows, "SETTLED", 0.0)
    monkeypatch.setattr(fellows, "EVERY", 0.1)
    async with opened() as one, opened() as other:
        for worker in (one, other):
            await worker.fellows.join(lambda told: None, alone=False)
        anna = Person(one)
        turn = await anna.begins()
        async with asyncio.timeout(10):
            while not one.fellows.sure:
                await asyncio.sleep(0.02)
        assert await one.holds(anna.key, turn.number)
        said(
            postgres_url,
            f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE objid = {one.worker}",  # noqa: S608  # a number
        )
        async with asyncio.timeout(10):
            while not await other.due():
                await asyncio.sleep(0.02)
        assert not one.fellows.sure
        assert not await one.holds(anna.key, turn.number)
        for worker in (one, other):
            await worker.fellows.leave()


async def test_sealing_does_not_undo_what_is_written_meanwhile(opened):
    async with opened() as store:
        people = [Person(store, number) for number in range(1, 9)]
        for one in people:
            await one.begins()
            await one.writes("Q1", "avant")
    async with opened(codec=Sealed([bytes(32)])) as store:
        people = [Person(store, number) for number in range(1, 9)]

        async def go_on(one: Person) -> None:
            for number in range(10):
                await one.writes("Q1", str(number))

        done, *_ = await asyncio.gather(store.seal(), *[go_on(one) for one in people])
        assert done[1] == 0
        for one in people:
            assert (await one.reads()).answers["Q1"].text.split()[1:] == [
                str(number) for number in range(10)
            ]
        await store.seal()
        assert await store.sealed_whole()


async def test_what_a_person_deletes_leaves_the_memory_of_every_worker(opened):
    async with opened() as one, opened() as other:
        for store in (one, other):
            await store.fellows.join(lambda told: None, alone=False)
        await Person(one).begins()
        await Person(one).writes("Q1", "mot")
        await Person(other).reads()
        assert other._loader._answers
        await Person(one).is_forgotten()
        async with asyncio.timeout(40):
            while other._loader._answers:
                await asyncio.sleep(0.05)
        for store in (one, other):
            await store.fellows.leave()


async def test_a_worker_is_there_until_it_is_not(opened):
    async with opened() as one, opened() as other:
        await one.fellows.join(lambda told: None, alone=True)
        with pytest.raises(StoreError, match="relève déjà"):
            await other.fellows.join(lambda told: None, alone=True)
        await other.fellows.join(lambda told: None, alone=False)
        async with asyncio.timeout(40):
            while not one.fellows.others:
                await asyncio.sleep(0.05)
        assert one.fellows.first
        assert not other.fellows.first
        await one.fellows.leave()
        async with asyncio.timeout(40):
            while not other.fellows.first:
                await asyncio.sleep(0.05)
        await other.fellows.leave()


# --- the command -------------------------------------------------------------------------------


def test_nothing_changes_but_the_address(postgres_url, tmp_path):
    settings = {**os.environ, "FILROUGE_DB": postgres_url, "PYTHONPATH": str(Path.cwd())}
    run = {"env": settings, "cwd": tmp_path, "capture_output": True, "text": True, "check": True}
    command = [sys.executable, "-m", "bot"]
    subprocess.run([*command, "chat"], input="/start\n1\n", **run)
    assert "0 réponses" in subprocess.run([*command, "projects"], **run).stdout
    subprocess.run([*command, "backup", "copie.sqlite3"], **run)
    move = subprocess.run([*command, "move", postgres_url, "fil.sqlite3"], **run)
    assert "identiques des deux côtés" in move.stderr
    settings["FILROUGE_DB"] = "fil.sqlite3"
    assert "0 réponses" in subprocess.run([*command, "projects"], **run).stdout
