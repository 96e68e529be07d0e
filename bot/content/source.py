"""A content file as text: its bytes read once, decoded strictly, its path as a person writes it."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ContentError

LARGEST = 2_000_000  # bytes: the whole method weighs a fifth of that
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
)
_INDENTED = re.compile(r"^ *\t", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text (line ends made `\\n`, byte order mark taken off) and its SHA-256."""

    path: Path
    text: str
    hash: str

    @property
    def name(self) -> str:
        return shown(self.path)


def read_source(path: Path) -> Source:
    """The text of a content file. Raises ContentError, with the position when there is one."""
    text = _decoded(path, _bytes(path)).removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := UNSEEN.search(text):
        code = f"U+{ord(found[0]):04X}"
        raise _fault(path, text[: found.start()], f"caractère invisible ({code}) : effacez-le")
    return Source(path, text, hashlib.sha256(text.encode()).hexdigest())


def flow_hash(path: Path) -> str:
    """What tells one version of a flow from another: the SHA-256 of its text (line ends aside)."""
    return read_source(path).hash


def refuse_tabs(source: Source) -> None:
    """YAML indents with spaces; a tab would be refused further, in words that help nobody."""
    found = list(_INDENTED.finditer(source.text))
    if found:
        others = f" (et sur {len(found) - 1} autres lignes)" if found[1:] else ""
        raise _fault(
            source.path,
            source.text[: found[0].end() - 1],
            f"tabulation : indentez avec des espaces{others}",
        )


def shown(path: Path) -> str:
    """A path as a person would write it: from here when it is under here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            read = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise ContentError(f"{shown(path)}: ce fichier n’existe pas") from None
    except OSError as error:
        raise ContentError(f"{shown(path)}: lecture impossible ({error.strerror})") from None
    if len(read) > LARGEST:
        raise ContentError(f"{shown(path)}:1:1: fichier trop gros (plus de {LARGEST // 10**6} Mo)")
    return read


def _decoded(path: Path, read: bytes) -> str:
    try:
        return read.decode()
    except UnicodeDecodeError as error:
        before = read[: error.start].decode()
        message = f"octet 0x{read[error.start]:02X} illisible : enregistrez le fichier en UTF-8"
        raise _fault(path, before.removeprefix("\ufeff"), message) from None


def _fault(path: Path, before: str, message: str) -> ContentError:
    """A fault that stands just after `before`, the beginning of the text."""
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return ContentError(f"{shown(path)}:{line}:{column}: {message}")
