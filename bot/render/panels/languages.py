"""The language of the conversation, and that of a dossier's documents, each said in its own words."""

from babel import Locale

from bot.domain.conversation import (
    ConsentGiven,
    LanguageChosen,
    PanelOpened,
    SheetLanguageChosen,
)
from bot.domain.languages import spoken
from bot.render.cards import CHOSEN, resume_row
from bot.render.catalogue import FRENCH
from bot.render.panels.rows import out
from bot.render.reply import Body, Button, Rows
from bot.render.view import View

PART = " …"  # after a language that not everything is told in yet


def language(view: View, _: str) -> Body:
    now = spoken(view.conversation.language, view.languages) or FRENCH
    rows: Rows = tuple(
        (Button(_named(one, on=one == now) + ("" if whole else PART), LanguageChosen(one)),)
        for one, whole in view.languages.items()
    )
    back = (out(view),) if view.conversation.consented else ()
    part = not all(view.languages.values())
    return Body(view.words.page("language", part=part and PART.strip()), (*rows, *back))


def sheet_language(view: View, _: str) -> Body:
    rows: Rows = tuple(
        (Button(_named(one, on=one == of_sheet(view)), SheetLanguageChosen(one)),)
        for one in told(view)
    )
    back = (Button(view.words.word("sheet"), PanelOpened("export")),)
    return Body(view.words.page("sheet_language"), (*rows, back, resume_row(view)))


def told(view: View) -> tuple[str, ...]:
    """The languages that the flow in hand is told in, and the rest of the sheet wholly."""
    books = view.flows.books.get(view.flow.flow, ())
    return tuple(one for one in books if view.languages.get(one))


def of_sheet(view: View) -> str:
    """The language that the documents of the dossier are made in."""
    return view.flows.flow(view.flow.flow, view.conversation.sheet_language).language


def name(code: str) -> str:
    """« Français », “English”, as its speakers call it."""
    said = Locale.parse(code, sep="-").get_display_name(code.replace("-", "_")) or code
    return said[:1].upper() + said[1:]


def accept(view: View, language: str) -> Button:
    """The agreement, with the language chosen before it: nothing else keeps it."""
    return Button(view.words.word("accept"), ConsentGiven(language=language))


def _named(code: str, *, on: bool) -> str:
    return f"{name(code)} {CHOSEN}" if on else name(code)
