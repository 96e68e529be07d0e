"""A sheet as Telegram messages: HTML, whole sections kept together, each within Telegram's limits.

A message counts at most 4,096 units and 100 entities; both are kept well under.
"""

from collections.abc import Iterator
from html import escape

from bot.domain.sheet import Sheet
from bot.export.grid import Grid
from bot.export.outline import Line, outline
from bot.export.typography import typeset
from bot.export.words import Templates, colon_after, words

MOST_UNITS = 4000  # UTF-16, tags included
MOST_ENTITIES = 90
_LABEL = 300
_PIECE = 750  # characters: were each an « &amp; », the message would still fit


def messages(sheet: Sheet, templates: Templates) -> list[str]:
    """The messages to send one after the other, in Telegram's HTML."""
    say = words(templates, sheet.language)
    packed: list[str] = []
    for block in _blocks(sheet, say):
        if packed and _fits(f"{packed[-1]}\n\n{block}"):
            packed[-1] = f"{packed[-1]}\n\n{block}"
        else:
            packed.extend(_split(block))
    return packed


def _blocks(sheet: Sheet, say: dict[str, str]) -> Iterator[str]:
    """The sheet's head, then one block for each section."""
    lines: list[str] = []
    for one in outline(sheet, say):
        if one.style in ("heading", "note") and lines:
            yield "\n".join(lines)
            lines = []
        lines += _lines(one, typeset(say["colon"]))
    if lines:
        yield "\n".join(lines)


def _lines(line: Line, colon: str) -> list[str]:
    """A line as one or more whole pieces of HTML: no tag is open at the end of a piece."""
    if line.grid:
        return _rows(line.grid, colon)
    pieces = _pieces(typeset(line.text))
    label = _shortest(typeset(line.label))
    match line.style:
        case "title":
            return [f"<b>{_escape(one)}</b>" for one in pieces]
        case "heading":
            return [f"<b><u>{_escape(one)}</u></b>" for one in pieces]
        case "subheading":
            return ["", *(f"<b><i>{_escape(one)}</i></b>" for one in pieces)]
        case "lead" | "note":
            return [f"<i>{_escape(one)}</i>" for one in pieces]
    bullet = "• " if line.style == "bullet" else "   " * line.depth
    stop = f"{colon_after(line.label, colon)} " if line.text else ""
    tag = "b" if line.style == "bullet" else "i"
    head = f"{bullet}<{tag}>{_escape(label)}</{tag}>{stop}" if label else bullet
    body = [_escape(one) for one in pieces]
    return [head + (body[0] if body else ""), *body[1:]]


def _rows(grid: Grid, colon: str) -> list[str]:
    """A phone is too narrow for columns: each row by its name, its cells by theirs."""
    told: list[str] = []
    for title, *cells in (*grid.rows, *([grid.totals] if grid.totals else [])):
        told.append(f"• <b>{_escape(_shortest(typeset(title)))}</b>")
        for head, cell in zip(grid.head[1:], cells, strict=True):
            pieces = [_escape(one) for one in _pieces(typeset(" ".join(cell.split())))]
            if pieces:
                label = _escape(_shortest(typeset(head)))
                told += [f"   {label}{colon} {pieces[0]}", *pieces[1:]]
    return told


def _escape(text: str) -> str:
    return escape(text, quote=False)


def _pieces(text: str) -> list[str]:
    """A text cut between words into pieces that fit in a message, escaped."""
    pieces: list[str] = []
    while len(text) > _PIECE:
        cut = _cut(text)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces


def _cut(text: str) -> int:
    """Where to cut: after the last space that fits, else anywhere but between joined characters."""
    space = text.rfind(" ", _PIECE // 2, _PIECE)
    return space if space > 0 else _PIECE


def _shortest(label: str) -> str:
    return label if len(label) <= _LABEL else f"{label[:_LABEL]}…"


def _split(block: str) -> Iterator[str]:
    """A block too long for one message, cut between its lines."""
    held = ""
    for one in block.split("\n"):
        longer = f"{held}\n{one}" if held else one
        if held and not _fits(longer):
            yield held.strip("\n")
            held = one
        else:
            held = longer
    if held.strip():
        yield held.strip("\n")


def _fits(text: str) -> bool:
    return len(text.encode("utf-16-le")) // 2 <= MOST_UNITS and text.count("</") <= MOST_ENTITIES
