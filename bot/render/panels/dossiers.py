"""The list of a person’s dossiers, and what can be done with one."""

from bot.domain.conversation import (
    DossierArchived,
    DossierBegun,
    DossierDeleted,
    DossierOpened,
    PanelOpened,
    QuestionOpened,
)
from bot.render.cards import resume_row
from bot.render.reply import Body, Button
from bot.render.view import View
from bot.render.words import shorten

LONGEST_LABEL = 40


def projects(view: View, _: str) -> Body:
    word, conversation = view.words.word, view.conversation
    text = view.words.page("projects", dossiers=conversation.dossiers, current=conversation.dossier)
    rows: list[tuple[Button, ...]] = [
        (
            Button(
                shorten(one.name or word("unnamed_dossier"), LONGEST_LABEL),
                PanelOpened("project", str(one.id)),
            ),
        )
        for one in conversation.dossiers
    ]
    rows.append((Button(word("new_dossier"), DossierBegun()),))
    if conversation.dossier is not None:
        rows.append(resume_row(view))
    return Body(text, tuple(rows))


def project(view: View, argument: str) -> Body:
    found = next((one for one in view.conversation.dossiers if str(one.id) == argument), None)
    if not found:
        return projects(view, "")
    word = view.words.word
    archive = word("unarchive" if found.archived else "archive")
    rows: list[tuple[Button, ...]] = [
        (Button(word("open"), DossierOpened(found.id)),),
        (Button(archive, DossierArchived(found.id, not found.archived)),),
        (Button(word("delete_dossier"), PanelOpened("delete_dossier", argument)),),
        (Button(word("projects"), PanelOpened("projects")),),
    ]
    if found.id == view.conversation.dossier:
        rows[0] = resume_row(view)
        rows.insert(1, (Button(word("rename"), QuestionOpened(view.flow.roles.name)),))
    return Body(view.words.page("project", name=found.name, archived=found.archived), tuple(rows))


def delete_dossier(view: View, argument: str) -> Body:
    found = next((one for one in view.conversation.dossiers if str(one.id) == argument), None)
    if not found:
        return projects(view, "")
    word = view.words.word
    return Body(
        view.words.page("delete_dossier", name=found.name),
        (
            (Button(word("keep"), PanelOpened("project", argument)),),
            (Button(word("confirm_delete_dossier"), DossierDeleted(found.id)),),
        ),
    )
