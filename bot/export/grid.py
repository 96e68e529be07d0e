"""A table ready to print, the same in every format: a head, rows, totals, then what is said of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.tables import Balanced, Table

_UNREAD = 60  # characters of an amount that could not be read


@dataclass(frozen=True, slots=True)
class Grid:
    """`head` begins with an empty corner; `totals` is empty when nothing adds up; `amounts`: which
    columns, the titles of rows included, stand at the right."""

    head: tuple[str, ...]
    amounts: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...]
    notes: tuple[str, ...]


def grid(table: Table, say: Mapping[str, str]) -> Grid:
    return Grid(
        head=("", *(one.title for one in table.columns)),
        amounts=(False, *(one.amount for one in table.columns)),
        rows=tuple((line.title, *line.cells) for line in table.lines),
        totals=(say["total"], *table.totals) if any(table.totals) else (),
        notes=tuple(_notes(table, say)),
    )


def _notes(table: Table, say: Mapping[str, str]) -> list[str]:
    notes = [_balance(one, say) for one in table.balances]
    if table.unread:
        quotes = (say["quoted"] % {"text": one[:_UNREAD]} for one in table.unread)
        texts = say["answer_separator"].join(quotes)
        notes.append(say["unread"] % {"texts": texts})
    return notes


def _balance(one: Balanced, say: Mapping[str, str]) -> str:
    return say[f"balance_{one.how}"] % {"title": one.title, "gap": one.gap}
