"""A fault of a content file: where, what, and how to say the place to a person who edits YAML."""

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Path = tuple[str | int, ...]  # keys and indices from the root of the file
Severity = Literal["error", "warning"]

# The list an element stands in -> how the element is called in a fault.
_CALLED = {
    "rules": "règle",
    "strengths": "point solide",
    "identity": "question",
    "questions": "question",
    "details": "question",
    "follow_ups": "relance",
    "steps": "étape",
    "workshops": "atelier",
    "figures": "repère",
    "columns": "colonne",
    "rows": "ligne",
    "balances": "équilibre",
    "terms": "mot",
    "cases": "coopération",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`offset`: a column from 0 within the text at `path`; `on_key`: the key itself is at fault."""

    path: Path
    message: str
    severity: Severity = "error"
    offset: int | None = None
    on_key: bool = False


def subject(root: object, path: Path) -> str:
    """« règle V2.3 »: the nearest element with an id around `path`, in a Flow or its raw data."""
    found = ""
    for depth, step in enumerate(path[:-1]):
        called, index = _CALLED.get(str(step)), path[depth + 1]
        root = _get(root, step)
        if called and isinstance(index, int):
            one = _get(root, index)
            name = _get(one, "id") or _get(one, "term")
            found = f"{called} {name}" if name and isinstance(name, str) else found
    return found or ".".join(str(step) for step in path if isinstance(step, str))


def near(word: str, known: Iterable[str]) -> str:
    """« (croise ?) » after a space: the nearest known word, accents and case aside; or ""."""
    found = nearest(word, known)
    return f" ({found} ?)" if found else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or ""."""
    by_form: dict[str, str] = {}
    for one in known:
        by_form.setdefault(_form(one), one)
    form = _form(word)
    found = difflib.get_close_matches(form, by_form, n=3, cutoff=0.6)
    found.sort(
        key=lambda one: (sorted(one) != sorted(form), one[0] != form[0])
    )  # « aks » is « ask »
    return by_form[found[0]] if found else ""


def unknown(path: Path, name: str, known: Iterable[str], kind: str) -> Iterator[Fault]:
    """A fault when `name` is not one of `known`; `kind` says what it should have been."""
    known = tuple(known)
    if name not in known:
        yield Fault(path, f"« {name} » n’est pas {kind}{near(name, known)}")


def all_unknown(
    path: Path, names: Sequence[str], known: Iterable[str], kind: str
) -> Iterator[Fault]:
    """The same for a list, with a word for what is written twice."""
    known = frozenset(known)
    for index, name in enumerate(names):
        yield from unknown((*path, index), name, sorted(known), kind)
        if name in names[:index]:
            yield Fault((*path, index), f"« {name} » est écrit deux fois", "warning")


def _form(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return (
        "".join(c for c in plain if not unicodedata.combining(c))
        .replace(" ", "_")
        .replace("-", "_")
    )


def _get(root: object, step: str | int) -> object:
    match root:
        case Mapping():
            return root.get(step)
        case list() | tuple():
            return root[step] if isinstance(step, int) and step < len(root) else None
        case _:
            return getattr(root, str(step), None)
