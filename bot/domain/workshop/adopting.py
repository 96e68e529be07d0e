"""The text that the room retains: picked, written, or an honest disagreement. And who does what."""

from collections import Counter
from dataclasses import replace

from bot.domain.conversation import (
    FROM_ROOM,
    AdoptText,
    Answer,
    Fragment,
    Handling,
    RecordHandling,
    Say,
    Toast,
)
from bot.domain.dossier import Act, may
from bot.domain.workshop.events import AnswerAdopted, OptionKept, WordsPicked
from bot.domain.workshop.seats import with_option
from bot.domain.workshop.state import Action, Asked, Draft, Outcome, Phase, Room
from bot.domain.workshop.tally import tally
from bot.domain.workshop.turn import RoomTurn

NO_DRAFT = Draft()
TEXT, SIDE, OTHER_SIDE, ACTION = "text", "side", "other_side", "action"


def proposed(room: Room) -> Draft:
    """What most of the room chose: of one choice the first, of several those of half the voters."""
    asked, counted = room.workshop.asked, tally(room)
    votes = Counter({one: count for one, count in counted.votes.items() if count})
    if not asked or not votes:
        return NO_DRAFT
    (_, best), *_ = votes.most_common(1)
    if asked.choose == "one":
        leading = [one for one, count in votes.items() if count == best]
        return Draft(tuple(leading) if len(leading) == 1 else ())
    voters = sum(one.kind == "vote" and bool(one.options) for one in room.given) or best
    voters = max(voters, counted.paper and best)
    kept: tuple[str, ...] = ()
    for one in asked.options:
        if votes[one.id] * 2 >= voters:
            kept = with_option(asked, kept, one.id, True)
    return Draft(kept)


def decide(turn: RoomTurn, event: OptionKept | WordsPicked | AnswerAdopted) -> None:
    asked, draft = turn.workshop.asked, turn.workshop.draft
    if asked is None:
        return
    match event:
        case OptionKept(option=option, on=on) if 0 <= option < len(asked.options):
            options = with_option(asked, draft.options, asked.options[option].id, on)
            turn.become(draft=replace(draft, options=options))
        case WordsPicked(given=number):
            found = next((one for one in turn.room.texts() if one.number == number), None)
            picked = (found.number, found.text) if found else (0, "")
            turn.become(draft=replace(draft, picked=picked[0], text=picked[1]))
        case AnswerAdopted():
            if draft.options or draft.text:
                adopt(turn, Outcome(asked, draft.options, draft.text))
            else:
                turn.effects.append(Toast("room_nothing_to_adopt"))


def adopt(turn: RoomTurn, outcome: Outcome) -> None:
    """The dossier's answer from now on; what it was before is history."""
    if not writable(turn):
        return
    workshop, question = turn.workshop, outcome.asked.question
    text = turn.disagreement(*outcome.sides) if outcome.disagreed else outcome.text
    answer = Answer(outcome.options, (Fragment(text),) if text else ())
    turn.effects += [AdoptText(question, answer, turn.at), Say("room_adopted")]
    turn.become(
        outcomes={**workshop.outcomes, question: outcome},
        draft=NO_DRAFT,
        turn=workshop.turn + 1,
    )
    turn.show("live")


def writable(turn: RoomTurn) -> bool:
    """Whether the dossier still takes what the room retains; otherwise say so."""
    if may(turn.room.conversation.together, Act.CHOOSE):
        return True
    turn.effects.append(Say("room_dossier_closed"))
    return False


def await_words(turn: RoomTurn, what: str) -> None:
    kind, _, rule = what.partition(":")
    closed = turn.workshop.phase is Phase.CLOSED
    if kind in (TEXT, SIDE) and closed:
        turn.become(draft=replace(turn.workshop.draft, side=""))
        turn.show("adopt", kind)
    elif kind == ACTION and (not rule or rule in turn.flow.rules_by_id):
        turn.show("points", what)
    else:
        turn.effects.append(Toast("room_moved"))


def words(turn: RoomTurn, awaiting: str, text: str) -> None:
    kind, _, rule = awaiting.partition(":")
    draft, asked = turn.workshop.draft, turn.workshop.asked
    match kind:
        case "text":
            turn.become(draft=replace(draft, text=text, picked=0))
            turn.show("adopt")
        case "side":
            turn.become(draft=replace(draft, side=text))
            turn.show("adopt", OTHER_SIDE)
        case "other_side" if asked:
            adopt(turn, disagreement(asked, draft.side, text))
        case "action":
            act(turn, rule, text)
        case _:
            turn.show("live")


def disagreement(asked: Asked, first: str, second: str) -> Outcome:
    return Outcome(asked, sides=(first, second))


def act(turn: RoomTurn, rule: str, text: str) -> None:
    """Three lines: what, who (a function), before when. What is missing stays empty."""
    if not writable(turn):
        return
    what, who, when, *_ = [
        *(line.strip() for line in text.splitlines() if line.strip()),
        "",
        "",
        "",
    ]
    action = Action(what, who, when, rule)
    others = [one for one in turn.workshop.actions if not rule or one.rule != rule]
    turn.become(actions=(*others, action))
    key = rule or f"{FROM_ROOM}{turn.room.id}-{len(turn.workshop.actions)}"
    turn.effects.append(RecordHandling(key, Handling("planned", what, who, when), turn.at))
    turn.effects.append(Say("room_action_kept"))
    turn.show("points")
