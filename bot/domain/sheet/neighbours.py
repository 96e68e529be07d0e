"""Which of the cooperations studied are near a dossier, and why: see `closeness`.

A cooperation that sheds light on a question under discussion comes first among equals, then the order
of the library.
"""

from collections.abc import Callable, Container, Sequence

from bot.domain.closeness import Shared, shared
from bot.domain.conditions import Facts
from bot.domain.flow import Case, Flow
from bot.domain.sheet.model import Neighbour, Reason

MOST = 3


def neighbours(
    flow: Flow,
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
    near = []
    for case in cases:
        what = shared(flow, read, case)
        lights = tuple(one for one in case.illustrates if one in fragile)
        if what.weight or lights:
            near.append((case, what, lights))
    near.sort(key=lambda one: (-one[1].weight, not one[2], one[0].number))
    return tuple(_said(flow, case, what, lights, say) for case, what, lights in near[:MOST])


def _said(
    flow: Flow,
    case: Case,
    what: Shared,
    lights: tuple[str, ...],
    say: Callable[[str, str], str],
) -> Neighbour:
    roles = flow.roles
    reasons = (
        Reason("country", tuple(say(roles.there_country, one) for one in what.countries)),
        Reason("public", tuple(say(roles.publics, one) for one in what.publics)),
        Reason("theme", tuple(say(roles.themes, one) for one in what.themes)),
        Reason("question", tuple(say(one, "") for one in lights[:1])),
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
