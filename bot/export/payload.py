"""A sheet as plain data with every word ready to set: what the page and PDF templates read."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bot.domain.languages import right_to_left
from bot.domain.sheet import (
    SINCE,
    Action,
    Entry,
    FirstRow,
    Item,
    Knot,
    Neighbour,
    Open,
    Point,
    Said,
    Section,
    Sheet,
    Solid,
    Voices,
)
from bot.export.grid import grid
from bot.export.outline import Words, because_near, described, named, quoted, state, who
from bot.export.typography import typeset
from bot.export.words import answered, attention, edition, heading, kind, said_date, section_title

Data = dict[str, Any]
SHORT_TITLE = 70  # of a running footer


def payload(sheet: Sheet, say: Words, fit: Callable[[str], str] = typeset) -> Data:
    """`fit` is applied to every text: typography, and for PDF the places where a long word may break."""
    title = heading(sheet, say)
    short = title if len(title) <= SHORT_TITLE else f"{title[:SHORT_TITLE].rstrip()}…"
    data = {
        "language": sheet.language,
        "right_to_left": right_to_left(sheet.language),
        "document": sheet.document,
        "kind": kind(sheet, say),
        "title": title,
        "short_title": short,
        "sentence": sheet.sentence,
        "edition": edition(sheet, say),
        "date": said_date(sheet.date, say),
        "territories": [asdict(one) for one in sheet.territories],
        "compass": [_knot(one, say) for one in sheet.compass],
        "first_page": _first_page(sheet.first_page, say),
        "sections": [_section(one, sheet, say) for one in sheet.sections],
        "glance": asdict(sheet.glance),
        "photos": [
            {"name": photo_name(at), "described": described(one, say)}
            for at, one in enumerate(sheet.photos)
            if one.content
        ],
        "note": say["shortened"] if sheet.shortened else "",
        "say": dict(say),
    }
    fitted: Data = _fitted(data, fit)
    return fitted | {"iso_date": sheet.date}


def photo_name(at: int) -> str:
    return f"photo-{at}.svg"


def _knot(knot: Knot, say: Words) -> Data:
    return asdict(knot) | {
        "state": say[f"progress_{knot.progress}"],
        "answered_words": answered(knot, say),
        "attention": attention(knot, say),
    }


def _first_page(rows: tuple[FirstRow, ...], say: Words) -> list[list[Data]]:
    """Rows by lines of the page: those that stand side by side share one."""
    lines: list[list[Data]] = []
    before = ""
    for row in rows:
        said = {
            "id": row.id,
            "title": row.title,
            "kind": row.kind,
            "items": [_item(one, say) for one in row.items],
        }
        if row.beside and row.beside == before:
            lines[-1].append(said)
        else:
            lines.append([said])
        before = row.beside
    return lines


def _section(section: Section, sheet: Sheet, say: Words) -> Data:
    groups = [
        {
            "title": group.title or (say[group.key] if group.key else ""),
            "items": [_item(one, say) for one in group.items],
        }
        for group in section.groups
    ]
    return {
        "id": section.id,
        "title": section_title(section, sheet, say),
        "kind": section.kind,
        "empty": section.empty or (say["no_change"] if section.id == SINCE and not groups else ""),
        "groups": groups,
    }


def _item(item: Item, say: Words) -> Data:
    match item:
        case Entry():
            return _entry(item, say)
        case Point():
            because = [
                {"question": one.question, "answers": quoted(one.answers, say)}
                for one in item.because
            ]
            return asdict(item) | {"because": because}
        case Action():
            return asdict(item) | {"state": state(item, say)}
        case Open():
            return asdict(item) | {"said": quoted(item.said, say)}
        case Neighbour():
            return asdict(item) | {
                "where": ", ".join((item.carrier, *item.territories)),
                "near": [because_near(one, say) for one in item.reasons],
            }
        case Voices():
            return _voices(item, say)
        case Solid():
            return asdict(item)


def _voices(item: Voices, say: Words) -> Data:
    return {
        "label": item.label,
        "sides": [
            {
                "place": side.place or say["one_territory"],
                "voices": [
                    _said(voice.said, say) | {"who": who(voice, say)} for voice in side.voices
                ],
            }
            for side in item.sides
        ],
        "settled": say.get(f"voices_{item.how}", ""),
        "retained": _said(item.retained, say),
    }


def _said(said: Said, say: Words) -> Data:
    return _entry(Entry("", "", said.options, said.paragraphs), say)


def _entry(entry: Entry, say: Words) -> Data:
    return {
        "label": entry.label,
        "options": list(entry.options),
        "paragraphs": list(entry.paragraphs),
        "files": [named(one, say) for one in entry.files],
        "parts": [_entry(one, say) for one in entry.parts],
        "table": asdict(grid(entry.table, say)) if entry.table else None,
    }


def _fitted(value: Any, fit: Callable[[str], str]) -> Any:
    match value:
        case str():
            return fit(value)
        case dict():
            return {key: _fitted(one, fit) for key, one in value.items()}
        case list() | tuple():
            return [_fitted(one, fit) for one in value]
        case _:
            return value
