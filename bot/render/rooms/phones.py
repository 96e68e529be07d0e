"""A phone of the room: the door, then one card."""

from bot.domain.workshop.events import (
    MembershipWanted,
    PapersWanted,
    SeatLeft,
    SeatTaken,
    VoteGiven,
    WordsTakenBack,
)
from bot.domain.workshop.state import Phase
from bot.render.reply import Body, Button
from bot.render.rooms.short import LONGEST_IDEA, LONGEST_SAID, in_short
from bot.render.rooms.view import RoomView
from bot.render.words import shorten

TABLES = (2, 3, 4, 5, 6, 7, 8, 10)  # people at a table


def entry(view: RoomView) -> Body:
    """Before the consent, which is the tap on « Participer »."""
    workshop, word = view.room.workshop, view.words.word
    if not workshop.live:
        return Body(view.words.page("room_over"))
    if workshop.shut and view.room.seat is None:
        return Body(view.words.says("room_shut"))
    text = view.words.page("room_entry", workshop=workshop)
    code = workshop.code
    if workshop.per == "table":
        buttons = [
            Button(word("room_people", count=one), SeatTaken(code, "", one)) for one in TABLES
        ]
        return Body(text, tuple(tuple(buttons[one : one + 4]) for one in (0, 4)))
    if workshop.groups:
        rows = tuple((Button(view.group(one), SeatTaken(code, one)),) for one in workshop.groups)
        return Body(text, rows)
    return Body(text, ((Button(word("room_join"), SeatTaken(code)),),))


def seat(view: RoomView) -> Body:
    room, workshop, word = view.room, view.room.workshop, view.words.word
    asked = workshop.asked
    vote = next((one for one in room.given if one.kind == "vote"), None)
    chosen = vote.options if vote else ()
    ideas = [one for one in room.given if one.kind == "text"]
    text = view.words.page(
        "room_seat",
        workshop=workshop,
        asked=asked,
        outcome=in_short(workshop.outcomes.get(asked.question), LONGEST_SAID) if asked else None,
        chosen=[one.label for one in asked.options if one.id in chosen] if asked else [],
        ideas=[shorten(one.text, LONGEST_IDEA) for one in ideas],
    )
    rows: list[tuple[Button, ...]] = []
    if workshop.phase is Phase.OPEN and asked:
        for place, option in enumerate(asked.options):
            on = option.id in chosen
            label = f"{option.label} ✓" if on else option.label
            rows.append((Button(label, VoteGiven(room.id, workshop.turn, place, not on)),))
        if ideas:
            newest = ideas[-1].number
            rows.append((Button(word("room_take_back"), WordsTakenBack(room.id, newest)),))
    if workshop.phase is Phase.FINISHED:
        rows.append((Button(word("room_report"), PapersWanted(room.id, "report")),))
        rows.append((Button(word("room_sheet"), PapersWanted(room.id, "sheet")),))
        if workshop.members:
            rows.append((Button(word("room_member"), MembershipWanted(room.id)),))
    else:
        rows.append((Button(word("room_leave"), SeatLeft(room.id)),))
    return Body(text, tuple(rows))
