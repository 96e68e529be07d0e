"""Dossiers that sleep: announced once, woken by a turn, purged after, with persons who have no other."""

import asyncio
import sqlite3
import time
from contextlib import closing

from bot.domain.conversation import Ask, Say, Show
from bot.store import register

MONTH = 30 * 86_400.0


def say(dossier, name):
    return (Say("asleep", {"name": name}), Show("project", str(dossier), fresh=True))


def aged(path, days: float) -> None:
    """As if nothing had been written or opened since."""
    then = time.time() - days * 86_400
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE dossier SET changed = ?1, seen = ?1", (then,))


async def shown(store) -> None:
    for due in await store.due():
        await store.shown(due.key, due.turn.number, None, 0, "")


async def test_a_sleeping_dossier_is_announced_once_and_stays_due_until_shown(store, anna, path):
    await anna.begins()
    await anna.writes("I_nom", "Eau potable")
    await shown(store)
    now = time.time()
    assert await store.announce_sleeping(now - MONTH, now, say) == []
    aged(path, 40)
    (due,) = await store.announce_sleeping(now - MONTH, now, say)
    assert due.key == anna.key
    assert due.turn.effects[0] == Say("asleep", {"name": "Eau potable"})
    assert await store.announce_sleeping(now - MONTH, now, say) == []
    (again,) = await store.due()
    assert again.turn.effects == due.turn.effects
    assert again.turn.number == due.turn.number
    await shown(store)
    assert await store.due() == []


async def test_opening_a_dossier_wakes_it(store, anna, path):
    await anna.begins()
    aged(path, 40)
    now = time.time()
    await store.announce_sleeping(now - MONTH, now - 2 * MONTH, say)
    await anna.act(Ask())
    assert await store.purge_sleeping(now - MONTH, now - MONTH) == 0
    assert await store.announce_sleeping(now - MONTH, now, say) == []
    assert (await anna.reads()).dossier


async def test_only_the_first_turn_of_a_day_writes_that_it_was_open(store, anna):
    await anna.begins()
    statements: list[str] = []
    await store._writer._connection.set_trace_callback(statements.append)
    for _ in range(3):
        await anna.act(Ask())
    assert not any("seen" in one for one in statements if one.startswith("UPDATE"))


async def test_what_was_announced_is_purged_with_who_has_nothing_else(store, someone, path):
    anna, marc = someone(store, 1), someone(store, 2)
    for one in (anna, marc):
        await one.begins()
    aged(path, 90)
    await marc.begins_another()
    now = time.time()
    told = await store.announce_sleeping(now - MONTH, now - 2 * MONTH, say)
    assert sorted(one.key.person for one in told) == [1, 2]
    assert await store.purge_sleeping(now - MONTH, now - MONTH) == 0  # nobody has been shown it
    await shown(store)
    assert await store.purge_sleeping(now - MONTH, now - MONTH) == 2
    assert await store.personal_data(anna.key) is None
    assert [one.id for one in (await store.personal_data(marc.key)).dossiers] == [3]
    assert (await marc.reads()).dossier == 3
    marks = register.read(register.path_of(path))
    assert sorted(kind for kind, _ in marks) == ["dossier", "dossier", "person"]


async def test_who_blocked_the_bot_is_not_waited_for(store, anna, path):
    await anna.begins()
    await store.blocked(anna.key, True)
    aged(path, 90)
    now = time.time()
    assert await store.announce_sleeping(now - MONTH, now - 2 * MONTH, say) == []
    assert await store.purge_sleeping(now - MONTH, now - MONTH) == 1


async def test_a_person_is_told_where_they_are_alone(store, someone, path):
    alone, group = someone(store, 7), someone(store, 7, chat=-100)
    await alone.begins()
    await group.act(Ask())
    aged(path, 90)
    now = time.time()
    (due,) = await store.announce_sleeping(now - MONTH, now, say)
    assert due.key.chat == 7


async def test_turns_go_on_while_dossiers_are_purged(store, someone, path):
    people = [someone(store, number) for number in range(1, 30)]
    for one in people:
        await one.begins()
    await shown(store)
    aged(path, 90)
    awake = people[:10]
    now = time.time()
    await asyncio.gather(
        *[one.writes("Q1", "mot") for one in awake],
        store.announce_sleeping(now - MONTH, now - 2 * MONTH, say),
    )
    await asyncio.gather(*[one.writes("Q2", "mot") for one in awake])
    await shown(store)
    assert await store.purge_sleeping(now - MONTH, now - MONTH) == 19
    assert [len((await one.reads()).answers) for one in awake] == [2] * 10
