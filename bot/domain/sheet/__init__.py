"""Answers, points and strengths -> Sheet, the one view model that every export prints."""

from bot.domain.sheet.build import build
from bot.domain.sheet.layout import Layout, Part, Plan, Row, plain_layout
from bot.domain.sheet.model import (
    Action,
    Because,
    DocumentKind,
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

__all__ = [
    "Action",
    "Because",
    "DocumentKind",
    "Entry",
    "File",
    "FirstRow",
    "Group",
    "Item",
    "Knot",
    "Layout",
    "Neighbour",
    "Open",
    "Part",
    "Plan",
    "Point",
    "Reason",
    "Row",
    "Section",
    "Sheet",
    "Solid",
    "Territory",
    "build",
    "plain_layout",
]
