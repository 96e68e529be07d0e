"""What members are told without asking: grouped, once, not too often, and never of what is not theirs."""

import pytest

from bot.domain.conversation import (
    Answer,
    CreateInvitation,
    Fragment,
    JoinDossier,
    MuteNotices,
    OpenDossier,
    RecordAnswer,
    RecordConsent,
    RemindOf,
    Role,
    Say,
)
from bot.service.ports import Look, digest
from bot.store import SqliteStore
from bot.store.codecs import Sealed
from bot.store.postgres import PostgresStore
from tests.store.conftest import FLOW


@pytest.fixture(params=["sqlite-sealed", "postgresql"])
def opened(request, path):
    """Both engines, one of them sealed."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        return lambda flow=FLOW, **settings: PostgresStore.open(url, flow, **settings)
    codec = Sealed([bytes(32)])
    return lambda flow=FLOW, **settings: SqliteStore.open(path, flow, codec=codec, **settings)


HOUR, DAY = 3_600.0, 86_400.0
START = (0, 0)


@pytest.fixture
async def shared(store, anna, someone):
    """Anna's dossier, joined by Binta of the other side."""
    await anna.begins()
    await anna.act(
        CreateInvitation("secret", "la_bas", Role.CONTRIBUTOR, False, 1_001.0, 2_000_000.0)
    )
    binta = someone(store, 8)

    def decide(one, _):
        return one, [
            RecordConsent(True, 1_002.0),
            JoinDossier(one.offer.invitation, 1_002.0),
            OpenDossier(one.offer.dossier),
        ]

    await store.turn(binta.key, decide, look=Look(token=digest("secret")))
    return binta


async def answers(store, person, question, at, *, private=False):
    def decide(one, _):
        said = Answer((), (Fragment(f"à {at}", int(at)),))
        return one, [RecordAnswer(question, said, int(at), at, False, private)]

    await store.turn(person.key, decide)


def say(conversation, questions):
    return (Say("news", {"questions": ", ".join(questions)}),)


async def told(store, at):
    due, after = await store.tell_news(at - HOUR, at - 600.0, at, say, START)
    assert after is None
    return {one.key.person: one.turn.effects[0].args["questions"] for one in due}


async def test_the_other_members_are_told_once_of_all_that_was_said(store, anna, shared):
    await answers(store, shared, "Q1", 2_000.0)
    await answers(store, shared, "Q2", 2_100.0)
    assert await told(store, 10_000.0) == {7: "Q1, Q2"}
    assert await told(store, 20_000.0) == {}
    assert len(await store.due()) == 1


async def test_nothing_is_told_while_somebody_is_at_it(store, anna, shared):
    await answers(store, shared, "Q1", 9_900.0)
    assert await told(store, 10_000.0) == {}
    assert await told(store, 10_600.0) == {7: "Q1"}


async def test_at_most_one_message_an_hour(store, anna, shared):
    await answers(store, shared, "Q1", 2_000.0)
    assert await told(store, 10_000.0) == {7: "Q1"}
    await answers(store, shared, "Q2", 10_100.0)
    assert await told(store, 11_000.0) == {}
    assert await told(store, 13_700.0) == {7: "Q2"}


async def test_what_the_moment_forbids_is_told_later(store, anna, shared):
    await answers(store, shared, "Q1", 2_000.0)
    assert await store.tell_news(6_400.0, 9_400.0, 10_000.0, lambda *_: (), START) == ([], None)
    assert await told(store, 20_000.0) == {7: "Q1"}


async def test_a_private_answer_is_news_to_nobody_of_the_other_side(store, anna, shared):
    await answers(store, shared, "Q1", 2_000.0, private=True)
    assert await told(store, 10_000.0) == {}


async def test_whoever_silenced_notices_is_told_nothing(store, anna, shared):
    await anna.act(MuteNotices(True))
    await answers(store, shared, "Q1", 2_000.0)
    assert await told(store, 10_000.0) == {}


async def test_a_sleeping_dossier_is_recalled_twice_to_those_who_wanted_it(store, anna, shared):
    await anna.act(RemindOf(True))
    seen = (await store.conversation(anna.key)).at or 0
    assert not seen

    async def reminded(at):
        due, _ = await store.remind_members(at - 14 * DAY, at - 30 * DAY, at, say, START)
        return [one.key.person for one in due]

    now = 4_000_000_000.0
    assert await reminded(now) == [7]
    assert await reminded(now + DAY) == []
    assert await reminded(now + 31 * DAY) == [7]
    assert await reminded(now + 62 * DAY) == []
