"""A sheet as Markdown: every sign that a person wrote is a sign, never markup."""

import re
from collections.abc import Callable, Iterator

from bot.domain.sheet import Sheet
from bot.export.grid import Grid
from bot.export.outline import Line, outline
from bot.export.typography import typeset
from bot.export.words import Templates, colon_after, words

suffix = ".md"
media_type = "text/markdown; charset=utf-8"

_SIGNS = re.compile(r"[\\`*_\[\]<>#&~|$]")
_START = re.compile(r"^(\d{1,9})([.)])|^([-+=])")


def export(sheet: Sheet, templates: Templates) -> bytes:
    say = words(templates, sheet.language)
    blocks = [block for one in outline(sheet, say) for block in _block(one, say["colon"])]
    return ("\n\n".join(blocks).replace("\n\n- ", "\n- ").strip() + "\n").encode()


def _table(grid: Grid) -> Iterator[str]:
    yield _cells(grid.head)
    yield f"| {' | '.join('---:' if one else '---' for one in grid.amounts)} |"
    for row in grid.rows:
        yield _cells(row)
    if grid.totals:
        yield _cells(tuple(f"**{escape(one)}**" if one else "" for one in grid.totals), escape=str)


def escape(text: str) -> str:
    """A text that Markdown prints as it is."""
    return _START.sub(_at_start, _SIGNS.sub(r"\\\g<0>", typeset(text)))


def _cells(row: tuple[str, ...], *, escape: Callable[[str], str] = escape) -> str:
    return f"| {' | '.join('<br>'.join(map(escape, one.split(chr(10)))) for one in row)} |"


def _at_start(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}"


def _block(line: Line, colon: str) -> Iterator[str]:
    text, label = escape(line.text), escape(line.label)
    joined = (
        f"**{label}**{typeset(colon_after(line.label, colon))} {text}"
        if label and text
        else f"**{label}**"
        if label
        else text
    )
    indent = "  " * line.depth
    if line.grid:
        yield "\n".join(_table(line.grid))
        return
    match line.style:
        case "title":
            yield f"# {text}"
        case "heading":
            yield f"## {text}"
        case "subheading":
            yield f"### {text}"
        case "lead":
            yield f"> {text}"
        case "note":
            yield f"*{text}*"
        case "bullet":
            yield f"\n- {joined}"
        case "line" if line.depth:
            yield f"{indent}- {joined}"
        case _:
            yield f"{indent}{joined}"
