"""Rules never or always raised, conditions that never hold, options that serve nothing."""

from collections.abc import Container, Iterable, Iterator

from bot.domain.check.explore import answered, satisfiable
from bot.domain.check.fault import Fault, Path
from bot.domain.check.walk import Clause, clauses, elements, questions
from bot.domain.conditions import (
    All,
    Condition,
    Facts,
    Not,
    Test,
    leaves,
    reads_missing,
)
from bot.domain.flow import LEVELS, Case, Flow, FollowUp, Piece, Rule, RuleLevel, Strength
from bot.domain.reading import SIDE, SIDES


def reach(flow: Flow, wrong: Container[Path] = ()) -> Iterator[Fault]:
    """Warnings; `wrong` are the conditions that other checks found faults in."""
    for clause in clauses(flow):
        if isinstance(clause.owner, RuleLevel) or clause.path in wrong:
            continue
        if tree := clause.tree:
            yield from _clause(flow, clause, tree)
    for path, one in elements(flow):
        if isinstance(one, Rule):
            yield from _rule(flow, one, path, wrong)
        elif isinstance(one, FollowUp):
            yield from _follow_up(flow, one, path)


def _clause(flow: Flow, clause: Clause, tree: Condition) -> Iterator[Fault]:
    if not satisfiable(flow, tree):
        yield Fault(clause.path, "cette condition n’est jamais vraie", "warning")
    elif isinstance(clause.owner, Strength):
        yield from _always(flow, tree, clause.path)


def _follow_up(flow: Flow, follow_up: FollowUp, path: Path) -> Iterator[Fault]:
    when, unless = (
        Clause(path, text, follow_up).tree if text else None
        for text in (follow_up.when, follow_up.unless)
    )
    if not when or not unless or not satisfiable(flow, when):
        return
    if not satisfiable(flow, All((when, Not(unless)))):
        message = "« unless » est vrai chaque fois que « when » l’est : jamais posée"
        yield Fault((*path, "unless"), message, "warning")


def _rule(flow: Flow, rule: Rule, path: Path, wrong: Container[Path]) -> Iterator[Fault]:
    """Levels are read from the gravest, those with `missing` aside (method.md §0.4 A)."""
    graver: list[Condition] = []
    for index, level in sorted(enumerate(rule.levels), key=lambda one: LEVELS.index(one[1].level)):
        here = (*path, "levels", index, "when")
        written = Clause(here, level.when, level).tree
        if written is None or here in wrong:
            continue
        tree = answered(written) if rule.crossed else written
        if not satisfiable(flow, tree):
            message = f"{level.level} : ne peut jamais se lever, la condition n’est jamais vraie"
            yield Fault(here, message, "warning")
        elif reads_missing(written):
            continue
        elif not satisfiable(flow, All((tree, *(Not(one) for one in graver)))):
            message = (
                f"{level.level} : ne peut jamais se lever, un niveau plus grave la cache toujours"
            )
            yield Fault(here, message, "warning")
        else:
            yield from _always(flow, written, here, crossed=rule.crossed)
        if not reads_missing(written):
            graver.append(tree)


def _always(flow: Flow, tree: Condition, path: Path, *, crossed: bool = False) -> Iterator[Fault]:
    tests = any(isinstance(leaf, Test) for leaf in leaves(tree))
    nothing = (Facts({SIDE: frozenset({side})}) for side in SIDES)
    if tests and not satisfiable(flow, answered(Not(tree))):
        yield Fault(path, "vraie quelles que soient les réponses", "warning")
    elif not crossed and not reads_missing(tree) and all(tree.holds(one) for one in nothing):
        yield Fault(path, "vraie avant toute réponse : ajoutez ce qui doit être répondu", "warning")


def unused(flow: Flow, cases: Iterable[Case] = ()) -> Iterator[Fault]:
    """Options that no condition, variant, stage, role, figure, piece or case names: warnings.

    The identity block is left out, and a flow without any point: such answers describe the project,
    they need serve nothing else.
    """
    if not flow.rules and not flow.strengths:
        return  # answers that are printed, and judge nothing
    named = set(_named(flow))
    told = {slug for case in cases for slug in (*case.public, *case.themes, *case.countries)}
    told |= {one.id for _, one in elements(flow) if isinstance(one, Piece)}
    for path, question in questions(flow):
        for index, option in enumerate(question.options):
            used = option.waiting or option.id in told or (question.id, option.id) in named
            if not used and path[0] != "identity":
                message = f"rien n’utilise l’option « {option.id} »"
                yield Fault((*path, "options", index), message, "warning")


def _named(flow: Flow) -> Iterator[tuple[str, str]]:
    for clause in clauses(flow):
        for leaf in leaves(clause.tree) if clause.tree else ():
            if isinstance(leaf, Test):
                yield from ((leaf.question, slug) for slug in leaf.options)
    for _, question in questions(flow):
        for variant in question.variants:
            for slug in (*variant.labels, *variant.first, *variant.only):
                yield question.id, slug
    for figure in flow.figures:  # without an option, an average: every answer is compared with it
        for name in figure.useful_for:
            known = flow.questions[name].options if name in flow.questions else ()
            yield from ((name, figure.option or one.id) for one in known)
    roles = flow.roles
    yield from ((roles.stage, stage) for stage in flow.stages)
    yield roles.here_country, roles.home_country
    yield roles.there, roles.single_territory
    for slug in (
        *roles.abroad_roles,
        *roles.network_roles,
        *(r for x in flow.rules for r in x.roles),
    ):
        yield roles.role, slug
