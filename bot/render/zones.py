"""Time zones: where somebody is, by what they said, else by the country of their side."""

from babel.core import get_global

from bot.domain.agenda import NO_ANSWER
from bot.render.view import View

DEFAULT = "Europe/Paris"


def zone_of(view: View) -> str:
    """The zone of a person's nights."""
    said = view.conversation.zone
    if said in get_global("zone_territories"):
        return said
    return _of_country(view, view.flow.roles.here_country) or DEFAULT


def offered(view: View) -> tuple[str, ...]:
    """The zones of both territories, and the default: what a person chooses from."""
    roles = view.flow.roles
    found = [
        one for country in (roles.here_country, roles.there_country) for one in _all(view, country)
    ]
    return tuple(dict.fromkeys((*found, DEFAULT)))[:8]


def city(zone: str) -> str:
    """« Africa/Porto-Novo » -> « Porto-Novo »."""
    return zone.rpartition("/")[2].replace("_", " ")


def _of_country(view: View, question: str) -> str:
    return next(iter(_all(view, question)), "")


def _all(view: View, question: str) -> tuple[str, ...]:
    options = view.conversation.answers.get(question, NO_ANSWER).options
    known = get_global("territory_zones")
    return tuple(zone for one in options for zone in known.get(one.upper(), ()))
