"""The layout of a flow's sheets: what it prints exists, and its conditions can be read."""

from collections.abc import Iterator

from bot.domain.check.clauses import clause_faults
from bot.domain.check.fault import Fault, Path, unknown
from bot.domain.check.walk import Clause
from bot.domain.flow import Flow
from bot.domain.sheet.layout import Layout, Part

COLUMNS = {"figures": 3, "ratings": 2}  # kind of a section -> the heads that its table needs


def pages(layout: Layout, flow: Flow) -> Iterator[Fault]:
    if layout.sheet != flow.flow:
        yield Fault(("sheet",), f"« {layout.sheet} » n’est pas le parcours ({flow.flow} ?)")
    for index, row in enumerate(layout.first_page):
        path: Path = ("first_page", index)
        yield from _condition(flow, (*path, "when"), row.when, row)
        yield from _parts(flow, path, row.parts)
    for index, section in enumerate(layout.sections):
        yield from _parts(flow, ("sections", index), section.parts)
        wanted, given = COLUMNS.get(section.kind, 0), len(section.columns)
        if given != wanted:
            message = f"une rubrique « {section.kind} » a {wanted} titres de colonnes, pas {given}"
            yield Fault(("sections", index, "columns"), message)


def _parts(flow: Flow, path: Path, parts: tuple[Part, ...]) -> Iterator[Fault]:
    for index, part in enumerate(parts):
        here: Path = (*path, "parts", index)
        yield from unknown((*here, "id"), part.id, flow.questions, "une question")
        yield from _condition(flow, (*here, "when"), part.when, part)


def _condition(flow: Flow, path: Path, text: str, owner: object) -> Iterator[Fault]:
    if text:
        yield from clause_faults(flow, Clause(path, text, owner))
