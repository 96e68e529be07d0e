"""How a territory's name is said in French: « à Thiès », « en Savoie », « au Cap-Haïtien », « d’Oujda ».

A person may write the name with its preposition; it is then the one that is used (method.md §0.6).
"""

import re

from bot.domain.flow import Place

_WRITTEN = re.compile(r"(?i)^(?:(à|en|aux?|dans (?:les?|la)) +|(dans l[’']) ?)(?=\S)(.+)$")
_ARTICLE = re.compile(r"(?i)^(les?) (.+)$")
_KIND = re.compile(
    r"(?i)^(?:(?P<la>commune|région|ville|province|métropole|préfecture|communauté)"
    r"|(?P<le>département|canton|district|cercle|pays|village|quartier|gouvernorat)"
    r"|(?P<l>agglomération|intercommunalité|archipel|île)) (?P<rest>(?:de|d[’']|du|des) ?.+)$"
)
_PLACEHOLDER = re.compile(
    r"(?P<preposition>\b(?:[Àà]|[Dd]e) )?\{(?P<who>ici|la_bas)(?: (?P<verb>[^|{}]*)\|(?P<unnamed>[^{}]*))?\}"
)
_CONTRACTED = {"au": ("au", "du", "Le"), "aux": ("aux", "des", "Les")}


def place(written: str) -> Place:
    """How to say a territory, from its name as a person wrote it."""
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


def fill(text: str, here: Place | None, there: Place | None, unnamed: tuple[Place, Place]) -> str:
    """A text with `{ici}` and `{la_bas}` said rightly.

    `None` is a territory without a name, said with the words of `unnamed`. `{ici paie|nous payons}`
    is a subject with its verb: the second form is the one used without a name.
    """

    def said(found: re.Match[str]) -> str:
        named, stand_in = (here, unnamed[0]) if found["who"] == "ici" else (there, unnamed[1])
        preposition = (found["preposition"] or "").strip()
        if found["verb"] is not None:
            words = f"{named.name} {found['verb']}" if named else found["unnamed"]
        else:
            one = named or stand_in
            words = {"": one.name, "à": one.at, "de": one.of}[preposition.lower()]
        capital = preposition[:1].isupper() or found.start() == 0
        return words[:1].upper() + words[1:] if capital else words

    return _PLACEHOLDER.sub(said, text)


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
