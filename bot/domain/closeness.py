"""How near a cooperation studied is to a dossier: what they share, counted in the open."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.conditions import Facts
from bot.domain.flow import Case, Flow, Mention, Question

COUNTRY_WEIGHT = 2  # a shared country says more than a shared theme


@dataclass(frozen=True, slots=True)
class Shared:
    """What a case and a dossier have in common; option ids of the dossier's own questions."""

    themes: tuple[str, ...] = ()
    publics: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    @property
    def weight(self) -> int:
        return len(self.themes) + len(self.publics) + COUNTRY_WEIGHT * len(self.countries)


def shared(flow: Flow, read: Facts, case: Case) -> Shared:
    roles = flow.roles
    ours = _chosen(read, roles.here_country) | _chosen(read, roles.there_country)
    return Shared(
        themes=_both(case.themes, _chosen(read, roles.themes)),
        publics=_both(case.public, _chosen(read, roles.publics)),
        countries=_both((one.lower() for one in case.countries), ours - {roles.home_country}),
    )


def telling(
    flow: Flow, read: Facts, question: Question, cases: Sequence[Case]
) -> tuple[Mention, ...]:
    """A question's examples, the most telling first: the authors' own, then those that share a theme,
    a public, a country with the dossier, then those that speak to the situation chosen."""
    library = {case.number: case for case in cases}
    chosen = _chosen(read, question.id)

    def rank(mention: Mention) -> tuple[bool, int, int, int, bool]:
        case = library.get(mention.case)
        near = shared(flow, read, case) if case else Shared()
        situation = not chosen.isdisjoint(mention.options)
        return (
            not mention.starred,
            -len(near.themes),
            -len(near.publics),
            -len(near.countries),
            not situation,
        )

    return tuple(sorted(question.cases, key=rank))


def _chosen(read: Facts, question: str) -> frozenset[str]:
    return read.options.get(question, frozenset())


def _both(theirs: Iterable[str], ours: Container[str]) -> tuple[str, ...]:
    return tuple(one for one in theirs if one in ours)
