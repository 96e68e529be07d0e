"""Before an act on the dossier in hand: whether this member may do it (`dossier.MAY` says)."""

from collections.abc import Mapping

from bot.domain.conversation import (
    Ask,
    AttachmentGiven,
    BlindSet,
    Continued,
    DossierClosed,
    DossierTransferred,
    Event,
    InvitationMade,
    InvitationRevoked,
    MemberLeft,
    MemberRemoved,
    MessageEdited,
    OptionChosen,
    PanelOpened,
    PhotoTicked,
    PointHandled,
    QuestionLeftOpen,
    Role,
    Say,
    SheetRequested,
    Show,
    Skipped,
    TemplateGiven,
    TemplateRemoved,
    TextCleared,
    TextGiven,
    TextMoved,
    Toast,
    VersionRestored,
    VoiceKept,
    VoiceRetained,
)
from bot.domain.dossier import MAY, Act, may
from bot.domain.engine import templates
from bot.domain.engine.documents import FROZEN
from bot.domain.engine.turn import Turn

ACTS: Mapping[type[Event], Act] = {
    TextGiven: Act.ANSWER,
    AttachmentGiven: Act.ANSWER,
    MessageEdited: Act.ANSWER,
    OptionChosen: Act.ANSWER,
    Continued: Act.ANSWER,
    Skipped: Act.ANSWER,
    TextMoved: Act.ANSWER,
    TextCleared: Act.ANSWER,
    VoiceKept: Act.ANSWER,
    PhotoTicked: Act.ANSWER,
    VersionRestored: Act.ANSWER,
    VoiceRetained: Act.CHOOSE,
    QuestionLeftOpen: Act.CHOOSE,
    PointHandled: Act.PLAN,
    InvitationMade: Act.INVITE,
    InvitationRevoked: Act.INVITE,
    MemberRemoved: Act.INVITE,
    BlindSet: Act.GOVERN,
    DossierClosed: Act.GOVERN,
    DossierTransferred: Act.GOVERN,
    MemberLeft: Act.LEAVE,
}
PAGES: Mapping[str, Act] = {"adopt": Act.CHOOSE, "invite": Act.INVITE, "transfer": Act.GOVERN}


def refused(turn: Turn, event: Event) -> bool:
    """Whether the act is not theirs to do; it is then said, and nothing else happens."""
    act = _act(event)
    together = turn.conversation.together
    if act is None or may(together, act):
        return False
    if together is None:
        turn.effects.append(Ask())
        return True
    closed = together.closed and together.me.role in MAY[act]
    why = "closed" if closed else "reader" if together.me.role is Role.READER else "not_yours"
    if isinstance(event, TextGiven | AttachmentGiven | MessageEdited):
        turn.effects += [Say(f"may_not_{why}"), Ask(fresh=True)]
    else:
        turn.effects += [Toast(f"may_not_{why}"), Show("members") if act is Act.LEAVE else Ask()]
    return True


def _act(event: Event) -> Act | None:
    match event:
        case PanelOpened(templates.AWAITED, templates.THIS_DOSSIER):
            return Act.GOVERN
        case TemplateGiven(dossier=dossier) | TemplateRemoved(dossier) if dossier:
            return Act.GOVERN
        case PanelOpened(panel, _):
            return PAGES.get(panel)
        case SheetRequested(document, _):
            return Act.PLAN if document == FROZEN else None
        case _:
            return ACTS.get(type(event))
