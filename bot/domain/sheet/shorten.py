"""Texts brought down to the room there is: short ones stay whole, long ones all end at one length."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.domain.sheet.clean import excerpt
from bot.domain.sheet.model import Entry

LINE = 70  # what a paragraph takes at least, however short
SHORTEST = 70  # a text is never cut further down
LEAST = 30  # a paragraph is not begun for less


def within(entries: Sequence[Entry], room: int) -> tuple[Entry, ...]:
    """The entries in about `room` characters, parts included: options stand, texts share the rest."""
    left = room - sum(_standing(one) for one in entries)
    most = _common([size for one in entries for size in _sizes(one)], max(left, 0))
    return tuple(_cut(one, most) for one in entries) if most else tuple(entries)


def beginning(paragraphs: Iterable[str], most: int) -> Iterator[str]:
    """Paragraphs until `most` characters are reached, the last one cut."""
    left = most
    for one in paragraphs:
        if left < LEAST:
            yield excerpt(one, 0).strip()
            return
        yield excerpt(one, left)
        if len(one) > left:
            return
        left -= max(len(one), LINE)


def _common(sizes: Sequence[int], room: int) -> int:
    """The length at which all that is longer must end; 0 when everything fits."""
    if sum(sizes) <= room:
        return 0
    left = room
    for at, size in enumerate(sorted(sizes)):
        share = left // (len(sizes) - at)
        if size > share:
            return max(share, SHORTEST)
        left -= size
    return 0


def _sizes(entry: Entry) -> Iterator[int]:
    if entry.paragraphs:
        yield sum(max(len(one), LINE) for one in entry.paragraphs)
    for part in entry.parts:
        yield from _sizes(part)


def _standing(entry: Entry) -> int:
    options = max(len(" · ".join(entry.options)), LINE) if entry.options else 0
    cells = sum(len(one) for line in entry.table.lines for one in line.cells) if entry.table else 0
    return options + cells + sum(_standing(part) for part in entry.parts)


def _cut(entry: Entry, most: int) -> Entry:
    return replace(
        entry,
        paragraphs=tuple(beginning(entry.paragraphs, most)),
        parts=tuple(_cut(part, most) for part in entry.parts),
    )
