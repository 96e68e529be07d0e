"""Typst: templates and data as files in memory, fonts from this package, nothing from the system.

What a person wrote goes in as JSON and comes out as text: it is never part of a template.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import typst

from bot.domain.sheet import Sheet
from bot.export.payload import payload, photo_name
from bot.export.photos import drawing
from bot.export.typography import typeset
from bot.export.words import Templates, words

FONTS = Path(__file__).parent / "fonts"
LONG_WORD = 28  # characters after which a word may break anywhere
BREAK = "\u200b"

_LONG = re.compile(rf"[^\s\u200b]{{{LONG_WORD},}}")
# Never before a mark that belongs to the character it follows.
_STEP = re.compile("(.{6})(?![\u0300-\u036f\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff])")


def compiled(main: str, sheet: Sheet, templates: Templates, kind: Literal["pdf", "png"]) -> bytes:
    """The document that the template `main` makes of a sheet."""
    album = ((photo_name(at), one.content) for at, one in enumerate(sheet.photos))
    pictures = {name: drawing(content) for name, content in album if content}
    return _typeset(
        main, payload(sheet, words(templates, sheet.language), fit), templates, kind, pictures
    )


def typeset_pdf(main: str, data: dict[str, Any], templates: Templates) -> bytes:
    """The PDF that the template `main` makes of data that is not a sheet."""
    return _typeset(main, data, templates, "pdf")


def _typeset(
    main: str,
    data: dict[str, Any],
    templates: Templates,
    kind: Literal["pdf", "png"],
    pictures: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    texts = ((name, text) for name, text in templates.items() if isinstance(text, str))
    files = {name: text.encode() for name, text in texts if name.endswith(".typ")}
    files["main.typ"] = files.pop(main)
    files |= pictures
    files["data.json"] = json.dumps(data).encode()
    options: dict[str, Any] = {"pdf_standards": "ua-1"} if kind == "pdf" else {"ppi": 144.0}
    made: bytes | list[bytes] = typst.compile(
        files, format=kind, font_paths=_fonts(), ignore_system_fonts=True, **options
    )
    return made[0] if isinstance(made, list) else made


def fit(text: str) -> str:
    """French spaces, and places where a very long word may break."""
    return _LONG.sub(lambda found: _STEP.sub(rf"\1{BREAK}", found[0]), typeset(text))


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
