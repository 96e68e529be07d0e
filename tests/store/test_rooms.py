"""Workshops in the store, on every engine: found by their secrets, never overwritten, deletable."""

from dataclasses import replace

import pytest

from bot.domain.conversation import AdoptText, Answer, Fragment, Handling, RecordHandling
from bot.domain.workshop.effects import (
    Approve,
    DropGiven,
    DropSeat,
    KeepGiven,
    KeepHelper,
    KeepLink,
    KeepSeat,
    LeaveSeat,
    RoomEffect,
)
from bot.domain.workshop.state import Given, Phase
from bot.service.ports import Entrance, Key, RoomTurn, Store
from tests.store.test_contract import opened  # noqa: F401  # every engine

OWNER, ANNA, BRUNO = Key("telegram", 7, 7), Key("telegram", 21, 21), Key("telegram", 22, 22)


async def act(
    store: Store, entrance: Entrance, *effects: RoomEffect, **changes: object
) -> RoomTurn:
    """A turn whose effects are given, and the workshop's fields that it changes."""

    def decide(room):  # type: ignore[no-untyped-def]
        return replace(room, workshop=replace(room.workshop, **changes)), effects

    turn = await store.room(entrance, decide)
    assert turn
    return turn


@pytest.fixture
async def room(store, someone) -> Store:  # type: ignore[no-untyped-def]
    """Anna’s and Bruno’s phones in an open room."""
    await someone(store, 7).begins()
    await act(store, Entrance(OWNER, "begin"))
    await act(
        store,
        Entrance(OWNER, "workshop", 1),
        KeepLink("wall", "mur"),
        phase=Phase.WAITING,
        code="BCDFGH",
        questions=("Q1",),
    )
    for key in (ANNA, BRUNO):
        await act(store, Entrance(key, "code", code="BCDFGH"), KeepSeat("elus", 1, 5.0))
    return store


def said(number: int = 0, text: str = "", seat: int = 1, **more: object) -> Given:
    return Given(number, "text", "", seat, text=text, **more)  # type: ignore[arg-type]


async def test_a_room_is_found_by_its_secrets_only(room):
    assert await room.room_at("code", "BCDFGH") == (1, 0)
    assert await room.room_at("wall", "mur") == (1, 0)
    assert await room.room_at("code", "ZZZZZZ") is None
    assert await room.room_at("wall", "BCDFGH") is None
    assert await room.room(Entrance(ANNA, "code", code="ZZZZZZ"), lambda one: (one, ())) is None
    assert await room.room(Entrance(ANNA, "workshop", 99), lambda one: (one, ())) is None


async def test_a_seat_meets_its_own_part_and_a_desk_the_whole(room):
    for seat, key in ((1, ANNA), (2, BRUNO)):
        await act(room, Entrance(key, "here"), KeepGiven(said(text=f"de {seat}", seat=seat)))
    anna = (await act(room, Entrance(ANNA, "here"))).room
    assert [one.text for one in anna.given] == ["de 1"]
    assert not anna.desk
    assert not anna.conversation.answers
    owner = (await act(room, Entrance(OWNER, "workshop", 1))).room
    assert [one.text for one in owner.given] == ["de 1", "de 2"]
    assert len(owner.seats) == 2


async def test_the_newest_counts_and_the_former_is_history(room):
    await act(room, Entrance(ANNA, "here"), KeepGiven(said(text="un")))
    await act(room, Entrance(ANNA, "here"), KeepGiven(said(text="deux"), replaces=1))
    hall = await room.hall(1, everything=True)
    assert [(one.number, one.text) for one in hall.room.given] == [(2, "deux")]
    data = await room.personal_data(ANNA)
    assert [one.text for one in data.rooms] == ["un", "deux"]


async def test_hands_counted_again_replace_the_former_count(room):
    for hands in (3, 5):
        given = Given(0, "count", "Q1", counts={"oui": hands})
        await act(room, Entrance(OWNER, "workshop", 1), KeepGiven(given))
    hall = await room.hall(1, everything=True)
    assert [one.counts for one in hall.room.given] == [{"oui": 5}]


async def test_a_repeated_update_acts_once(room):
    entrance = Entrance(ANNA, "here", update=900)
    first = await act(room, entrance, KeepGiven(said(text="un")))
    again = await act(room, entrance, KeepGiven(said(text="un")))
    assert not first.repeated
    assert again.repeated
    assert len((await room.hall(1, everything=True)).room.given) == 1


async def test_what_is_taken_back_is_gone_with_what_it_corrected(room):
    await act(room, Entrance(ANNA, "here"), KeepGiven(said(text="un", message=9)))
    await act(room, Entrance(ANNA, "here"), KeepGiven(said(text="deux", message=9), replaces=1))
    await act(room, Entrance(ANNA, "here"), DropGiven(2))
    assert (await room.personal_data(ANNA)).rooms == ()


async def test_a_number_is_never_given_twice(room):
    here = Entrance(ANNA, "here")
    turn = await act(room, here, KeepGiven(said(text="premier")))
    (first,) = turn.room.given
    await act(room, here, DropGiven(first.number))
    turn = await act(room, here, KeepGiven(said(text="second")))
    assert [one.number for one in turn.room.given] == [first.number + 1]
    await act(room, here, DropSeat())
    turn = await act(room, Entrance(BRUNO, "here"), KeepGiven(said(text="autre", seat=2)))
    assert [one.number for one in turn.room.given] == [first.number + 2]


async def test_only_approved_words_are_so(room):
    for text in ("un", "deux"):
        await act(room, Entrance(ANNA, "here"), KeepGiven(said(text=text)))
    await act(room, Entrance(OWNER, "workshop", 1), Approve((1,), True))
    given = (await room.hall(1)).room.given
    assert [one.text for one in given if one.approved] == ["un"]


async def test_whoever_leaves_is_away_and_may_come_back(room):
    await act(room, Entrance(ANNA, "here"), LeaveSeat())
    assert await room.room(Entrance(ANNA, "here"), lambda one: (one, ())) is None
    assert (ANNA.door, ANNA.person) not in await room.in_rooms()
    await act(room, Entrance(ANNA, "code", code="BCDFGH"), KeepSeat("", 1, 6.0))
    assert (await room.in_rooms())[ANNA.door, ANNA.person] is False
    await room.blocked(BRUNO, True)
    assert (BRUNO.door, BRUNO.person) not in await room.in_rooms()


async def test_a_page_s_seat_is_its_token_s(room):
    web = Key("web", 0, 0)
    await act(room, Entrance(web, "code", code="BCDFGH", token="jeton"), KeepSeat("", 1, 6.0))
    assert await room.room_at("token", "jeton") == (1, 3)
    mine = (await act(room, Entrance(web, "token", code="jeton"))).room
    assert mine.seat.id == 3
    await act(room, Entrance(web, "token", code="jeton"), DropSeat())
    assert await room.room_at("token", "jeton") is None


async def test_a_second_facilitator_s_link_serves_once(room):
    await act(room, Entrance(OWNER, "workshop", 1), KeepLink("helper", "lien"))
    await act(room, Entrance(BRUNO, "helper", code="lien"), KeepHelper())
    assert (await room.in_rooms())[BRUNO.door, BRUNO.person] is True
    assert await room.room(Entrance(ANNA, "helper", code="lien"), lambda one: (one, ())) is None
    assert set((await room.hall(1)).desks) == {OWNER, BRUNO}


async def test_what_a_room_retains_is_the_dossier_s_answer(room):
    text = Answer(("oui",), (Fragment("retenu"),))
    await act(
        room,
        Entrance(OWNER, "workshop", 1),
        AdoptText("Q1", text, 9.0),
        RecordHandling("V1", Handling("planned", "écouter", "la mairie", "mars"), 9.0),
    )
    conversation = await room.conversation(OWNER)
    assert conversation.answers["Q1"] == text
    assert conversation.handled["V1"].what == "écouter"


async def test_everything_of_a_person_goes_with_them(room, someone):
    await act(room, Entrance(ANNA, "here"), KeepGiven(said(text="un")))
    await someone(room, 21).is_forgotten()
    hall = await room.hall(1, everything=True)
    assert [one.person for one in hall.room.seats] == [22]
    assert hall.room.given == ()
    assert await room.personal_data(ANNA) is None


async def test_a_room_goes_with_its_dossier(room, someone):
    await someone(room, 7).deletes(1)
    assert await room.hall(1) is None
    assert await room.in_rooms() == {}


async def test_what_was_not_shown_is_known_after_a_restart(room):
    turn = await act(room, Entrance(OWNER, "workshop", 1), turn=4)
    assert [one.shown for one in turn.room.seats] == [-1, -1]
    await room.room_shown(ANNA, 1, 4, 55)
    seats = (await room.hall(1)).room.seats
    assert [(one.shown, one.card) for one in seats] == [(4, 55), (-1, None)]
    await act(room, Entrance(ANNA, "here"), KeepGiven(said(text="un")))
    assert (await room.hall(1)).room.seats[0].shown == -1, "its confirmation is owed"
