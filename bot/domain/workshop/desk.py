"""What a facilitator may do: prepare, open and close questions, choose what the wall shows, finish."""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from bot.domain import vigilance
from bot.domain.conversation import Answer, Say, Toast
from bot.domain.dossier import retained
from bot.domain.flow import Flow
from bot.domain.reading import facts, role, stage
from bot.domain.wording import Wording
from bot.domain.workshop import adopting
from bot.domain.workshop.effects import Approve, KeepGiven, KeepHelper, KeepLink, SendPapers
from bot.domain.workshop.events import (
    AllApproved,
    AnswerAdopted,
    DeskEvent,
    DeskOpened,
    DoorShut,
    GivenApproved,
    HelperJoined,
    LinkIssued,
    MembersAllowed,
    OptionKept,
    PapersWanted,
    PointPut,
    QuestionClosed,
    QuestionOpenedToRoom,
    QuestionPicked,
    QuestionProlonged,
    RoomOpened,
    ScreenBlackened,
    SetChosen,
    SettingChosen,
    TallyShown,
    WordsAwaited,
    WordsGiven,
    WordsPicked,
    WordsSetAside,
    WorkshopAsked,
    WorkshopFinished,
)
from bot.domain.workshop.paper import read
from bot.domain.workshop.state import Asked, Choice, Given, Phase, Point, Room
from bot.domain.workshop.turn import RoomTurn

MOST_QUESTIONS = 12
FIRST, MORE = 6 * 60.0, 3 * 60.0  # seconds for a question, and when it is prolonged
PAGES = ("live", "setup", "own", "given", "adopt", "points", "point", "finish", "wall")


def decide(turn: RoomTurn, event: DeskEvent) -> None:  # noqa: C901  # a table in disguise
    if isinstance(event, HelperJoined):
        join(turn)
        return
    if turn.room.desk is None:
        turn.effects.append(Toast("room_not_yours"))
        return
    if not isinstance(event, WordsGiven | WorkshopAsked):
        turn.show(turn.room.desk.page)  # what was asked for in words is given up
    match event:
        case WorkshopAsked():
            turn.show("setup" if turn.workshop.phase is Phase.PREPARED else "live")
        case SetChosen(set=chosen):
            choose_set(turn, chosen)
        case QuestionPicked(question=question, on=on):
            pick(turn, question, on)
        case SettingChosen(value=value):
            setting(turn, value)
        case RoomOpened():
            open_room(turn)
        case DoorShut(on=on):
            shut_door(turn, on)
        case QuestionOpenedToRoom(place=place):
            open_question(turn, place)
        case QuestionProlonged(turn=drawn):
            if now(turn, drawn, Phase.OPEN):
                turn.become(until=max(turn.workshop.until, turn.at) + MORE)
        case QuestionClosed(turn=drawn):
            if now(turn, drawn, Phase.OPEN):
                close(turn)
        case TallyShown(on=on):
            turn.become(shown=on)
        case ScreenBlackened(on=on):
            turn.become(black=on)
        case GivenApproved(given=number, on=on):
            if any(one.number == number for one in turn.room.texts()):
                turn.effects.append(Approve((number,), on))
        case WordsSetAside(given=number, on=on):
            if any(one.number == number for one in turn.room.texts(aside=True)):
                set_aside(turn, number, on)
        case AllApproved(until=until):
            seen = [one.number for one in turn.room.texts() if one.number <= until]
            turn.effects += [Approve(tuple(seen), True), Toast("room_approved")]
        case OptionKept() | WordsPicked() | AnswerAdopted():
            if now(turn, event.turn, Phase.CLOSED):
                adopting.decide(turn, event)
        case WordsAwaited(what=what):
            adopting.await_words(turn, what)
        case WordsGiven():
            words(turn, event)
        case PointPut(rule=rule):
            turn.become(point=point(turn.flow, turn.room, rule))
        case DeskOpened(page=page):
            name = page.partition(":")[0]
            turn.show(page if name in PAGES else "live")
        case LinkIssued(kind=kind):
            if kind in ("wall", "helper") and turn.workshop.phase is not Phase.FINISHED:
                turn.effects.append(
                    KeepLink("wall" if kind == "wall" else "helper", turn.chance.token)
                )
                turn.show("wall")
        case PapersWanted(document=document):
            turn.effects += [Toast("making"), SendPapers(document)]
        case MembersAllowed(on=on):
            allow_members(turn, on)
        case WorkshopFinished():
            finish(turn)
        case _:
            assert_never(event)


def now(turn: RoomTurn, drawn: int, phase: Phase) -> bool:
    """Whether a button belongs to the question as it stands; otherwise say so."""
    if (turn.workshop.turn, turn.workshop.phase) == (drawn, phase):
        return True
    turn.effects.append(Toast("room_moved"))
    return False


def join(turn: RoomTurn) -> None:
    if turn.room.desk is not None:
        turn.show("live")
    elif turn.workshop.phase is Phase.FINISHED:
        turn.effects.append(Say("room_over"))
    else:
        turn.effects += [KeepHelper(), Say("room_helper")]


# --- before --------------------------------------------------------------------------------------


def choose_set(turn: RoomTurn, chosen: str) -> None:
    found = next((one for one in turn.flow.workshops if one.id == chosen), None)
    if found and prepared(turn):
        questions = tuple(id_ for one in found.questions for id_ in (one.question, *one.details))
        turn.become(chosen=chosen, questions=questions)


def pick(turn: RoomTurn, question: str, on: bool) -> None:
    """Questions and closed details of the steps, in the method's order."""
    flow = turn.flow
    if not prepared(turn) or question not in askable(flow):
        return
    wanted = {one for one in turn.workshop.questions if one != question}
    if on and len(wanted) >= MOST_QUESTIONS:
        turn.effects.append(Toast("room_enough_questions"))
        return
    wanted |= {question} if on else set()
    turn.become(chosen="", questions=tuple(one for one in askable(flow) if one in wanted))


def askable(flow: Flow) -> tuple[str, ...]:
    """All but tables: a room does not fill a cell."""
    return tuple(
        one.id
        for step in flow.steps
        if not step.annex
        for question in step.ordered()
        if question.kind != "rows"
        for one in (question, *question.details)
    )


def setting(turn: RoomTurn, value: str) -> None:
    if not prepared(turn):
        return
    match value:
        case "phone" | "table":
            turn.become(per=value)
        case "anonymous" | "groups" | "sides":
            turn.become(voices=value)


def prepared(turn: RoomTurn) -> bool:
    if turn.workshop.phase is Phase.PREPARED:
        return True
    turn.effects.append(Toast("room_moved"))
    return False


def open_room(turn: RoomTurn) -> None:
    if not prepared(turn):
        return
    if not turn.workshop.questions:
        turn.effects.append(Toast("room_choose_first"))
        return
    flow = turn.flow
    name = answers(flow, turn.room).get(flow.roles.name)
    title = " ".join(name.text.split()) if name else ""
    turn.become(phase=Phase.WAITING, code=turn.chance.code, begun=turn.at, title=title)
    turn.become(language=turn.room.conversation.language, places=places(flow, turn.room))
    turn.effects += [KeepLink("wall", turn.chance.token), SendPapers("qr")]
    turn.show("live")


def shut_door(turn: RoomTurn, on: bool) -> None:
    """Whoever shuts it fears that the code has spread: another one opens it again."""
    if not turn.workshop.live or turn.workshop.shut == on:
        turn.effects.append(Toast("room_moved"))
    elif on:
        turn.become(shut=True)
        turn.effects.append(Toast("room_shut"))
    else:
        turn.become(shut=False, code=turn.chance.code)
        turn.effects += [Toast("room_unshut"), SendPapers("qr")]


def places(flow: Flow, room: Room) -> tuple[str, ...]:
    """The two territories as they are called; "" for one that is not named yet."""
    wording = Wording(flow, answers(flow, room))
    return tuple(_capital(one.name) if one else "" for one in (wording.here, wording.there))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def stage_of(flow: Flow, room: Room) -> str:
    """How far the project is: one ready-made set was written for it."""
    return stage(flow, answers(flow, room))


# --- a question ----------------------------------------------------------------------------------


def open_question(turn: RoomTurn, place: int) -> None:
    workshop = turn.workshop
    if not workshop.live or not 0 <= place < len(workshop.questions):
        turn.effects.append(Toast("room_moved"))
        return
    question = workshop.questions[place]
    if workshop.phase is Phase.OPEN and workshop.asked and workshop.asked.question == question:
        turn.effects.append(Toast("already_noted"))
        return
    asked = in_words(turn.flow, turn.room, question)
    if asked is None:
        turn.effects.append(Toast("question_gone"))
        return
    turn.become(
        asked=asked,
        phase=Phase.OPEN,
        until=turn.at + FIRST,
        turn=workshop.turn + 1,
        shown=False,
        point=None,
        draft=adopting.NO_DRAFT,
    )
    turn.show("live")


def close(turn: RoomTurn) -> None:
    turn.become(phase=Phase.CLOSED, turn=turn.workshop.turn + 1, draft=adopting.proposed(turn.room))
    turn.show("live")


def in_words(flow: Flow, room: Room, question: str) -> Asked | None:
    """A question as this dossier's people read it."""
    found = flow.questions.get(question)
    if found is None:
        return None
    wording = Wording(flow, answers(flow, room), revealed=frozenset({question}))
    chosen = next((one for one in flow.workshops if one.id == room.workshop.chosen), None)
    why = (
        next((one.why for one in chosen.questions if one.question == question), "")
        if chosen
        else ""
    )
    title = wording.title(found)
    root = question not in flow.parents
    exclusive = {one.id for one in found.options if one.exclusive}
    return Asked(
        question,
        name=question if root else title,
        title=title,
        ask=wording.ask(found),
        why=wording.text(why),
        choose=found.choose,
        options=tuple(
            Choice(one.id, one.label, one.help, one.id in exclusive)
            for one in wording.choices(found)
        ),
    )


def set_aside(turn: RoomTurn, number: int, on: bool) -> None:
    """Its author keeps it among what they gave; nobody else reads it any more."""
    others = tuple(one for one in turn.workshop.aside if one != number)
    turn.become(aside=(*others, number) if on else others)
    if on and turn.workshop.draft.picked == number:
        turn.become(draft=replace(turn.workshop.draft, picked=0, text=""))
    if on:
        turn.effects.append(Approve((number,), False))
    turn.effects.append(Toast("room_set_aside" if on else "room_taken_again"))


# --- words, points, the end ----------------------------------------------------------------------


def words(turn: RoomTurn, event: WordsGiven) -> None:
    """What she was asked to write, else what somebody gave on paper."""
    desk = turn.room.desk
    if desk and desk.awaiting:
        adopting.words(turn, desk.awaiting, event.text.strip())
    else:
        paper(turn, event)


def paper(turn: RoomTurn, event: WordsGiven) -> None:
    workshop = turn.workshop
    if not workshop.live:
        turn.effects.append(Say("room_prepare_first"))
        return
    asked = workshop.asked.question if workshop.asked else ""
    entry = read(event.text, workshop.questions, asked)
    words = in_words(turn.flow, turn.room, entry.question) if entry.question else None
    if words is None:
        turn.effects.append(Say("room_no_question_in_hand"))
        return
    if not entry.counts and not entry.text:
        turn.effects.append(Say("room_paper_empty", {"question": entry.question}))
        return
    if len(entry.counts) > len(words.options):
        turn.effects.append(
            Say(
                "room_too_many_counts", {"counts": len(entry.counts), "options": len(words.options)}
            )
        )
        return
    options = [one.id for one in words.options]
    counts = dict(zip(options, entry.counts, strict=False))
    given = Given(
        0, "count" if counts else "paper", entry.question,
        text=entry.text, counts=counts, message=event.message, at=event.at,
    )  # fmt: skip
    turn.effects += [KeepGiven(given), Say("room_paper_kept", {"name": words.name})]


def point(flow: Flow, room: Room, rule: str) -> Point | None:
    """A point that the dossier raises, in words; anything else is no point."""
    found = next((one for one in raised(flow, room) if one.rule.id == rule), None)
    if found is None:
        return None
    wording = Wording(flow, answers(flow, room))
    return Point(rule, wording.text(found.rule.title), wording.text(found.rule.first_step))


def raised(flow: Flow, room: Room) -> tuple[vigilance.Raised, ...]:
    """The points to settle first, then the following ones: what a room can discuss."""
    known = answers(flow, room)
    found = vigilance.points(
        flow,
        vigilance.raised(flow, facts(flow, known)),
        role=role(flow, known),
        stage=stage(flow, known),
        handled={},
    )
    return (*found.first, *found.following)


def answers(flow: Flow, room: Room) -> Mapping[str, Answer]:
    """Those that the dossier retains."""
    return retained(flow, room.conversation)


def allow_members(turn: RoomTurn, on: bool) -> None:
    """Inviting is the owner's, and a second facilitator is not."""
    if turn.room.desk and turn.room.desk.helper:
        turn.effects.append(Toast("may_not_not_yours"))
    else:
        turn.become(members=on, turn=turn.workshop.turn + 1)


def finish(turn: RoomTurn) -> None:
    if turn.workshop.phase is Phase.FINISHED:
        turn.effects.append(Toast("already_noted"))
        return
    turn.become(
        phase=Phase.FINISHED,
        finished=turn.at,
        turn=turn.workshop.turn + 1,
        code="",
        black=False,
        point=None,
    )
    turn.show("live")
