"""The first page as a picture to forward: a sentence, what is solid, what comes next, the date."""

from collections.abc import Iterator

from bot.domain.sheet import Sheet
from bot.export.typesetting import compiled
from bot.export.words import Templates, edition, heading, words

suffix = ".png"
media_type = "image/png"

TEMPLATE = "sheet.first.typ"


def export(sheet: Sheet, templates: Templates) -> bytes:
    return compiled(TEMPLATE, sheet, templates, "png")


def alternative(sheet: Sheet, templates: Templates) -> str:
    """What the picture shows, in words."""
    return "\n".join(_lines(sheet, words(templates, sheet.language)))


def _lines(sheet: Sheet, say: dict[str, str]) -> Iterator[str]:
    glance = sheet.glance
    yield heading(sheet, say)
    if glance.sentence:
        yield glance.sentence
    told = {
        "glance_solid": glance.solid,
        "glance_goals": glance.goals,
        "glance_next": glance.next_step,
        "glance_question": glance.next_question,
    }
    for key, text in told.items():
        if text:
            yield f"{say[key]}{say['colon']} {text}"
    yield edition(sheet, say)
