"""A dossier of several people brought in from a file: its members are there, and nobody stands behind."""

import sqlite3
from contextlib import closing

import psycopg
import pytest

from bot.domain.conversation import (
    DeleteDossier,
    DeletePerson,
    RemoveMember,
    Role,
    Say,
    Toast,
)
from bot.domain.engine import sharing
from bot.domain.engine.turn import Turn
from bot.export import json_
from bot.service.bringing import bring
from bot.store import SqliteStore, register
from bot.store.codecs import Sealed
from bot.store.postgres import PostgresStore
from tests.samples import CROSSED
from tests.samples import FLOW as METHOD
from tests.store.conftest import FLOW

LATE = 4e9


@pytest.fixture(params=["sqlite-sealed", "postgresql"])
def opened(request, path):
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        return lambda flow=FLOW, **settings: PostgresStore.open(url, flow, **settings)
    codec = Sealed([bytes(32)])
    return lambda flow=FLOW, **settings: SqliteStore.open(path, flow, codec=codec, **settings)


@pytest.fixture
def rows(request, opened, path):
    """What a statement finds in the database, beside the store."""

    def found(statement):
        if "postgresql" in request.node.name:
            with psycopg.connect(request.getfixturevalue("postgres_url")) as db:
                return db.execute(statement).fetchall()
        with closing(sqlite3.connect(path)) as db:
            return db.execute(statement).fetchall()

    return found


@pytest.fixture
async def brought(store, anna):
    """The number of the dossier, in Anna's hand."""
    read = json_.read(METHOD, json_.document(METHOD, CROSSED))
    return await bring(METHOD, store, anna.key, read, 1_000.0)


PERSONS = "SELECT door FROM person ORDER BY id"
SAID = "SELECT count(*) FROM contribution"


async def test_members_and_voices_are_those_of_the_file(store, anna, brought):
    found = (await store.dossier(brought)).conversation.together
    assert [(one.role, one.side, one.brought) for one in found.members] == [
        (Role.OWNER, "ici", False),
        (Role.CONTRIBUTOR, "la_bas", True),
        (Role.CONTRIBUTOR, "la_bas", True),
        (Role.READER, "la_bas", True),
    ]
    assert [one.name for one in found.members][:2] == [
        "La chargée de mission",
        "Le directeur de la coopérative",
    ]
    assert [one.role for one in found.voices["Q14"]].count(None) == 1


async def test_nobody_is_told_counted_or_given_the_dossier(store, anna, brought, rows):
    news, _ = await store.tell_news(LATE, LATE, LATE, lambda *_: [Say("news")], (0, 0))
    assert news == []
    assert (await store.census(1_000.0)).persons == 1
    await anna.act(DeletePerson())
    assert await store.dossiers() == []
    assert rows(PERSONS) == []


async def test_a_dossier_does_not_pass_on_to_who_came_with_a_file(store, anna, brought):
    conversation = (await store.dossier(brought)).conversation
    contributor = conversation.together.members[1]
    turn = Turn(METHOD, conversation, 1_000.0)
    sharing.transfer(turn, contributor.id)
    assert turn.effects[0] == Toast("stale")


async def test_deleted_it_leaves_no_person_and_one_line_in_the_register(
    store, anna, brought, rows, path
):
    assert len(rows(PERSONS)) == 5  # the owner, three members, an author who had left
    await anna.act(DeleteDossier(brought))
    assert rows(PERSONS) == [("telegram",)]
    assert rows(SAID) == [(0,)]
    if isinstance(store, SqliteStore):
        kinds = [kind for kind, _ in register.read(register.path_of(path))]
        assert kinds == ["dossier"]


async def test_purged_it_leaves_no_person(store, anna, brought, rows):
    await store.blocked(anna.key, True)  # who is not waited for
    await store.announce_sleeping(LATE, 1.0, lambda *_: [])
    assert await store.purge_sleeping(LATE, LATE) == 1
    assert rows(PERSONS) == []


async def test_taken_out_a_member_leaves_its_words_without_a_name(store, anna, brought, rows):
    members = (await store.dossier(brought)).conversation.together.members
    await anna.act(RemoveMember(members[1].id, False))  # who spoke
    await anna.act(RemoveMember(members[3].id, False))  # who did not
    found = (await store.dossier(brought)).conversation.together
    assert len(found.members) == 2
    gone = next(one for one in found.voices["Q4"] if one.author == members[1].id)
    assert (gone.role, gone.name) == (None, "")
    assert len(rows(PERSONS)) == 4
