"""What of the content is said to people, and may therefore be said in another language.

`TEXTS` decides it, once: an overlay gives these fields and no other. Words are kept by their path in
the original, so that a translation is a mapping laid over a flow, a layout, the cases or the glossary.
"""

import dataclasses
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

from bot.domain.check import Fault, Path, subject
from bot.domain.check.walk import elements
from bot.domain.flow import (
    AddedRows,
    Balance,
    Case,
    Cases,
    Column,
    Figure,
    FirstPage,
    Flow,
    FollowUp,
    GivenRow,
    Glossary,
    Mention,
    Option,
    Piece,
    Place,
    Proposal,
    Question,
    Rich,
    Rule,
    Sentence,
    Step,
    Strength,
    Term,
    Unnamed,
    Variant,
    WorkshopQuestion,
    WorkshopSet,
    Years,
)
from bot.domain.sheet.layout import Layout, Part, Plan, Row

T = TypeVar("T")

# Class -> its fields that are texts; a class with none is here for the elements that it holds.
TEXTS: Mapping[type, tuple[str, ...]] = {
    Flow: ("title", "tell", "aim", "figures_note"),
    Step: ("title", "aim", "opening"),
    Question: ("ask", "title", "seeks", "tell", "sheet"),
    Option: ("label", "help"),
    Variant: ("ask", "labels"),
    Column: ("title", "ask", "help"),
    GivenRow: ("title", "help", "proposals"),
    AddedRows: ("title", "ask", "help"),
    Balance: ("title",),
    FollowUp: ("ask",),
    Rich: ("text",),
    Mention: ("title", "shows"),
    Rule: ("title", "advice", "why", "first_step"),
    Strength: ("title", "phrase", "why"),
    FirstPage: (),
    Sentence: ("anyone",),
    Piece: ("text", "second"),
    Unnamed: (),
    Place: ("at", "of", "name"),
    WorkshopSet: ("title",),
    WorkshopQuestion: ("why",),
    Proposal: ("why",),
    Figure: ("label", "value", "detail"),
    Layout: ("title",),
    Row: ("title",),
    Plan: ("title", "columns", "empty"),
    Part: ("label",),
    Cases: (),
    Case: ("title", "carrier", "partner_territories", "lesson", "open_question"),
    Years: ("note",),
    Glossary: (),
    Term: ("term", "definition", "group"),
}
# Proper names: another language may have its own, and may not.
NAMES: Mapping[type, tuple[str, ...]] = {Case: ("carrier", "partner_territories")}
# What tells an element of a list: the first it has.
HANDLES = ("id", "flow", "when", "case", "question")

Words = Mapping[Path, str]  # path of a text in the original -> what the translation says

_NAMES = re.compile(r"\{(\w+)")
_TERRITORIES = {"ici", "la_bas"}
_TOLD = 3  # places named by a warning that sums up


def handle(one: object) -> tuple[str, str]:
    """The field that tells an element from its neighbours, and its value; ("", "") when it has none."""
    for name in () if isinstance(one, Flow) else HANDLES:
        if value := getattr(one, name, ""):
            return name, plain(value)
    return "", ""


def plain(value: object) -> str:
    """The value of a handle; the spaces of a condition do not count."""
    return " ".join(str(value).split())


@lru_cache(maxsize=64)
def holders(kind: Hashable) -> frozenset[str]:
    """The fields of a class that hold elements with texts."""
    hints = get_type_hints(kind)
    return frozenset(name for name, hint in hints.items() if any(one in TEXTS for one in _in(hint)))


def texts(original: object) -> Iterator[tuple[Path, str]]:
    """Every text that is not empty, with its path."""
    for path, one in elements(original):
        for name in TEXTS.get(type(one), ()):
            for key, text in _within(getattr(one, name)):
                if text.strip():
                    yield ((*path, name) if key is None else (*path, name, key)), text


def _within(value: Any) -> Iterable[tuple[str | int | None, str]]:
    """A field's text, or its texts by their key or their place."""
    if isinstance(value, Mapping):
        return value.items()
    return enumerate(value) if isinstance(value, tuple) else [(None, value)]


def translated(original: T, words: Words, language: str) -> T:
    """The original in other words; a text without translation stays as it is."""
    said = _said(original, (), words)
    if isinstance(said, Flow):
        said = dataclasses.replace(said, language=language)
    return cast(T, said)


def untranslated(original: object, words: Words, *, complete: bool) -> Iterator[Fault]:
    """The texts that are missing: one error each when none should be, else one warning for all."""
    names = {(*path, name) for path, one in elements(original) for name in NAMES.get(type(one), ())}
    every = [path for path, _ in texts(original) if path not in names and path[:-1] not in names]
    absent = [path for path in every if path not in words]
    if complete:
        for path in absent:
            name, of = _called(original, path)
            yield Fault(path, f"il manque « {name} »{f' ({of})' if of else ''}")
    elif absent:
        first = ", ".join(_spot(original, path) for path in absent[:_TOLD])
        more = "…" if absent[_TOLD:] else ""
        told = f"il manque {len(absent)} texte{'s' if absent[1:] else ''} sur {len(every)}"
        yield Fault((), f"{told} : {first}{more}", "warning")


def unfaithful(original: object, words: Words) -> Iterator[Fault]:
    """Placeholders lost on the way, or invented where only the original's are filled: warnings."""
    for path, text in texts(original):
        if path not in words:
            continue
        asked, kept = set(_NAMES.findall(text)), set(_NAMES.findall(words[path]))
        for name in sorted(asked - kept):
            yield Fault(path, f"la traduction a perdu {{{name}}}", "warning")
        for name in sorted(kept - asked - _TERRITORIES if "first_page" in path else ()):
            yield Fault(path, f"« {{{name}}} » n’est pas dans l’original", "warning")


def _spot(original: object, path: Path) -> str:
    """« question Q4 (label croise) »."""
    name, of = _called(original, path)
    inside = f"{name} {of}".strip()
    around = subject(original, path[:-1])
    return f"{around} ({inside})" if around else inside


def _called(original: object, path: Path) -> tuple[str, str]:
    """The field of a text, and of which element when the nearest subject does not tell it."""
    one, owner, name = cast(Any, original), cast(Any, original), ""
    for step in path:
        if dataclasses.is_dataclass(one):
            owner, name = one, str(step)
        one = getattr(one, step) if isinstance(step, str) and one is owner else one[step]
    if isinstance(getattr(owner, name), Mapping | tuple):
        return name, str(path[-1])
    of = handle(owner)[1]
    return name, "" if subject(original, path[:-1]).endswith(f" {of}") else of


def _said(one: Any, path: Path, words: Words) -> Any:
    if isinstance(one, str):
        return words.get(path, one)
    if isinstance(one, tuple):
        return tuple(_said(item, (*path, index), words) for index, item in enumerate(one))
    if isinstance(one, Mapping):
        return {key: _said(item, (*path, key), words) for key, item in one.items()}
    if not dataclasses.is_dataclass(one) or isinstance(one, type):
        return one
    fields = [field.name for field in dataclasses.fields(one)]
    return dataclasses.replace(
        one, **{name: _said(getattr(one, name), (*path, name), words) for name in fields}
    )


def _in(hint: object) -> Iterator[object]:
    """A type and those between its brackets."""
    yield hint
    for one in get_args(hint):
        yield from _in(one)
