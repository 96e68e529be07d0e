"""Conditions: each parses, names questions and options that exist, with the right operator."""

import re
from collections.abc import Iterator

from bot.domain.check.fault import Fault, near
from bot.domain.check.walk import LONGEST, Clause, clauses, elements
from bot.domain.conditions import ConditionError, Is, Test, leaves, parse
from bot.domain.flow import OTHER, Flow, FollowUp, Question, RuleLevel, Strength, Variant
from bot.domain.reading import SIDE, SIDES

_NEEDED = (RuleLevel, Strength, Variant)  # a `when` that cannot be left empty


def conditions(flow: Flow) -> Iterator[Fault]:
    for path, one in elements(flow):
        if isinstance(one, _NEEDED) and not one.when.strip():
            yield Fault((*path, "when"), "il manque la condition")
    for clause in clauses(flow):
        yield from clause_faults(flow, clause)


def clause_faults(flow: Flow, clause: Clause) -> Iterator[Fault]:
    if len(clause.text) > LONGEST:
        yield Fault(clause.path, f"condition trop longue (plus de {LONGEST} caractères)")
        return
    try:
        condition = parse(clause.text)
    except ConditionError as error:
        if clause.text.strip():
            yield Fault(clause.path, f"condition illisible : {error}", offset=error.column)
        return
    at = 0
    for leaf in leaves(condition):
        at = _column(clause.text, leaf.question, at)
        yield from _question(flow, clause, leaf, at)
        for slug in leaf.options if isinstance(leaf, Test) else ():
            at = _column(clause.text, slug, at + 1)
            yield from _option(flow, clause, leaf.question, slug, at)


def _question(flow: Flow, clause: Clause, leaf: Test | Is, at: int) -> Iterator[Fault]:
    if leaf.question == SIDE:
        return
    found = flow.questions.get(leaf.question)
    if found is None:
        known = (*flow.questions, SIDE)
        message = f"« {leaf.question} » n’est pas une question{near(leaf.question, known)}"
        yield Fault(clause.path, message, offset=at)
        return
    asked = isinstance(clause.owner, Question | FollowUp)
    if asked and leaf.question == getattr(clause.owner, "id", ""):
        yield Fault(clause.path, f"{leaf.question} ne peut pas dépendre d’elle-même", offset=at)
    if advice := _misused(found, leaf):
        yield Fault(clause.path, advice, "warning", at)


def _misused(question: Question, leaf: Test | Is) -> str:
    """What to write instead, when an operator does not suit the question; "" when it does."""
    if isinstance(leaf, Is):
        if leaf.state in ("differs", "silent") and question.perspective == "shared":
            return f"{leaf.state} : {question.id} n’est posée qu’une fois (perspective: each_side)"
        return ""
    if question.choose == "many" and leaf.operator == "in":
        return f"{question.id} est à choix multiple : écrivez « has » plutôt que « in »"
    if question.choose == "one" and leaf.operator != "in":
        return f"{question.id} est à choix unique : écrivez « in » plutôt que « {leaf.operator} »"
    return ""


def _option(flow: Flow, clause: Clause, question: str, slug: str, at: int) -> Iterator[Fault]:
    found = flow.questions.get(question)
    known = [option.id for option in found.options] if found else list(SIDES)
    if slug in known or (not found and question != SIDE) or (found and slug == OTHER):
        return
    message = f"« {slug} » n’est pas une option de {question}{near(slug, known)}"
    yield Fault(clause.path, message, offset=at)


def _column(text: str, name: str, start: int) -> int:
    found = re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w.])").search(text, start)
    return found.start() if found else start
