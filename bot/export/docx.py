"""A sheet as a Word document, from a template that an office can restyle (`templates/sheet.docx`)."""

from bot.domain.sheet import Sheet
from bot.errors import ContentError
from bot.export.typesetting import compiled
from bot.export.word.fields import fields
from bot.export.word.filling import fill
from bot.export.words import Templates, words

suffix = ".docx"
media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

TEMPLATE = "sheet.docx"
COMPASS = "sheet.strip.typ"
SAMPLE = "sheet-sample.docx"  # the commented one, to make one's own from


def export(sheet: Sheet, templates: Templates) -> bytes:
    shown = compass(sheet, templates) if sheet.document == "work" else b""
    found = fields(sheet, words(templates, sheet.language))
    return fill(source(templates, TEMPLATE), found, shown, photos(sheet))


def photos(sheet: Sheet) -> list[bytes]:
    """Those of the field of that name."""
    return [one.content for one in sheet.photos if one.content]


def compass(sheet: Sheet, templates: Templates) -> bytes:
    """The compass as a picture as wide as the text."""
    return compiled(COMPASS, sheet, templates, "png")


def source(templates: Templates, name: str) -> bytes:
    """A template that is not a text. Raises ContentError when there is none of that name."""
    found = templates.get(name)
    if not isinstance(found, bytes):
        raise ContentError(f"le modèle « {name} » manque dans le dossier des modèles")
    return found
