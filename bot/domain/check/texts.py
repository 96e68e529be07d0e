"""Texts: none missing, none too long for a phone, and questions that can be answered."""

import re
from collections.abc import Iterator

from bot.domain.check.fault import Fault, Path, near
from bot.domain.check.walk import elements, questions
from bot.domain.flow import (
    AddedRows,
    Balance,
    Column,
    Figure,
    Flow,
    FollowUp,
    GivenRow,
    Mention,
    Option,
    Proposal,
    Question,
    Rich,
    Rule,
    Step,
    Strength,
    WorkshopSet,
)
from bot.domain.wording import BUTTON_LENGTH, SHORT_NAME

LONGEST_ASK = 300  # characters: a card is read without scrolling

_NEEDED: dict[type, tuple[str, ...]] = {
    Flow: ("flow", "language", "title", "tell"),
    Step: ("id", "title"),
    Question: ("id", "ask"),
    Option: ("id", "label"),
    Column: ("id", "title"),
    GivenRow: ("id", "title"),
    AddedRows: ("title", "ask"),
    Balance: ("id", "title"),
    FollowUp: ("id", "ask"),
    Rich: ("id", "text"),
    Mention: ("shows",),
    Rule: ("id", "title", "advice"),
    Strength: ("id", "title", "phrase", "why"),
    WorkshopSet: ("id", "title"),
    Figure: ("id", "value"),
    Proposal: ("flow", "why"),
}
_FILLED = (  # the texts in which `{ici}` and `{la_bas}` are replaced
    *("ask", "title", "seeks", "tell", "label", "help", "text", "advice", "why"),
    *("first_step", "phrase", "aim", "opening", "sheet", "shows"),
)
_PLACEHOLDER = re.compile(r"\{(?:ici|la_bas)(?: ([^|{}]*)\|([^{}]*))?\}")
_BRACES = re.compile(r"\{([^{}]*)\}?|\}")


def missing_texts(flow: Flow) -> Iterator[Fault]:
    for path, one in elements(flow):
        for name in _NEEDED.get(type(one), ()):
            if not getattr(one, name).strip():
                yield Fault((*path, name), f"« {name} » est vide")
        if isinstance(one, Rule) and not one.levels:
            yield Fault((*path, "levels"), "une règle a au moins un niveau")
        if isinstance(one, Mention) and not one.case and not (one.id and one.title.strip()):
            yield Fault(path, "un exemple a « case », ou bien « id » et « title »")
        if isinstance(one, Figure) and not one.option and not one.label.strip():
            yield Fault((*path, "label"), "« label » est vide")
    if flow.version < 1:
        yield Fault(("version",), "la version est un nombre à partir de 1")


def answerable(flow: Flow) -> Iterator[Fault]:
    """A closed question has options, and says how many may be chosen."""
    for path, question in questions(flow):
        if question.choose and not question.options:
            yield Fault((*path, "choose"), "une question à choix a besoin d’options")
        if question.options and not question.choose:
            yield Fault((*path, "options"), "il manque « choose: one » ou « choose: many »")
        if "details" in path:
            for name, called in (("details", "sous-questions"), ("follow_ups", "relances")):
                if getattr(question, name):
                    yield Fault((*path, name), f"une sous-question n’a pas de {called}")


def advised(flow: Flow) -> Iterator[Fault]:
    """What a phone or a reader would suffer from: warnings."""
    for path, one in elements(flow):
        match one:
            case Question():
                yield from _question(one, path)
            case FollowUp() | Column():
                yield from _length((*path, "ask"), one.ask)
            case Rule(source=""):
                yield Fault((*path, "source"), "il manque la source", "warning")
        if "first_page" not in path:
            yield from _braces(one, path)


def _question(question: Question, path: Path) -> Iterator[Fault]:
    yield from _length((*path, "ask"), question.ask)
    for index, column in enumerate(question.columns):
        for at, option in enumerate(column.options):
            yield from _button((*path, "columns", index, "options", at, "label"), option.label)
    for index, option in enumerate(question.options):
        here = (*path, "options", index)
        yield from _button((*here, "label"), option.label)
        if option.exclusive and question.choose == "one":
            yield Fault((*here, "exclusive"), "inutile : le choix est unique", "warning")
    for index, variant in enumerate(question.variants):
        here = (*path, "variants", index)
        yield from _length((*here, "ask"), variant.ask)
        for slug, label in variant.labels.items():
            yield from _button((*here, "labels", slug), label)
        if not (variant.ask or variant.labels or variant.first or variant.only):
            yield Fault(here, "cette variante ne change rien", "warning")


def _length(path: Path, ask: str) -> Iterator[Fault]:
    if len(ask) > LONGEST_ASK:
        message = f"question trop longue : {len(ask)} caractères ({LONGEST_ASK} au plus)"
        yield Fault(path, message, "warning")


def _button(path: Path, label: str) -> Iterator[Fault]:
    size = len(_PLACEHOLDER.sub(_widest, label))
    if size > BUTTON_LENGTH:
        message = f"bouton trop long : {size} caractères ({BUTTON_LENGTH} au plus)"
        yield Fault(path, message, "warning")


def _widest(found: re.Match[str]) -> str:
    """A placeholder at its longest: nine characters for a name and its verb, or the other form."""
    named = SHORT_NAME if found[1] is None else SHORT_NAME + 1 + len(found[1])
    return "x" * max(named, len(found[2] or ""))


def _braces(one: object, path: Path) -> Iterator[Fault]:
    for name in _FILLED:
        text = getattr(one, name, "")
        if not isinstance(text, str) or ("{" not in text and "}" not in text):
            continue
        if found := _BRACES.search(_PLACEHOLDER.sub("", text)):
            advice = near(found[1] or "", ("ici", "la_bas"))
            message = f"« {found[0]} » : seuls {{ici}} et {{la_bas}} sont remplacés{advice}"
            yield Fault((*path, name), message, "warning")
