"""Pages of arrival and departure: welcome, privacy, rhythm, pause, deletion."""

from bot.domain.conversation import (
    ConsentWithdrawn,
    DossierBegun,
    PanelOpened,
    PersonDeleted,
    RemindersSet,
    RhythmChosen,
)
from bot.render.cards import CHOSEN, resume_row, rhythm_rows, rhythm_words
from bot.render.panels.languages import accept
from bot.render.panels.rows import language_row, out
from bot.render.reply import Body, Button, Rows
from bot.render.view import View


def welcome(view: View, language: str) -> Body:
    """`language`: the one chosen by a person of whom nothing is kept yet."""
    word = view.words.word
    rows: Rows = (
        (accept(view, language),),
        (
            Button(word("discover"), PanelOpened("discover", language)),
            Button(word("privacy"), PanelOpened("privacy", language)),
        ),
    )
    return Body(view.words.page("welcome"), (*rows, *language_row(view)))


def discover(view: View, language: str) -> Body:
    word = view.words.word
    return Body(
        view.words.page("discover"),
        (
            (accept(view, language),),
            (Button(word("privacy"), PanelOpened("privacy", language)),),
        ),
    )


def privacy(view: View, language: str) -> Body:
    word, notice = view.words.word, view.notice
    text = view.words.page("privacy", notice=notice)
    if not view.conversation.consented:
        return Body(text, ((accept(view, language),),))
    rows = (
        (Button(word("withdraw"), ConsentWithdrawn()),),
        (Button(word("delete_all"), PanelOpened("delete")),),
    )
    return Body(text, (*rows, out(view)))


def resume(view: View, _: str) -> Body:
    word = view.words.word
    text = view.words.page(
        "resume",
        name=view.project_name,
        settled=view.settled,
        total=len(view.flow.counted),
        noted="",
    )
    return Body(
        text,
        (
            resume_row(view),
            (
                Button(word("projects"), PanelOpened("projects")),
                Button(word("new_dossier"), DossierBegun()),
            ),
        ),
    )


def rhythm(view: View, _: str) -> Body:
    rows = []
    for (button,) in rhythm_rows(view):
        if not isinstance(button.event, RhythmChosen):
            continue
        current = button.event.rhythm is view.conversation.rhythm
        rows.append(
            (Button(f"{button.label} {CHOSEN}" if current else button.label, button.event),)
        )
    return Body(rhythm_words(view), (*rows, resume_row(view)))


def pause(view: View, _: str) -> Body:
    on = view.conversation.reminded
    label = view.words.word("remind_off" if on else "remind_on")
    return Body(
        view.words.page("pause", reminded=on),
        ((Button(label, RemindersSet(not on)),), resume_row(view)),
    )


def delete(view: View, _: str) -> Body:
    word = view.words.word
    return Body(
        view.words.page(
            "delete",
            count=max(1, len(view.conversation.dossiers)),
            shared=any(one.shared for one in view.conversation.dossiers),
        ),
        (
            out(view, word("keep")),
            (Button(word("confirm_delete_all"), PersonDeleted()),),
        ),
    )
