"""The compass as a picture: the steps, how full each is and where attention goes, in words. No score."""

from bot.domain.sheet import Sheet
from bot.export.outline import compass
from bot.export.typesetting import compiled
from bot.export.words import Templates, edition, heading, words

suffix = ".png"
media_type = "image/png"

TEMPLATE = "sheet.png.typ"


def alternative(sheet: Sheet, templates: Templates) -> str:
    """What the picture shows, in words: a line for each step."""
    say = words(templates, sheet.language)
    lines = [f"{one.label}{say['colon']} {one.text}" for one in compass(sheet, say)]
    return "\n".join([heading(sheet, say), *lines, edition(sheet, say)])


def export(sheet: Sheet, templates: Templates) -> bytes:
    return compiled(TEMPLATE, sheet, templates, "png")
