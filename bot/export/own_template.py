"""Word templates that people send: checked against an example, filled in a process apart."""

from bot.domain.conversation import Conversation, TemplateFault
from bot.domain.flow import Flow
from bot.domain.sheet import (
    Action,
    Because,
    Entry,
    File,
    FirstRow,
    Group,
    Item,
    Knot,
    Neighbour,
    Open,
    Photo,
    Point,
    Reason,
    Said,
    Section,
    Sheet,
    SideSaid,
    Solid,
    Territory,
    Voice,
    Voices,
)
from bot.domain.sheet.layout import RowKind
from bot.errors import FilrougeError
from bot.export.docx import compass, photos
from bot.export.photos import blank
from bot.export.word import apart
from bot.export.word.fields import fields
from bot.export.words import Templates, words


def to_check(template: bytes, flow: Flow, templates: Templates) -> bytes:
    """What the process apart is asked, to check a template."""
    return _asked("check", template, example(flow), templates)


def to_fill(template: bytes, sheet: Sheet, templates: Templates) -> bytes:
    return _asked("fill", template, sheet, templates)


def faults(asked: bytes) -> tuple[TemplateFault, ...]:
    """What keeps a template from being used; () when nothing does. Blocks."""
    found, _ = apart.answer(asked)
    return tuple(found)


def filled(asked: bytes) -> bytes:
    """The document. Blocks. Raises FilrougeError when the template, accepted once, gives nothing."""
    found, made = apart.answer(asked)
    if found or not made:
        kind = found[0].kind if found else "empty"
        raise FilrougeError(f"le modèle Word n’a pas pu être rempli ({kind})")
    return made


def check(template: bytes, flow: Flow, templates: Templates) -> tuple[TemplateFault, ...]:
    return faults(to_check(template, flow, templates))


def export(sheet: Sheet, template: bytes, templates: Templates) -> bytes:
    return filled(to_fill(template, sheet, templates))


def _asked(do: apart.Do, template: bytes, sheet: Sheet, templates: Templates) -> bytes:
    found = fields(sheet, words(templates, sheet.language))
    return apart.asked(do, template, found, compass(sheet, templates), photos(sheet))


def example(flow: Flow) -> Sheet:
    """A sheet with one of everything: every field of a template finds something to print."""
    entry = Entry("", "…", ("…",), ("…",), (File("document", "…"),))
    solid, action = Solid("", "…", "…", "…"), Action("", "…", "…", "planned", "…", "…", "…")
    point = Point("", "…", "…", (Because("…", ("…",)),), "…", "…", ("…",))
    near = Neighbour("", "…", "…", ("…",), "…", "…", (Reason("theme", ("…",)),))
    side = SideSaid("…", (Voice(Said(("…",), ("…",)), "owner", "…"),))
    kinds: dict[str, Item] = {
        "answers": entry,
        "strengths": solid,
        "points": point,
        "plan": action,
        "voices": Voices("", "…", (side, side), "written", Said(("…",), ("…",))),
        "open": Open("", "…", "…", ("…",)),
        "cases": near,
    }
    rows: dict[RowKind, Item] = {
        "answers": entry,
        "ask": entry,
        "strengths": solid,
        "settling": action,
    }
    return Sheet(
        document="work",
        title="…",
        sentence="…",
        territories=(Territory("…", "…"), Territory("…", "…")),
        date="2026-01-01",
        version=1,
        language=flow.language,
        first_page=tuple(FirstRow(key, "…", key, (item,)) for key, item in rows.items()),
        compass=tuple(Knot(step.number, step.title, 0, 1, "begun") for step in flow.steps[:1]),
        sections=tuple(
            Section(key, "…", key, (Group((item,), title="…"),)) for key, item in kinds.items()
        ),
        photos=(Photo("", "…", "…", blank()),),
        flow=flow,
        conversation=Conversation(),
    )
