"""Answers to reread, what is missing, steps to go to."""

from bot.domain.agenda import NO_ANSWER
from bot.domain.conversation import (
    PanelOpened,
    QuestionOpened,
    Rhythm,
    StepOpened,
)
from bot.domain.engine.moving import HEADER
from bot.domain.flow import Question
from bot.render import tables
from bot.render.cards import resume_row
from bot.render.panels.rows import given, grid
from bot.render.reply import Body, Button
from bot.render.view import View
from bot.render.words import shorten

LONGEST_LABEL = 40


def missing(view: View, _: str) -> Body:
    by_step: dict[str, list[str]] = {}
    buttons: list[Button] = []
    for item in view.agenda.untold():
        step = view.flow.step_of.get(item.question)
        parent = view.flow.questions.get(view.flow.parents.get(item.question, ""))
        question = view.flow.questions[item.question]
        if item.telling is not question.table or (parent and parent.kind != "territories"):
            continue
        title = step.title if step else view.words.word("your_project")
        said = view.wording.title(question)
        if view.flow.number(item.question):
            name = view.name(item.question)
            said = said if said == name else f"{name} · {said}"
            buttons.append(Button(name, QuestionOpened(item.question)))
        by_step.setdefault(title, []).append(said)
    items = [{"title": title, "questions": questions} for title, questions in by_step.items()]
    deep = view.conversation.rhythm is Rhythm.IN_DEPTH
    return Body(
        view.words.page("missing", items=items, deep=deep), (*grid(buttons, 5), resume_row(view))
    )


def modify(view: View, argument: str) -> Body:
    word = view.words.word
    step = view.flow.step(argument)
    if argument not in (HEADER, "") and not step:
        argument = ""
    if not argument:
        rows: list[tuple[Button, ...]] = [
            (
                Button(
                    word("of_step", number=s.number, title=shorten(s.title, 30)),
                    PanelOpened("modify", s.id),
                ),
            )
            for s in view.flow.steps
            if not s.annex
        ]
        rows.insert(0, (Button(word("header"), PanelOpened("modify", HEADER)),))
        rows += [
            (Button(shorten(s.title, LONGEST_LABEL), PanelOpened("modify", s.id)),)
            for s in view.flow.steps
            if s.annex
        ]
        return Body(view.words.page("modify", step="", answers=[]), (*rows, resume_row(view)))
    questions = [
        one
        for root in (step.ordered() if step else view.flow.identity)
        for one in ((root,) if root.kind != "territories" else root.details)
        if view.agenda.asked(one.id)
    ]
    details = [
        one
        for root in (step.ordered() if step else ())
        for one in root.details
        if not root.table and view.agenda.asked(one.id)
    ]
    answers = [_reread(view, one) for root in questions for one in (root, *_under(root, details))]
    buttons = [Button(shorten(view.name(one.id), 28), QuestionOpened(one.id)) for one in questions]
    closed = [Button(shorten(view.name(one.id), 28), QuestionOpened(one.id)) for one in details]
    title = step.title if step else word("header")
    wide = 4 if step else 2
    return Body(
        view.words.page("modify", step=title, answers=answers),
        (
            *grid(buttons, wide),
            *grid(closed, 1),
            (Button(word("back"), PanelOpened("modify")),),
            resume_row(view),
        ),
    )


def _under(root: Question, details: list[Question]) -> list[Question]:
    return [one for one in details if one in root.details]


def _reread(view: View, question: Question) -> dict[str, str]:
    """One answer to reread: options, then the beginning of what was written."""
    answer = view.conversation.answers.get(question.id, NO_ANSWER)
    name, title = view.name(question.id), view.wording.title(question)
    said = [tables.filled(view, question) if question.table else view.answered(question)]
    if answer.options and answer.fragments:
        said.append(shorten(" ".join(answer.text.split()), 160))
    return {
        "name": name,
        "title": "" if name == title else title,
        "answer": " · ".join(one for one in said if one),
    }


def steps(view: View, _: str) -> Body:
    word = view.words.word
    useful = [s for s in view.flow.stages.get(view.stage, ()) if not given(view, s)]
    best = view.flow.step_of.get(useful[0]) if useful else None
    walked = [step for step in view.flow.steps if not step.annex]
    lines = [
        {
            "number": step.number,
            "title": step.title,
            "settled": sum(given(view, one.id) for one in step.questions),
            "total": len(step.questions),
        }
        for step in walked
    ]
    walked.sort(key=lambda step: step is not best)
    rows: list[tuple[Button, ...]] = [
        (
            Button(
                word("of_step", number=step.number, title=shorten(step.title, 30)),
                StepOpened(step.id),
            ),
        )
        for step in walked
    ]
    rows.append((Button(word("header"), StepOpened(HEADER)),))
    rows += [
        (Button(shorten(step.title, LONGEST_LABEL), StepOpened(step.id)),)
        for step in view.flow.steps
        if step.annex
    ]
    return Body(view.words.page("steps", steps=lines), (*rows, resume_row(view)))
