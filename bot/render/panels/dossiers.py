"""The list of a person’s dossiers, project by project, and what can be done with one."""

from itertools import groupby

from bot.domain.conversation import (
    DossierArchived,
    DossierBegun,
    DossierDeleted,
    DossierLine,
    DossierOpened,
    PanelOpened,
    QuestionOpened,
    SheetRequested,
)
from bot.domain.dossier import MAY, Act
from bot.render import projects as around
from bot.render.cards import resume_row
from bot.render.panels.rows import out
from bot.render.projects import title as _title
from bot.render.reply import Body, Button
from bot.render.view import View
from bot.render.words import shorten

LONGEST_LABEL = 40
LONGEST_PROJECT = 20  # of a label that names a flow too


def projects(view: View, _: str) -> Body:
    word, conversation = view.words.word, view.conversation
    groups = [
        {
            "name": same[0].name or word("unnamed_dossier"),
            "dossiers": [
                {"id": one.id, "flow": _flow(view, one), "archived": one.archived} for one in same
            ],
        }
        for same in _by_project(conversation.dossiers)
    ]
    text = view.words.page("projects", projects=groups, current=conversation.dossier)
    rows: list[tuple[Button, ...]] = [
        (Button(_label(view, one), PanelOpened("project", str(one.id))),)
        for same in _by_project(conversation.dossiers)
        for one in same
    ]
    rows.append((Button(word("new_dossier"), DossierBegun()),))
    if len(view.flows.books) > 1:
        rows.append((Button(word("other_flows"), PanelOpened("flows")),))
    if conversation.dossier is not None and view.flow.steps:
        rows.append(resume_row(view))
    return Body(text, tuple(rows))


def project(view: View, argument: str) -> Body:
    found = _found(view, argument)
    if not found:
        return projects(view, "")
    word, gone = view.words.word, found.flow not in view.flows
    archive = word("unarchive" if found.archived else "archive")
    in_hand = found.id == view.conversation.dossier
    rows: list[tuple[Button, ...]] = [(Button(word("projects"), PanelOpened("projects")),)]
    if found.role in MAY[Act.DELETE]:
        rows = [
            (Button(archive, DossierArchived(found.id, not found.archived)),),
            (Button(word("delete_dossier"), PanelOpened("delete_dossier", argument)),),
            *rows,
        ]
        if around.joinable(view, found):
            rows.insert(0, (Button(word("add_flow"), PanelOpened("flows", argument)),))
    if in_hand and gone:
        rows.insert(0, (Button(word("work_json"), SheetRequested("work", "json")),))
    elif in_hand:
        rows.insert(0, (Button(word("members"), PanelOpened("members")),))
        if view.may(Act.ANSWER):
            rows.insert(0, (Button(word("rename"), QuestionOpened(view.flow.roles.name)),))
        rows.insert(0, resume_row(view))
    else:
        rows.insert(0, (Button(word("open"), DossierOpened(found.id)),))
    text = view.words.page(
        "project", name=found.name, flow=_flow(view, found), gone=gone, archived=found.archived
    )
    return Body(text, tuple(rows))


def flows(view: View, argument: str) -> Body:
    """The flows that can be begun: for a new project, or beside a dossier of the person's."""
    beside = _found(view, argument)
    offered = [
        one
        for one in view.flows.listed(view.conversation.language)
        if not beside or one.flow in around.joinable(view, beside)
    ]
    name = (beside.name or view.words.word("unnamed_dossier")) if beside else ""
    text = view.words.page("flows", flows=offered, name=name)
    rows = [
        (
            Button(
                shorten(one.title, LONGEST_LABEL),
                DossierBegun(one.flow, beside.id if beside else 0),
            ),
        )
        for one in offered
    ]
    back = (Button(view.words.word("projects"), PanelOpened("projects")),)
    return Body(text, (*rows, back))


def in_project(view: View, _: str) -> Body:
    """« Dans ce projet »: its dossiers, what its answers call for, the rest one tap further."""
    here = around.in_hand(view)
    if not here:
        return projects(view, "")
    word = view.words.word
    same = [one for one in around.same_project(view, here) if one.flow in ("", *view.flows.books)]
    called = around.proposed(view)
    rows: list[tuple[Button, ...]] = [
        (Button(shorten(_title(view, one.flow), LONGEST_LABEL), DossierOpened(one.id)),)
        for one in same
        if one.id != here.id
    ]
    rows += [(_offer(view, one.flow),) for one in called]
    if around.joinable(view, here):
        rows.append((Button(word("add_flow"), PanelOpened("flows", str(here.id))),))
    text = view.words.page(
        "in_project",
        name=here.name,
        dossiers=[{"title": _title(view, o.flow), "current": o.id == here.id} for o in same],
        proposed=[
            {"title": _title(view, one.flow), "why": view.wording.text(one.why)} for one in called
        ],
    )
    return Body(text, (*rows, resume_row(view)))


def offer(view: View, flow: str) -> Body:
    """Another flow for this project: what it is, and the way into it."""
    here = around.in_hand(view)
    if not here or flow not in around.joinable(view, here):
        return in_project(view, "")
    found = view.flows.flow(flow, view.conversation.language)
    why = next((one.why for one in view.flow.proposes if one.flow == flow), "")
    text = view.words.page(
        "flow_offer", title=found.title, aim=found.aim, why=view.wording.text(why)
    )
    begin = Button(view.words.word("begin_flow"), DossierBegun(flow, here.id))
    return Body(text, ((begin,), resume_row(view)))


def _offer(view: View, flow: str) -> Button:
    label = view.words.word("proposed_flow", title=_title(view, flow))
    return Button(shorten(label, LONGEST_LABEL), PanelOpened("flow_offer", flow))


def delete_dossier(view: View, argument: str) -> Body:
    found = _found(view, argument)
    if not found or found.role not in MAY[Act.DELETE]:
        return projects(view, "")
    word = view.words.word
    return Body(
        view.words.page(
            "delete_dossier", name=found.name, flow=_flow(view, found), shared=found.shared
        ),
        (
            (Button(word("keep"), PanelOpened("project", argument)),),
            (Button(word("confirm_delete_dossier"), DossierDeleted(found.id)),),
        ),
    )


def _found(view: View, argument: str) -> DossierLine | None:
    return next((one for one in view.conversation.dossiers if str(one.id) == argument), None)


def _by_project(dossiers: tuple[DossierLine, ...]) -> list[list[DossierLine]]:
    """They come project by project; one without a number is a project of its own."""
    return [list(same) for _, same in groupby(dossiers, lambda one: one.project or -one.id)]


def _flow(view: View, dossier: DossierLine) -> str:
    """The title of its flow, "" for the one offered first, alone in its project."""
    alone = sum(one.project == dossier.project for one in view.conversation.dossiers) == 1
    first = dossier.flow in ("", view.flows.first)
    return "" if first and (alone or not dossier.project) else _title(view, dossier.flow)


def _label(view: View, dossier: DossierLine) -> str:
    name = dossier.name or view.words.word("unnamed_dossier")
    if flow := _flow(view, dossier):
        name = f"{shorten(name, LONGEST_PROJECT)} · {flow}"
    return shorten(name, LONGEST_LABEL)


def workshop(view: View, _: str) -> Body:
    """Why `/atelier` opens none here."""
    return Body(view.words.page("workshop"), (out(view),))
