"""The sheets of a project's other dossiers, joined to one of them: what was answered there, no more.

Their points, plans and open questions stay with their own sheets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.domain.sheet.model import ANNEX, Entry, Group, Section, Sheet


def with_annexes(sheet: Sheet, others: Sequence[Sheet]) -> Sheet:
    """A dossier in which nothing was answered adds nothing."""
    annexes = (one for other in others for one in _annex(other))
    return replace(sheet, sections=(*sheet.sections, *annexes))


def _annex(other: Sheet) -> Iterator[Section]:
    groups = tuple(
        Group(group.items, group.key, group.title or section.title)
        for section in other.sections
        for group in section.groups
        if group.items and all(isinstance(one, Entry) for one in group.items)
    )
    if groups:
        yield Section(f"annexe-{other.flow.flow}", other.called or other.flow.title, ANNEX, groups)
