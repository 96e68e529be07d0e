"""Tables in the chat: the row that a cell belongs to, and the whole table with its totals."""

from html import unescape

from bot.domain.agenda import NO_ANSWER
from bot.domain.conversation import (
    Continued,
    PanelOpened,
    ProposalTaken,
    QuestionOpened,
    RowLeft,
    WentBack,
)
from bot.domain.flow import Cell, Question
from bot.domain.tables import Balanced, Table, table
from bot.render.reply import Body, Button
from bot.render.view import View
from bot.render.words import excerpt, shorten

LONGEST_LABEL = 40
MOST_SAID = 90  # characters of a cell in the list of rows


def at(view: View, cell: Cell) -> str:
    """« ligne 2 sur 7 »; of a row that was added, its place among all."""
    rows = list(dict.fromkeys(one.row for one in _cells(view, cell) if view.agenda.asked(one.id)))
    number = rows.index(cell.row) + 1 if cell.row in rows else len(rows) + 1
    return view.words.progress("row", number, max(number, len(rows)))


def row(view: View, cell: Cell) -> dict[str, object]:
    """What the card of a cell says of its row: its title, and its other cells."""
    beside = [one for one in _cells(view, cell) if one.row == cell.row and one.column]
    said = [
        {"title": view.wording.text(one.column.title), "answer": answer}
        for one in beside
        if one.id != cell.id and one.column and (answer := view.answered(one))
    ]
    given = view.conversation.answers.get(cell.id, NO_ANSWER).given
    return {
        "title": view.wording.row(cell) if cell.column else view.wording.text(cell.heading),
        "about": view.wording.text(cell.about),
        "said": said,
        "proposal": "" if given else view.wording.text(cell.proposal),
    }


def cell_rows(view: View, cell: Cell) -> list[tuple[Button, ...]]:
    word, revision = view.words.word, view.conversation.revision
    rows: list[tuple[Button, ...]] = []
    if cell.proposal and not view.conversation.answers.get(cell.id, NO_ANSWER).given:
        rows.append((Button(word("take_proposal"), ProposalTaken(cell.id, revision)),))
    if not cell.column:
        return rows
    seen = Button(word("see_table"), PanelOpened("table", view.flow.root(cell.id)))
    rows.append((Button(word("next_row"), RowLeft(cell.id, revision)), seen))
    return rows


def closing(view: View, asked: Question, progress: str, bar: str) -> Body:
    """The card of the table as a whole: every row can be opened again."""
    word, revision = view.words.word, view.conversation.revision
    return Body(
        page(view, asked, progress=progress, bar=bar),
        (
            *openings(view, asked),
            (Button(word("continue"), Continued(asked.id, revision)),),
            (Button(word("back"), WentBack(asked.id, revision)),),
        ),
    )


def page(view: View, asked: Question, *, progress: str = "", bar: str = "") -> str:
    found = table(asked, view.wording)
    answer = view.conversation.answers.get(asked.id, NO_ANSWER)
    return view.words.page(
        "table",
        progress=progress,
        bar=bar,
        title=view.wording.title(asked),
        lines=[{"title": one.title, "said": _said(view, found, one.cells)} for one in found.lines],
        totals=[_labelled(view, one["title"], one["total"]) for one in totals(found)],
        balances=[balance(view, one) for one in found.balances],
        unread=[view.words.word("quoted", text=shorten(one, 40)) for one in found.unread],
        written=excerpt(answer.text),
        closing=bool(progress),
    )


def openings(view: View, asked: Question) -> list[tuple[Button, ...]]:
    """A button for each row, and one for the next that may be added."""
    found = table(asked, view.wording)
    rows: list[tuple[Button, ...]] = [
        (Button(shorten(one.title, LONGEST_LABEL), QuestionOpened(one.first)),)
        for one in found.lines
    ]
    named = {one.id for one in found.lines}
    free = [c for c in asked.details if isinstance(c, Cell) and not c.column and c.id not in named]
    if free and view.agenda.asked(free[0].id):
        rows.append((Button(view.words.word("add_row"), QuestionOpened(free[0].id)),))
    return rows


def filled(view: View, asked: Question) -> str:
    """A table in one line: how many rows say something, and its totals."""
    found = table(asked, view.wording)
    count = sum(line.filled for line in found.lines)
    said = [view.words.progress("rows_filled", count)] if count else []
    sums = (_labelled(view, one["title"], one["total"]) for one in totals(found))
    return " · ".join([*said, *sums])


def totals(found: Table) -> list[dict[str, str]]:
    return [
        {"title": column.title, "total": one}
        for column, one in zip(found.columns, found.totals, strict=True)
        if one
    ]


def balance(view: View, one: Balanced) -> str:
    """Whether expenses and income meet, calmly."""
    return view.words.progress(f"balance_{one.how}", one.title, one.gap)


def _cells(view: View, cell: Cell) -> list[Cell]:
    root = view.flow.questions[view.flow.root(cell.id)]
    return [one for one in root.details if isinstance(one, Cell)]


def _labelled(view: View, title: str, said: str) -> str:
    return unescape(view.words.progress("labelled", title, said))


def _said(view: View, found: Table, cells: tuple[str, ...]) -> str:
    """What a row says: amounts on one line, words each on their own."""
    amounts = all(one.amount for one in found.columns)
    said = [
        _labelled(view, column.title, shorten(" ".join(text.split()), MOST_SAID))
        for column, text in zip(found.columns, cells, strict=True)
        if text
    ]
    return view.words.word("joint").join(said) if amounts else "\n".join(said)
