"""One module per format: `suffix`, `media_type`, `export(sheet, templates)`. Chat messages, which are
not a file, are `telegram.messages`.
"""

from collections.abc import Mapping
from typing import Protocol, cast

from bot.domain.sheet import Sheet
from bot.export import csv_, docx, first_page, html, json_, markdown, pdf, png, text
from bot.export.words import Templates


class Format(Protocol):
    """What every module of this package that prints a file offers."""

    suffix: str
    media_type: str

    def export(self, sheet: Sheet, templates: Templates) -> bytes: ...


_MODULES = {
    "md": markdown,
    "html": html,
    "pdf": pdf,
    "png": png,
    "first_page": first_page,
    "docx": docx,
    "txt": text,
    "json": json_,
    "csv": csv_,
}
FORMATS: Mapping[str, Format] = cast(Mapping[str, Format], _MODULES)
