"""The buttons that many pages share: the way out, rows of a grid."""

from bot.domain.agenda import NO_ANSWER
from bot.domain.conversation import (
    ConsentGiven,
    PanelOpened,
)
from bot.render.cards import resume_row
from bot.render.reply import Button, Rows
from bot.render.view import View


def out(view: View, label: str = "") -> tuple[Button, ...]:
    """The way out of a page, with or without a dossier in hand."""
    if view.conversation.consented and view.conversation.dossier is not None:
        (button,) = resume_row(view)
        return (Button(label or button.label, button.event),)
    if view.conversation.consented:
        return (Button(label or view.words.word("projects"), PanelOpened("projects")),)
    return (Button(view.words.word("accept"), ConsentGiven()),)


def language_row(view: View) -> Rows:
    """The way to the choice of a language, where there is one."""
    if len(view.languages) < 2:
        return ()
    return ((Button(view.words.word("language"), PanelOpened("language")),),)


def grid(buttons: list[Button], wide: int) -> Rows:
    return tuple(tuple(buttons[at : at + wide]) for at in range(0, len(buttons), wide))


def given(view: View, question: str) -> bool:
    return view.conversation.answers.get(question, NO_ANSWER).given
