"""Where the content stands, in a wheel and in a checkout; and the sources of the templates."""

from pathlib import Path

from bot.content.source import read_source
from bot.errors import ContentError

_PACKAGE = Path(__file__).resolve().parent.parent  # bot/
_TEXTS = (".j2", ".typ", ".html", ".css", ".svg", ".md", ".txt", ".json", ".js", ".po")


def flows_folder() -> Path:
    """The flows that came with the program."""
    return _folder("flows")


def templates_folder() -> Path:
    """The templates that came with the program."""
    return _folder("templates")


def _folder(name: str) -> Path:
    installed = _PACKAGE / "data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def load_templates(folder: Path) -> dict[str, str]:
    """The source of every text template by its name in the folder: « sheet/show.md.j2 ».

    Catalogues are among them; fonts and documents are others' affair. Raises ContentError, all faults
    together.
    """
    if not folder.is_dir():
        raise ContentError(f"{folder}: ce dossier n’existe pas")
    found: dict[str, str] = {}
    faults: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in _TEXTS and path.is_file():
            try:
                found[path.relative_to(folder).as_posix()] = read_source(path).text
            except ContentError as error:
                faults.append(str(error))
    if faults:
        raise ContentError("\n".join(faults))
    return found


def load_documents(folder: Path) -> dict[str, bytes]:
    """The Word templates by their name in the folder: « sheet.docx »."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.docx"))
        if path.is_file() and not path.name.startswith("~$")  # Word's lock, while it is open there
    }
