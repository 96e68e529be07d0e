"""Which points of vigilance answers raise, and which are shown first (method.md §0.4, A to F).

A question without an answer is never called a weakness: conditions that contain `missing` raise
nothing here; what only they would raise joins the open questions.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.domain.conditions import (
    All,
    Any,
    Condition,
    Facts,
    Is,
    Not,
    Test,
    because,
    parse,
    questions,
    reads_missing,
)
from bot.domain.flow import LEVELS, Flow, Level, Rule, Step
from bot.domain.once import once
from bot.domain.reading import SIDE, applies

FIRST = 3  # « À régler d'abord »
FOLLOWING = 5  # « Ensuite »
EARLY_STAGES = ("idee", "montage")  # an alert about what comes later can wait (§0.4 C)


@dataclass(frozen=True, slots=True)
class Raised:
    """A rule whose retained condition holds (§0.4 A).

    `because`: the answered questions that make it true, in the order written. `number`: m(p), the
    greatest question number it reads, 0 if none. `questions`: what it reads, details counted as
    their question, without the identity fields (§0.4 C and D).
    """

    rule: Rule
    level: Level
    condition: Condition
    because: tuple[str, ...]
    number: int
    questions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Points:
    """What is shown of the points raised: « À régler d'abord », « Ensuite », « Idées » (§0.4 E)."""

    first: tuple[Raised, ...] = ()
    following: tuple[Raised, ...] = ()
    ideas: tuple[Raised, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question without an answer, and the rules that only its absence would raise."""

    question: str
    rules: tuple[str, ...] = ()


def raised(flow: Flow, read: Facts) -> tuple[Raised, ...]:
    """Every rule whose retained condition holds, in the order of the document (§0.4 A)."""
    found = (_raise(flow, one, read) for one in _readable(flow))
    return tuple(one for one in found if one)


def points(
    flow: Flow,
    everything: Sequence[Raised],
    *,
    role: str,
    stage: str,
    handled: Container[str],
) -> Points:
    """The points to work on now (§0.4 B to E); an idea has level `info` and is shown on demand."""
    candidates = _candidates(everything, role, handled)
    weaknesses = (one for one in candidates if one.level != "info")
    chosen = _choose(sorted(weaknesses, key=_precedence(flow, stage)), FIRST + FOLLOWING)
    ideas = sorted((one for one in candidates if one.level == "info"), key=_reading_order(flow))
    return Points(chosen[:FIRST], chosen[FIRST:], tuple(ideas))


def step_points(
    flow: Flow,
    everything: Sequence[Raised],
    step: str,
    *,
    role: str,
    stage: str,
    handled: Container[str],
    most: int = 2,
) -> tuple[Raised, ...]:
    """The points told at the end of a step: among those whose m(p) falls in it (§0.4 F)."""
    here = [
        one
        for one in _candidates(everything, role, handled)
        if one.level != "info" and is_in(flow, one.number, step)
    ]
    return _choose(sorted(here, key=_precedence(flow, stage)), most)


def open_questions(flow: Flow, read: Facts) -> tuple[OpenQuestion, ...]:
    """The questions asked and left empty, annex excluded, in the order of the flow (§0.4 B).

    A rule stands beside the very question whose absence raises it; a detail is listed only then.
    """
    blamed = _blamed(flow, read)
    return tuple(
        OpenQuestion(question, tuple(blamed.get(question, ())))
        for question in _asked(flow, read)
        if question in blamed or (question in read.missing and question not in flow.parents)
    )


def roots(flow: Flow, condition: Condition) -> frozenset[str]:
    """The questions a condition reads, details as their question, without identity (§0.4 D)."""
    named = (question for question in questions(condition) if flow.step_of.get(question))
    return frozenset(flow.root(question) for question in named)


def greatest(flow: Flow, condition: Condition) -> int:
    """m(p): the greatest question number read; identity and annex are not (§0.4 C)."""
    return max((flow.number(question) for question in questions(condition)), default=0)


def useful(flow: Flow, stage: str) -> frozenset[int]:
    """ST: the numbers of the questions useful at a stage (§0.4 C)."""
    return frozenset(flow.number(question) for question in flow.stages.get(stage, ())) - {0}


def is_in(flow: Flow, number: int, step: str) -> bool:
    """Whether m(p) falls in a step; 0 falls in none."""
    home = _home(flow, number)
    return home is not None and home.id == step


@dataclass(frozen=True, slots=True)
class _Readable:
    """A rule and its conditions without `missing`, gravest first, otherwise in the order written.
    `needed`: what a cross rule needs answered; it compares, it does not guess."""

    rule: Rule
    conditions: tuple[tuple[Level, Condition], ...]
    needed: frozenset[str]


@once
def _readable(flow: Flow) -> tuple[_Readable, ...]:
    return tuple(_read(rule) for rule in flow.rules)


def _read(rule: Rule) -> _Readable:
    levels = sorted(rule.levels, key=lambda one: LEVELS.index(one.level))
    parsed = ((one.level, parse(one.when)) for one in levels)
    conditions = tuple(one for one in parsed if not reads_missing(one[1]))
    named = (question for _, condition in conditions for question in questions(condition))
    return _Readable(rule, conditions, frozenset(named if rule.crossed else ()))


def _raise(flow: Flow, readable: _Readable, read: Facts) -> Raised | None:
    """The rule at its retained condition: the first true one, from the gravest level down."""
    if not readable.needed <= read.options.keys():
        return None
    for level, condition in readable.conditions:
        if condition.holds(read):
            return Raised(
                rule=readable.rule,
                level=level,
                condition=condition,
                because=tuple(one for one in because(condition, read) if one != SIDE),
                number=greatest(flow, condition),
                questions=roots(flow, condition),
            )
    return None


def _candidates(
    everything: Sequence[Raised], role: str, handled: Container[str]
) -> tuple[Raised, ...]:
    """What is neither handled, nor for other roles, nor spoken for by a cross rule (§0.4 B).

    A cross rule that was handled still speaks for the points it refers to.
    """
    spoken_for = {rule for one in everything if one.rule.crossed for rule in one.rule.refers}
    return tuple(
        one
        for one in everything
        if one.rule.id not in handled
        and one.rule.id not in spoken_for
        and (not one.rule.roles or role in one.rule.roles)
    )


def _precedence(flow: Flow, stage: str) -> Callable[[Raised], tuple[bool | int | str, ...]]:
    """The sort of §0.4 D: one element per line of the law."""
    in_season = useful(flow, stage)
    place = {rule.id: index for index, rule in enumerate(flow.rules)}

    def key(one: Raised) -> tuple[bool | int | str, ...]:
        rule, timely = one.rule, one.number in in_season
        urgent = one.level == "alerte" and (timely or stage not in EARLY_STAGES)
        return (
            not urgent,
            not (urgent and rule.harm),
            not timely,
            -len(one.questions),
            "A" if rule.crossed else rule.rank,
            not rule.crossed,
            place[rule.id],
        )

    return key


def _choose(ordered: Iterable[Raised], most: int) -> tuple[Raised, ...]:
    """Down the list, each point that shares no question with one already taken (§0.4 E)."""
    chosen: list[Raised] = []
    taken: set[str] = set()
    for one in ordered:
        if len(chosen) < most and taken.isdisjoint(one.questions):
            chosen.append(one)
            taken |= one.questions
    return tuple(chosen)


def _reading_order(flow: Flow) -> Callable[[Raised], tuple[int, int]]:
    """Step by step, then the order of the document; annex after the steps, then what reads none."""
    place = {rule.id: index for index, rule in enumerate(flow.rules)}

    def key(one: Raised) -> tuple[int, int]:
        homes = [_home(flow, one.number)] if one.number else map(flow.step_of.get, one.questions)
        steps = [flow.steps.index(home) for home in homes if home]
        return min(steps, default=len(flow.steps)), place[one.rule.id]

    return key


def _home(flow: Flow, number: int) -> Step | None:
    return flow.step_of[flow.counted[number - 1]] if number else None


def _asked(flow: Flow, read: Facts) -> Iterator[str]:
    """The questions and details of the steps that are asked of this dossier."""
    for question in flow.questions.values():
        step = flow.step_of[question.id]
        if step and not step.annex and applies(question, read):
            yield question.id


def _blamed(flow: Flow, read: Facts) -> dict[str, list[str]]:
    """Question left empty -> the rules, not raised otherwise, that its absence would raise.

    A cross rule is never among them: it needs an answer to everything it names.
    """
    otherwise = {one.rule.id for one in raised(flow, read)}
    blamed: dict[str, list[str]] = {}
    for rule in flow.rules:
        if not rule.crossed and rule.id not in otherwise:
            for question in _absent(rule, read):
                blamed.setdefault(question, []).append(rule.id)
    return blamed


def _absent(rule: Rule, read: Facts) -> tuple[str, ...]:
    trees = [parse(level.when) for level in rule.levels]
    return tuple(
        dict.fromkeys(one for tree in trees if tree.holds(read) for one in _gaps(tree, read))
    )


def _gaps(condition: Condition, read: Facts) -> Iterator[str]:
    """The questions whose absence makes a true condition true: `because`, for `missing`."""
    match condition:
        case Is("missing", question):
            yield question
        case Any(terms):
            for term in terms:
                if term.holds(read):
                    yield from _gaps(term, read)
        case All(terms):
            for term in terms:
                yield from _gaps(term, read)
        case Test() | Is() | Not():
            return
        case _:
            assert_never(condition)
