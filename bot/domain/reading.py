"""What the answers of a dossier say: the facts that conditions read, and the side of the reader."""

from collections.abc import Mapping
from typing import Literal

from bot.domain.conditions import Condition, Facts, parse
from bot.domain.conversation import Answer
from bot.domain.flow import OTHER, Flow, Question

Side = Literal["france", "abroad"]
_OTHER = frozenset({OTHER})
SIDE = "side"  # the one derived variable of conditions
SIDES: tuple[Side, ...] = ("france", "abroad")


def facts(flow: Flow, answers: Mapping[str, Answer], *, complete: bool = False) -> Facts:
    """The facts of a dossier. `complete`: an empty question counts as missing, not only a skipped one.

    Details and follow-ups whose own condition no longer holds are kept with the answers but not read.
    """
    options: dict[str, frozenset[str]] = {}
    whens: dict[str, Condition] = {}
    empty: set[str] = set()
    questions = flow.questions
    for question, answer in answers.items():
        if answer.given:
            if asked := questions.get(question):
                options[question] = chosen(answer)
                if asked.when:
                    whens[question] = parse(asked.when)
        elif answer.skipped:
            empty.add(question)
    options[SIDE] = frozenset({side(flow, answers)})
    read = Facts(options)
    while gone := [one for one, when in whens.items() if not when.holds(read)]:
        for question in gone:  # what depended on it may not apply any more either
            del options[question], whens[question]
    if complete:
        empty |= {one.id for one in flow.questions.values() if applies(one, read)}
    return Facts(options, frozenset(empty - options.keys()))


def chosen(answer: Answer) -> frozenset[str]:
    """The options of an answer; words or files without a tick are the implicit option."""
    return frozenset(answer.options) if answer.options else _OTHER


def applies(question: Question, read: Facts) -> bool:
    return not question.when or parse(question.when).holds(read)


def side(flow: Flow, answers: Mapping[str, Answer]) -> Side:
    """« abroad » when the reader's territory is outside the home country (method.md §0.6)."""
    roles = flow.roles
    role = _one(answers, roles.role)
    if role in roles.abroad_roles:
        return "abroad"
    if role in roles.network_roles:
        return "france"
    if _one(answers, roles.there) == roles.single_territory:
        return "france"
    here, there = _one(answers, roles.here_country), _one(answers, roles.there_country)
    elsewhere = here not in ("", roles.home_country)
    return "abroad" if elsewhere and there in ("", roles.home_country) else "france"


def stage(flow: Flow, answers: Mapping[str, Answer]) -> str:
    """How far the project is; the flow's default while unknown."""
    found = _one(answers, flow.roles.stage)
    return found if found in flow.stages else flow.roles.default_stage


def role(flow: Flow, answers: Mapping[str, Answer]) -> str:
    return _one(answers, flow.roles.role)


def _one(answers: Mapping[str, Answer], question: str) -> str:
    answer = answers.get(question)
    return answer.options[0] if answer and answer.options else ""
