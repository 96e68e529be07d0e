"""A dossier that several people share, as rows: on both engines, one of them sealed."""

import pytest

from bot.domain.conversation import (
    Adopt,
    AdoptText,
    Answer,
    CloseDossier,
    CreateInvitation,
    DeletePerson,
    Fragment,
    JoinDossier,
    KeepPrivate,
    NameMember,
    OpenDossier,
    RecordAnswer,
    RecordConsent,
    RemoveMember,
    RevokeInvitation,
    Role,
    SetBlind,
    TransferDossier,
)
from bot.domain.workshop.effects import KeepHelper
from bot.service.ports import Entrance, Look, digest
from bot.store import SqliteStore
from bot.store.codecs import Sealed
from bot.store.postgres import PostgresStore
from tests.store.conftest import FLOW

TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture(params=["sqlite-sealed", "postgresql"])
def opened(request, path):
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        return lambda flow=FLOW, **settings: PostgresStore.open(url, flow, **settings)
    codec = Sealed([bytes(32)])
    return lambda flow=FLOW, **settings: SqliteStore.open(path, flow, codec=codec, **settings)


async def invites(person, token=TOKEN, side="la_bas", role=Role.CONTRIBUTOR, single=False):
    await person.act(CreateInvitation(token, side, role, single, 1_001.0, 9_000.0))


async def joins(person, token=TOKEN):
    def decide(one, _):
        return one, [
            RecordConsent(True, 1_002.0),
            JoinDossier(one.offer.invitation, 1_002.0),
            OpenDossier(one.offer.dossier),
        ]

    return await person.store.turn(person.key, decide, look=Look(token=digest(token)))


@pytest.fixture
async def binta(store, anna, someone):
    """Of the other side, in Anna's dossier."""
    await anna.begins()
    await invites(anna)
    binta = someone(store, 8)
    await joins(binta)
    return binta


async def says(person, question, words, *, adopted=False, private=False, visit=None):
    at = person.tick()
    answer = Answer((), (Fragment(words, int(at)),))

    def decide(one, _):
        return one, [
            RecordAnswer(question, answer, visit or int(at), at, adopted, private),
        ]

    await person.store.turn(person.key, decide)


async def together(person):
    return (await person.reads()).together


async def texts(person, question):
    return [one.answer.text for one in (await together(person)).voices.get(question, ())]


async def test_an_invitation_is_found_by_its_digest_and_tells_what_it_leads_to(
    store, anna, someone
):
    await anna.begins()
    await anna.writes("I_nom", "Eau de Kayes")
    await invites(anna, single=True)
    found = {}

    def look(one, _):
        found["offer"] = one.offer
        return one, ()

    stranger = someone(store, 8)
    await store.turn(stranger.key, look, look=Look(token=digest(TOKEN)))
    offer = found["offer"]
    assert (offer.role, offer.side, offer.single, offer.uses) == (
        Role.CONTRIBUTOR,
        "la_bas",
        True,
        0,
    )
    assert offer.answers["I_nom"].text == "Eau de Kayes"
    await store.turn(stranger.key, look, look=Look(token=digest("another")))
    assert not found["offer"].invitation


async def test_a_member_has_the_dossier_in_hand_with_their_role_and_side(anna, binta):
    conversation = await binta.reads()
    assert conversation.dossier == (await anna.reads()).dossier
    assert [one.role for one in conversation.dossiers] == [Role.CONTRIBUTOR]
    assert (conversation.together.me.side, len(conversation.together.members)) == ("la_bas", 2)
    assert not conversation.together.invitations, "the owner's to see"
    assert len((await together(anna)).invitations) == 1


async def test_every_author_keeps_their_own_newest_answer(anna, binta):
    await says(anna, "Q1", "premier", adopted=True)
    await says(binta, "Q1", "second")
    await says(binta, "Q1", "second, revu")
    assert await texts(anna, "Q1") == ["premier", "second, revu"]
    assert (await together(binta)).adopted["Q1"].voice.answer.text == "premier"


async def test_a_choice_remembers_what_there_was_to_choose_from(anna, binta):
    await says(anna, "Q1", "premier", adopted=True)
    await says(binta, "Q1", "second")
    number = (await together(anna)).voices["Q1"][1].number
    await binta.act(Adopt("Q1", number, "picked", 2_000.0))
    adopted = (await together(anna)).adopted["Q1"]
    assert (adopted.voice.answer.text, adopted.how) == ("second", "picked")
    assert adopted.after == (await together(anna)).last


async def test_a_text_written_together_is_adopted_and_nobodys_voice(anna, binta):
    await says(anna, "Q1", "premier", adopted=True)
    await anna.act(AdoptText("Q1", Answer((), (Fragment("commun", 5),)), 2_000.0))
    assert await texts(anna, "Q1") == ["premier"]
    assert (await together(binta)).adopted["Q1"].voice.answer.text == "commun"
    await says(anna, "Q1", "premier, revu")
    assert await texts(anna, "Q1") == ["premier, revu"]


async def test_what_is_private_is_loaded_for_its_side_alone(anna, binta, store, someone):
    await invites(anna, "other", side="la_bas")
    moussa = someone(store, 9)
    await joins(moussa, "other")
    await says(binta, "Q1", "entre nous", private=True)
    assert await texts(anna, "Q1") == []
    assert await texts(moussa, "Q1") == ["entre nous"]
    await binta.act(KeepPrivate("Q1", False))
    assert await texts(anna, "Q1") == ["entre nous"]


async def test_the_history_of_a_question_has_every_version_one_may_read(anna, binta, store):
    await says(anna, "Q1", "un", adopted=True)
    await says(anna, "Q1", "deux", adopted=True)
    await says(binta, "Q1", "entre nous", private=True)
    found = {}

    def look(one, _):
        found["history"] = one.history
        return one, ()

    for person, expected in ((anna, ["un", "deux"]), (binta, ["un", "deux", "entre nous"])):
        await store.turn(person.key, look, look=Look(history="Q1"))
        assert [one.answer.text for one in found["history"].versions] == expected


async def test_what_the_owner_decides_holds_for_all(anna, binta):
    await anna.act(SetBlind(True), CloseDossier(True))
    shared = await together(binta)
    assert (shared.blind, shared.closed) == (True, True)
    number = (await together(anna)).invitations[0].id
    await anna.act(RevokeInvitation(number, 2_000.0))
    assert (await together(anna)).invitations == ()
    await anna.act(TransferDossier((await together(binta)).me.id))
    assert (await together(binta)).me.role is Role.OWNER
    assert (await together(anna)).me.role is Role.CONTRIBUTOR


async def test_a_name_is_known_while_its_member_is_there(anna, binta):
    await binta.act(NameMember("Binta D."))
    await says(binta, "Q1", "un mot")
    assert (await together(anna)).voices["Q1"][0].name == "Binta D."
    await binta.act(RemoveMember((await together(binta)).me.id, False))
    left = (await together(anna)).voices["Q1"][0]
    assert (left.name, left.role, left.answer.text) == ("", None, "un mot")
    assert (await binta.reads()).dossiers == ()


async def test_a_member_who_takes_back_leaves_nothing(anna, binta):
    await says(binta, "Q1", "un mot")
    await binta.act(RemoveMember((await together(binta)).me.id, True))
    assert await texts(anna, "Q1") == []


async def test_a_member_taken_out_has_no_dossier_in_hand(anna, binta):
    await anna.act(RemoveMember((await together(binta)).me.id, False))
    conversation = await binta.reads()
    assert (conversation.dossier, conversation.dossiers) == (None, ())


async def test_a_member_who_goes_facilitates_nothing_there(store, anna, binta):
    await store.room(Entrance(anna.key, "begin"), lambda room: (room, ()))
    await store.room(Entrance(binta.key, "workshop", 1), lambda room: (room, (KeepHelper(),)))
    assert binta.key in (await store.hall(1)).desks
    await anna.act(RemoveMember(2, False))
    assert list((await store.hall(1)).desks) == [anna.key]


async def test_a_dossier_outlives_its_owner_with_a_contributor(store, anna, binta):
    await says(anna, "Q1", "à moi", adopted=True)
    await says(binta, "Q2", "à elle")
    await anna.act(DeletePerson())
    shared = await together(binta)
    assert shared.me.role is Role.OWNER
    assert (await texts(binta, "Q1"), await texts(binta, "Q2")) == ([], ["à elle"])
    assert len(await store.dossiers()) == 1


async def test_a_dossier_that_readers_alone_share_goes_with_its_owner(store, anna, someone):
    await anna.begins()
    await invites(anna, role=Role.READER)
    reader = someone(store, 8)
    await joins(reader)
    await anna.act(DeletePerson())
    assert await store.dossiers() == []
    assert (await reader.reads()).dossiers == ()
