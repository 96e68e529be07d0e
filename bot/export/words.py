"""The sheet's own words, out of `templates/sheet.words.j2`, and how dates and counts are said."""

from collections.abc import Mapping
from functools import lru_cache
from gettext import NullTranslations
from html import unescape
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined

from bot.domain.sheet import ANNEX, Knot, Section, Sheet
from bot.render.catalogue import FRENCH, catalogue

Templates = Mapping[str, str | bytes]  # name in the templates' folder -> source, bytes for Word
WORDS = "sheet.words.j2"


def environment(templates: Templates, language: str = FRENCH) -> Environment:
    """The Jinja environment of the sheet's templates, compiled once per set of sources and language."""
    texts = ((name, text) for name, text in templates.items() if isinstance(text, str))
    sources = tuple(sorted(one for one in texts if one[0].startswith("sheet.")))
    return _environment(sources, catalogue(templates, language))


def words(templates: Templates, language: str = FRENCH) -> dict[str, str]:
    """Every word of the sheet by its name."""
    module: Any = environment(templates, language).get_template(WORDS).module
    found = vars(module).items()
    return {key: unescape(value) for key, value in found if isinstance(value, str)}


def heading(sheet: Sheet, say: Mapping[str, str]) -> str:
    return sheet.title or say["untitled"]


def kind(sheet: Sheet, say: Mapping[str, str]) -> str:
    """« Fiche projet », « Feuille de travail », « Plan d’évaluation · Feuille de travail »."""
    if not sheet.called:
        return say[sheet.document]
    return sheet.called if sheet.document == "show" else f"{sheet.called} · {say['work']}"


def said_date(iso: str, say: Mapping[str, str]) -> str:
    """« 21 novembre 2026 »; what is not an ISO date is left as it is."""
    year, _, rest = iso.partition("-")
    month, _, day = rest.partition("-")
    names = say["months"].split()
    if not (year + month + day).isascii() or not (year + month + day).isdigit():
        return iso
    if not 1 <= int(month) <= len(names) or not day:
        return iso
    number = say["first_of_month"] if int(day) == 1 else str(int(day))
    return f"{number} {names[int(month) - 1]} {year}"


def edition(sheet: Sheet, say: Mapping[str, str]) -> str:
    """« Version 2 du 21 novembre 2026 »."""
    when = f" {say['of_date']} {said_date(sheet.date, say)}" if sheet.date else ""
    return f"{say['version']} {sheet.version}{when}"


def section_title(section: Section, sheet: Sheet, say: Mapping[str, str]) -> str:
    """Its own; that of what changed names the version it is compared with."""
    if section.kind == ANNEX:
        return say["annexed"] % {"title": section.title}
    if section.title or not sheet.since:
        return section.title
    number, date = sheet.since
    return say["since"] % {"version": number, "date": said_date(date, say)}


def colon_after(label: str, colon: str) -> str:
    """What stands between a label and its words: a question or a sentence needs no colon."""
    return "" if label.endswith(("?", "!", ".", "…")) else colon


def answered(knot: Knot, say: Mapping[str, str]) -> str:
    match knot.answered:
        case 0:
            return say["answered_none"]
        case 1:
            return say["answered_one_of"] % {"total": knot.total}
        case _:
            return say["answered_of"] % {"answered": knot.answered, "total": knot.total}


def attention(knot: Knot, say: Mapping[str, str]) -> str:
    """Where attention goes in a step, in words; "" where nothing was said of it."""
    counts = (("first", knot.first), ("following", knot.following))
    parts = [_count(key, count, say) for key, count in counts if count]
    if not parts and knot.judged and knot.progress != "empty":
        return say["no_point"]
    return ", ".join(parts)


def _count(key: str, count: int, say: Mapping[str, str]) -> str:
    return say[f"{key}_one"] if count == 1 else say[f"{key}_many"] % {"count": count}


@lru_cache(maxsize=16)
def _environment(sources: tuple[tuple[str, str], ...], said: NullTranslations) -> Environment:
    made = Environment(
        loader=DictLoader(dict(sources)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(said, newstyle=False)  # type: ignore[attr-defined]  # by the extension
    return made
