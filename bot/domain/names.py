"""How a territory's name is said: « à Thiès », « en Savoie », « au Cap-Haïtien », « d’Oujda »; “in Thiès”.

A person may write the name with its preposition; it is then the one that is used (method.md §0.6).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from bot.domain.flow import Place
from bot.domain.languages import broader

_WRITTEN = re.compile(r"(?i)^(?:(à|en|aux?|dans (?:les?|la)) +|(dans l[’']) ?)(?=\S)(.+)$")
_ARTICLE = re.compile(r"(?i)^(les?) (.+)$")
_KIND = re.compile(
    r"(?i)^(?:(?P<la>commune|région|ville|province|métropole|préfecture|communauté)"
    r"|(?P<le>département|canton|district|cercle|pays|village|quartier|gouvernorat)"
    r"|(?P<l>agglomération|intercommunalité|archipel|île)) (?P<rest>(?:de|d[’']|du|des) ?.+)$"
)
_CONTRACTED = {"au": ("au", "du", "Le"), "aux": ("aux", "des", "Les")}


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the program itself must know of a language. `at` and `of`: the words before `{ici}` that ask for
    « à Thiès » and « de Thiès »; `conjunction`: between two things; `beside`: what goes from a text when
    there is no other territory, with `{la_bas}`."""

    place: Callable[[str], Place]
    at: str
    of: str
    conjunction: str
    beside: str

    def placeholder(self) -> re.Pattern[str]:
        words = rf"\b(?:(?P<at>{self.at})|(?P<of>{self.of})) " if self.at else "(?P<at>)(?P<of>)"
        return _compiled(words)


@cache
def _compiled(words: str) -> re.Pattern[str]:
    verb = r"(?: (?P<verb>[^|{}]*)\|(?P<unnamed>[^{}]*))?"
    return re.compile(rf"(?:{words})?\{{(?P<who>ici|la_bas){verb}\}}", re.IGNORECASE)


def grammar(language: str) -> Grammar:
    """Of a language, else one that says names as they are written."""
    return next((GRAMMARS[one] for one in broader(language) if one in GRAMMARS), PLAIN)


def place(written: str, language: str = "fr") -> Place:
    """How to say a territory, from its name as a person wrote it."""
    return grammar(language).place(" ".join(written.split()))


def fill(
    text: str,
    here: Place | None,
    there: Place | None,
    unnamed: tuple[Place, Place],
    language: str = "fr",
) -> str:
    """A text with `{ici}` and `{la_bas}` said rightly.

    `None` is a territory without a name, said with the words of `unnamed`. `{ici paie|nous payons}`
    is a subject with its verb: the second form is the one used without a name.
    """

    def said(found: re.Match[str]) -> str:
        named, stand_in = (here, unnamed[0]) if found["who"] == "ici" else (there, unnamed[1])
        preposition = found["at"] or found["of"] or ""
        if found["verb"] is not None:
            words = f"{named.name} {found['verb']}" if named else found["unnamed"]
        else:
            one = named or stand_in
            words = one.at if found["at"] else one.of if found["of"] else one.name
        capital = preposition[:1].isupper() or found.start() == 0
        return words[:1].upper() + words[1:] if capital else words

    return grammar(language).placeholder().sub(said, text)


def french(written: str) -> Place:
    """How to say a territory in French, from its name as a person wrote it."""
    name = " ".join(written.split())
    if begun := _ARTICLE.match(name):
        return _contracted("aux" if begun[1].lower() == "les" else "au", begun[2], capital=True)
    if kind := _KIND.match(name):
        return _of_a_kind(kind)
    found = _WRITTEN.match(name)
    if not found:
        return Place(at=f"à {name}", of=_of(name), name=name)
    preposition: str = (found[1] or found[2]).lower()
    rest: str = found[3]
    if preposition in _CONTRACTED:
        return _contracted(preposition, rest)
    rest = rest if preposition == "à" else rest[:1].upper() + rest[1:]
    joint = "" if preposition.endswith(("’", "'")) else " "
    if preposition.startswith("dans "):
        article = preposition.removeprefix("dans ")
        of = {"le": f"du {rest}", "les": f"des {rest}"}.get(article, f"de {article}{joint}{rest}")
        return Place(at=f"{preposition}{joint}{rest}", of=of, name=rest)
    return Place(at=f"{preposition} {rest}", of=_of(rest), name=rest)


def _contracted(preposition: str, rest: str, *, capital: bool = False) -> Place:
    """« au Cap », « du Cap », « le Cap »: the article is capital only when it was written as such."""
    at, of, article = _CONTRACTED[preposition]
    article = article if capital else article.lower()
    return Place(at=f"{at} {rest}", of=f"{of} {rest}", name=f"{article} {rest}")


def _of_a_kind(found: re.Match[str]) -> Place:
    """« Commune de Ndoumbel »: « dans la commune de Ndoumbel », « de la commune de Ndoumbel »."""
    noun = (found["la"] or found["le"] or found["l"]).lower()
    said = f"{noun} {found['rest']}"
    if found["la"]:
        return Place(at=f"dans la {said}", of=f"de la {said}", name=f"la {said}")
    if found["le"]:
        return Place(at=f"dans le {said}", of=f"du {said}", name=f"le {said}")
    return Place(at=f"dans l’{said}", of=f"de l’{said}", name=f"l’{said}")


def _of(name: str) -> str:
    return f"d’{name}" if name[:1].lower() in "aeiouyàâéèêëîïôùûœ" else f"de {name}"


def english(written: str) -> Place:
    """“in Thiès”, “from Thiès”; a French preposition that the person wrote is left out."""
    name = french(written).name if _WRITTEN.match(written) else written
    return Place(at=f"in {name}", of=f"from {name}", name=name)


def arabic(written: str) -> Place:
    """A name in Latin letters keeps its own direction, between isolates."""
    name = f"\u2068{french(written).name if _WRITTEN.match(written) else written}\u2069"
    return Place(at=f"في {name}", of=f"من {name}", name=name)


def as_written(written: str) -> Place:
    return Place(written, written, written)


GRAMMARS = {
    "fr": Grammar(french, "à", "de", " et ", r",? (?:et|ou|puis) (?:à |de )?\{la_bas\}"),
    "en": Grammar(english, "in", "from", " and ", r",? (?:and|or|then) (?:in |from )?\{la_bas\}"),
    "ar": Grammar(arabic, "في", "من", " و", r" ?و(?:في |من )?\{la_bas\}"),
}
PLAIN = Grammar(as_written, "", "", ", ", r",? \{la_bas\}")
