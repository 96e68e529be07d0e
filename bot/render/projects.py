"""The project around a dossier: its other dossiers, the flows it may take in, those its answers call for."""

from bot.domain.conversation import DossierLine
from bot.domain.dossier import MAY, Act
from bot.domain.flow import Proposal
from bot.domain.proposals import of_step, proposals
from bot.render.view import View


def in_hand(view: View) -> DossierLine | None:
    conversation = view.conversation
    return next((one for one in conversation.dossiers if one.id == conversation.dossier), None)


def same_project(view: View, dossier: DossierLine) -> list[DossierLine]:
    """The dossiers of its project, itself among them; one without a number is alone."""
    every = view.conversation.dossiers
    return (
        [one for one in every if one.project == dossier.project] if dossier.project else [dossier]
    )


def joinable(view: View, dossier: DossierLine) -> tuple[str, ...]:
    """The flows that its project does not hold yet, for whom may add one."""
    if not dossier.project or dossier.role not in MAY[Act.DELETE]:
        return ()
    held = {one.flow or view.flows.first for one in same_project(view, dossier)}
    return tuple(one for one in view.flows.books if one not in held)


def proposed(view: View, step: str = "") -> list[Proposal]:
    """What the answers call for; at the end of a `step`, once, what its own answers do."""
    dossier = in_hand(view)
    offered = joinable(view, dossier) if dossier else ()
    if not step:
        return list(proposals(view.flow, view.agenda.read, offered))
    if step in view.conversation.ended:
        return []
    return list(of_step(view.flow, view.agenda.read, offered, step))


def title(view: View, flow: str) -> str:
    return view.flows.flow(flow, view.conversation.language).title
