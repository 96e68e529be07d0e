"""The blank questionnaire of a flow, for a group without a phone: numbered boxes and lines, PDF/UA-1.

Its numbers are those of the options in the flow, so that a sheet filled in by hand can be typed in.
"""

from collections.abc import Iterator
from string import ascii_lowercase
from typing import Any

from bot.domain.flow import Cell, Flow, Question, Step
from bot.domain.wording import Wording
from bot.export.typesetting import fit, typeset_pdf
from bot.export.words import Templates, words

suffix = ".pdf"
media_type = "application/pdf"

TEMPLATE = "questionnaire.typ"
MOST_BOXES = 24  # a longer list (countries) is written by hand
MOST_ADDED = 3  # empty rows below those that are given
Data = dict[str, Any]


def export(flow: Flow, templates: Templates) -> bytes:
    return typeset_pdf(TEMPLATE, _payload(flow, words(templates, flow.language)), templates)


def _payload(flow: Flow, say: dict[str, str]) -> Data:
    wording = Wording(flow, {})
    steps = [one for one in flow.steps if not one.annex]
    return {
        "language": flow.language,
        "title": fit(flow.title),
        "identity": [_question(wording, one, "") for one in _identity(flow)],
        "steps": [_step(wording, one) for one in steps],
        "annexes": [_step(wording, one) for one in flow.steps if one.annex],
        "say": {key: fit(value) for key, value in say.items()},
    }


def _identity(flow: Flow) -> Iterator[Question]:
    for question in flow.identity:
        if question.id != flow.roles.sentence:
            yield from question.details or (question,)


def _step(wording: Wording, step: Step) -> Data:
    return {
        "number": step.number,
        "title": fit(step.title),
        "aim": fit(wording.text(step.aim)),
        "questions": [
            _question(wording, one, _number(wording.flow, one.id)) for one in step.ordered()
        ],
    }


def _question(wording: Wording, question: Question, number: str) -> Data:
    """`number`: what to quote when typing the answer in; a detail has its question's and a letter."""
    boxes = [wording.answer(question, one.id) for one in question.options]
    closed = [one for one in question.details if not isinstance(one, Cell)]
    letters = zip(ascii_lowercase, closed, strict=False)
    return {
        "number": number,
        "ask": fit(wording.title(question) if question.table else wording.ask(question)),
        "many": question.choose == "many",
        "boxes": [fit(one) for one in boxes] if len(boxes) <= MOST_BOXES else [],
        "lines": _lines(question, boxes),
        "tell": fit(wording.text(question.tell or wording.flow.tell)) if number else "",
        "details": [_detail(wording, one, f"{number}{letter}") for letter, one in letters],
        "table": _table(wording, question) if question.table else None,
    }


def _number(flow: Flow, question: str) -> str:
    """« Q4 » where people call it so, else its place."""
    place = flow.number(question)
    return question if not place or question == f"Q{place}" else str(place)


def _table(wording: Wording, question: Question) -> Data:
    """Its head and the titles of its rows, to be filled in; a few rows to add."""
    rows = [wording.text(one.title) for one in question.rows]
    more = min(question.added.most, MOST_ADDED) if question.added else 0
    return {
        "head": ["", *(fit(wording.text(one.title)) for one in question.columns)],
        "rows": [*(fit(one) for one in rows), *[""] * more],
    }


def _detail(wording: Wording, question: Question, number: str) -> Data:
    return _question(wording, question, number) | {"tell": "", "details": []}


def _lines(question: Question, boxes: list[str]) -> int:
    """How many lines to write on."""
    if question.table:
        return 0
    if question.follow_ups:
        return 4
    if question.choose and 1 < len(boxes) <= MOST_BOXES:
        return 0
    return 2 if question.kind in ("text", "organisations") and not question.choose else 1
