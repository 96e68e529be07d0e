"""Flows, the case library, the glossary: found, read, checked, and told line by line."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from bot.content.document import Document, read_document
from bot.content.model import Model, within
from bot.content.source import Source, read_source, shown
from bot.domain.check import Fault, Severity, check, check_cases, check_layout, quick_check, subject
from bot.domain.flow import Case, Flow
from bot.domain.sheet.layout import Layout
from bot.errors import ContentError

T = TypeVar("T")

_OVERLAY = re.compile(r".+\.[a-z]{2}\.ya?ml")  # six-etapes.en.yaml: a translation
_KIND = re.compile(r"""^["']?(flow|cases|terms|sheet)["']? *:""", re.MULTILINE)
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

Kind = Literal["flow", "cases", "glossary", "layout"]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the glossary."""

    term: str
    definition: str
    group: str = ""
    source: str = ""
    usage: bool = False  # the sources use the word without defining it


@dataclass(frozen=True, slots=True)
class _CasesFile:
    cases: tuple[Case, ...]
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _GlossaryFile:
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A fault at its place, from 1; as text, the line that `filrouge check` prints."""

    file: str
    line: int
    column: int
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        tone = "" if self.severity == "error" else "à revoir : "
        return f"{self.file}:{self.line}:{self.column}: {tone}{self.message}"


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What a file holds (None when it cannot be used) and its findings, sorted by position."""

    source: Source
    content: T | None
    findings: tuple[Finding, ...]

    def sound(self) -> T:
        """The content, or ContentError with one line per error."""
        lines = [str(one) for one in self.findings if one.severity == "error"]
        if self.content is None or lines:
            raise ContentError("\n".join(lines))
        return self.content


_FLOW = Model(Flow)
_CASES = Model(_CasesFile)
_LAYOUT = Model(Layout)
_GLOSSARY = Model(_GlossaryFile)


def load_flow(path: Path) -> Flow:
    """A flow that can be walked. Raises ContentError whose text has one line per fault."""
    return read_flow(read_source(path)).sound()


def load_cases(path: Path) -> tuple[Case, ...]:
    return read_cases(read_source(path)).sound()


def load_glossary(path: Path) -> tuple[Term, ...]:
    return read_glossary(read_source(path)).sound()


def read_flow(
    source: Source, *, cases: Iterable[Case] = (), thorough: bool = False
) -> Reading[Flow]:
    """A flow from its text. `thorough`: with the warnings that need every answer to be explored."""
    examine = check if thorough else quick_check
    cases = tuple(cases)
    return _read(source, _FLOW, lambda flow: examine(flow, cases))


def read_cases(source: Source, *, flow: Flow | None = None) -> Reading[tuple[Case, ...]]:
    read = _read(source, _CASES, lambda file: check_cases(file.cases, flow))
    return Reading(source, read.content.cases if read.content else None, read.findings)


def read_glossary(source: Source) -> Reading[tuple[Term, ...]]:
    read = _read(source, _GLOSSARY, lambda file: _twice(file.terms))
    return Reading(source, read.content.terms if read.content else None, read.findings)


def load_layout(path: Path, flow: Flow) -> Layout:
    """How the sheets of a flow are laid out."""
    return read_layout(read_source(path), flow=flow).sound()


def read_layout(source: Source, *, flow: Flow | None = None) -> Reading[Layout]:
    return _read(source, _LAYOUT, lambda layout: check_layout(layout, flow))


def layout_of(flow: Path, name: str) -> Path:
    """Where the layout of the flow of that id stands: « sheet/six-etapes.yaml » beside it."""
    return flow.parent / "sheet" / f"{name}.yaml"


def inspect(path: Path) -> tuple[Finding, ...]:
    """Everything wrong or doubtful in a content file, whatever its kind. Raises ContentError when
    it cannot even be read as text."""
    source = read_source(path)
    match kind_of(source):
        case "cases":
            return read_cases(source, flow=_beside(path)).findings
        case "layout":
            return read_layout(source, flow=_above(path)).findings
        case "glossary":
            return read_glossary(source).findings
        case _:
            return read_flow(source, cases=_library(path), thorough=True).findings


def content_files(folder: Path) -> tuple[Path, ...]:
    """The YAML files of a folder, translations left out."""
    if not folder.is_dir():
        raise ContentError(f"{shown(folder)}: ce dossier n’existe pas")
    inside = (*folder.iterdir(), *folder.glob("sheet/*"))
    found = (path for path in inside if path.suffix in (".yaml", ".yml"))
    return tuple(sorted(path for path in found if not _OVERLAY.fullmatch(path.name)))


def find_flows(folder: Path) -> tuple[Path, ...]:
    """The files of a folder that are flows: they have a `flow:` key."""
    return tuple(path for path in content_files(folder) if kind_of(read_source(path)) == "flow")


def kind_of(source: Source) -> Kind | None:
    """What a file says it is, by its key at the margin."""
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
    try:
        document = read_document(source)
    except ContentError as error:
        return Reading(source, None, (_told(error, source),))
    troubles = [
        Finding(source.name, one.mark.line, one.mark.column, one.message)
        for one in document.troubles
    ]
    if document.data is None:
        troubles = troubles or [Finding(source.name, 1, 1, "ce fichier est vide")]
        return Reading(source, None, tuple(sorted(troubles)))
    content, faults = model.read(document)
    if content is not None and not any(_hides(fault) for fault in faults):
        wrong = {fault.path for fault in faults}
        faults += [fault for fault in examine(content) if not within(fault.path, wrong)]
    findings = [*troubles, *(_finding(source, document, fault) for fault in faults)]
    return Reading(source, content, tuple(sorted(set(findings))))


def _hides(fault: Fault) -> bool:
    return not fault.on_key and (not fault.path or fault.path[-1] in _HOLDERS)


def _finding(source: Source, document: Document, fault: Fault) -> Finding:
    mark = document.mark(fault.path, offset=fault.offset, on_key=fault.on_key)
    path = fault.path
    named = path and f"« {path[-1]} »" in fault.message  # no need to say it twice
    where = subject(document.data, path[:-1] if named else path)
    message = f"{where}: {fault.message}" if where else fault.message
    return Finding(source.name, mark.line, mark.column, message, fault.severity)


def _told(error: ContentError, source: Source) -> Finding:
    """A fault raised with its place already written."""
    line, column, message = str(error).removeprefix(f"{source.name}:").split(":", 2)
    return Finding(source.name, int(line), int(column), message.strip())


def _twice(terms: tuple[Term, ...]) -> Iterable[Fault]:
    taken: set[str] = set()
    for index, one in enumerate(terms):
        if one.term in taken:
            yield Fault(("terms", index, "term"), f"« {one.term} » est défini deux fois")
        taken.add(one.term)


def _library(flow: Path) -> tuple[Case, ...]:
    """The case library beside a flow, when there is a sound one."""
    beside = flow.with_name("cases.yaml")
    return (read_cases(read_source(beside)).content or ()) if beside.is_file() else ()


def _above(layout: Path) -> Flow | None:
    """The flow that a layout is for."""
    flow = layout.parent.parent / layout.name
    return read_flow(read_source(flow)).content if flow.is_file() else None


def _beside(cases: Path) -> Flow | None:
    """The one flow beside a case library."""
    flows = find_flows(cases.parent)
    return read_flow(read_source(flows[0])).content if len(flows) == 1 else None
