"""What a sheet shows and in which order, as data (`flows/sheet/*.yaml`): no question is named here.

Titles may hold `{ici}` and `{la_bas}`; an absent section or row is one that does not exist.
"""

from dataclasses import dataclass
from typing import Literal

from bot.domain.flow import Flow, Question

Kind = Literal[
    "answers",  # what was answered to the questions listed
    "strengths",
    "points",  # « À régler d'abord », « Ensuite »
    "plan",
    "voices",  # what each of two territories said, side by side
    "open",
    "cases",
    "ideas",
    "choices",  # every choice of the questions listed and its help, those made marked
    "figures",  # the answers beside the reference figures of the flow, with their limits
    "ratings",  # how each side answers the same closed questions
    "paths",  # every point raised, not the first ones alone
    "other_version",
]
RowKind = Literal["answers", "ask", "strengths", "settling"]  # "ask": set apart, and whole


@dataclass(frozen=True, slots=True)
class Part:
    """One answer to print. `brief`: the options alone; `label`: other words than the question's own;
    `work`: in the working document only; `alone`: without what hangs below it."""

    id: str
    label: str = ""
    brief: bool = False
    work: bool = False
    when: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the first page. Rows that follow each other with the same `beside` stand side by side."""

    id: str
    title: str
    kind: RowKind = "answers"
    parts: tuple[Part, ...] = ()
    when: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """One section. `empty`: what is said when nothing was answered ("": the section is omitted);
    `detail`: also in the document to show; `annex`: only when it was asked for; `columns`: the heads
    of the table that sets answers beside something else."""

    id: str
    title: str
    kind: Kind = "answers"
    parts: tuple[Part, ...] = ()
    columns: tuple[str, ...] = ()
    empty: str = ""
    detail: bool = False
    annex: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How the sheets of one flow are laid out."""

    sheet: str  # the id of the flow
    first_page: tuple[Row, ...]
    sections: tuple[Plan, ...]
    title: str = ""  # what its documents are called; empty: « Fiche projet »
    version: int = 1  # grows when its texts change: translations say which one they follow


def plain_layout(flow: Flow) -> Layout:
    """The layout of a flow that has none: its identity, then a section for each step."""
    identity = tuple(
        Part(leaf.id) for question in flow.identity for leaf in (question.details or (question,))
    )
    sections = [
        Plan(step.id, step.title, parts=_parts(step.questions), detail=True, annex=step.annex)
        for step in flow.steps
    ]
    first = Row("identity", flow.title, parts=identity)
    named = Plan("identity", flow.title, parts=identity)
    return Layout(flow.flow, (first,), (named, *sections), flow.title)


def _parts(questions: tuple[Question, ...]) -> tuple[Part, ...]:
    return tuple(Part(question.id) for question in questions)
