"""What changed between two exports of a dossier: answers added, reworded, taken away; points settled, new.

Reads documents of the export's form (design.md §9), whatever version of the flow wrote them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]

SHOWN = ("first", "next")  # a point that nobody was shown is neither new nor settled


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids of questions and of rules, in the order of the documents."""

    added: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a version that was frozen. `date`: ISO 8601."""

    number: int
    date: str
    changes: Changes


def changes(before: Document, after: Document) -> Changes:
    former, latter = dict(_answers(before)), dict(_answers(after))
    shown_before, shown_after = _shown(before), _shown(after)
    still = {one.get("id", "") for one in after.get("vigilance", ())}
    return Changes(
        added=tuple(one for one in latter if one not in former),
        reworded=tuple(one for one, said in latter.items() if former.get(one, said) != said),
        removed=tuple(one for one in former if one not in latter),
        settled=tuple(one for one in shown_before if one not in still or _done(one, before, after)),
        raised=tuple(one for one in shown_after if one not in shown_before),
    )


def _answers(document: Document) -> Iterator[tuple[str, Any]]:
    """Every question answered and what was said, details and follow-ups beside their question."""
    yield from document.get("identity", {}).items()
    for question, said in document.get("answers", {}).items():
        own = {key: one for key, one in said.items() if key in ("options", "text") and one}
        if own:
            yield question, own
        for below in ("details", "follow_ups"):
            yield from said.get(below, {}).items()


def _shown(document: Document) -> tuple[str, ...]:
    found = document.get("vigilance", ())
    return tuple(one.get("id", "") for one in found if one.get("shown") in SHOWN)


def _done(rule: str, before: Document, after: Document) -> bool:
    """Said to be done since."""
    return _how(rule, after) == "done" != _how(rule, before)


def _how(rule: str, document: Document) -> str:
    return str(document.get("handled", {}).get(rule, {}).get("how", ""))
