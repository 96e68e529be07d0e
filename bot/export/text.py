"""A sheet as plain text, for a message or an e-mail."""

import textwrap
from collections.abc import Iterator

from bot.domain.sheet import Sheet
from bot.export.grid import Grid
from bot.export.outline import Line, outline
from bot.export.words import Templates, colon_after, words

suffix = ".txt"
media_type = "text/plain; charset=utf-8"

WIDTH = 96  # of a table, in characters


def export(sheet: Sheet, templates: Templates) -> bytes:
    say = words(templates, sheet.language)
    lines = [text for one in outline(sheet, say) for text in _lines(one, say["colon"])]
    return ("\n".join(lines).strip() + "\n").encode()


def _lines(line: Line, colon: str) -> Iterator[str]:
    indent = "  " * line.depth
    joined = (
        f"{line.label}{colon_after(line.label, colon)} {line.text}"
        if line.label and line.text
        else line.label or line.text
    )
    if line.grid:
        yield from ("", *_table(line.grid), "")
        return
    match line.style:
        case "title":
            yield from (line.text, "=" * min(len(line.text), 60), "")
        case "lead" | "note":
            yield from ("", line.text)
        case "heading":
            yield from ("", "", line.text, "-" * min(len(line.text), 60))
        case "subheading":
            yield from ("", f"{line.text}{colon}")
        case "bullet":
            yield f"- {joined}"
        case _:
            yield f"{indent}{joined}"


def _table(grid: Grid) -> Iterator[str]:
    """Columns of even width, amounts at the right; a long cell takes as many lines as it needs."""
    rows = [grid.head, *grid.rows, *([grid.totals] if grid.totals else [])]
    widest = max((WIDTH - 2 * len(grid.head)) // len(grid.head), 8)
    widths = [
        min(max(len(part) for row in rows for part in (*row[at].split("\n"), "")), widest)
        for at in range(len(grid.head))
    ]
    ruler = "  ".join("-" * one for one in widths)
    for number, row in enumerate(rows):
        if number == 1 or (grid.totals and number == len(rows) - 1):
            yield ruler
        cells = [_wrapped(one, width) for one, width in zip(row, widths, strict=True)]
        for at in range(max(map(len, cells))):
            line = (_placed(*one, at) for one in zip(cells, widths, grid.amounts, strict=True))
            yield "  ".join(line).rstrip()


def _wrapped(cell: str, width: int) -> list[str]:
    return [one for part in cell.split("\n") for one in textwrap.wrap(part, width) or [""]]


def _placed(lines: list[str], width: int, right: bool, at: int) -> str:
    text = lines[at] if at < len(lines) else ""
    return text.rjust(width) if right else text.ljust(width)
