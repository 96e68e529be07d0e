"""A dossier as data (design.md §9): what `filrouge export --format json` and `filrouge try` print.

`read` takes it back (see `reading`), and takes less: options and details are enough.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain import dossier, strengths, vigilance
from bot.domain.conditions import Facts
from bot.domain.conversation import Answer, Conversation, Handling
from bot.domain.flow import OTHER, Flow, Question
from bot.domain.reading import role, stage
from bot.domain.sheet import Sheet
from bot.domain.tables import table
from bot.domain.wording import Wording
from bot.export.reading import FINISHED, SLUG, Data, load, read
from bot.export.voices import attachment, circle
from bot.export.words import Templates

__all__ = [
    "SCHEMA",
    "SCHEMA_FILE",
    "document",
    "dump",
    "export",
    "load",
    "media_type",
    "read",
    "suffix",
]

suffix = ".json"
media_type = "application/json"

SCHEMA = "filrouge/export/1"
SCHEMA_FILE = "schema/export.schema.json"  # in the templates' folder
UNDER_WAY = "under_way"

_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_ANSWER = Answer()


def export(sheet: Sheet, templates: Templates) -> bytes:
    return dump(document(sheet.flow, sheet.conversation))


def dump(data: Data) -> bytes:
    """JSON that reads well; a lone surrogate, which UTF-8 cannot carry, is written as an escape."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return (_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n").encode()


def document(flow: Flow, conversation: Conversation, *, complete: bool | None = None) -> Data:
    """The whole dossier as data. `complete`: an empty question counts as missing (default: once
    the dossier is finished; `filrouge try` says True)."""
    answers = conversation.answers
    ended = conversation.finished if complete is None else complete
    read = dossier.read(flow, conversation, complete=ended)
    wording = Wording(flow, answers, read)
    title = answers.get(flow.roles.name, _NO_ANSWER).text
    return {
        "schema": SCHEMA,
        "dossier": {
            "id": conversation.dossier,
            "flow": flow.flow,
            "flow_version": flow.version,
            "title": " ".join(title.split()),
            "status": FINISHED if conversation.finished else UNDER_WAY,
        },
        "identity": dict(_identity(flow, answers)),
        "answers": dict(_answers(flow, answers)),
        **_tables(flow, wording),
        "skipped": [key for key in _ordered(flow, answers) if answers[key].skipped],
        "attachments": dict(_attachments(flow, answers)),
        **circle(flow, conversation),
        "handled": {key: _handling(one) for key, one in conversation.handled.items()},
        "other_version": dict(_other_version(flow, answers)),
        **_judged(flow, conversation, read, wording),
    }


def _tables(flow: Flow, wording: Wording) -> Data:
    """The tables as tables, beside their cells among the answers: only where the flow has some."""
    asked = [one for one in flow.questions.values() if one.table]
    return {"tables": {one.id: _table(one, wording) for one in asked}} if asked else {}


def _table(question: Question, wording: Wording) -> Data:
    found = table(question, wording)
    names = [one.id for one in found.columns]
    return {
        "columns": [{"id": one.id, "title": one.title} for one in found.columns],
        "rows": [
            {
                "id": one.id,
                "title": one.title,
                "cells": {key: text for key, text in zip(names, one.cells, strict=True) if text},
            }
            for one in found.lines
        ],
        "totals": {key: total for key, total in zip(names, found.totals, strict=True) if total},
        "balances": [
            {"title": one.title, "how": one.how, "gap": one.gap} for one in found.balances
        ],
    }


def _judged(flow: Flow, conversation: Conversation, read: Facts, wording: Wording) -> Data:
    """What the answers raise, what is solid in them, what stays open."""
    handled, at = conversation.handled, stage(flow, conversation.answers)
    raised = vigilance.raised(flow, read)
    who = role(flow, conversation.answers)
    points = vigilance.points(flow, raised, role=who, stage=at, handled=handled)
    places = (("first", points.first), ("next", points.following), ("idea", points.ideas))
    shown = {one.rule.id: place for place, ones in places for one in ones}
    solid = strengths.strengths(flow, read, raised, stage=at, handled=handled)
    return {
        "vigilance": [
            {
                "id": one.rule.id,
                "level": one.level,
                "title": wording.text(one.rule.title),
                "because": list(one.because),
                **({"shown": shown[one.rule.id]} if one.rule.id in shown else {}),
            }
            for one in raised
        ],
        "strengths": [{"id": one.id, "title": wording.text(one.title)} for one in solid],
        "open_questions": [
            {"question": one.question, "rules": list(one.rules)}
            for one in vigilance.open_questions(flow, read)
        ],
    }


def _ordered(flow: Flow, answers: Mapping[str, Any]) -> list[str]:
    """The questions answered, in the order of the flow, then those it no longer has."""
    known = [key for key in flow.questions if key in answers]
    return [*known, *(key for key in answers if key not in flow.questions)]


def _identity(flow: Flow, answers: Mapping[str, Answer]) -> Iterator[tuple[str, Any]]:
    for key in _ordered(flow, answers):
        if key in flow.questions and flow.step_of[key] is None:
            value = _value(flow.questions[key], answers[key])
            if value is not None:
                yield key, value


def _answers(flow: Flow, answers: Mapping[str, Answer]) -> Iterator[tuple[str, Data]]:
    for step in flow.steps:
        for question in step.questions:
            if found := dict(_block(question, answers)):
                yield question.id, found


def _block(question: Question, answers: Mapping[str, Answer]) -> Iterator[tuple[str, Any]]:
    """One question as data: its options always, the rest where there is some."""
    answer = answers.get(question.id, _NO_ANSWER)
    details = {
        one.id: value
        for one in question.details
        if one.id in answers and (value := _value(one, answers[one.id])) is not None
    }
    follow_ups = {
        one.id: value
        for one in question.follow_ups
        if one.id in answers
        and (value := _value(Question(one.id, one.ask), answers[one.id])) is not None
    }
    options = _known(question, answer)
    if options or answer.text or answer.attachments:
        yield "options", options
    if details:
        yield "details", details
    if answer.text:
        yield "text", answer.text
    if follow_ups:
        yield "follow_ups", follow_ups


def _value(question: Question, answer: Answer) -> list[str] | str | Data | None:
    """A list of options, a text, both; None when there is neither.

    A text that could be read as the name of an option says that it is a text.
    """
    options, text = _known(question, answer), answer.text
    if options and text:
        return {"options": options, "text": text}
    if SLUG.fullmatch(text):
        return {"text": text}
    return options or text or None


def _known(question: Question, answer: Answer) -> list[str]:
    known = {*(one.id for one in question.options), OTHER}
    return [one for one in dict.fromkeys(answer.options) if one in known]


def _other_version(flow: Flow, answers: Mapping[str, Answer]) -> Iterator[tuple[str, Data]]:
    """Answers to questions that are gone, and options that are."""
    for key in _ordered(flow, answers):
        question, answer = flow.questions.get(key), answers[key]
        known = _known(question, answer) if question else []
        gone = [one for one in dict.fromkeys(answer.options) if one not in known]
        text = "" if question else answer.text
        if gone or text:
            yield key, {"options": gone, **({"text": text} if text else {})}


def _attachments(flow: Flow, answers: Mapping[str, Answer]) -> Iterator[tuple[str, list[Data]]]:
    for key in _ordered(flow, answers):
        if answers[key].attachments:
            yield key, [attachment(one) for one in answers[key].attachments]


def _handling(one: Handling) -> Data:
    return {"how": one.how, "what": one.what, "who": one.who, "when": one.when}
