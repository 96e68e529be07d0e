"""A table as it stands: its rows by name, its totals, and whether what is spent is received.

Every cell is an answer of its own; nothing here is kept, all of it is read again from the answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.domain.amounts import Amount, Sum, difference, read, said, total, written
from bot.domain.conditions import Facts, parse
from bot.domain.conversation import Answer
from bot.domain.flow import Cell, Question
from bot.domain.reading import applies
from bot.domain.wording import Wording

_NO_ANSWER = Answer()


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column; amounts stand at the right."""

    id: str
    title: str
    amount: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `first`: the question to open in order to fill it; `cells`: as they were written."""

    id: str
    title: str
    first: str
    cells: tuple[str, ...]

    @property
    def filled(self) -> bool:
        return any(self.cells)


@dataclass(frozen=True, slots=True)
class Balanced:
    """One nature of money, « en argent » or « en nature »; « short »: less is received than spent;
    « apart »: the two are not in one currency."""

    title: str
    how: Literal["even", "short", "over", "apart"]
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`totals`: one for each column, "" where nothing adds up; `unread`: amounts left out of them."""

    columns: tuple[Heading, ...]
    lines: tuple[Line, ...]
    totals: tuple[str, ...]
    unread: tuple[str, ...]
    balances: tuple[Balanced, ...]
    currency: str = ""  # when all amounts are in one

    @property
    def filled(self) -> bool:
        return any(line.filled for line in self.lines)


def table(question: Question, wording: Wording, facts: Facts | None = None) -> Table:
    """The table of a question of kind « rows ». Rows added count once they have a name."""
    language, read = wording.flow.language, facts or wording.read
    columns = [one for one in question.columns if not one.when or parse(one.when).holds(read)]
    lines = tuple(_lines(question, wording, read))
    sums = {
        column.id: _sum(lines, at) for at, column in enumerate(columns) if column.kind == "amount"
    }
    currency = _only([total for total, _ in sums.values()])
    totals = {key: _in(one, currency) for key, (one, _) in sums.items()}
    return Table(
        columns=tuple(
            Heading(one.id, wording.text(one.title), one.kind == "amount") for one in columns
        ),
        lines=lines,
        totals=tuple(said(totals.get(one.id, Sum()), language) for one in columns),
        unread=tuple(dict.fromkeys(text for _, unread in sums.values() for text in unread)),
        balances=tuple(
            _balanced(wording.text(one.title), totals[one.spent], totals[one.received], language)
            for one in question.balances
            if {one.spent, one.received} <= totals.keys()
            and (totals[one.spent].parts or totals[one.received].parts)
        ),
        currency=currency,
    )


def _lines(question: Question, wording: Wording, read: Facts) -> Iterator[Line]:
    rows: dict[str, list[Cell]] = {}
    for one in question.details:
        if isinstance(one, Cell) and applies(one, read):
            rows.setdefault(one.row, []).append(one)
    for row, cells in rows.items():
        name = next((one for one in cells if not one.column), None)
        if name and not wording.answers.get(name.id, _NO_ANSWER).given:
            continue
        written = tuple(_written(wording, one) for one in cells if one.column)
        yield Line(row, wording.row(cells[0]), cells[0].id, written)


def _written(wording: Wording, cell: Cell) -> str:
    answer = wording.answers.get(cell.id, _NO_ANSWER)
    chosen = (wording.answer(cell, one) for one in answer.options)
    return "\n".join(one for one in (*chosen, answer.text) if one)


def _sum(lines: tuple[Line, ...], column: int) -> tuple[Sum, tuple[str, ...]]:
    """The total of a column, and what could not be read."""
    texts = [line.cells[column] for line in lines if line.cells[column]]
    found = [(text, read(text)) for text in texts]
    return (
        total(amount for _, amount in found if amount),
        tuple(text for text, amount in found if not amount),
    )


def _only(sums: list[Sum]) -> str:
    """The currency of the whole table, when there is but one."""
    named = {part.currency for one in sums for part in one.parts if part.currency}
    return next(iter(named)) if len(named) == 1 else ""


def _balanced(title: str, spent: Sum, received: Sum, language: str) -> Balanced:
    gap = difference(spent, received)
    if gap is None:
        return Balanced(title, "apart")
    if not gap.value:
        return Balanced(title, "even")
    return Balanced(title, "short" if gap.value < 0 else "over", written(gap, language))


def _in(one: Sum, currency: str) -> Sum:
    return Sum(tuple(Amount(part.value, part.currency or currency) for part in one.parts))
