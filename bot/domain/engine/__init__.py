"""The one place that decides: `transition(flow, conversation, event) -> (conversation, effects)`.

Pure and total: any event in any state gives one useful reply, and no answer is ever dropped.
"""

from collections.abc import Mapping
from typing import assert_never

from bot.domain.conversation import (
    Ask,
    AttachmentGiven,
    BlindSet,
    Commanded,
    ConsentGiven,
    ConsentWithdrawn,
    Continued,
    Conversation,
    DossierArchived,
    DossierBegun,
    DossierClosed,
    DossierDeleted,
    DossierOpened,
    DossierTransferred,
    Effect,
    Event,
    InvitationAccepted,
    InvitationDeclined,
    InvitationMade,
    InvitationRevoked,
    LanguageChosen,
    MemberLeft,
    MemberRemoved,
    MessageEdited,
    MovedOn,
    NameWithdrawn,
    NoticesSet,
    OptionChosen,
    OptionsRevealed,
    PanelOpened,
    PassageKept,
    PersonDeleted,
    PhotoTicked,
    PointHandled,
    ProposalTaken,
    QuestionLeftOpen,
    QuestionOpened,
    RemindersSet,
    Resumed,
    RhythmChosen,
    RowLeft,
    Say,
    SendPersonalData,
    SendSheet,
    Shared,
    SheetLanguageChosen,
    SheetRequested,
    Show,
    Skipped,
    Started,
    StepOpened,
    TemplateGiven,
    TemplateLost,
    TemplateRemoved,
    TemplateRequested,
    TextCleared,
    TextGiven,
    TextMoved,
    Toast,
    UnsupportedGiven,
    VersionRestored,
    VoiceKept,
    VoiceRetained,
    WentBack,
    ZoneSet,
)
from bot.domain.dossier import Act, may
from bot.domain.engine import (
    answers,
    dossiers,
    languages,
    moving,
    permission,
    photos,
    points,
    sharing,
    templates,
)
from bot.domain.engine.documents import MESSAGE, keep_passage, send_sheet
from bot.domain.engine.turn import Turn
from bot.domain.flow import Flow

Outcome = tuple[Conversation, tuple[Effect, ...]]

# The pages that need no dossier in hand.
BESIDE = ("privacy", "delete", "projects", "project", "flows", "delete_dossier", "language", "word")

COMMANDS: Mapping[str, str] = {  # a command's name -> the page it opens
    "aide": "help",
    "help": "help",
    "manque": "missing",
    "vigilance": "vigilance",
    "modifier": "modify",
    "projets": "projects",
    "exporter": "export",
    "rythme": "rhythm",
    "etapes": "steps",
    "privacy": "privacy",
    "confidentialite": "privacy",
    "supprimer": "delete",
    "settings": "rhythm",
    "modele": templates.AWAITED,
    "atelier": "workshop",
    "membres": "members",
    "inviter": "invite",
    "mot": "word",
    "word": "word",
    "langue": "language",
    "language": "language",
}


def transition(flow: Flow, conversation: Conversation, event: Event) -> Outcome:
    """What a conversation becomes after an event, and what must be written and said."""
    turn = Turn(flow, conversation, event.at)
    if conversation.former:
        dossiers.tell_what_changed(turn)
    if not conversation.consented:
        before_consent(turn, event)
    elif conversation.dossier is None:
        without_dossier(turn, event)
    elif not flow.steps:
        without_flow(turn, event)
    else:
        decide(turn, event)
    if turn.conversation.at != event.at:  # nothing changed but the time
        turn.become()
    return turn.conversation, tuple(turn.effects)


def before_consent(turn: Turn, event: Event) -> None:  # noqa: C901  # a table in disguise
    match event:
        case ConsentGiven():
            dossiers.consent(turn, event.language)
        case PanelOpened("discover" | "privacy" as panel, language):
            languages.speak(turn, language)
            turn.effects.append(Show(panel, language))
        case PanelOpened("delete" | "language" as panel):
            turn.effects.append(Show(panel))
        case Started(payload) if payload.startswith(sharing.LINK):
            sharing.open_link(turn)
        case InvitationAccepted():
            sharing.join(turn)
        case InvitationDeclined():
            sharing.decline(turn)
        case LanguageChosen(language):
            languages.speak(turn, language)
            turn.effects.append(Show("welcome", language))
        case PersonDeleted():
            dossiers.forget(turn)
        case Commanded("mesdonnees") if turn.conversation.dossiers or turn.conversation.seated:
            turn.effects += [SendPersonalData(), Show("welcome", fresh=True)]
        case PanelOpened("word", argument):
            turn.effects.append(Show("word", argument))
        case Commanded("mot" | "word", argument):
            turn.effects.append(Show("word", argument, fresh=True))
        case Commanded(name) if COMMANDS.get(name) in ("privacy", "delete", "language"):
            turn.effects.append(Show(COMMANDS[name], fresh=True))
        case TextGiven() | AttachmentGiven() | MessageEdited():
            turn.effects += [Say("nothing_kept"), Show("welcome", fresh=True)]
        case Started() | Commanded() | UnsupportedGiven():
            turn.effects.append(Show("welcome", fresh=True))
        case _:
            turn.effects.append(Show("welcome"))


def without_dossier(turn: Turn, event: Event) -> None:  # noqa: C901  # a table in disguise
    match event:
        case Started(payload) if payload.startswith(sharing.LINK):
            sharing.open_link(turn)
        case InvitationAccepted():
            sharing.join(turn)
        case InvitationDeclined():
            sharing.decline(turn)
        case DossierBegun(flow, beside):
            dossiers.begin_dossier(turn, flow, beside)
        case ConsentGiven():
            dossiers.begin_dossier(turn)
        case DossierOpened(dossier):
            dossiers.open_dossier(turn, dossier)
        case DossierArchived(dossier, archived):
            dossiers.archive(turn, dossier, archived)
        case DossierDeleted(dossier):
            dossiers.delete(turn, dossier)
        case PersonDeleted():
            dossiers.forget(turn)
        case ConsentWithdrawn():
            dossiers.withdraw(turn)
        case TemplateGiven():
            templates.given(turn, event)
        case TemplateLost():
            templates.lost(turn)
        case PanelOpened(panel, argument) if panel in BESIDE:
            turn.effects.append(Show(panel, argument))
        case Commanded("mesdonnees"):
            turn.effects += [SendPersonalData(), Show("projects", fresh=True)]
        case LanguageChosen(language):
            languages.choose(turn, language)
            turn.effects.append(Show("projects"))
        case Commanded("mot" | "word", argument):
            turn.effects.append(Show("word", argument, fresh=True))
        case Commanded(name) if COMMANDS.get(name) in ("privacy", "delete", "help", "language"):
            turn.effects.append(Show(COMMANDS[name], fresh=True))
        case TextGiven() | AttachmentGiven():
            turn.effects += [Say("no_dossier"), Show("projects", fresh=True)]
        case _:
            turn.effects.append(Show("projects", fresh=isinstance(event, Started | Commanded)))


def without_flow(turn: Turn, event: Event) -> None:
    """The flow of the dossier in hand is not offered any more: its answers stay, and go out as data."""
    match event:
        case SheetRequested(_, "json"):
            turn.effects.append(SendSheet("work", "json"))
        case TextGiven() | AttachmentGiven() | MessageEdited():
            turn.effects += [Say("flow_gone"), Show("projects", fresh=True)]
        case _:
            without_dossier(turn, event)


def decide(turn: Turn, event: Event) -> None:  # noqa: C901  # a table in disguise
    given = isinstance(event, TextGiven | AttachmentGiven | MessageEdited)
    if turn.conversation.awaiting and not given:
        turn.become(awaiting="")
    if moving.lost(turn):
        moving.settle_place(turn)
    if permission.refused(turn, event):
        return
    match event:
        case Started(payload) if payload.startswith(sharing.LINK):
            sharing.open_link(turn)
        case Started():
            turn.effects.append(Show("resume", fresh=True))
        case ConsentGiven():
            turn.effects += [Toast("already_begun"), Ask()]
        case ConsentWithdrawn():
            dossiers.withdraw(turn)
        case RhythmChosen(rhythm):
            moving.choose_rhythm(turn, rhythm)
        case TextGiven():
            answers.text(turn, event)
        case AttachmentGiven():
            answers.attachment(turn, event)
        case MessageEdited(message, text):
            answers.correct(turn, message, text)
        case OptionChosen():
            answers.option(turn, event)
        case Continued(question, revision):
            if answers.current(turn, question, revision):
                answers.carry_on(turn)
        case Skipped(question, revision):
            if answers.current(turn, question, revision):
                answers.skip(turn)
        case RowLeft(question, revision):
            if answers.current(turn, question, revision):
                answers.leave_row(turn)
        case ProposalTaken(question, revision):
            if answers.current(turn, question, revision):
                answers.take_proposal(turn)
        case WentBack(question, revision):
            if not question or answers.current(turn, question, revision):
                moving.back(turn)
        case OptionsRevealed(question):
            turn.become(revealed=turn.conversation.revealed | {question})
            turn.effects.append(Ask())
        case QuestionOpened(question, telling):
            moving.open_question(turn, question, telling)
        case StepOpened(step):
            moving.open_step(turn, step)
        case Resumed():
            moving.settle_place(turn)
            turn.effects.append(Ask())
        case MovedOn():
            moving.move_on(turn)
        case TextMoved(question):
            answers.move_text(turn, question)
        case TextCleared(question):
            answers.clear_text(turn, question)
        case UnsupportedGiven(kind):
            turn.effects += [Say("unsupported", {"kind": kind}), Ask(fresh=True)]
        case PanelOpened(templates.AWAITED, argument):
            templates.open_page(turn, argument)
        case PanelOpened(photos.CAPTION, which):
            photos.ask_caption(turn, which)
        case PanelOpened("naming"):
            sharing.ask_name(turn)
        case PanelOpened("adopt", question):
            sharing.ask_text(turn, question)
        case PanelOpened(panel, argument):
            turn.effects.append(Show(panel, argument))
        case Commanded(name) if COMMANDS.get(name) == templates.AWAITED:
            templates.open_page(turn, fresh=True)
        case Commanded(name, argument):
            command(turn, name, argument)
        case DossierBegun(flow, beside):
            dossiers.begin_dossier(turn, flow, beside)
        case LanguageChosen(language):
            languages.choose(turn, language)
            turn.effects.append(Ask())
        case SheetLanguageChosen(language):
            languages.choose_for_sheet(turn, language)
        case DossierOpened(dossier):
            dossiers.open_dossier(turn, dossier)
        case DossierArchived(dossier, archived):
            dossiers.archive(turn, dossier, archived)
        case DossierDeleted(dossier):
            dossiers.delete(turn, dossier)
        case PersonDeleted():
            dossiers.forget(turn)
        case PointHandled(rule, how):
            points.handle_point(turn, rule, how)
        case PhotoTicked():
            photos.tick(turn, event)
        case SheetRequested(document, form):
            send_sheet(turn, document, form)
        case PassageKept(key, document, form):
            keep_passage(turn, key, document, form)
        case TemplateGiven():
            templates.given(turn, event)
        case TemplateLost():
            templates.lost(turn)
        case TemplateRemoved(dossier):
            templates.remove(turn, dossier)
        case TemplateRequested(own, dossier):
            templates.send(turn, own, dossier)
        case _:
            together(turn, event)


def together(turn: Turn, event: Shared) -> None:  # noqa: C901  # a table in disguise
    match event:
        case InvitationMade():
            sharing.invite(turn, event)
        case InvitationRevoked(invitation):
            sharing.revoke(turn, invitation)
        case InvitationAccepted():
            sharing.join(turn)
        case InvitationDeclined():
            sharing.decline(turn)
        case VoiceRetained(question, contribution):
            sharing.retain(turn, question, contribution)
        case QuestionLeftOpen(question):
            sharing.leave_open(turn, question)
        case VoiceKept(question, private):
            sharing.keep_private(turn, question, private)
        case VersionRestored(question, contribution):
            sharing.restore(turn, question, contribution)
        case BlindSet():
            sharing.set_blind(turn, event)
        case DossierClosed(closed):
            sharing.close(turn, closed)
        case DossierTransferred(member):
            sharing.transfer(turn, member)
        case MemberRemoved(member):
            sharing.remove(turn, member)
        case MemberLeft(taking):
            sharing.leave(turn, taking)
        case NameWithdrawn():
            sharing.name(turn, "")
        case NoticesSet(on):
            sharing.set_notices(turn, on)
        case RemindersSet(on):
            sharing.set_reminders(turn, on)
        case ZoneSet(zone):
            sharing.set_zone(turn, zone)
        case _:
            assert_never(event)


def command(turn: Turn, name: str, argument: str) -> None:
    match name:
        case "fiche":
            send_sheet(turn, "show", MESSAGE)
        case "pause":
            turn.effects.append(Show("pause", fresh=True))
        case "mesdonnees":
            turn.effects += [SendPersonalData(), Ask(fresh=True)]
        case "inviter" if not may(turn.conversation.together, Act.INVITE):
            turn.effects += [Say("may_not_not_yours"), Show("members", fresh=True)]
        case _ if name in COMMANDS:
            turn.effects.append(Show(COMMANDS[name], argument, fresh=True))
        case _:
            turn.effects += [Say("unknown_command", {"name": name[:32]}), Ask(fresh=True)]
