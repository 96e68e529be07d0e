"""A sheet as one self-contained web page: readable on a small phone, printable, light and dark."""

from bot.domain.sheet import Sheet
from bot.export.payload import payload
from bot.export.words import Templates, environment, words

suffix = ".html"
media_type = "text/html; charset=utf-8"

TEMPLATE = "sheet.html.j2"


def export(sheet: Sheet, templates: Templates) -> bytes:
    page = environment(templates, sheet.language).get_template(TEMPLATE)
    return page.render(payload(sheet, words(templates, sheet.language))).encode()
