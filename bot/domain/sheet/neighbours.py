"""Which of the cooperations studied are near a dossier, and why: what they share, counted in the open.

Each public, theme or country shared counts for one, a country for two; a cooperation that sheds light
on a question under discussion comes first among equals, then the order of the library.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.conditions import Facts
from bot.domain.flow import Case, Flow
from bot.domain.sheet.layout import Layout
from bot.domain.sheet.model import Neighbour, Reason

MOST = 3
COUNTRY_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class _Shared:
    countries: tuple[str, ...]
    publics: tuple[str, ...]
    themes: tuple[str, ...]
    questions: tuple[str, ...]

    @property
    def weight(self) -> int:
        return COUNTRY_WEIGHT * len(self.countries) + len(self.publics) + len(self.themes)


def neighbours(
    flow: Flow,
    layout: Layout,
    read: Facts,
    cases: Sequence[Case],
    *,
    fragile: Container[str],
    say: Callable[[str, str], str],
) -> tuple[Neighbour, ...]:
    """The nearest cooperations, at most three.

    `fragile`: the questions of the points shown. `say(question, option)`: an option in words, and
    the title of a question when the option is "".
    """
    shared = [(case, _shared(flow, layout, read, case, fragile)) for case in cases]
    near = [one for one in shared if one[1].weight or one[1].questions]
    near.sort(key=lambda one: (-one[1].weight, not one[1].questions, one[0].number))
    return tuple(_said(flow, layout, case, what, say) for case, what in near[:MOST])


def _shared(
    flow: Flow, layout: Layout, read: Facts, case: Case, fragile: Container[str]
) -> _Shared:
    roles = flow.roles
    ours = {*_chosen(read, roles.here_country), *_chosen(read, roles.there_country)}
    ours.discard(roles.home_country)
    return _Shared(
        countries=_both((one.lower() for one in case.countries), ours),
        publics=_both(case.public, _chosen(read, layout.publics)),
        themes=_both(case.themes, _chosen(read, layout.themes)),
        questions=tuple(one for one in case.illustrates if one in fragile),
    )


def _said(
    flow: Flow, layout: Layout, case: Case, shared: _Shared, say: Callable[[str, str], str]
) -> Neighbour:
    reasons = (
        Reason("country", tuple(say(flow.roles.there_country, one) for one in shared.countries)),
        Reason("public", tuple(say(layout.publics, one) for one in shared.publics)),
        Reason("theme", tuple(say(layout.themes, one) for one in shared.themes)),
        Reason("question", tuple(say(one, "") for one in shared.questions[:1])),
    )
    return Neighbour(
        case=case.id,
        title=case.title,
        carrier=case.carrier,
        territories=case.partner_territories,
        lesson=case.lesson,
        open_question=case.open_question,
        reasons=tuple(one for one in reasons if one.words),
    )


def _chosen(read: Facts, question: str) -> frozenset[str]:
    return read.options.get(question, frozenset())


def _both(theirs: Iterable[str], ours: Container[str]) -> tuple[str, ...]:
    return tuple(one for one in theirs if one in ours)
