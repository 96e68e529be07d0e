"""Flows, the case library, the glossary: found, read, checked, and told line by line."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from bot.content.document import read_document
from bot.content.findings import Finding, Reading, alone, finding, opened
from bot.content.languages import is_language, language_code
from bot.content.model import Model, within
from bot.content.overlay import FRENCH, Overlay, read_overlay, read_words
from bot.content.skeleton import Skeleton, skeleton
from bot.content.source import Source, read_source, shown
from bot.domain.check import Fault, check, check_cases, check_layout, quick_check
from bot.domain.flow import Case, Cases, Flow, Glossary, Mention, Term
from bot.domain.languages import broader
from bot.domain.sheet.layout import Layout
from bot.errors import ContentError

T = TypeVar("T")

_YAML = (".yaml", ".yml")
_KIND = re.compile(r"""^["']?(flow|cases|terms|sheet)["']? *:""", re.MULTILINE)
_FLOW_ID = re.compile(r"""^["']?flow["']? *: *["']?([\w.-]+)""", re.MULTILINE)
_TRANSLATES = re.compile(r"""^["']?translates["']? *:""", re.MULTILINE)
# Once one of these is not a list of what it should be, ids quoted elsewhere cannot be judged.
_HOLDERS = (
    "identity",
    "steps",
    "questions",
    "options",
    "details",
    "follow_ups",
    "rules",
    "strengths",
)

Kind = Literal["flow", "cases", "glossary", "layout", "overlay"]


_FLOW = Model(Flow)
_CASES = Model(Cases)
_LAYOUT = Model(Layout)
_GLOSSARY = Model(Glossary)


def load_flow(path: Path, language: str = "") -> Flow:
    """A flow that can be walked, in a language when it is translated into it, else in its own.

    Raises ContentError whose text has one line per fault.
    """
    flow = read_flow(read_source(path)).sound()
    return told(path, flow, language) if language != flow.language else flow


def told(path: Path, original: T, language: str) -> T:
    """The content of a file in a language, or in a wider one, when it is translated into it."""
    found = translations(path) if language else {}
    for code in broader(language_code(language)) if language else ():
        if overlay := found.get(code):
            return read_overlay(read_source(overlay), original, named=code).sound()
    return original


def translations(original: Path) -> dict[str, Path]:
    """Language -> the file that translates another into it: « six-etapes.en.yaml » beside it."""
    beside = (path for path in original.parent.glob("*") if path.suffix in _YAML)
    named = ((path, *_named(path)) for path in sorted(beside))
    return {code: path for path, stem, code in named if code and stem == original.stem}


def translate(path: Path, language: str) -> tuple[Path, Skeleton]:
    """The file that a translator fills, and where it goes; what is translated already is in it. `path`:
    a flow, a layout, the cases or the glossary.

    Raises ContentError when the original or the translation begun has an error that would lose words.
    """
    code = language_code(language)
    source = read_source(path)
    original = _READERS.get(kind_of(source), read_flow)(source).sound()
    if code == getattr(original, "language", FRENCH):
        raise ContentError(f"{source.name}: « {code} » est déjà la langue de ce fichier")
    target = translations(path).get(code, path.with_suffix(f".{code}{path.suffix}"))
    begun = Overlay(code)
    if target.exists():
        begun = read_words(read_source(target), original, named=code).sound()
    return target, skeleton(original, read_document(source), begun, path.name)


def told_with(flow: Path) -> tuple[Path, ...]:
    """A flow, and what beside it is said with it: its layout, the cases, the glossary."""
    found = _FLOW_ID.search(read_source(flow).text)
    sheet = (layout_of(flow, found[1]),) if found else ()
    beside = (*sheet, flow.with_name("cases.yaml"), flow.with_name("glossary.yaml"))
    return (flow, *(one for one in beside if one.is_file()))


def load_cases(path: Path, language: str = "") -> tuple[Case, ...]:
    file = _read_cases(read_source(path)).sound()
    return told(path, file, language).cases


def load_glossary(path: Path, language: str = "") -> tuple[Term, ...]:
    file = _read_glossary(read_source(path)).sound()
    return told(path, file, language).terms


def read_flow(
    source: Source,
    *,
    cases: Iterable[Case] = (),
    thorough: bool = False,
    flows: Iterable[str] | None = None,
) -> Reading[Flow]:
    """A flow from its text. `thorough`: with the warnings that need every answer to be explored;
    `flows`: the ids of those beside it."""
    if _TRANSLATES.search(source.text):
        return Reading(source, None, (alone(source, "c’est une traduction : donnez l’original"),))
    cases = tuple(cases)
    if thorough:
        return _read(source, _FLOW, lambda flow: check(flow, cases, flows))
    return _read(source, _FLOW, lambda flow: quick_check(flow, cases))


def read_cases(source: Source, *, flow: Flow | None = None) -> Reading[tuple[Case, ...]]:
    read = _read_cases(source, flow)
    return Reading(source, read.content.cases if read.content else None, read.findings)


def _read_cases(source: Source, flow: Flow | None = None) -> Reading[Cases]:
    return _read(source, _CASES, lambda file: check_cases(file.cases, flow))


def read_glossary(source: Source) -> Reading[tuple[Term, ...]]:
    read = _read_glossary(source)
    return Reading(source, read.content.terms if read.content else None, read.findings)


def _read_glossary(source: Source) -> Reading[Glossary]:
    return _read(source, _GLOSSARY, lambda file: _twice(file.terms))


def load_layout(path: Path, flow: Flow) -> Layout:
    """How the sheets of a flow are laid out, in its language."""
    layout = read_layout(read_source(path), flow=flow).sound()
    return told(path, layout, flow.language)


def read_layout(source: Source, *, flow: Flow | None = None) -> Reading[Layout]:
    return _read(source, _LAYOUT, lambda layout: check_layout(layout, flow))


def layout_of(flow: Path, name: str) -> Path:
    """Where the layout of the flow of that id stands: « sheet/six-etapes.yaml » beside it."""
    return flow.parent / "sheet" / f"{name}.yaml"


def missing_layout(path: Path) -> Finding | None:
    """What is said of a flow that has no layout beside it; of any other file, nothing."""
    source = read_source(path)
    found = _FLOW_ID.search(source.text)
    if kind_of(source) != "flow" or not found:
        return None
    page = layout_of(path, found[1])
    if page.is_file():
        return None
    message = f"ce parcours n’a pas de fiche : écrivez-la dans « {page.parent.name}/{page.name} »"
    return alone(source, message)


def inspect(path: Path) -> tuple[Finding, ...]:
    """Everything wrong or doubtful in a content file, whatever its kind. Raises ContentError when
    it cannot even be read as text."""
    source = read_source(path)
    match kind_of(source):
        case "overlay":
            return _read_beside(source)
        case "cases":
            return read_cases(source, flow=_beside(path)).findings
        case "layout":
            return read_layout(source, flow=_above(path)).findings
        case "glossary":
            return read_glossary(source).findings
        case _:
            library, beside = _library(path), _flows_beside(path)
            return read_flow(source, cases=library, thorough=True, flows=beside).findings


def content_files(folder: Path) -> tuple[Path, ...]:
    """The YAML files of a folder, translations among them."""
    if not folder.is_dir():
        raise ContentError(f"{shown(folder)}: ce dossier n’existe pas")
    inside = (*folder.iterdir(), *folder.glob("sheet/*"))
    return tuple(sorted(path for path in inside if path.suffix in _YAML))


def find_flows(folder: Path) -> tuple[Path, ...]:
    """The files of a folder that are flows: they have a `flow:` key, and translate none."""
    return tuple(path for path in content_files(folder) if kind_of(read_source(path)) == "flow")


def kind_of(source: Source) -> Kind | None:
    """What a file says it is, by its key at the margin, or by a name that makes it a translation."""
    if _TRANSLATES.search(source.text) or (_named(source.path)[1] and _original(source.path)):
        return "overlay"
    found = _KIND.search(source.text)
    if not found:
        return None
    kinds: dict[str, Kind] = {
        "flow": "flow",
        "cases": "cases",
        "terms": "glossary",
        "sheet": "layout",
    }
    return kinds[found[1]]


def schema() -> dict[str, Any]:
    """The JSON Schema of a flow file, for editors."""
    return {**_FLOW.schema(), "title": "Fil rouge: a flow"}


def _read(source: Source, model: Model[T], examine: Callable[[T], Iterable[Fault]]) -> Reading[T]:
    document, troubles = opened(source)
    if document is None:
        return Reading(source, None, tuple(troubles))
    content, faults = model.read(document)
    if content is not None and not any(_hides(fault) for fault in faults):
        wrong = {fault.path for fault in faults}
        faults += [fault for fault in examine(content) if not within(fault.path, wrong)]
    findings = [*troubles, *(finding(source, document, fault) for fault in faults)]
    return Reading(source, content, tuple(sorted(set(findings))))


def _hides(fault: Fault) -> bool:
    return not fault.on_key and (not fault.path or fault.path[-1] in _HOLDERS)


def _read_beside(source: Source) -> tuple[Finding, ...]:
    """What is wrong in a translation, with the original beside it."""
    beside = _original(source.path)
    if beside is None:
        stem = source.path.stem.rpartition(".")[0]
        message = (
            f"l’original « {stem}.yaml » n’est pas à côté de cette traduction"
            if stem
            else "une traduction porte le nom de l’original et sa langue : « six-etapes.en.yaml »"
        )
        return (alone(source, message),)
    original = read_source(beside)
    read = _READERS.get(kind_of(original))
    if read is None:
        message = (
            f"« {beside.name} » ne se traduit pas : ce n’est ni un parcours, ni ce qui l’accompagne"
        )
        return (alone(source, message),)
    found = read(original)
    if found.content is None or any(one.severity == "error" for one in found.findings):
        return (alone(source, f"l’original « {beside.name} » a des fautes : corrigez-les d’abord"),)
    named = _named(source.path)[1]
    findings = read_overlay(source, found.content, named=named).findings
    if named or any(one.severity == "error" for one in findings):
        return findings
    return (alone(source, f"le nom de ce fichier : {_unnamed(source.path)}"), *findings)


def _unnamed(path: Path) -> str:
    """Why the name of a translation says no language."""
    try:
        return language_code(path.stem.rpartition(".")[2])
    except ContentError as error:
        return str(error)


_READERS: Mapping[Kind | None, Callable[[Source], Reading[Any]]] = {
    "flow": read_flow,
    "cases": _read_cases,
    "glossary": _read_glossary,
    "layout": read_layout,
}


def _named(path: Path) -> tuple[str, str]:
    """« six-etapes » and « en », from « six-etapes.en.yaml »; no language when the name tells none."""
    stem, _, code = path.stem.rpartition(".")
    return (stem, language_code(code)) if stem and is_language(code) else (path.stem, "")


def _original(overlay: Path) -> Path | None:
    """The file that a translation is of."""
    stem = overlay.stem.rpartition(".")[0]
    files = (overlay.with_name(stem + suffix) for suffix in _YAML)
    return next((path for path in files if stem and path.is_file()), None)


def _twice(terms: tuple[Term, ...]) -> Iterable[Fault]:
    taken: set[tuple[str, str]] = set()
    for index, one in enumerate(terms):
        for name in ("id", "term"):
            value = getattr(one, name)
            if (name, value) in taken:
                yield Fault(("terms", index, name), f"« {value} » est défini deux fois")
            taken.add((name, value))


def _library(flow: Path) -> tuple[Case, ...]:
    """The case library beside a flow, when there is a sound one."""
    beside = flow.with_name("cases.yaml")
    return (read_cases(read_source(beside)).content or ()) if beside.is_file() else ()


def _flows_beside(flow: Path) -> tuple[str, ...]:
    """The ids of the flows of the same folder, read no further than that."""
    texts = (read_source(one).text for one in find_flows(flow.parent))
    return tuple(found[1] for text in texts if (found := _FLOW_ID.search(text)))


def _above(layout: Path) -> Flow | None:
    """The flow that a layout is for."""
    flow = layout.parent.parent / layout.name
    return read_flow(read_source(flow)).content if flow.is_file() else None


def _beside(cases: Path) -> Flow | None:
    """The flow that a case library is for: the only one beside it, or the only one that cites it."""
    read = [read_flow(read_source(path)).content for path in find_flows(cases.parent)]
    flows = [one for one in read if one]
    if len(flows) > 1:
        flows = [one for one in flows if any(shown.case for shown in _mentions(one))]
    return flows[0] if len(flows) == 1 else None


def _mentions(flow: Flow) -> Iterator[Mention]:
    return (shown for question in flow.questions.values() for shown in question.cases)
