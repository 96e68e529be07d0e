"""A facilitator's pages before the room opens, and the addresses that open it."""

from bot.domain.conversation import Resumed
from bot.domain.workshop import desk as rules
from bot.domain.workshop.events import (
    DeskOpened,
    QuestionPicked,
    RoomOpened,
    SetChosen,
    SettingChosen,
)
from bot.render.reply import Body, Button
from bot.render.rooms.live import back
from bot.render.rooms.short import LONGEST_LABEL
from bot.render.rooms.view import RoomView
from bot.render.words import shorten

ON, OFF = "●", "○"


def setup(view: RoomView, _: str) -> Body:
    room, workshop, word = view.room, view.room.workshop, view.words.word
    stage = rules.stage_of(view.flow, room)
    sets = [
        (
            Button(
                f"{ON if workshop.chosen == one.id else OFF} {one.title}",
                SetChosen(room.id, one.id),
            ),
        )
        for one in sorted(
            view.flow.workshops, key=lambda one: stage not in one.stages
        )  # the one written for the project's stage comes first
    ]
    own = bool(workshop.questions) and not workshop.chosen
    mine = Button(f"{ON if own else OFF} {word('room_own')}", DeskOpened(room.id, "own"))
    settings = [
        tuple(
            Button(
                f"{ON if now == value else OFF} {word(f'room_{value}')}",
                SettingChosen(room.id, value),
            )
            for value in values
        )
        for now, values in (
            (workshop.per, ("phone", "table")),
            (workshop.voices, ("anonymous", "groups")),
            (workshop.voices, ("sides",)),
        )
        if workshop.per == "phone" or "table" in values
    ]
    text = view.words.page(
        "room_setup",
        questions=[view.named(one) for one in workshop.questions],
        workshop=workshop,
    )
    opening = [(Button(word("room_open"), RoomOpened(room.id)),)] if workshop.questions else []
    leave = (Button(word("resume"), Resumed()),)
    return Body(text, (*sets, (mine,), *settings, *opening, leave))


def own(view: RoomView, step: str) -> Body:
    """One step at a time: all of the questions would not fit on a phone."""
    room, workshop, word = view.room, view.room.workshop, view.words.word
    steps = [one for one in view.flow.steps if not one.annex]
    found = next((one for one in steps if one.id == step), steps[0])
    known = frozenset(rules.askable(view.flow))
    rows = []
    for question in found.ordered():
        for one in (question, *question.details):
            if one.id in known:
                on = one.id in workshop.questions
                label = shorten(f"{ON if on else OFF} {view.named(one.id)}", LONGEST_LABEL)
                rows.append((Button(label, QuestionPicked(room.id, one.id, not on)),))
    here = steps.index(found)
    move = [
        Button(word("of_step", number=one.number, title=""), DeskOpened(room.id, f"own:{one.id}"))
        for one in (*steps[max(0, here - 1) : here], *steps[here + 1 : here + 2])
    ]
    text = view.words.page("room_own", step=found, count=len(workshop.questions))
    done = Button(word("room_done"), DeskOpened(room.id, "setup"))
    return Body(text, (*rows, tuple(move), (done,)))


def links(view: RoomView, _: str) -> Body:
    return Body(addresses(view), (back(view),))


def addresses(view: RoomView) -> str:
    """Those just drawn: of the wall, of the second desk."""
    where, links = view.addresses, view.links
    said = {
        "wall": where.wall(links["wall"]) if "wall" in links else "",
        "helper": where.helper(links["helper"]) if "helper" in links else "",
        "asked": " ".join(links),
    }
    return view.words.page("room_links", links=said, workshop=view.room.workshop)
