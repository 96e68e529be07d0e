"""Tables (`kind: rows`): columns and rows that can be filled, and cells whose ids are their own."""

from collections.abc import Iterator

from bot.domain.check.fault import Fault, Path, unknown
from bot.domain.check.ids import readable
from bot.domain.check.walk import questions
from bot.domain.flow import Cell, Flow, Question

MOST_ADDED = 20
MOST_COLUMNS = 6  # of a page, and of a phone


def tables(flow: Flow) -> Iterator[Fault]:
    taken = {one.id for _, one in questions(flow)}
    for path, question in questions(flow):
        if question.kind == "rows" or question.table or question.rows or question.added:
            yield from _table(question, path)
            yield from _cells(question, path, taken)


def _table(question: Question, path: Path) -> Iterator[Fault]:
    if question.kind != "rows":
        yield Fault((*path, "kind"), "un tableau s’écrit « kind: rows »")
    if not question.columns:
        yield Fault((*path, "columns"), "un tableau a besoin de colonnes (columns)")
    if not question.rows and not question.added:
        yield Fault((*path, "rows"), "un tableau a des lignes (rows) ou en laisse ajouter (added)")
    if "steps" not in path or "details" in path:
        yield Fault((*path, "kind"), "un tableau est une question d’une étape")
    for name, called in (("options", "options"), ("follow_ups", "relances")):
        if getattr(question, name):
            yield Fault((*path, name), f"un tableau n’a pas de {called} : ajoutez une colonne")
    if any(not isinstance(one, Cell) for one in question.details):
        yield Fault(
            (*path, "details"), "un tableau n’a pas de sous-questions : ajoutez une colonne"
        )
    if question.added and not 1 <= question.added.most <= MOST_ADDED:
        message = f"entre une et {MOST_ADDED} lignes ajoutées"
        yield Fault((*path, "added", "most"), message)
    if len(question.columns) > MOST_COLUMNS:
        message = f"{len(question.columns)} colonnes : {MOST_COLUMNS} au plus se lisent"
        yield Fault((*path, "columns"), message, "warning")
    yield from _columns(question, path)


def _columns(question: Question, path: Path) -> Iterator[Fault]:
    known = [one.id for one in question.columns]
    for index, column in enumerate(question.columns):
        here = (*path, "columns", index)
        if column.kind == "choice" and not column.options:
            yield Fault((*here, "kind"), "une colonne à choix a besoin d’options")
        if column.options and column.kind != "choice":
            yield Fault((*here, "options"), "il manque « kind: choice »")
    for index, row in enumerate(question.rows):
        for name in row.proposals:
            for fault in unknown(
                (*path, "rows", index, "proposals", name), name, known, "une colonne"
            ):
                yield Fault(fault.path, fault.message, on_key=True)
    amounts = [one.id for one in question.columns if one.kind == "amount"]
    for index, balance in enumerate(question.balances):
        for name in ("spent", "received"):
            at = (*path, "balances", index, name)
            yield from unknown(at, getattr(balance, name), amounts, "une colonne de montants")


def _cells(question: Question, path: Path, taken: set[str]) -> Iterator[Fault]:
    """A cell's id is « row_column »; two rows that would make the same one are told at the second."""
    places = {row.id: (*path, "rows", index, "id") for index, row in enumerate(question.rows)}
    for row, at in places.items():
        if row in taken:
            yield Fault(at, f"la ligne « {row} » porte l’identifiant d’une question")
    for one in question.details:
        if not isinstance(one, Cell):
            continue
        at = places.get(one.row, (*path, "id"))
        if one.id in taken:
            yield Fault(at, f"la case « {one.id} » porte l’identifiant d’une autre question")
        taken.add(one.id)
        yield from readable(at, one.id, f"answered {one.id}")
