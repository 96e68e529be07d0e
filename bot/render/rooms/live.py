"""A facilitator's card while the room works, and the contributions that came."""

from collections.abc import Sequence

from bot.domain.workshop.events import (
    AllApproved,
    DeskOpened,
    DoorShut,
    GivenApproved,
    LinkIssued,
    MembersAllowed,
    PapersWanted,
    QuestionClosed,
    QuestionOpenedToRoom,
    QuestionProlonged,
    ScreenBlackened,
    TallyShown,
    WordsSetAside,
)
from bot.domain.workshop.state import Given, Phase
from bot.domain.workshop.tally import tally
from bot.render.reply import Body, Button, Rows
from bot.render.rooms.figures import bars, group_bars, present
from bot.render.rooms.short import LONGEST_SAID, idea, in_short
from bot.render.rooms.view import RoomView
from bot.render.words import shorten

LAST = 3  # contributions on the live card
PAGE = 5  # contributions on a page


def live(view: RoomView, _: str) -> Body:
    room, workshop, asked = view.room, view.room.workshop, view.room.workshop.asked
    counted = tally(room)
    texts = room.texts()
    text = view.words.page(
        "room_live",
        workshop=workshop,
        asked=asked,
        tally=counted,
        bars=bars(asked, counted),
        groups=group_bars(view, counted),
        presence=present(view),
        by_page=sum(one.door == "web" and not one.away for one in room.seats),
        outcome=in_short(workshop.outcomes.get(asked.question), LONGEST_SAID) if asked else None,
        left=workshop.minutes(view.at),
        ideas=[idea(one) for one in texts[-LAST:]],
        join=view.addresses.join(workshop.code),
        telegram=view.addresses.telegram(workshop.code),
        following=_following(view),
        retained=sum(1 for one in workshop.outcomes),
    )
    return Body(text, _live_rows(view, texts))


def _live_rows(view: RoomView, texts: Sequence[Given]) -> Rows:
    room, workshop, word = view.room, view.room.workshop, view.words.word
    id_, turn = room.id, workshop.turn
    black = Button(
        word("room_light" if workshop.black else "room_black"),
        ScreenBlackened(id_, not workshop.black),
    )
    show = Button(
        word("room_hide" if workshop.shown else "room_show"),
        TallyShown(id_, not workshop.shown),
    )
    points = Button(word("room_points"), DeskOpened(id_, "points"))
    waiting = sum(not one.approved for one in texts)
    ideas = Button(word("room_ideas", count=len(texts), waiting=waiting), DeskOpened(id_, "given"))
    rows: list[tuple[Button, ...]] = []
    match workshop.phase:
        case Phase.OPEN:
            rows = [
                (
                    Button(word("room_prolong"), QuestionProlonged(id_, turn)),
                    Button(word("room_close"), QuestionClosed(id_, turn)),
                ),
                (show, black),
                (ideas,),
            ]
        case Phase.CLOSED:
            rows = [
                (Button(word("room_adopt"), DeskOpened(id_, "adopt")),),
                (show, black),
                (ideas, _reopen(view)),
                *_next(view),
                (points,),
            ]
        case Phase.WAITING:
            rows = [
                *_next(view),
                (
                    Button(word("room_wall"), LinkIssued(id_, "wall")),
                    Button(word("room_second"), LinkIssued(id_, "helper")),
                ),
                (black,),
            ]
        case Phase.FINISHED:
            members = Button(
                word("room_members_off" if workshop.members else "room_members"),
                MembersAllowed(id_, not workshop.members),
            )
            helper = room.desk is not None and room.desk.helper
            return (
                (Button(word("room_report"), PapersWanted(id_, "report")),),
                (Button(word("room_notes"), PapersWanted(id_, "notes")),),
                (Button(word("room_sheet"), PapersWanted(id_, "sheet")),),
                *(() if helper else ((members,),)),
            )
    door = Button(
        word("room_unshut" if workshop.shut else "room_shut"), DoorShut(id_, not workshop.shut)
    )
    return (*rows, (door, Button(word("room_finish"), DeskOpened(id_, "finish"))))


def _reopen(view: RoomView) -> Button:
    workshop = view.room.workshop
    place = workshop.questions.index(workshop.asked.question) if workshop.asked else 0
    return Button(view.words.word("room_reopen"), QuestionOpenedToRoom(view.room.id, place))


def _next(view: RoomView) -> list[tuple[Button, ...]]:
    following = view.room.workshop.following
    if following is None:
        return []
    name = shorten(_following(view), 24)
    label = view.words.word("room_next", name=name)
    return [(Button(label, QuestionOpenedToRoom(view.room.id, following)),)]


def _following(view: RoomView) -> str:
    place = view.room.workshop.following
    return "" if place is None else view.named(view.room.workshop.questions[place])


def given(view: RoomView, argument: str) -> Body:
    """Contributions, newest first; each may go to the wall, or be set aside."""
    room, word = view.room, view.words.word
    texts = list(reversed(room.texts(aside=True)))
    start = int(argument) if argument.isdigit() and int(argument) < len(texts) else 0
    shown = texts[start : start + PAGE]
    text = view.words.page("room_given", ideas=[idea(one, most=LONGEST_SAID) for one in shown],
                           count=len(texts), aside=room.workshop.aside,
                           asked=room.workshop.asked)  # fmt: skip
    rows = [_of_idea(view, one) for one in shown]
    if texts:
        rows.append((Button(word("room_approve_all"), AllApproved(room.id, texts[0].number)),))
    move = []
    if start:
        move.append(
            Button(word("room_newer"), DeskOpened(room.id, f"given:{max(0, start - PAGE)}"))
        )
    if start + PAGE < len(texts):
        move.append(Button(word("more"), DeskOpened(room.id, f"given:{start + PAGE}")))
    return Body(text, (*rows, *([tuple(move)] if move else []), back(view)))


def _of_idea(view: RoomView, one: Given) -> tuple[Button, ...]:
    room, word, number = view.room, view.words.word, one.number
    if number in room.workshop.aside:
        return (
            Button(word("room_take_again", number=number), WordsSetAside(room.id, number, False)),
        )
    if one.approved:
        return (
            Button(word("room_unapprove", number=number), GivenApproved(room.id, number, False)),
        )
    return (
        Button(word("room_approve", number=number), GivenApproved(room.id, number, True)),
        Button(word("room_set_aside", number=number), WordsSetAside(room.id, number, True)),
    )


def back(view: RoomView) -> tuple[Button, ...]:
    return (Button(view.words.word("room_back"), DeskOpened(view.room.id, "live")),)
