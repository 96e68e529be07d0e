"""Every element of a flow with its path in the file."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.domain.check.fault import Path
from bot.domain.conditions import Condition, ConditionError, parse
from bot.domain.flow import Cell, Flow, Question

_KNOWN: dict[
    type, tuple[str, ...]
] = {}  # what was asked of each class once: a flow is walked often
Elements = tuple[tuple[Path, object], ...]
_last: tuple[object, Elements] = (None, ())  # what was walked last: checks follow each other
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


def elements(root: object) -> Elements:
    """Every dataclass under `root`, itself included, in file order of the model; cells, which no file
    holds, left out."""
    global _last
    last, found = _last
    if last is not root:
        gathered: list[tuple[Path, object]] = []
        _gather(root, (), gathered)
        found = tuple(gathered)
        _last = (root, found)
    return found


def _gather(root: object, path: Path, found: list[tuple[Path, object]]) -> None:
    if isinstance(root, tuple):
        inside: Iterable[tuple[str | int, object]] = enumerate(root)
    elif names := _names(root):
        found.append((path, root))
        inside = ((name, getattr(root, name)) for name in names)
    else:
        return
    for name, one in inside:
        if isinstance(one, tuple) or _names(one):  # texts, the most of them, end here
            _gather(one, (*path, name), found)


def _names(one: object) -> tuple[str, ...]:
    """The names of a dataclass's fields; none for anything else, and for a cell."""
    kind = type(one)
    if kind not in _KNOWN:
        _KNOWN[kind] = ()
        if dataclasses.is_dataclass(kind) and not issubclass(kind, Cell):
            _KNOWN[kind] = tuple(field.name for field in dataclasses.fields(kind))
    return _KNOWN[kind]


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
