"""What every store owes the use cases, whatever its engine (the port is `bot.service.ports.Store`)."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.conversation import (
    Answer,
    Ask,
    At,
    Attachment,
    Conversation,
    CreateDossier,
    DeleteDossier,
    DeletePerson,
    DossierLine,
    Effect,
    Fragment,
    Handling,
    Limits,
    OpenDossier,
    Pace,
    RecordAnswer,
    RecordConsent,
    RecordHandling,
    Review,
    Rhythm,
    Say,
    SendSheet,
    Show,
    StepEnd,
    Toast,
)
from bot.service.ports import Key, Store
from bot.store import CLEAR, FlowSnapshot, SqliteStore
from bot.store.codecs import Sealed
from bot.store.postgres import PostgresStore
from tests.store.conftest import FLOW, Opener

NEWER = FlowSnapshot("six-etapes", "h2", "flow: six-etapes\nversion: 2\n", name="I_nom")
PHOTO = Attachment("photo", "plan.jpg", "handle-1", 1_000, message=3)


@pytest.fixture(params=["sqlite", "sqlite-sealed", "postgresql", "postgresql-sealed"])
def opened(request: pytest.FixtureRequest, path: Path) -> Opener:
    """The engines that the contract is tried on."""
    engine, _, sealed = request.param.partition("-")
    codec = Sealed([bytes(32)]) if sealed else CLEAR
    if engine == "sqlite":
        return lambda flow=FLOW, **settings: SqliteStore.open(path, flow, codec=codec, **settings)
    url = request.getfixturevalue("postgres_url")
    return lambda flow=FLOW, **settings: PostgresStore.open(url, flow, codec=codec, **settings)


# --- consent -----------------------------------------------------------------------------------


async def test_nothing_is_stored_before_consent(store, anna):
    turn = await anna.act(Say("nothing_kept"), Show("welcome"), update=1)
    assert turn.effects == (Say("nothing_kept"), Show("welcome"))
    assert turn.number == 0
    await store.shown(anna.key, turn.number, 55, 0, "")
    again = await anna.act(Show("welcome"), update=1)
    assert not again.repeated
    assert await store.personal_data(anna.key) is None
    assert await store.due() == []


async def test_an_answer_without_consent_is_not_stored(store, anna):
    await anna.act(CreateDossier(1.0), RecordAnswer("Q1", Answer(("oui",)), 0, 1.0))
    assert await anna.reads() == Conversation()
    assert await store.dossiers() == []


async def test_consent_keeps_the_person_and_begins_a_dossier(store, anna):
    turn = await anna.begins()
    assert turn.conversation.consented
    assert turn.conversation.dossier is not None
    assert turn.conversation.dossiers == (
        DossierLine(turn.conversation.dossier, "", flow="six-etapes", project=1),
    )
    assert turn.number == 1
    assert await anna.reads() == turn.conversation


async def test_consent_withdrawn_keeps_what_was_written_and_writes_nothing_more(store, anna):
    begun = await anna.begins()
    await anna.writes("Q1", "mot")
    withdrawn = await anna.act(
        RecordConsent(False, 5.0),
        Say("withdrawn"),
        change=lambda one: replace(one, consented=False),
    )
    assert not withdrawn.conversation.consented
    await anna.writes("Q1", "de plus")
    now = await anna.reads()
    assert not now.consented
    assert now.answers["Q1"].text == "mot"
    again = await anna.act(
        RecordConsent(True, 9.0), Ask(), change=lambda one: replace(one, consented=True)
    )
    assert again.conversation.dossier == begun.conversation.dossier
    assert (await store.personal_data(anna.key)).consented_at == 9.0


async def test_one_who_withdrew_can_still_have_everything_deleted(store, anna):
    await anna.begins()
    await anna.act(RecordConsent(False, 5.0), change=lambda one: replace(one, consented=False))
    await anna.is_forgotten()
    assert await store.personal_data(anna.key) is None


async def test_the_last_notice_of_a_withdrawal_is_cleared_once_shown(store, anna):
    await anna.begins()
    turn = await anna.act(RecordConsent(False, 5.0), Say("withdrawn"))
    assert [one.key for one in await store.due()] == [anna.key]
    await store.shown(anna.key, turn.number, 12, 0, "")
    assert await store.due() == []


# --- turns -------------------------------------------------------------------------------------


async def test_an_update_counts_once(store, anna):
    await anna.begins(update=1)
    first = await anna.writes("Q1", "mot", update=2)
    again = await anna.writes("Q1", "mot", update=2)
    assert again.repeated
    assert again.effects == ()
    assert again.number == first.number
    assert again.conversation == first.conversation
    assert (await anna.reads()).answers["Q1"].text == "mot"


async def test_an_update_of_another_door_is_another_update(store, someone):
    anna, console = someone(store), someone(store)
    console.key = Key("console", 7, 7)
    await anna.begins(update=1)
    assert not (await console.begins(update=1)).repeated


async def test_a_turn_gives_back_what_the_next_one_loads(store, anna):
    await anna.begins()
    answer = Answer(("croise",), (Fragment("« oui » 😀 \x00 \ud800", 5),), (PHOTO,))
    handling = Handling("planned", "écrire", "la référente", "juin")
    turn = await anna.act(
        RecordAnswer("I_nom", Answer((), (Fragment("Pont"),)), 0, 3.0),
        RecordAnswer("Q1", answer, 0, 3.0),
        RecordHandling("V2.3", handling, 3.0),
        change=lambda one: replace(
            one,
            place=At("Q2", telling=True),
            rhythm=Rhythm.IN_DEPTH,
            revision=4,
            answers={"I_nom": Answer((), (Fragment("Pont"),)), "Q1": answer},
            noted="Q1",
            joined=(5, 6),
            trail=(At("Q1"), At("Q2", True)),
            resume=Review(),
            told=frozenset({"Q1"}),
            follow_ups={"Q1": ("R1.1",)},
            revealed=frozenset({"Q3"}),
            ended=frozenset({"etape1"}),
            handled={"V2.3": handling},
            finished=True,
            awaiting="who:V2.3",
            attachment_bytes=1_000,
            pace=Pace(60.0, 3),
        ),
    )
    assert turn.conversation.dossiers[0].name == "Pont"
    assert await anna.reads() == turn.conversation


async def test_a_turn_that_only_moves_is_kept(store, anna):
    await anna.begins()
    moved = await anna.act(change=lambda one: replace(one, place=StepEnd("etape1"), revision=1))
    assert (await anna.reads()).place == StepEnd("etape1")
    assert moved.number == 2


async def test_a_point_handled_can_be_taken_back(store, anna):
    await anna.begins()
    await anna.act(RecordHandling("V1", Handling("done"), 1.0))
    assert (await anna.reads()).handled == {"V1": Handling("done")}
    await anna.act(RecordHandling("V1", None, 2.0))
    assert (await anna.reads()).handled == {}


async def test_a_turn_that_fails_falls_alone_and_raises_to_its_caller(store, someone):
    anna, marc = someone(store, 1), someone(store, 2)
    await anna.begins()
    await marc.begins()

    def fails(conversation: Conversation, question: str) -> tuple[Conversation, Sequence[Effect]]:
        raise ZeroDivisionError

    outcomes = await asyncio.gather(
        anna.writes("Q1", "avant"),
        store.turn(anna.key, fails, update=9),
        marc.writes("Q1", "pendant"),
        anna.writes("Q1", "après"),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], ZeroDivisionError)
    assert (await anna.reads()).answers["Q1"].text == "avant\naprès"
    assert (await marc.reads()).answers["Q1"].text == "pendant"
    assert not (await anna.act(update=9)).repeated


async def test_turns_of_one_person_follow_each_other(store, someone):
    phone, tablet = someone(store), someone(store)
    await phone.begins()
    await asyncio.gather(
        *[(phone, tablet)[number % 2].writes("Q1", str(number)) for number in range(40)]
    )
    assert (await phone.reads()).answers["Q1"].text.split() == [str(one) for one in range(40)]


async def test_numbers_grow_with_each_turn(store, someone):
    anna = someone(store)
    first = await anna.begins()
    turns = await asyncio.gather(*[anna.act(Ask()) for _ in range(5)])
    assert [one.number for one in turns] == [first.number + more for more in range(1, 6)]


async def test_a_caller_who_gives_up_leaves_the_store_whole(store, anna):
    await anna.begins()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anna.writes("Q1", "perdu ?"), timeout=0)
    await anna.writes("Q2", "suite")
    assert (await anna.reads()).answers["Q2"].text == "suite"


async def test_an_answer_without_a_dossier_is_refused_rather_than_lost(store, anna):
    begun = await anna.begins()
    await anna.deletes(begun.conversation.dossier)
    with pytest.raises(ValueError, match="dossier"):
        await anna.writes("Q1", "où ?")


async def test_a_huge_id_fails_its_turn_only(store, someone):
    anna, odd = someone(store), someone(store, 2**70)
    outcomes = await asyncio.gather(anna.begins(), odd.begins(), return_exceptions=True)
    assert isinstance(outcomes[1], OverflowError)
    assert (await anna.reads()).consented
    assert not (await anna.writes("Q1", "un", update=2**70)).repeated
    assert (await anna.writes("Q1", "un", update=2**70)).repeated


# --- what is due -------------------------------------------------------------------------------


async def test_what_was_not_shown_is_due(store, anna):
    turn = await anna.begins()
    (due,) = await store.due()
    assert due.key == anna.key
    assert due.turn.effects == (Ask(),)
    assert due.turn.conversation == turn.conversation
    await store.shown(anna.key, due.turn.number, 10, 0, "Q1")
    assert await store.due() == []


async def test_a_toast_is_never_due_and_clears_nothing(store, anna):
    await anna.begins()
    turn = await anna.act(Toast("already_noted"))
    assert turn.effects == (Toast("already_noted"),)
    (due,) = await store.due()
    assert due.turn.effects == (Ask(),)


async def test_turns_shown_late_clear_only_what_they_owed(store, anna):
    first = await anna.begins()
    second = await anna.writes("Q1", "mot")
    await store.shown(anna.key, first.number, 10, 0, "Q1")
    (due,) = await store.due()
    assert due.turn.number == second.number
    await store.shown(anna.key, second.number, 11, 0, "Q2")
    assert await store.due() == []


async def test_several_turns_unsaid_are_said_once_with_their_last_card(store, anna):
    await anna.begins()
    await anna.act(Say("file_kept"), SendSheet("show", "pdf"), Ask())
    await anna.act(Say("file_kept"), Show("missing"))
    (due,) = await store.due()
    assert due.turn.effects == (Say("file_kept"), SendSheet("show", "pdf"), Show("missing"))


async def test_nothing_is_due_to_those_who_blocked_until_they_speak(store, anna):
    await anna.begins()
    await store.blocked(anna.key, True)
    assert await store.due() == []
    await anna.act(Ask())
    assert len(await store.due()) == 1


# --- cards -------------------------------------------------------------------------------------


async def question_of(person, message: int) -> str:
    """The question that a reply to `message` reaches."""
    seen = []

    def decide(conversation: Conversation, question: str) -> tuple[Conversation, Sequence[Effect]]:
        seen.append(question)
        return conversation, []

    await person.store.turn(person.key, decide, reply_to=message)
    return seen[0]


async def test_a_reply_reaches_the_question_its_card_shows(store, anna):
    turn = await anna.begins()
    await store.shown(anna.key, turn.number, 10, 0, "Q1")
    later = await anna.act(Ask())
    assert later.card == 10
    await store.shown(anna.key, later.number, 11, 1, "Q2")
    assert await question_of(anna, 10) == "Q1"
    assert await question_of(anna, 11) == "Q2"
    assert await question_of(anna, 99) == ""
    edited = await anna.act(Ask())
    assert edited.card == 11
    await store.shown(anna.key, edited.number, 11, 2, "Q3")
    assert await question_of(anna, 11) == "Q3"


async def test_a_card_of_another_dossier_or_person_is_none(store, someone):
    anna, marc = someone(store, 1), someone(store, 2)
    turn = await anna.begins()
    await store.shown(anna.key, turn.number, 10, 0, "Q1")
    await marc.begins()
    assert await question_of(marc, 10) == ""
    other = await anna.begins_another()
    await store.shown(anna.key, turn.number, 12, 0, "Q1")  # shown late: it was of the first dossier
    assert await question_of(anna, 10) == ""
    assert await question_of(anna, 12) == ""
    assert (await anna.act()).card == 10
    await store.shown(anna.key, other.number, 13, 0, "Q1")
    assert await question_of(anna, 13) == "Q1"


async def test_a_card_shown_late_does_not_take_the_place_of_a_later_one(store, anna):
    first = await anna.begins()
    second = await anna.act(Ask())
    await store.shown(anna.key, second.number, 11, 1, "Q2")
    await store.shown(anna.key, first.number, 10, 0, "Q1")
    assert (await anna.act()).card == 11


# --- dossiers ----------------------------------------------------------------------------------


async def test_answers_after_a_new_dossier_are_its_own(store, anna):
    first = await anna.begins()
    await anna.writes("Q1", "ancien")
    answer = Answer(("oui",))
    second = await anna.act(
        CreateDossier(9.0),
        RecordAnswer("Q1", answer, 0, 9.0),
        change=lambda one: Conversation(
            consented=True, answers={"Q1": answer}, dossiers=one.dossiers
        ),
    )
    assert (await anna.reads()).answers == {"Q1": answer}
    back = await anna.opens(first.conversation.dossier)
    assert back.conversation.answers["Q1"].text == "ancien"
    assert [one.id for one in back.conversation.dossiers] == [
        first.conversation.dossier,
        second.conversation.dossier,
    ]


async def test_a_dossier_taken_up_again_is_where_it_was_left(store, anna):
    first = await anna.begins()
    await anna.act(
        change=lambda one: replace(one, place=At("Q7"), rhythm=Rhythm.ESSENTIAL, awaiting="what:V1")
    )
    await anna.begins_another()
    back = await anna.opens(first.conversation.dossier)
    assert back.conversation.place == At("Q7")
    assert back.conversation.rhythm is Rhythm.ESSENTIAL
    assert back.conversation.awaiting == ""  # the next words are an answer
    assert await anna.reads() == back.conversation


async def test_a_revision_never_serves_two_dossiers_of_a_person(store, anna):
    seen = set()
    first = await anna.begins()
    for _ in range(3):
        seen.add((await anna.moves_on()).conversation.revision)
    second = await anna.begins_another()
    assert second.conversation.revision not in seen
    seen.add(second.conversation.revision)
    seen.add((await anna.moves_on()).conversation.revision)
    back = await anna.opens(first.conversation.dossier)
    assert back.conversation.revision not in seen
    seen.add(back.conversation.revision)
    kept = (await anna.deletes(first.conversation.dossier)).conversation
    assert kept.dossier == second.conversation.dossier
    assert kept.revision not in seen
    seen.add(kept.revision)
    await anna.deletes(second.conversation.dossier)
    assert (await anna.begins_another()).conversation.revision not in seen


async def test_a_dossier_is_called_by_its_name_question(store, anna):
    begun = await anna.begins()
    named = await anna.writes("I_nom", "Un pont")
    (line,) = named.conversation.dossiers
    assert (line.id, line.name) == (begun.conversation.dossier, "Un pont")
    (line,) = await store.dossiers()
    assert (line.name, line.answers, line.archived) == ("Un pont", 1, False)


async def test_a_dossier_is_archived_and_back(store, anna):
    begun = await anna.begins()
    turn = await anna.archives(begun.conversation.dossier)
    assert turn.conversation.dossiers[0].archived
    assert (await store.dossiers())[0].archived
    turn = await anna.archives(begun.conversation.dossier, False)
    assert not turn.conversation.dossiers[0].archived


async def test_after_a_deletion_the_dossier_changed_last_comes_in_hand(store, anna):
    first = (await anna.begins()).conversation.dossier
    second = (await anna.begins_another()).conversation.dossier
    third = (await anna.begins_another()).conversation.dossier
    await anna.opens(first)
    await anna.writes("Q1", "plus récent")
    await anna.opens(third)
    turn = await anna.deletes(third)
    assert turn.conversation.dossier == first
    assert turn.conversation.answers["Q1"].text == "plus récent"
    assert [one.id for one in turn.conversation.dossiers] == [first, second]
    await anna.archives(second)
    turn = await anna.deletes(first)
    assert turn.conversation.dossier is None
    assert turn.conversation.answers == {}
    assert turn.conversation.consented
    assert await anna.reads() == turn.conversation


async def test_a_dossier_not_in_hand_is_deleted_without_moving(store, anna):
    first = (await anna.begins()).conversation.dossier
    await anna.answers("Q1", attachments=(PHOTO,))
    await anna.begins_another()
    await anna.writes("Q1", "ici")
    turn = await anna.deletes(first)
    assert turn.conversation.answers["Q1"].text == "ici"
    assert turn.conversation.attachment_bytes == 0
    assert await anna.reads() == turn.conversation
    assert await store.dossier(first) is None


async def test_the_dossiers_of_others_are_out_of_reach(store, someone):
    anna, marc = someone(store, 1), someone(store, 2)
    hers = (await anna.begins()).conversation.dossier
    await anna.writes("Q1", "à moi")
    his = await marc.begins()
    for effect in (OpenDossier(hers), DeleteDossier(hers), OpenDossier(12_345)):
        turn = await marc.act(effect)
        assert turn.conversation == his.conversation
    await marc.archives(hers)
    assert (await anna.reads()).answers["Q1"].text == "à moi"
    assert not (await anna.reads()).dossiers[0].archived


async def test_a_flow_that_changed_makes_old_buttons_stale(opened, someone):
    async with opened() as store:
        anna = someone(store)
        await anna.begins()
        before = (await anna.moves_on()).conversation.revision
    async with opened(NEWER) as store:
        anna = someone(store)
        (due,) = await store.due()
        assert due.turn.conversation.revision == before + 1
        assert (await anna.reads()).revision == before + 1
        assert (await anna.act()).conversation.revision == before + 1
        assert (await anna.reads()).revision == before + 1
        assert await store.flow_content("h1") == "flow: six-etapes\n"


# --- history -----------------------------------------------------------------------------------


async def history(store: Store, person) -> list[tuple[str, bool]]:
    data = await store.personal_data(person.key)
    return [
        (one.answer.text or "/".join(one.answer.options), one.adopted) for _, one in data.history
    ]


async def test_one_visit_is_one_version(store, anna):
    await anna.begins()
    await anna.answers("Q1", options=("a",))
    await anna.answers("Q1", options=("b",), keep=False)
    await anna.writes("Q1", "un")
    await anna.writes("Q1", "deux")
    assert await history(store, anna) == [("un\ndeux", True)]


async def test_each_visit_is_a_version_and_the_newest_is_adopted(store, anna):
    await anna.begins()
    await anna.writes("Q1", "un")
    await anna.moves_on()
    await anna.writes("Q1", "deux")
    await anna.moves_on()
    await anna.answers("Q1", fragments=(Fragment("trois", 9),), keep=False)
    assert await history(store, anna) == [("un", False), ("un\ndeux", False), ("trois", True)]


async def test_a_correction_within_a_visit_replaces_its_message(store, anna):
    await anna.begins()
    await anna.answers("Q1", fragments=(Fragment("fote", 9),))
    await anna.answers("Q1", fragments=(Fragment("faute", 9),), keep=False)
    assert await history(store, anna) == [("faute", True)]


async def test_words_taken_away_within_a_visit_stay_in_history(store, anna):
    await anna.begins()
    await anna.writes("Q1", "longue histoire")
    await anna.answers("Q1", keep=False)  # « Réécrire »
    await anna.writes("Q1", "autrement")
    assert await history(store, anna) == [("longue histoire", False), ("autrement", True)]


# --- records -----------------------------------------------------------------------------------


async def test_a_dossier_is_read_as_its_owner_left_it(store, anna):
    begun = await anna.begins()
    turn = await anna.writes("Q1", "mot")
    record = await store.dossier(begun.conversation.dossier)
    assert (record.flow, record.begun, record.changed) == ("six-etapes", 1_001.0, 1_002.0)
    assert record.conversation.answers == turn.conversation.answers
    assert await store.dossier(999) is None


async def test_a_skip_does_not_count_as_an_answer(store, anna):
    await anna.begins()
    await anna.act(RecordAnswer("Q1", Answer(skipped=True), 0, 1.0))
    await anna.writes("Q2", "mot")
    assert (await store.dossiers())[0].answers == 1


async def test_personal_data_is_everything(store, anna):
    first = (await anna.begins()).conversation.dossier
    await anna.writes("Q1", "un")
    second = (await anna.begins_another()).conversation.dossier
    await anna.answers("Q2", attachments=(PHOTO,))
    await store.turn(anna.key, lambda one, _: (one, []), language="fr")
    data = await store.personal_data(anna.key)
    assert (data.consented_at, data.language) == (1_001.0, "fr")
    assert [one.id for one in data.dossiers] == [first, second]
    assert data.dossiers[0].conversation.answers["Q1"].text == "un"
    assert [(dossier, one.question) for dossier, one in data.history] == [
        (first, "Q1"),
        (second, "Q2"),
    ]
    assert [(one.dossier, one.question, one.attachment, one.state) for one in data.files] == [
        (second, "Q2", PHOTO, "pending")
    ]


# --- files -------------------------------------------------------------------------------------


async def test_a_file_promised_is_pending_until_kept(store, anna):
    dossier = (await anna.begins()).conversation.dossier
    await anna.answers("Q1", attachments=(PHOTO,))
    await anna.answers("Q1", attachments=(replace(PHOTO, file="handle-2", message=4),))
    ((first, key, photo), (second, _, _)) = await store.pending_files()
    assert (key, photo) == (anna.key, PHOTO)
    await store.keep_file(first, b"\x00octets")
    await store.keep_file(second, None)
    assert await store.pending_files() == []
    assert await store.file_content(first) == b"\x00octets"
    assert await store.file_content(second) is None
    assert [one.state for one in await store.files(dossier)] == ["kept", "lost"]
    assert (await anna.reads()).attachment_bytes == 7


async def test_a_location_has_nothing_to_fetch(store, anna):
    await anna.begins()
    await anna.answers("Q1", attachments=(Attachment("location", place=(48.5, -2.25)),))
    assert await store.pending_files() == []
    assert (await anna.reads()).answers["Q1"].attachments[0].place == (48.5, -2.25)


async def test_a_file_fetched_after_its_deletion_is_not_kept(store, anna):
    dossier = (await anna.begins()).conversation.dossier
    await anna.answers("Q1", attachments=(PHOTO,))
    ((number, _, _),) = await store.pending_files()
    await anna.deletes(dossier)
    await anna.begins_another()
    await anna.answers("Q1", attachments=(PHOTO,))
    await store.keep_file(number, b"trop tard")
    ((other, _, _),) = await store.pending_files()
    assert other != number
    assert await store.file_content(number) is None


# --- updates set aside -------------------------------------------------------------------------


async def test_an_update_set_aside_counts_as_handled(store, anna):
    await anna.begins()
    await store.set_aside("telegram", 5, '{"text": "\ud800"}', "ValueError \ud800")
    assert (await anna.writes("Q1", "mot", update=5)).repeated
    await store.set_aside("telegram", 5, "{}", "encore")
    await store.set_aside("telegram", 2**80, "{}", "énorme")


async def test_an_update_set_aside_is_recognised_for_a_stranger_too(store, anna):
    await store.set_aside("telegram", 5, "{}", "ValueError")
    assert (await anna.begins(update=5)).repeated


# --- forgetting --------------------------------------------------------------------------------


async def test_everything_of_a_person_is_deleted_and_nothing_of_others(store, someone):
    anna, marc = someone(store, 1), someone(store, 2)
    await anna.begins()
    await anna.answers("Q1", attachments=(PHOTO,))
    await anna.begins_another()
    await marc.begins()
    await marc.writes("Q1", "reste")
    turn = await anna.is_forgotten(update=3)
    assert turn.effects == (Say("all_deleted"),)
    assert turn.conversation == Conversation(limits=Limits())
    assert await store.personal_data(anna.key) is None
    assert await store.pending_files() == []
    assert len(await store.dossiers()) == 1
    assert (await marc.reads()).answers["Q1"].text == "reste"
    assert [one.key for one in await store.due()] == [marc.key]


async def test_who_comes_back_after_deletion_is_met_as_new(store, anna):
    await anna.begins(update=1)
    await anna.is_forgotten(update=2)
    await store.shown(anna.key, 2, 12, 0, "")
    assert await anna.reads() == Conversation()
    assert (await anna.begins(update=1)).repeated  # an old update that comes again is still old
    turn = await anna.begins(update=3)
    assert turn.number == 1
    assert turn.card is None


async def test_deletion_and_consent_in_one_turn_of_a_stranger_are_harmless(store, anna):
    await anna.act(DeletePerson(), Show("welcome"))
    assert await store.personal_data(anna.key) is None


async def test_limits_are_those_of_the_house(opened, someone):
    limits = Limits(dossiers=2)
    async with opened(limits=limits) as store:
        anna = someone(store)
        await anna.begins()
        assert (await anna.reads()).limits == limits


async def test_what_is_said_to_everybody_is_kept_until_replaced(store):
    assert await store.maintenance() == ""
    await store.announce_maintenance("Ce soir, pause.", 1.0)
    await store.announce_maintenance("Demain, pause.", 2.0)
    assert await store.maintenance() == "Demain, pause."
    await store.announce_maintenance("", 3.0)
    assert await store.maintenance() == ""


async def test_use_is_counted_and_nobody_named(store, someone):
    anna, marc = someone(store, 7), someone(store, 8)
    await anna.begins()
    await anna.writes("Q1", "mot")
    await anna.begins_another()
    await marc.begins()
    await store.blocked(marc.key, True)
    found = await store.census(time.time())
    assert (found.persons, found.blocked, found.dossiers) == (2, 1, 3)
    assert (found.day, found.week, found.month, found.answers) == (3, 3, 3, 1)
    vitals = await store.vitals()
    assert vitals.due == 4
    assert vitals.size > 0
    later = await store.census(time.time() + 8 * 86_400)
    assert (later.day, later.week, later.month) == (0, 0, 3)
