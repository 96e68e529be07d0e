"""The solid points: what answers show that is good, in a sentence to print (method.md §5bis).

Rules 1 to 5 of display: read on the options chosen, silent where an alert stands, combinations
first, and never two that share a question side by side.
"""

from collections.abc import Container, Iterable

from bot.domain.conditions import Condition, Facts, because, parse, reads_missing
from bot.domain.flow import Flow, Strength
from bot.domain.reading import SIDE
from bot.domain.vigilance import Raised, greatest, is_in, roots, useful


def strengths(
    flow: Flow,
    read: Facts,
    everything: Iterable[Raised],
    *,
    stage: str,
    handled: Container[str],
) -> tuple[Strength, ...]:
    """Every solid point to be said, in the order of §5bis, rules 1 to 4.

    A combination silenced by an alert replaces nothing: the simple points speak for themselves.
    """
    contested = {
        question
        for one in everything
        if one.level == "alerte" and one.rule.id not in handled
        for question in one.questions
    }
    said = [
        strength
        for strength in flow.strengths
        if _shown_by(tree := parse(strength.when), read) and contested.isdisjoint(roots(flow, tree))
    ]
    replaced = {simple for strength in said for simple in strength.replaces}
    in_season = useful(flow, stage)
    return tuple(
        sorted(
            (strength for strength in said if strength.id not in replaced),
            key=lambda one: (not one.combination, _number(flow, one) not in in_season),
        )
    )


def pick(
    flow: Flow, strengths: Iterable[Strength], most: int, step: str | None = None
) -> tuple[Strength, ...]:
    """The first ones that share no question (§5bis, rules 4 and 5).

    `step` keeps those of that step, by the greatest question number they read.
    """
    chosen: list[Strength] = []
    taken: set[str] = set()
    for strength in strengths:
        read = roots(flow, parse(strength.when))
        elsewhere = step is not None and not is_in(flow, _number(flow, strength), step)
        if elsewhere or len(chosen) >= most or not taken.isdisjoint(read):
            continue
        chosen.append(strength)
        taken |= read
    return tuple(chosen)


def _shown_by(condition: Condition, read: Facts) -> bool:
    """Whether answers make it true: a question without an answer gives no solid point (rule 1)."""
    if reads_missing(condition) or not condition.holds(read):
        return False
    return any(question != SIDE for question in because(condition, read))


def _number(flow: Flow, strength: Strength) -> int:
    return greatest(flow, parse(strength.when))
