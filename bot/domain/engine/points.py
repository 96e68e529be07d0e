"""What the group says of a point of vigilance: done, planned (what, who, when), not for us."""

from dataclasses import replace

from bot.domain.conversation import (
    Ask,
    Handling,
    RecordHandling,
    Show,
    Toast,
)
from bot.domain.engine.turn import Turn


def handle_point(turn: Turn, rule: str, how: str) -> None:
    """Of what a room decided, or of a point of another version: to take it back, and no more."""
    taken_back = not how and rule in turn.conversation.handled
    if rule not in turn.flow.rules_by_id and not taken_back:
        turn.effects += [Toast("stale"), Ask()]
        return
    handled = dict(turn.conversation.handled)
    handling = Handling(how) if how in ("done", "planned", "not_for_us") else None  # type: ignore[arg-type]  # narrowed by the test
    if handling:
        handled[rule] = handling
    else:
        handled.pop(rule, None)
    turn.become(handled=handled, awaiting=f"what:{rule}" if how == "planned" else "")
    turn.effects.append(RecordHandling(rule, handling, turn.at))
    turn.effects.append(Show("plan" if how == "planned" else "vigilance", rule))


def describe_handling(turn: Turn, text: str) -> None:
    """The action plan's words: what, then who (a function), then when."""
    part, _, rule = turn.conversation.awaiting.partition(":")
    handling = turn.conversation.handled.get(rule, Handling("planned"))
    handling = _described(handling, part, text.strip())
    following = {"what": f"who:{rule}", "who": f"when:{rule}"}.get(part, "")
    turn.become(handled={**turn.conversation.handled, rule: handling}, awaiting=following)
    turn.effects.append(RecordHandling(rule, handling, turn.at))
    turn.effects.append(Show("plan" if following else "vigilance", rule, fresh=True))


def _described(handling: Handling, part: str, words: str) -> Handling:
    match part:
        case "who":
            return replace(handling, who=words)
        case "when":
            return replace(handling, when=words)
        case _:
            return replace(handling, what=words)
