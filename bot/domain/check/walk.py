"""Every element of a flow with its path in the file."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.check.fault import Path
from bot.domain.conditions import Condition, ConditionError, parse
from bot.domain.flow import Cell, Flow, Question

LONGEST = 1_000  # characters of a condition: the method's longest has a fifth of that


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition of the flow: its text, its path, and the element that holds it."""

    path: Path
    text: str
    owner: object

    @property
    def tree(self) -> Condition | None:
        try:
            return parse(self.text) if len(self.text) <= LONGEST else None
        except ConditionError:
            return None


def elements(root: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Every dataclass under `root`, itself included, in file order of the model; cells, which no file
    holds, left out."""
    if isinstance(root, Cell):
        return
    if dataclasses.is_dataclass(root):
        yield path, root
        for field in dataclasses.fields(root):
            yield from elements(getattr(root, field.name), (*path, field.name))
    elif isinstance(root, tuple):
        for index, one in enumerate(root):
            yield from elements(one, (*path, index))


def questions(flow: Flow) -> Iterator[tuple[Path, Question]]:
    for path, one in elements(flow):
        if isinstance(one, Question):
            yield path, one


def clauses(flow: Flow) -> Iterator[Clause]:
    """Every condition written, empty ones left out."""
    for path, one in elements(flow):
        for name in ("when", "unless"):
            text = getattr(one, name, "")
            if text:
                yield Clause((*path, name), text, one)
