"""The compass as a picture: the steps, how full each is and where attention goes, in words. No score."""

from bot.domain.sheet import Sheet
from bot.export.typesetting import compiled
from bot.export.words import Templates

suffix = ".png"
media_type = "image/png"

TEMPLATE = "sheet.png.typ"


def export(sheet: Sheet, templates: Templates) -> bytes:
    return compiled(TEMPLATE, sheet, templates, "png")
