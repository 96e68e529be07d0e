"""Consent, and the dossiers of a person: begun, opened, all forgotten."""

from bot.domain.conversation import (
    ArchiveDossier,
    Ask,
    BringVoices,
    Conversation,
    CreateDossier,
    DeleteDossier,
    DeletePerson,
    KeepLanguage,
    OpenDossier,
    RecordConsent,
    RecordHandling,
    Say,
    Show,
    Toast,
)
from bot.domain.dossier import MAY, Act
from bot.domain.engine.turn import Turn
from bot.domain.versions import to_review


def consent(turn: Turn, language: str = "") -> None:
    turn.effects.append(RecordConsent(True, turn.at))
    if language:
        turn.become(language=language)
        turn.effects.append(KeepLanguage(language))
    turn.become(consented=True)
    if turn.conversation.dossier is None:
        begin_dossier(turn)
    else:
        turn.effects.append(Ask())


def withdraw(turn: Turn) -> None:
    turn.effects += [RecordConsent(False, turn.at), Say("withdrawn"), Show("welcome")]
    turn.become(consented=False)


def forget(turn: Turn) -> None:
    now = turn.conversation
    turn.conversation = Conversation(language=now.language, limits=now.limits)
    turn.effects += [DeletePerson(), Say("all_deleted"), Show("welcome")]


def begin_dossier(turn: Turn, flow: str = "", beside: int = 0) -> None:
    if len(turn.conversation.dossiers) >= turn.conversation.limits.dossiers:
        turn.effects += [
            Say("too_many_dossiers", {"limit": turn.conversation.limits.dossiers}),
            Show("projects"),
        ]
        return
    if all(one.id != beside for one in turn.conversation.dossiers):
        beside = 0
    turn.conversation = Conversation(
        consented=True,
        language=turn.conversation.language,
        flow=flow,
        dossiers=turn.conversation.dossiers,
        attachment_bytes=turn.conversation.attachment_bytes,
        template=turn.conversation.template,
        pace=turn.conversation.pace,
        limits=turn.conversation.limits,
    )
    turn.effects += [CreateDossier(turn.at, flow, beside), Ask()]


def bring_in(turn: Turn, brought: Conversation) -> bool:
    """A dossier that came from a file: a new one in hand, with its answers; False when there is no room.

    Whoever brings it in agrees to keep it, and takes the place of its owner.
    """
    if not turn.conversation.consented:
        turn.effects.append(RecordConsent(True, turn.at))
    before = len(turn.effects)
    begin_dossier(turn, turn.flow.flow)
    if not isinstance(turn.effects[before], CreateDossier):
        return False
    if brought.together:
        turn.effects.append(BringVoices(brought.together, turn.at))
    else:
        for question, answer in brought.answers.items():
            turn.record(question, answer)
    for rule, handling in brought.handled.items():
        turn.effects.append(RecordHandling(rule, handling, turn.at))
    turn.become(handled=brought.handled, finished=brought.finished)
    return True


def open_dossier(turn: Turn, dossier: int) -> None:
    if any(one.id == dossier for one in turn.conversation.dossiers):
        turn.effects += [OpenDossier(dossier), Say("dossier_opened"), Ask()]
    else:
        turn.effects += [Toast("no_such_dossier"), Show("projects")]


def archive(turn: Turn, dossier: int, archived: bool) -> None:
    if _owned(turn, dossier):
        turn.effects.append(ArchiveDossier(dossier, archived))
    turn.effects.append(Show("projects"))


def delete(turn: Turn, dossier: int) -> None:
    if _owned(turn, dossier):
        turn.effects += [DeleteDossier(dossier), Say("dossier_deleted")]
    turn.effects.append(Show("projects"))


def _owned(turn: Turn, dossier: int) -> bool:
    """Whether the dossier is theirs to put away or delete; otherwise say so."""
    line = next((one for one in turn.conversation.dossiers if one.id == dossier), None)
    if line and line.role in MAY[Act.DELETE]:
        return True
    turn.effects.append(Toast("may_not_not_yours" if line else "no_such_dossier"))
    return False


def tell_what_changed(turn: Turn) -> None:
    """Once, in one sentence: what the new version of the flow asks, no longer asks, and puts in doubt."""
    flow, former = turn.flow, turn.conversation.former
    known = former | {flow.former.get(one, one) for one in former}
    counts = {
        "new": sum(one not in known for one in flow.counted),
        "gone": sum(
            one not in flow.questions and one not in flow.former and one in former
            for one in turn.conversation.answers
        ),
        "review": len(to_review(flow, turn.conversation.answers)),
    }
    turn.become(former=frozenset())
    if any(counts.values()):
        turn.effects.append(Say("flow_changed", counts))
