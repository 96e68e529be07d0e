"""The flow as a Mermaid diagram: what is asked, in which order, on which condition."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from bot.domain.flow import Cell, Flow, Question
from bot.domain.names import fill

_LONGEST = 60  # characters of a label
_ENTITIES = str.maketrans(
    {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "%": "#37;"}
)


def mermaid(flow: Flow) -> str:
    """A flowchart: a frame per step, its questions in display order, details as rounded nodes."""
    frames = [("identity", "En-tête", flow.identity)]
    for step in flow.steps:
        title = f"{step.number}. {step.title}" if step.number else step.title
        frames.append((step.id, title, step.ordered()))
    lines = ["flowchart TB"]
    for name, title, questions in frames:
        lines += [f'  subgraph {_id("s", name)}["{_label(flow, title)}"]', "    direction TB"]
        lines += (f"    {line}" for line in _questions(flow, questions))
        lines.append("  end")
    lines += (f"  {_id('s', one[0])} --> {_id('s', two[0])}" for one, two in pairwise(frames))
    return "\n".join(lines) + "\n"


def _questions(flow: Flow, questions: Iterable[Question]) -> Iterator[str]:
    questions = tuple(questions)
    for question in questions:
        yield f'{_id("q", question.id)}["{_text(flow, question)}"]'
        for detail in (one for one in question.details if not isinstance(one, Cell)):
            yield f'{_id("q", detail.id)}("{_text(flow, detail)}")'
            yield (
                _edge(detail, question, detail)
                if detail.before
                else _edge(question, detail, detail)
            )
    for one, two in pairwise(questions):
        yield _edge(one, two, two)


def _edge(start: Question, end: Question, asked: Question) -> str:
    """An arrow; dotted, with its condition, towards what is asked only while that holds."""
    ends = _id("q", start.id), _id("q", end.id)
    if not asked.when:
        return f"{ends[0]} --> {ends[1]}"
    return f'{ends[0]} -.->|"{_escaped(asked.when)}"| {ends[1]}'


def _text(flow: Flow, question: Question) -> str:
    words = _label(flow, question.title or question.ask)
    return f"{_escaped(question.id)} · {words}"


def _label(flow: Flow, text: str) -> str:
    said = fill(text, None, None, (flow.unnamed.ici, flow.unnamed.la_bas), flow.language)
    said = " ".join(said.split())
    return _escaped(said if len(said) <= _LONGEST else said[: _LONGEST - 1].rstrip() + "…")


def _escaped(text: str) -> str:
    return " ".join(text.split()).translate(_ENTITIES)


def _id(kind: str, name: str) -> str:
    """A node's name: prefixed, because « end », « o… » and « x… » mean something to Mermaid."""
    return f"{kind}_" + re.sub(r"\W", lambda found: f"_{ord(found[0]):x}_", name)
