"""What a phone of the room may do: come in, vote, write, take back, leave."""

from dataclasses import replace
from typing import assert_never

from bot.domain.conversation import CreateInvitation, Role, Say, Side, Toast
from bot.domain.dossier import HOME
from bot.domain.workshop.effects import (
    DropGiven,
    DropSeat,
    KeepGiven,
    KeepSeat,
    LeaveSeat,
    OfferDossier,
    SendPapers,
)
from bot.domain.workshop.events import (
    BallotGiven,
    MembershipWanted,
    PapersWanted,
    RoomEntered,
    SeatErased,
    SeatEvent,
    SeatLeft,
    SeatLookedUp,
    SeatTaken,
    VoteGiven,
    WordsCorrected,
    WordsGiven,
    WordsTakenBack,
)
from bot.domain.workshop.state import MOST_GIVEN, MOST_IDEAS, MOST_SEATS, Asked, Given, Phase
from bot.domain.workshop.turn import RoomTurn

MOST_INVITED, INVITED_FOR = 100, 7 * 86_400.0  # and seconds
MOST_OFFERED = 3  # invitations of one seat: a link may be lost
MOST_PEOPLE = 30  # at one table


def decide(turn: RoomTurn, event: SeatEvent) -> None:  # noqa: C901  # a table in disguise
    match event:
        case RoomEntered():
            pass  # what stands at the door says where the room is
        case SeatTaken():
            take(turn, event)
        case _ if turn.room.seat is None:
            turn.effects.append(Toast("room_not_yours"))
        case SeatLeft():
            turn.effects += [LeaveSeat(), Say("room_left")]
        case SeatErased():
            turn.effects += [DropSeat(), Say("room_erased")]
        case SeatLookedUp(unsupported=unsupported):
            if unsupported:
                turn.effects.append(Say("room_unsupported"))
        case VoteGiven():
            vote(turn, event)
        case BallotGiven():
            ballot(turn, event)
        case WordsGiven(text, message, at):
            if open_now(turn):
                write(turn, text, message, at)
        case WordsCorrected():
            correct(turn, event)
        case WordsTakenBack(given=number):
            take_back(turn, number)
        case MembershipWanted():
            join_dossier(turn)
        case PapersWanted(document=document):
            if turn.workshop.phase is Phase.FINISHED:
                turn.effects += [Toast("making"), SendPapers(document)]
            else:
                turn.effects.append(Toast("room_not_finished"))
        case _:
            assert_never(event)


def take(turn: RoomTurn, event: SeatTaken) -> None:
    workshop, seat = turn.workshop, turn.room.seat
    if not workshop.live or (workshop.shut and not seat):
        return  # the door says so
    if seat and not seat.away:
        turn.effects.append(Toast("room_already_in"))
    elif len(turn.room.seats) >= MOST_SEATS and not seat:
        turn.effects.append(Say("room_full"))
    else:
        group = event.group if event.group in workshop.groups else ""
        people = max(1, min(event.people, MOST_PEOPLE)) if workshop.per == "table" else 1
        turn.effects += [KeepSeat(group, people, event.at), Toast("room_in")]


def open_now(turn: RoomTurn) -> bool:
    """Whether something can be given; otherwise say why not."""
    match turn.workshop.phase:
        case Phase.OPEN:
            return True
        case Phase.CLOSED:
            turn.effects.append(Say("room_too_late"))
        case Phase.FINISHED:
            turn.effects.append(Say("room_over"))
        case _:
            turn.effects.append(Say("room_no_question"))
    return False


def mine(turn: RoomTurn, *kinds: str) -> list[Given]:
    seat = turn.room.seat
    return [one for one in turn.room.given if seat and one.seat == seat.id and one.kind in kinds]


def in_hand(turn: RoomTurn, drawn: int) -> Asked | None:
    """The question that a button or form was drawn for, while it is open; otherwise say so."""
    workshop = turn.workshop
    if workshop.phase is Phase.OPEN and workshop.turn == drawn:
        return workshop.asked
    closed = workshop.phase in (Phase.CLOSED, Phase.FINISHED)
    turn.effects.append(Toast("room_closed" if closed else "room_moved"))
    return None


def vote(turn: RoomTurn, event: VoteGiven) -> None:
    asked = in_hand(turn, event.turn)
    if not asked:
        return
    if not 0 <= event.option < len(asked.options):
        turn.effects.append(Toast("room_moved"))
        return
    former = next(iter(mine(turn, "vote")), None)
    chosen = former.options if former else ()
    options = with_option(asked, chosen, asked.options[event.option].id, event.on)
    keep_vote(turn, asked, former, options)


def ballot(turn: RoomTurn, event: BallotGiven) -> None:
    asked = in_hand(turn, event.turn)
    if not asked:
        return
    wanted = [asked.options[one].id for one in event.options if 0 <= one < len(asked.options)]
    options: tuple[str, ...] = ()
    for one in wanted:
        options = with_option(asked, options, one, True)
    former = next(iter(mine(turn, "vote")), None)
    if asked.options and (options or former):
        keep_vote(turn, asked, former, options)
    if event.text.strip():
        write(turn, event.text, 0, event.at)


def with_option(asked: Asked, chosen: tuple[str, ...], option: str, on: bool) -> tuple[str, ...]:
    """One choice replaces; several add up in the question's order, exclusive options alone."""
    if asked.choose == "one":
        return (option,) if on else ()
    kept = {one for one in chosen if one != option}
    if on:
        alone = {one.id for one in asked.options if one.exclusive}
        kept = {option} if option in alone else kept - alone | {option}
    return tuple(one.id for one in asked.options if one.id in kept)


def keep_vote(turn: RoomTurn, asked: Asked, former: Given | None, options: tuple[str, ...]) -> None:
    seat = turn.room.seat
    if former and former.options == options:
        turn.effects.append(Toast("room_noted"))
        return
    if not seat_may(turn):
        return
    turn.effects.append(Toast("room_noted"))
    given = Given(0, "vote", asked.question, seat.id if seat else 0, options=options, at=turn.at)
    turn.effects.append(KeepGiven(given, former.number if former else 0))


def write(turn: RoomTurn, text: str, message: int, at: float) -> None:
    """A text is one idea; a second one stands beside it. The same words twice are one."""
    asked, seat = turn.workshop.asked, turn.room.seat
    if not asked or not seat:
        return
    ideas = mine(turn, "text")
    text = text.strip()
    if any(one.text == text for one in ideas):
        turn.effects.append(Toast("room_noted"))
    elif len(ideas) >= MOST_IDEAS or seat.gifts >= MOST_GIVEN:
        turn.effects.append(Say("room_enough", {"most": MOST_IDEAS}))
    else:
        given = Given(0, "text", asked.question, seat.id, text=text, message=message, at=at)
        turn.effects += [KeepGiven(given), Toast("room_noted")]


def correct(turn: RoomTurn, event: WordsCorrected) -> None:
    """Nothing at all when it is no idea of theirs: perhaps it is of a dossier."""
    former = next((one for one in mine(turn, "text") if one.message == event.message), None)
    if former is None or not (open_now(turn) and seat_may(turn)):
        return
    turn.effects.append(Toast("room_noted"))
    text = event.text.strip()
    if text != former.text:
        given = replace(former, number=0, text=text, at=event.at, approved=False)
        turn.effects.append(KeepGiven(given, former.number))


def join_dossier(turn: RoomTurn) -> None:
    """An invitation for one person, on the side they sat with, as if its owner had made it."""
    workshop, seat = turn.workshop, turn.room.seat
    if seat is None or not workshop.members or len(workshop.offered) >= MOST_INVITED:
        turn.effects.append(Toast("room_moved"))
        return
    if workshop.offered.count(seat.id) >= MOST_OFFERED:
        turn.effects.append(Toast("room_offered"))
        return
    token, expires = turn.chance.token, turn.at + INVITED_FOR
    side: Side = "la_bas" if seat.group == "la_bas" else HOME
    turn.become(offered=(*workshop.offered, seat.id))
    turn.effects += [
        CreateInvitation(token, side, Role.CONTRIBUTOR, True, turn.at, expires),
        OfferDossier(token),
    ]


def seat_may(turn: RoomTurn) -> bool:
    """Whether the seat has not changed its mind all day long."""
    seat = turn.room.seat
    if seat and seat.gifts < MOST_GIVEN:
        return True
    turn.effects.append(Toast("room_too_often"))
    return False


def take_back(turn: RoomTurn, number: int) -> None:
    if any(one.number == number for one in mine(turn, "text")):
        turn.effects += [DropGiven(number), Toast("room_taken_back")]
    else:
        turn.effects.append(Toast("room_moved"))
