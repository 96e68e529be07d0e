"""A translation: the original's structure, reduced to ids and texts (`six-etapes.en.yaml`).

Elements are matched by what tells them apart (an id; the condition of a variant; the number of a
case). What is not translated stays in the original's words; nothing but texts can change.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.content.document import Document
from bot.content.findings import Finding, Reading, finding, opened
from bot.content.languages import language_code
from bot.content.model import said, within
from bot.content.source import Source
from bot.domain.check import Fault, Path, near, nearest, quick_check
from bot.domain.flow import Cell, Flow
from bot.domain.sheet.layout import Layout
from bot.domain.translation import (
    HANDLES,
    TEXTS,
    handle,
    holders,
    plain,
    translated,
    unfaithful,
    untranslated,
)
from bot.errors import ContentError

T = TypeVar("T")

_HEAD = ("flow", "sheet", "language", "translates", "complete")
OF = {Flow: "flow", Layout: "sheet"}  # what says which one a translation is of
FRENCH = "fr"  # the language of what does not say its own
_LINES = "des lignes « clé: valeur »"


@dataclass(slots=True)
class Overlay:
    """What a translation says, and its faults. `translates`: the version of the original it follows."""

    language: str = ""
    translates: int = 0
    complete: bool = False
    words: dict[Path, str] = field(default_factory=dict)  # by the paths of the original
    places: dict[Path, Path] = field(default_factory=dict)  # path in the original -> in the file
    faults: list[Fault] = field(default_factory=list)  # by the paths of the file

    def place(self, path: Path) -> Path:
        """Where a text of the original stands in the file, or would stand."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, ())


def read_overlay(source: Source, original: T, *, named: str = "") -> Reading[T]:
    """The original in the words of a translation. `named`: the language that the file's name says."""
    document, found = opened(source)
    if document is None:
        return Reading(source, None, tuple(found))
    overlay = _overlay(document, original, named)
    said = translated(original, overlay.words, overlay.language or _language_of(original))
    found += [finding(source, document, fault) for fault in overlay.faults]
    found += _compared(source, document, overlay, original, said)
    return Reading(source, said, tuple(sorted(set(found))))


def read_words(source: Source, original: object, *, named: str = "") -> Reading[Overlay]:
    """What a translation says so far, whatever it lacks."""
    document, found = opened(source)
    if document is None:
        return Reading(source, None, tuple(found))
    overlay = _overlay(document, original, named)
    found += [finding(source, document, fault) for fault in overlay.faults]
    return Reading(source, overlay, tuple(sorted(set(found))))


def _compared(
    source: Source, document: Document, overlay: Overlay, original: object, said: object
) -> Iterator[Finding]:
    """What only the original beside the translation shows; what is wrong already is not judged."""
    wrong = {fault.path for fault in overlay.faults if not fault.on_key}
    faults = (
        *untranslated(original, overlay.words, complete=overlay.complete),
        *unfaithful(original, overlay.words),
        *(fault for fault in _checked(said) if fault.path in overlay.words),
    )
    for fault in faults:
        at = overlay.place(fault.path)
        if not within(at, wrong):
            yield finding(source, document, fault, original=original, at=at)


def _checked(said: object) -> tuple[Fault, ...]:
    return quick_check(said) if isinstance(said, Flow) else ()


def _language_of(original: object) -> str:
    return str(getattr(original, "language", FRENCH))


def _overlay(document: Document, original: Any, named: str) -> Overlay:
    overlay = Overlay()
    if isinstance(document.data, dict):
        overlay.faults += _head(overlay, document.data, original, named)
        body = {name: one for name, one in document.data.items() if name not in _HEAD}
        overlay.faults += _element(overlay, original, (), body, ())
    else:
        overlay.faults += _not(_LINES, document.data, ())
    return overlay


def _head(
    overlay: Overlay, data: Mapping[str, object], original: Any, named: str
) -> Iterator[Fault]:
    """Of what, in which language, and how far."""
    of = OF.get(type(original), "")
    for name in (of, "language", "translates"):
        if name and name not in data:
            yield Fault((name,), f"il manque « {name} »")
    language = data.get("language", named)
    version, complete = data.get("translates", 0), data.get("complete", False)
    if of and data.get(of, getattr(original, of)) != getattr(original, of):
        message = f"{said(data[of])} n’est pas l’original ({getattr(original, of)} ?)"
        yield Fault((of,), message)
    if not isinstance(language, str):
        yield from _not("un texte", language, ("language",))
    else:
        yield from _language(overlay, language, original, named)
    if not isinstance(complete, bool):
        yield from _not("true ou false", complete, ("complete",))
    overlay.complete = complete is True
    if isinstance(version, bool) or not isinstance(version, int):
        yield from _not("un nombre entier", version, ("translates",))
        return
    overlay.translates = version
    if "translates" in data and version != original.version:
        message = f"traduit la version {version}, l’original est à la version {original.version}"
        mend = f"relisez, puis écrivez translates: {original.version}"
        yield Fault(("translates",), f"{message} : {mend}", "warning")


def _language(overlay: Overlay, written: str, original: object, named: str) -> Iterator[Fault]:
    if not written:
        return
    try:
        overlay.language = language_code(written)
    except ContentError as error:
        yield Fault(("language",), str(error))
        return
    if named and overlay.language != named:
        yield Fault(("language",), f"le nom du fichier dit « {named} », pas « {written} »")
    if overlay.language == _language_of(original):
        yield Fault(("language",), f"« {written} » est la langue de l’original")


def _element(overlay: Overlay, one: object, here: Path, data: object, at: Path) -> Iterator[Fault]:
    """An element of the original, said by `data`. `here`: its path in the original, `at`: in the file."""
    overlay.places[here] = at
    if not isinstance(data, dict):
        yield from _not(_LINES, data, at)
        return
    kind: Any = type(one)
    own, named = {one.name for one in dataclasses.fields(kind)}, handle(one)[0]
    sayable = [*TEXTS[kind], *holders(kind)]
    for key, value in data.items():
        name, path = key, (*at, key)
        if key == named:
            continue
        if key in own and key not in sayable:
            advice = f"une traduction ne change que des textes : effacez « {key} »"
            yield Fault(path, advice, on_key=True)
            continue
        if key not in own:
            name = nearest(key, sayable)
            yield Fault(path, f"champ inconnu « {key} »{near(key, sayable)}", on_key=True)
            if not name or name in data:
                continue
        say = _text if name in TEXTS[kind] else _held
        yield from say(overlay, getattr(one, name), (*here, name), value, path)


def _held(overlay: Overlay, one: object, here: Path, data: object, at: Path) -> Iterator[Fault]:
    """What a field holds: an element, or a list of them."""
    if data is None:
        return
    if isinstance(one, tuple):  # cells are made again from their row and column
        one = tuple(item for item in one if not isinstance(item, Cell))
    if one is None or one == ():
        yield Fault(at, f"l’original n’a rien sous « {here[-1]} » : effacez", on_key=True)
    elif not isinstance(one, tuple):
        yield from _element(overlay, one, here, data, at)
    else:
        overlay.places[here] = at
        yield from _list(overlay, one, here, data, at)


def _list(
    overlay: Overlay, elements: tuple[object, ...], here: Path, data: object, at: Path
) -> Iterator[Fault]:
    """Elements found by their handles, in any order."""
    if not isinstance(data, list):
        yield from _not("une liste", data, at)
        return
    known: dict[
        tuple[str, str], list[int]
    ] = {}  # those that share a handle are told in their order
    for index, one in enumerate(elements):
        known.setdefault(handle(one), []).append(index)
    for number, item in enumerate(data):
        path = (*at, number)
        if not isinstance(item, dict):
            yield from _not(_LINES, item, path)
            continue
        written = _written(item)
        indices = known.get(written)
        if indices is None:
            meant, fault = _unknown(written, elements, path)
            yield fault
            indices = known.get(meant, [])
        elif all((*here, index) in overlay.places for index in indices):
            yield Fault(path, f"« {written[1]} » est traduit deux fois")
            continue
        for index in indices:
            if (*here, index) not in overlay.places:
                yield from _element(overlay, elements[index], (*here, index), item, path)
                break


def _written(item: Mapping[str, object]) -> tuple[str, str]:
    """The handle of an element as a translator wrote it."""
    name = next((name for name in HANDLES if name in item), "")
    return name, plain(item[name]) if name else ""


def _unknown(
    written: tuple[str, str], elements: tuple[object, ...], at: Path
) -> tuple[tuple[str, str], Fault]:
    """The handle that was probably meant, and what to say of the one written."""
    name, value = written
    handles = [handle(one) for one in elements]
    if name not in (one[0] for one in handles) or not name:
        asked = next(one[0] for one in handles if one[0])
        return written, Fault(at, f"il manque « {asked} »")
    renamed = (handle(one)[1] for one in elements if value in getattr(one, "was", ()))
    meant = next(renamed, "") or nearest(value, [one[1] for one in handles if one[0] == name])
    advice = f" ({meant} ?)" if meant else ""
    message = f"« {value} » n’est pas dans l’original{advice}"
    return (name, meant), Fault((*at, name), message)


def _text(overlay: Overlay, one: object, here: Path, data: object, at: Path) -> Iterator[Fault]:
    """A text, or texts by their key; one left empty is not translated yet."""
    if isinstance(one, Mapping):
        yield from _texts(overlay, one, here, data, at)
        return
    if isinstance(one, tuple):
        yield from _series(overlay, one, here, data, at)
        return
    overlay.places[here] = at
    if data is None or (isinstance(data, str) and not data.strip()):
        return
    if not isinstance(data, str):
        quotes = "" if isinstance(data, list) else " : mettez des guillemets"
        yield Fault(at, f"il faut un texte, pas {said(data)}{quotes}")
    elif not one:
        message = f"l’original n’a pas de texte sous « {at[-1]} » : effacez celui-ci"
        yield Fault(at, message, on_key=True)
    else:
        overlay.words[here] = data


def _texts(
    overlay: Overlay, one: Mapping[str, str], here: Path, data: object, at: Path
) -> Iterator[Fault]:
    if data is None:
        return
    if not isinstance(data, dict):
        yield from _not(_LINES, data, at)
        return
    for key, value in data.items():
        meant = key if key in one else nearest(key, one)
        if meant != key:
            message = f"« {key} » n’est pas dans l’original{near(key, one)}"
            yield Fault((*at, key), message, on_key=True)
        if meant == key or (meant and meant not in data):
            yield from _text(overlay, one[meant], (*here, meant), value, (*at, key))


def _series(
    overlay: Overlay, series: tuple[str, ...], here: Path, data: object, at: Path
) -> Iterator[Fault]:
    """Texts in the order of the original, as many."""
    if data is None:
        return
    if not isinstance(data, list) or len(data) != len(series):
        expected = f"une liste de {len(series)} textes" if series[1:] else "une liste d’un texte"
        yield from _not(expected, data, at)
        return
    for index, (one, value) in enumerate(zip(series, data, strict=True)):
        yield from _text(overlay, one, (*here, index), value, (*at, index))


def _not(expected: str, value: object, at: Path) -> Iterator[Fault]:
    yield Fault(at, f"il faut {expected}, pas {said(value)}")
