"""What a content file holds, and everything wrong with it, each thing at its place."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.content.document import Document, read_document
from bot.content.source import Source
from bot.domain.check import Fault, Path, Severity, subject
from bot.errors import ContentError

T = TypeVar("T")


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


def opened(source: Source) -> tuple[Document | None, list[Finding]]:
    """A file as data, None when nothing can be read of it; and the faults of its YAML, sorted."""
    try:
        document = read_document(source)
    except ContentError as error:
        return None, [_told(error, source)]
    troubles = [
        Finding(source.name, one.mark.line, one.mark.column, one.message)
        for one in document.troubles
    ]
    if document.data is None:
        return None, sorted(troubles) or [alone(source, "ce fichier est vide")]
    return document, sorted(troubles)


def finding(
    source: Source,
    document: Document,
    fault: Fault,
    *,
    original: object = None,
    at: Path | None = None,
) -> Finding:
    """A fault at its place, said with the element it stands in.

    A fault of an `original` has its path there, and stands in the document `at` another one.
    """
    path = fault.path
    named = path and f"« {path[-1]} »" in fault.message  # no need to say it twice
    where = subject(original or document.data, path[:-1] if named else path)
    mark = document.mark(path if at is None else at, offset=fault.offset, on_key=fault.on_key)
    message = f"{where}: {fault.message}" if where else fault.message
    return Finding(source.name, mark.line, mark.column, message, fault.severity)


def alone(source: Source, message: str) -> Finding:
    """A fault of the whole file."""
    return Finding(source.name, 1, 1, message)


def _told(error: ContentError, source: Source) -> Finding:
    """A fault raised with its place already written."""
    line, column, message = str(error).removeprefix(f"{source.name}:").split(":", 2)
    return Finding(source.name, int(line), int(column), message.strip())
