"""Gettext catalogues compared with the templates: what they lack, what they broke, what is said no more."""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, TemplateSyntaxError

from bot.content.findings import Finding, alone
from bot.content.languages import language_code
from bot.content.source import Source, read_source
from bot.domain.check import Severity
from bot.errors import ContentError

NAME = "filrouge.po"
_COMPLETE = re.compile(r"^# complete: true$", re.MULTILINE)
_FILLED = re.compile(r"%\((\w+)\)s")
_WIDTH = 100
_HEAD = """\
# Fil rouge: the interface, the sheet, Telegram’s menus. French msgids.
#
# A text left empty is said in French. « make words » brings in new ones. When all are there:
# complete: false
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals};\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n\""""
_SHOWN = 60  # characters of a text, in a fault

Said = str | tuple[str, str]  # a text, or its singular and plural


def find_catalogues(templates: Path) -> tuple[Path, ...]:
    return tuple(sorted(templates.glob(f"locale/*/LC_MESSAGES/{NAME}")))


def inspect_catalogues(templates: Path) -> tuple[Finding, ...]:
    """Everything wrong or doubtful in the catalogues of a templates' folder."""
    said = tuple(_said(templates))
    return tuple(one for path in find_catalogues(templates) for one in _inspected(path, said))


def stray_catalogues(templates: Path) -> tuple[Finding, ...]:
    """Those in a language that does not exist."""
    found = ((path, _misnamed(path)) for path in find_catalogues(templates))
    return tuple(alone(read_source(path), message) for path, message in found if message)


def update_catalogues(templates: Path, language: str = "") -> dict[Path, tuple[int, int]]:
    """Bring in what the templates say now, and a catalogue for `language` when it has none. By file, how
    many texts are translated, and how many there are."""
    paths = list(find_catalogues(templates))
    if language:
        paths.append(templates / "locale" / language_code(language) / "LC_MESSAGES" / NAME)
    said = tuple(dict.fromkeys(_said(templates)))
    return {path: _updated(path, said) for path in dict.fromkeys(paths)}


def _updated(path: Path, said: tuple[Said, ...]) -> tuple[int, int]:
    language = path.parts[-3]
    locale = language.replace("-", "_")
    if path.exists():
        text = read_source(path).text
        head, known = text.partition("\n\n")[0], read_po(io.StringIO(text), locale)
    else:
        known = Catalog(locale)
        head = _HEAD.format(language=language, plurals=known.plural_forms.rstrip(";"))
    fresh = Catalog(locale)
    for one in said:
        found = known.get(one if isinstance(one, str) else one[0])
        empty: Said = "" if isinstance(one, str) else ("",) * known.num_plurals  # type: ignore[assignment]  # as many forms as the language has
        fresh.add(
            one, found.string if found else empty, flags=["fuzzy"] if found and found.fuzzy else []
        )
    body = io.BytesIO()
    write_po(body, fresh, width=_WIDTH, no_location=True, omit_header=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(f"{head}\n\n{body.getvalue().decode().strip()}\n", encoding="utf-8")
    draft.replace(path)  # in one move: a translator's work is never half written
    return sum(all(_texts(one)) for one in fresh if one.id), len(said)


def _said(templates: Path) -> Iterator[Said]:
    """Every text that the templates say."""
    jinja = Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701  # nothing is rendered
    for path in sorted(templates.rglob("*.j2")):
        try:
            for _, _, said in jinja.extract_translations(path.read_text(encoding="utf-8")):  # type: ignore[attr-defined]  # by the extension
                yield said if isinstance(said, str) else (said[0], said[1])
        except TemplateSyntaxError as error:
            raise ContentError(f"{path}:{error.lineno}:1: {error.message}") from None


def _inspected(path: Path, said: Iterable[Said]) -> Iterator[Finding]:
    source = read_source(path)
    if message := _misnamed(path):
        yield alone(source, message)
        return
    with path.open(encoding="utf-8") as file:
        catalog = read_po(file, path.parts[-3].replace("-", "_"))
    wanted = dict.fromkeys(said)
    yield from _missing(source, catalog, wanted, complete=bool(_COMPLETE.search(source.text)))
    for one in catalog:
        if one.id and _key(one) not in wanted:
            yield _at(source, one, f"n’est plus dit : {_quoted(_key(one))}", "warning")
        elif one.id and any(_texts(one)):
            yield from _unfaithful(source, one)


def _missing(
    source: Source, catalog: Catalog, wanted: Iterable[Said], *, complete: bool
) -> Iterator[Finding]:
    """One error each in a catalogue said to be complete, else one warning for all."""
    absent = []
    for said in wanted:
        found = catalog.get(said if isinstance(said, str) else said[0])
        if found is None or found.fuzzy or not all(_texts(found)):
            absent.append((said, found))
    if complete:
        for said, found in absent:
            doubt = " (« fuzzy » : relisez, puis effacez ce mot)" if found and found.fuzzy else ""
            yield _at(source, found, f"il manque la traduction de {_quoted(said)}{doubt}")
    elif absent:
        message = (
            f"il manque {len(absent)} textes sur {len(tuple(wanted))} : {_quoted(absent[0][0])}…"
        )
        yield _at(source, None, message, "warning")


def _unfaithful(source: Source, one: Message) -> Iterator[Finding]:
    asked = set(_FILLED.findall(" ".join(_key(one) if one.pluralizable else (str(one.id),))))
    for text in _texts(one):
        kept = set(_FILLED.findall(text))
        for name in sorted(kept - asked):
            yield _at(source, one, f"%({name})s n’est pas dans l’original")
        # A singular may say « one » in words.
        for name in sorted(asked - kept) if not one.pluralizable else ():
            yield _at(source, one, f"la traduction a perdu %({name})s", "warning")


def _misnamed(path: Path) -> str:
    try:
        language_code(path.parts[-3])
    except ContentError as error:
        return str(error)
    return ""


def _key(one: Message) -> Said:
    return (one.id[0], one.id[1]) if isinstance(one.id, list | tuple) else str(one.id)


def _texts(one: Message) -> tuple[str, ...]:
    return tuple(one.string) if isinstance(one.string, list | tuple) else (str(one.string),)


def _quoted(said: Said) -> str:
    text = said if isinstance(said, str) else said[0]
    return f"« {text if len(text) <= _SHOWN else text[:_SHOWN].rstrip() + '…'} »"


def _at(source: Source, one: Message | None, message: str, severity: Severity = "error") -> Finding:
    return Finding(source.name, (one.lineno if one else None) or 1, 1, message, severity)
