"""Pages of arrival and departure: welcome, privacy, rhythm, pause, deletion."""

from bot.domain.conversation import (
    ConsentGiven,
    ConsentWithdrawn,
    DossierBegun,
    PanelOpened,
    PersonDeleted,
    RhythmChosen,
)
from bot.render.cards import CHOSEN, resume_row, rhythm_rows
from bot.render.panels.rows import out
from bot.render.reply import Body, Button
from bot.render.view import View


def welcome(view: View, _: str) -> Body:
    word = view.words.word
    return Body(
        view.words.page("welcome"),
        (
            (Button(word("accept"), ConsentGiven()),),
            (
                Button(word("discover"), PanelOpened("discover")),
                Button(word("privacy"), PanelOpened("privacy")),
            ),
        ),
    )


def discover(view: View, _: str) -> Body:
    word = view.words.word
    return Body(
        view.words.page("discover"),
        (
            (Button(word("accept"), ConsentGiven()),),
            (Button(word("privacy"), PanelOpened("privacy")),),
        ),
    )


def privacy(view: View, _: str) -> Body:
    word, notice = view.words.word, view.notice
    text = view.words.page("privacy", notice=notice)
    if not view.conversation.consented:
        return Body(text, ((Button(word("accept"), ConsentGiven()),),))
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
    return Body(view.words.page("rhythm", name=view.project_name), (*rows, resume_row(view)))


def pause(view: View, _: str) -> Body:
    return Body(view.words.page("pause"), (resume_row(view),))


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
