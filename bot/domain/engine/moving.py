"""Where the conversation goes: forward, back, elsewhere, and never onto what no longer applies."""

from bot.domain.conversation import (
    Ask,
    At,
    FirstPageEnd,
    Home,
    Place,
    Review,
    Rhythm,
    Say,
    StepEnd,
    Toast,
)
from bot.domain.engine.turn import Turn
from bot.domain.flow import Cell

LONGEST_TRAIL = 30
HEADER = "identity"  # the name of the header block among steps


def go(turn: Turn, place: Place, *, trail: tuple[At, ...] | None = None) -> None:
    """Show another card: buttons of the former one become stale."""
    here = turn.conversation.place
    walked = turn.conversation.trail
    if trail is None:
        walked = (*walked, here)[-LONGEST_TRAIL:] if isinstance(here, At) else walked
    else:
        walked = trail
    turn.become(
        place=place,
        trail=walked,
        joined=(),
        awaiting="",
        revision=turn.conversation.revision + 1,
    )
    if isinstance(place, At) and place.question in turn.flow.parents:
        fix_follow_up(turn, place.question)


def fix_follow_up(turn: Turn, question: str) -> None:
    """A follow-up that was shown stays among those of its question."""
    parent = turn.flow.parents[question]
    shown = turn.conversation.follow_ups.get(parent, ())
    if question in shown or all(
        one.id != question for one in turn.flow.questions[parent].follow_ups
    ):
        return
    turn.become(follow_ups={**turn.conversation.follow_ups, parent: (*shown, question)})


def advance(turn: Turn, *, whole_row: bool = False) -> None:
    """Leave a settled card, with the rest of its row or not, for the next thing to ask."""
    here = turn.conversation.place
    resume = turn.conversation.resume
    if not isinstance(here, At):
        move_on(turn)
        return
    asked = turn.flow.questions.get(here.question)
    if resume is not None and asked and asked.before:  # then comes the question it prepares
        go(turn, At(turn.flow.root(here.question)))
        return
    beside = _beside(turn, asked) if isinstance(asked, Cell) and not whole_row else ""
    if resume is not None and beside:  # a row is gone through to its end
        go(turn, At(beside))
        return
    if resume is not None:
        turn.become(resume=None)
        go(turn, resume)
        settle_place(turn)
        root = turn.flow.root(here.question)
        table = resume == At(root, telling=True)  # it shows what changed in it
        if turn.answer(here.question).given and not table:
            turn.effects += [Say("modified", {"question": root})]
        return
    go(turn, next_place(turn, here))


def _beside(turn: Turn, cell: Cell) -> str:
    """The next cell of the same row, "" after the last."""
    table = turn.flow.questions[turn.flow.parents[cell.id]]
    agenda = turn.agenda()
    row = [one.id for one in table.details if isinstance(one, Cell) and one.row == cell.row]
    after = row[row.index(cell.id) + 1 :]
    return next((one for one in after if agenda.asked(one)), "")


def next_place(turn: Turn, here: At) -> Place:
    after = turn.agenda().after(here)
    step = turn.flow.step_of.get(here.question)
    listed = turn.flow.first_page.questions if turn.flow.first_page else ()
    if turn.conversation.rhythm is Rhythm.FIRST_PAGE and here.question in listed:
        return after or FirstPageEnd()
    if here.question in turn.flow.header or (step and step.annex):
        return after or Review()
    if step:
        return after or StepEnd(step.id)
    return after or turn.agenda().first() or the_end(turn)


def the_end(turn: Turn) -> Place:
    turn.become(finished=True)
    return Review()


def move_on(turn: Turn) -> None:
    """« Continuer » outside a question: whatever is unsettled further, else the review."""
    place = turn.conversation.place
    if isinstance(place, FirstPageEnd):
        turn.become(rhythm=Rhythm.ESSENTIAL)
    agenda = turn.agenda()
    if isinstance(place, StepEnd):
        turn.become(ended=turn.conversation.ended | {place.step})
        items = agenda.walk()
        step = turn.flow.step(place.step)
        last = max(
            (n for n, i in enumerate(items) if turn.flow.step_of[i.question] is step), default=0
        )
        items = (*items[last + 1 :], *items[: last + 1])
    else:
        items = agenda.walk()
    pending = agenda.pending(items)
    first_page = turn.conversation.rhythm is Rhythm.FIRST_PAGE
    if turn.conversation.rhythm is None and not isinstance(place, At):
        go(turn, Home())
    else:
        go(turn, pending[0] if pending else FirstPageEnd() if first_page else the_end(turn))
    turn.effects.append(Ask())


def settle_place(turn: Turn) -> None:
    """Never stand on a question that no longer applies."""
    place = turn.conversation.place
    if not isinstance(place, At):
        return
    if lost(turn):
        agenda = turn.agenda()
        pending = agenda.pending(agenda.walk())
        go(turn, pending[0] if pending else Review(), trail=known_trail(turn))
    elif not turn.agenda().asked(place.question):
        go(turn, next_place(turn, place))


def lost(turn: Turn) -> bool:
    """Whether the place is a question that this version of the flow no longer has."""
    place = turn.conversation.place
    return isinstance(place, At) and place.question not in turn.flow.questions


def known_trail(turn: Turn) -> tuple[At, ...]:
    return tuple(one for one in turn.conversation.trail if one.question in turn.flow.questions)


def offered(turn: Turn, rhythm: Rhythm) -> Rhythm:
    """A flow without a first page has two rhythms: an old button may ask for the one it lacks."""
    lacks = rhythm is Rhythm.FIRST_PAGE and not turn.flow.first_page
    return Rhythm.ESSENTIAL if lacks else rhythm


def choose_rhythm(turn: Turn, rhythm: Rhythm) -> None:
    rhythm = offered(turn, rhythm)
    turn.become(rhythm=rhythm, resume=None, noted="")
    agenda = turn.agenda()
    here = turn.conversation.place
    pending = agenda.pending(agenda.walk())
    if not (isinstance(here, At) and here in pending):
        end: Place = FirstPageEnd() if rhythm is Rhythm.FIRST_PAGE else Review()
        go(turn, pending[0] if pending else end)
    turn.effects.append(Ask())


def back(turn: Turn) -> None:
    trail = known_trail(turn)
    turn.become(noted="", resume=None)
    go(turn, trail[-1] if trail else Home(), trail=trail[:-1])
    turn.effects.append(Ask())


def open_question(turn: Turn, question: str, telling: bool) -> None:
    if question not in turn.flow.questions:
        turn.effects += [Toast("question_gone"), Ask()]
        return
    here = turn.conversation.place
    resume: Place | None = turn.conversation.resume or here
    if isinstance(here, At) and here.question == question:
        resume = turn.conversation.resume
    first = turn.flow.questions[question]
    group = first.details and not first.choose and first.kind == "territories"
    before = next((one for one in first.details if one.before and _to_ask(turn, one.id)), None)
    if before or group:
        target = At((before or first.details[0]).id)
    else:
        target = At(question, first.table or (telling and bool(first.choose)))
    go(turn, target)
    turn.become(resume=None if isinstance(resume, Home) else resume, noted="")
    turn.effects.append(Ask())


def _to_ask(turn: Turn, question: str) -> bool:
    agenda = turn.agenda()
    return agenda.asked(question) and not agenda.settled(At(question))


def open_step(turn: Turn, step: str) -> None:
    if turn.conversation.rhythm in (None, Rhythm.FIRST_PAGE):
        turn.become(rhythm=Rhythm.ESSENTIAL)
    agenda = turn.agenda()
    found = turn.flow.step(step)
    items = agenda.header() if step == HEADER else agenda.of_step(found) if found else ()
    if not items:
        turn.effects += [Toast("question_gone"), Ask()]
        return
    pending = agenda.pending(items)
    turn.become(resume=None, noted="")
    go(turn, pending[0] if pending else items[0])
    turn.effects.append(Ask())
