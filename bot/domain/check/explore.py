"""Can a condition ever hold? Answers are explored exhaustively, as far as it tells them apart.

Options that a condition always names together are one: a question with thirty options has a handful
of different answers. Each question is tried unanswered, skipped, with each of these, and `autre`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from bot.domain.conditions import (
    All,
    Any,
    Condition,
    ConditionError,
    Facts,
    Is,
    Not,
    Test,
    leaves,
    parse,
    questions,
)
from bot.domain.flow import OTHER, Flow, Question
from bot.domain.reading import SIDE, SIDES

_MOST_TRIES = 50_000  # then nothing is claimed: a warning must be true
_MOST_CLASSES = 8  # kinds of options of one question tried in every combination


def satisfiable(flow: Flow, goal: Condition) -> bool:
    """Whether some answers make `goal` true; a detail counts only while its own condition holds."""
    return _Search(flow, _guarded(flow, goal, ())).run()


def answered(condition: Condition) -> Condition:
    """`condition`, once every question it names has an answer."""
    return All((*(Is("answered", question) for question in questions(condition)), condition))


def _guarded(flow: Flow, condition: Condition, seen: tuple[str, ...]) -> Condition:
    """Each test joined to the `when` of its question: what no longer applies is not read."""
    match condition:
        case Not(term):
            return Not(_guarded(flow, term, seen))
        case All(terms):
            return All(tuple(_guarded(flow, term, seen) for term in terms))
        case Any(terms):
            return Any(tuple(_guarded(flow, term, seen) for term in terms))
        case Is("missing", _):
            return condition
        case Test() | Is():
            name = condition.question
            when = _when(flow.questions.get(name))
            if when is None or name in seen:
                return condition
            return All((_guarded(flow, when, (*seen, name)), condition))


def _when(question: Question | None) -> Condition | None:
    try:
        return parse(question.when) if question and question.when else None
    except ConditionError:
        return None


@dataclass(slots=True)
class _Search:
    flow: Flow
    goal: Condition
    tries: int = 0

    def run(self) -> bool:
        order = questions(self.goal)
        states = {question: tuple(self.states(question)) for question in order}
        return self.search(order, states, {})

    def search(
        self,
        left: tuple[str, ...],
        states: Mapping[str, tuple[Facts, ...]],
        known: dict[str, Facts],
    ) -> bool:
        """Question after question; a branch ends as soon as what is known decides the goal."""
        self.tries += 1
        verdict = _verdict(self.goal, known)
        if verdict is not None or self.tries > _MOST_TRIES:
            return verdict is not False
        question, rest = left[0], left[1:]
        return any(
            self.search(rest, states, {**known, question: state}) for state in states[question]
        )

    def states(self, name: str) -> Iterator[Facts]:
        """What may be known of one question."""
        named = [leaf for leaf in leaves(self.goal) if leaf.question == name]
        lists = [frozenset(leaf.options) for leaf in named if isinstance(leaf, Test)]
        question = self.flow.questions.get(name)
        answers = _answers(question, lists) if question else _unlisted(name, lists)
        for chosen in answers:
            yield Facts({name: chosen})
            if question and question.perspective == "each_side":
                yield Facts({name: chosen}, differs=frozenset({name}))
                yield Facts({name: chosen}, silent=frozenset({name}))
        if name != SIDE:
            yield Facts()
            yield Facts(missing=frozenset({name}))


def _verdict(condition: Condition, known: Mapping[str, Facts]) -> bool | None:
    """True, false, or None when it depends on questions not decided yet."""
    match condition:
        case Test(question, _, _) | Is(_, question):
            return condition.holds(known[question]) if question in known else None
        case Not(term):
            verdict = _verdict(term, known)
            return None if verdict is None else not verdict
        case All(terms) | Any(terms):
            decisive = isinstance(condition, Any)
            verdicts = [_verdict(term, known) for term in terms]
            if decisive in verdicts:
                return decisive
            return None if None in verdicts else not decisive


def _unlisted(name: str, lists: list[frozenset[str]]) -> Iterator[frozenset[str]]:
    """The side of the reader; or a question the flow does not have, of which nothing is known."""
    if name == SIDE:
        yield from (frozenset({side}) for side in SIDES)
    else:
        yield from (*lists, frozenset({OTHER}))


def _answers(question: Question, lists: list[frozenset[str]]) -> Iterator[frozenset[str]]:
    """The answers that tests on `lists` tell apart."""
    together: dict[tuple[bool, ...], str] = {}  # options no test tells apart -> one of them
    alone: dict[tuple[bool, ...], str] = {}
    for option in question.options:
        kind = tuple(option.id in one for one in lists)
        exclusive = option.exclusive or question.choose != "many"
        (alone if exclusive else together).setdefault(kind, option.id)
    yield from (frozenset({slug}) for slug in dict.fromkeys((*alone.values(), OTHER)))
    yield from map(frozenset, _subsets(tuple(together.values())))


def _subsets(slugs: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    sizes = range(1, len(slugs) + 1) if len(slugs) <= _MOST_CLASSES else (1, 2, len(slugs))
    for size in sizes:
        yield from combinations(slugs, size)
