"""Answers set beside something else: the choices there were, a survey's figures, the other territory."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from bot.domain.conversation import Together
from bot.domain.dossier import SIDES, of_side
from bot.domain.flow import Figure, Step
from bot.domain.sheet.answers import NO_ANSWER, Answers
from bot.domain.sheet.layout import Part
from bot.domain.sheet.model import Entry
from bot.domain.tables import Heading, Line, Table

CHOSEN = "✓"
JOINT = "\n"
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


def ratings(
    answers: Answers, columns: Sequence[str], parts: Iterable[Part], together: Together | None
) -> Iterator[Entry]:
    """How each side that answered answers the same closed questions, step by step."""
    flow = answers.flow
    told = {part.id: _by_side(answers, part.id, together) for part in parts}
    shown = [at for at, _ in enumerate(columns) if any(one[at] for one in told.values())]

    def home(question: str) -> Step | None:
        return flow.step_of[question]

    for step, group in groupby((one for one in told if any(told[one])), home):
        lines = [
            Line(
                one,
                answers.wording.title(flow.questions[one]),
                one,
                tuple(told[one][at] for at in shown),
            )
            for one in group
        ]
        title = answers.wording.text(step.title) if step else ""
        yield Entry("", title, table=_table([columns[at] for at in shown], lines))


def _by_side(answers: Answers, question: str, together: Together | None) -> tuple[str, ...]:
    """What each side chose, in the order of the sides; alone, one's own."""
    if together is None:
        return (_said(answers, question) if question in answers.read.options else "", "")
    asked = answers.flow.questions[question]
    voices = (of_side(together, question, side, common=True) for side in SIDES)
    return tuple(
        JOINT.join(answers.wording.answer(asked, one) for one in voice.answer.options)
        if voice
        else ""
        for voice in voices
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
    return JOINT.join(answers.words(question, only=answers.read.options[question]))


def _table(columns: Sequence[str], lines: Iterable[Line]) -> Table:
    headings = tuple(Heading(str(at), title) for at, title in enumerate(columns))
    return Table(headings, tuple(lines), ("",) * len(headings), (), ())
