"""A sheet as one self-contained web page: readable on a small phone, printable, light and dark."""

from bot.domain.sheet import Sheet
from bot.export.payload import payload, photo_name
from bot.export.photos import inline
from bot.export.words import Templates, environment, words

suffix = ".html"
media_type = "text/html; charset=utf-8"

TEMPLATE = "sheet.html.j2"


def export(sheet: Sheet, templates: Templates) -> bytes:
    page = environment(templates, sheet.language).get_template(TEMPLATE)
    pictures = {photo_name(at): inline(one.content) for at, one in enumerate(sheet.photos)}
    found = payload(sheet, words(templates, sheet.language))
    return page.render(found, pictures=pictures).encode()
