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
    Point,
    Reason,
    Section,
    Sheet,
    Solid,
    Territory,
)
from bot.domain.sheet.layout import RowKind
from bot.errors import FilrougeError
from bot.export.docx import compass
from bot.export.word import apart
from bot.export.word.fields import fields
from bot.export.words import Templates, words


def check(content: bytes, flow: Flow, templates: Templates) -> tuple[TemplateFault, ...]:
    """What keeps a template from being used; () when nothing does."""
    sheet = example(flow)
    picture = compass(sheet, templates)
    return tuple(apart.checked(content, fields(sheet, words(templates)), picture))


def export(sheet: Sheet, content: bytes, templates: Templates) -> bytes:
    """Raises FilrougeError when the template, accepted once, gives nothing this time."""
    made, faults = apart.filled(content, fields(sheet, words(templates)), compass(sheet, templates))
    if faults or not made:
        kind = faults[0].kind if faults else "empty"
        raise FilrougeError(f"le modèle Word n’a pas pu être rempli ({kind})")
    return made


def example(flow: Flow) -> Sheet:
    """A sheet with one of everything: every field of a template finds something to print."""
    entry = Entry("", "…", ("…",), ("…",), (File("document", "…"),))
    solid, action = Solid("", "…", "…", "…"), Action("", "…", "…", "planned", "…", "…", "…")
    point = Point("", "…", "…", (Because("…", ("…",)),), "…", "…", ("…",))
    near = Neighbour("", "…", "…", ("…",), "…", "…", (Reason("theme", ("…",)),))
    kinds: dict[str, Item] = {
        "answers": entry,
        "strengths": solid,
        "points": point,
        "plan": action,
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
        flow=flow,
        conversation=Conversation(),
    )
