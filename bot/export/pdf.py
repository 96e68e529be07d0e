"""A sheet as PDF/UA-1: tagged, titled, in its language, fonts embedded."""

from bot.domain.sheet import Sheet
from bot.export.typesetting import compiled
from bot.export.words import Templates

suffix = ".pdf"
media_type = "application/pdf"

TEMPLATE = "sheet.typ"


def export(sheet: Sheet, templates: Templates) -> bytes:
    return compiled(TEMPLATE, sheet, templates, "pdf")
