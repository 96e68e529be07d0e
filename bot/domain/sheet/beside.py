"""Answers set beside something else: the choices there were, a survey's figures, the other territory."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from bot.domain.flow import Figure, Step
from bot.domain.sheet.answers import NO_ANSWER, Answers
from bot.domain.sheet.layout import Part
from bot.domain.sheet.model import Entry
from bot.domain.tables import Heading, Line, Table

CHOSEN = "✓"
TICKED = "×"  # in a table: every typeface has it


def choices(answers: Answers, parts: Iterable[Part]) -> Iterator[Entry]:
    """Every choice of the questions that were answered, and its help; those made are marked."""
    wording = answers.wording
    for question in (answers.flow.questions[part.id] for part in parts):
        chosen = answers.read.options.get(question.id, ())
        for one in question.options if chosen else ():
            label = wording.answer(question, one.id)
            marked = f"{label} {CHOSEN}" if one.id in chosen else label
            yield Entry(question.id, marked, paragraphs=(wording.text(one.help),))


def figures(answers: Answers, columns: Sequence[str]) -> Iterator[Entry]:
    """What was answered and what a survey says, its limits first: a table of the questions that it
    averages, then one for each question whose options it counts."""
    flow, wording = answers.flow, answers.wording
    told = {
        one: _useful(flow.figures, one) for one in flow.questions if one in answers.read.options
    }
    asked = [one for one, found in told.items() if found]
    if not asked or not flow.figures_note:
        return
    yield Entry("", "", paragraphs=(wording.text(flow.figures_note),))
    for counted, group in groupby(asked, lambda one: bool(told[one][0].option)):
        if counted:
            for one in group:
                lines = [_counted(answers, one, figure) for figure in told[one]]
                title = wording.title(flow.questions[one])
                yield Entry(one, title, table=_table(columns, lines))
        else:
            lines = [_averaged(answers, one, told[one][0]) for one in group]
            yield Entry("", "", table=_table(columns, lines))


def ratings(answers: Answers, columns: Sequence[str], parts: Iterable[Part]) -> Iterator[Entry]:
    """How each side answers the same closed questions, step by step."""
    flow = answers.flow
    rated = [part.id for part in parts if part.id in answers.read.options]

    def home(question: str) -> Step | None:
        return flow.step_of[question]

    for step, group in groupby(rated, home):
        lines = [
            Line(one, answers.wording.title(flow.questions[one]), one, (_said(answers, one),))
            for one in group
        ]
        yield Entry(
            "", answers.wording.text(step.title) if step else "", table=_table(columns[:1], lines)
        )


def _useful(every: Iterable[Figure], question: str) -> list[Figure]:
    return [one for one in every if question in one.useful_for]


def _counted(answers: Answers, question: str, figure: Figure) -> Line:
    label = answers.wording.figure(answers.flow.questions[question], figure)
    ticked = figure.option in answers.read.options[question] and not figure.label
    cells = (TICKED if ticked else "", figure.value, figure.detail)
    return Line(figure.id, label, question, cells)


def _averaged(answers: Answers, question: str, figure: Figure) -> Line:
    title = answers.wording.title(answers.flow.questions[question])
    text = answers.wording.answers.get(question, NO_ANSWER).text
    said = "\n".join(one for one in (_said(answers, question), text) if one)
    return Line(figure.id, title, question, (said, figure.value, figure.detail))


def _said(answers: Answers, question: str) -> str:
    """The options alone."""
    return " ; ".join(answers.words(question, only=answers.read.options[question]))


def _table(columns: Sequence[str], lines: Iterable[Line]) -> Table:
    headings = tuple(Heading(str(at), title) for at, title in enumerate(columns))
    return Table(headings, tuple(lines), ("",) * len(headings), (), ())
