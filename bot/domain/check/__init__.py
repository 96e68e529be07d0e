"""Cross-checks of a flow: what its shape alone cannot tell. Faults are returned, not raised."""

from collections.abc import Iterable
from itertools import chain

from bot.domain.check.clauses import conditions
from bot.domain.check.fault import Fault, Path, Severity, near, nearest, subject
from bot.domain.check.ids import identifiers, library, proposed, references
from bot.domain.check.pages import pages
from bot.domain.check.reach import reach, unused
from bot.domain.check.tables import tables
from bot.domain.check.texts import advised, answerable, missing_texts
from bot.domain.flow import Case, Flow
from bot.domain.sheet.layout import Layout

__all__ = [
    "Fault",
    "Path",
    "Severity",
    "check",
    "check_cases",
    "check_layout",
    "near",
    "nearest",
    "quick_check",
    "subject",
]


def quick_check(flow: Flow, cases: Iterable[Case] = ()) -> tuple[Fault, ...]:
    """What is read before anything starts: every error, and the warnings that cost nothing."""
    return tuple(
        chain(
            missing_texts(flow),
            identifiers(flow),
            references(flow, cases),
            conditions(flow),
            answerable(flow),
            tables(flow),
            advised(flow),
        )
    )


def check(
    flow: Flow, cases: Iterable[Case] = (), flows: Iterable[str] | None = None
) -> tuple[Fault, ...]:
    """Every error and warning; a condition is explored only when nothing in it is wrong.

    `flows`: the ids of those it stands among, when they are known.
    """
    cases = tuple(cases)
    found = quick_check(flow, cases)
    if flows is not None:
        found += tuple(proposed(flow, flows))
    wrong = {fault.path for fault in found if fault.severity == "error"}
    return (*found, *unused(flow, cases), *reach(flow, wrong))


def check_layout(layout: Layout, flow: Flow | None = None) -> tuple[Fault, ...]:
    return tuple(pages(layout, flow)) if flow else ()


def check_cases(cases: Iterable[Case], flow: Flow | None = None) -> tuple[Fault, ...]:
    return tuple(library(cases, flow))
