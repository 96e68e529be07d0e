"""Ids: unique, readable by conditions, and known wherever they are quoted."""

import re
from collections.abc import Iterable, Iterator

from bot.domain.check.fault import Fault, Path, all_unknown, near, unknown
from bot.domain.check.walk import elements
from bot.domain.conditions import ConditionError, parse
from bot.domain.flow import (
    Case,
    Figure,
    FirstPage,
    Flow,
    FollowUp,
    Mention,
    Option,
    Question,
    Rich,
    Roles,
    Rule,
    Sentence,
    Step,
    Strength,
    WorkshopSet,
)
from bot.domain.reading import SIDE

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")
_LONGEST = 40  # bytes: a button's data also carries a revision and an index, in 64 (Telegram)
_SHARED = (Question, FollowUp, Rule, Strength, Rich)  # one space of ids for all of these
_QUESTION = "une question"

_Taken = tuple[object, str]  # what an id is unique in, and the id


def identifiers(flow: Flow) -> Iterator[Fault]:
    """Duplicates, and names that no condition could hold."""
    taken: set[_Taken] = {(Question, SIDE), (("steps",), "identity")}
    for path, one in elements(flow):
        name = getattr(one, "id", "")
        if not isinstance(name, str) or not name:
            continue
        known = (_space(path, one), name)
        if known in taken:
            yield Fault((*path, "id"), f"l’identifiant « {name} » est déjà pris")
        taken.add(known)
        if isinstance(one, Question | FollowUp):
            yield from readable((*path, "id"), name, f"answered {name}")
        elif isinstance(one, Option):
            yield from readable((*path, "id"), name, f"Q in [{name}]")
    yield from _former(flow, taken)


def readable(path: Path, name: str, written: str) -> Iterator[Fault]:
    """`written`: a condition that names the id."""
    if not _NAME.fullmatch(name):
        message = f"« {name} » : un identifiant s’écrit avec a-z, 0-9 et _, sans accent ni espace"
        yield Fault(path, message)
    elif len(name) > _LONGEST:
        yield Fault(path, f"identifiant trop long (plus de {_LONGEST} caractères)")
    else:
        try:
            parse(written)
        except ConditionError:
            message = f"« {name} » est un mot du langage : aucune condition ne peut le nommer"
            yield Fault(path, message, "warning" if "options" in path else "error")


def _former(flow: Flow, taken: set[_Taken]) -> Iterator[Fault]:
    """Old ids (`was`) must be free, and claimed once."""
    for path, one in elements(flow):
        for index, old in enumerate(getattr(one, "was", ())):
            known = (_space(path, one), old)
            if known in taken:
                yield Fault(
                    (*path, "was", index), f"l’ancien identifiant « {old} » est encore pris"
                )
            taken.add(known)


def _space(path: Path, one: object) -> object:
    """What an id must be unique in."""
    return Question if isinstance(one, _SHARED) else path[:-1]


def proposed(flow: Flow, known: Iterable[str]) -> Iterator[Fault]:
    """The flows that this one proposes, among those of its folder."""
    others = sorted(set(known) - {flow.flow})
    for index, one in enumerate(flow.proposes):
        yield from unknown(
            ("proposes", index, "flow"), one.flow, others, "un autre parcours de ce dossier"
        )


def references(flow: Flow, cases: Iterable[Case] = ()) -> Iterator[Fault]:
    """Ids quoted outside conditions. Case numbers are checked when the case library is given."""
    numbers = {case.number for case in cases}
    for path, one in elements(flow):
        match one:
            case Flow():
                yield from _flow(flow)
            case Step():
                yield from _order(one, path)
            case Question():
                yield from _variants(one, path)
                yield from _examples(one, path)
                yield from all_unknown((*path, "recalls"), one.recalls, flow.questions, _QUESTION)
            case Rule() | Strength():
                yield from _point(flow, one, path, numbers)
            case Mention() if one.case:
                yield from _case((*path, "case"), one.case, numbers)
            case FirstPage():
                yield from all_unknown(
                    (*path, "questions"), one.questions, flow.questions, _QUESTION
                )
            case Sentence():
                yield from _drop(one, path)
            case WorkshopSet():
                yield from _workshop(flow, one, path)
            case Figure():
                yield from _figure(flow, one, path)
            case Roles():
                yield from _roles(flow, one, path)


def _flow(flow: Flow) -> Iterator[Fault]:
    identity = [name for name, step in flow.step_of.items() if step is None]
    yield from all_unknown(
        ("header",), flow.header, identity, "une question de l’en-tête (identity)"
    )
    known = _options(flow, flow.roles.stage)
    if flow.stages and not flow.roles.stage:
        yield Fault(("stages",), "il manque la question qui donne le stade (roles: stage)")
        return
    for stage, useful in flow.stages.items():
        for fault in unknown(("stages", stage), stage, known, f"une option de {flow.roles.stage}"):
            yield Fault(fault.path, fault.message, on_key=True)
        yield from all_unknown(("stages", stage), useful, flow.questions, _QUESTION)


def _order(step: Step, path: Path) -> Iterator[Fault]:
    own = [question.id for question in step.questions]
    path = (*path, "order")
    yield from all_unknown(path, step.order, own, "une question de cette étape")
    absent = [name for name in own if name not in step.order]
    if step.order and absent:
        yield Fault(path, f"l’ordre oublie {', '.join(absent)}")


def _variants(question: Question, path: Path) -> Iterator[Fault]:
    own = [option.id for option in question.options]
    kind = f"une option de {question.id}"
    for index, variant in enumerate(question.variants):
        here = (*path, "variants", index)
        for slug in variant.labels:
            for fault in unknown((*here, "labels", slug), slug, own, kind):
                yield Fault(fault.path, fault.message, on_key=True)
        yield from all_unknown((*here, "first"), variant.first, own, kind)
        yield from all_unknown((*here, "only"), variant.only, own, kind)


def _examples(question: Question, path: Path) -> Iterator[Fault]:
    """The situations that an example speaks to are options of its own question."""
    own = [option.id for option in question.options]
    for index, mention in enumerate(question.cases):
        here = (*path, "cases", index, "options")
        yield from all_unknown(here, mention.options, own, f"une option de {question.id}")


def _point(flow: Flow, point: Rule | Strength, path: Path, numbers: set[int]) -> Iterator[Fault]:
    if isinstance(point, Rule):
        kind = "une règle"
        yield from all_unknown((*path, "refers"), point.refers, flow.rules_by_id, kind)
        if point.id in point.refers:
            yield Fault((*path, "refers"), "une règle ne renvoie pas à elle-même")
        role = flow.roles.role
        yield from all_unknown(
            (*path, "roles"), point.roles, _options(flow, role), f"une option de {role}"
        )
    else:
        kind = "un point solide"
        yield from all_unknown((*path, "replaces"), point.replaces, flow.strengths_by_id, kind)
    for index, number in enumerate(point.cases):
        yield from _case((*path, "cases", index), number, numbers)


def _case(path: Path, number: int, numbers: set[int]) -> Iterator[Fault]:
    if numbers and number not in numbers:
        yield Fault(
            path, f"il n’y a pas de coopération n° {number} (de {min(numbers)} à {max(numbers)})"
        )


def _drop(sentence: Sentence, path: Path) -> Iterator[Fault]:
    for index, name in enumerate(sentence.drop):
        if not any(f"{{{name}}}" in template.text for template in sentence.templates):
            message = f"aucun gabarit ne contient {{{name}}}"
            yield Fault((*path, "drop", index), message)


def _workshop(flow: Flow, workshop: WorkshopSet, path: Path) -> Iterator[Fault]:
    yield from all_unknown((*path, "stages"), workshop.stages, flow.stages, "un stade (stages)")
    for index, one in enumerate(workshop.questions):
        here = (*path, "questions", index)
        yield from unknown((*here, "question"), one.question, flow.questions, _QUESTION)
        if question := flow.questions.get(one.question):
            own = [detail.id for detail in question.details]
            kind = f"une sous-question de {question.id}"
            yield from all_unknown((*here, "details"), one.details, own, kind)


def _figure(flow: Flow, figure: Figure, path: Path) -> Iterator[Fault]:
    yield from all_unknown((*path, "useful_for"), figure.useful_for, flow.questions, _QUESTION)
    for question in figure.useful_for if figure.option else ():
        kind = f"une option de {question}"
        if question in flow.questions:
            known = _options(flow, question)
            yield from unknown((*path, "option"), figure.option, known, kind)


_ROLE_QUESTIONS = (
    "name",
    "role",
    "stage",
    "sentence",
    "here",
    "there",
    "here_country",
    "there_country",
    "here_short",
    "there_short",
    "publics",
    "themes",
)


def _roles(flow: Flow, roles: Roles, path: Path) -> Iterator[Fault]:
    """A flow may leave any of them out."""
    for name in _ROLE_QUESTIONS:
        if question := getattr(roles, name):
            yield from unknown((*path, name), question, flow.questions, _QUESTION)
    kind = f"une option de {roles.role}"
    for name in ("abroad_roles", "network_roles"):
        known = _options(flow, roles.role)
        yield from all_unknown((*path, name), getattr(roles, name), known, kind)
    if stage := roles.default_stage:
        yield from unknown((*path, "default_stage"), stage, flow.stages, "un stade (stages)")
    for name, question in (("home_country", roles.here_country), ("single_territory", roles.there)):
        slug, known = getattr(roles, name), _options(flow, question)
        if slug and slug not in known:
            message = f"« {slug} » n’est pas une option de {question}{near(slug, known)}"
            yield Fault((*path, name), message, "error" if known else "warning")


def _options(flow: Flow, question: str) -> tuple[str, ...]:
    found = flow.questions.get(question)
    return tuple(option.id for option in found.options) if found else ()


def library(cases: Iterable[Case], flow: Flow | None = None) -> Iterator[Fault]:
    """The case library: ids and numbers taken once; with a flow, the ids that it quotes."""
    taken: set[object] = set()
    for index, case in enumerate(cases):
        path: Path = ("cases", index)
        for name in ("id", "number"):
            value = getattr(case, name)
            if value in taken:
                yield Fault((*path, name), f"« {value} » est déjà pris")
            taken.add(value)
        if case.years.start and case.years.end and case.years.end < case.years.start:
            yield Fault((*path, "years"), "la fin vient avant le début")
        if flow:
            for name in ("illustrates", "author_example_for"):
                yield from all_unknown(
                    (*path, name), getattr(case, name), flow.questions, _QUESTION
                )
            known = {option.id for question in flow.identity for option in question.options}
            for name in ("public", "themes"):
                yield from all_unknown(
                    (*path, name), getattr(case, name), known, "une option de l’en-tête (identity)"
                )
