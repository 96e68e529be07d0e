"""How a question enters the walk, as far as the flow alone says: worked out once, for everybody."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.conditions import All, Condition, Not, parse, questions
from bot.domain.conversation import At
from bot.domain.flow import FollowUp, Question

Asked = tuple[At, Condition | None]  # an item, and while what it is asked; None: always


@dataclass(frozen=True, slots=True)
class Plan:
    """The items of one question in one rhythm.

    `items`: its card, its details, the closing of a table; `telling`, in depth: its free text;
    `follow_ups` in the order of the flow, `fresh` in the order in which they are thought of.
    """

    question: str
    when: Condition | None
    items: tuple[Asked, ...]
    telling: tuple[At, ...]
    follow_ups: tuple[At, ...]
    fresh: tuple[Asked, ...]
    reads: frozenset[str]  # the ids whose answers bear on it
    blank: tuple[At, ...] = ()  # what it brings while none of these was met


def plan(question: Question, in_depth: bool) -> Plan:
    told = in_depth and not question.table
    follow_ups = question.follow_ups if told else ()
    conditional_first = sorted(follow_ups, key=lambda one: not one.when)
    return Plan(
        question=question.id,
        when=_wanted(question.when),
        items=tuple(_items(question)),
        telling=(At(question.id, telling=True),) if told and question.choose else (),
        follow_ups=tuple(At(one.id) for one in follow_ups),
        fresh=tuple((At(one.id), _wanted(one.when, one.unless)) for one in conditional_first),
        reads=frozenset(_reads(question)),
    )


def _items(question: Question) -> Iterator[Asked]:
    details = [(one.before, (At(one.id), _wanted(one.when))) for one in question.details]
    yield from (one for before, one in details if before)
    if not question.table:
        yield At(question.id), None
    yield from (one for before, one in details if not before)
    if question.table:  # its cells, then the table as a whole
        yield At(question.id, telling=True), None


def _wanted(when: str, unless: str = "") -> Condition | None:
    terms = [parse(when)] if when else []
    if unless:
        terms.append(Not(parse(unless)))
    return All(tuple(terms)) if len(terms) > 1 else next(iter(terms), None)


def _reads(question: Question) -> Iterator[str]:
    """Its own id, those of its details and follow-ups, and whatever their conditions name."""
    asked: tuple[Question | FollowUp, ...] = (question, *question.details, *question.follow_ups)
    for one in asked:
        yield one.id
        wanted = _wanted(one.when, one.unless if isinstance(one, FollowUp) else "")
        yield from questions(wanted) if wanted else ()
