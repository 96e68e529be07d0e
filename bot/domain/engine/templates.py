"""A person's own Word template: announced, given after its check, sent back, taken away."""

from bot.domain.conversation import (
    Attachment,
    DropTemplate,
    KeepTemplate,
    ReadTemplate,
    Say,
    SendSheet,
    SendTemplate,
    Show,
    TemplateFault,
    TemplateGiven,
)
from bot.domain.engine.turn import Turn

AWAITED = "template"  # of `Conversation.awaiting`, and the name of the page
MOST_BYTES = 5_000_000
MOST_TOLD = 4  # faults told in one message
WORD = "docx"


def open_page(turn: Turn, *, fresh: bool = False) -> None:
    """The next document is a template; the next words are an answer as ever."""
    turn.become(awaiting=AWAITED)
    turn.effects.append(Show(AWAITED, fresh=fresh))


def announced(turn: Turn, file: Attachment) -> None:
    if file.size > MOST_BYTES:
        limit = str(MOST_BYTES // 1_000_000)
        refuse(turn, (TemplateFault("too_big", hint=limit),))
        return
    turn.effects += [Say("template_received"), ReadTemplate(file.file, file.name)]
    open_page(turn, fresh=True)


def given(turn: Turn, event: TemplateGiven) -> None:
    if event.faults:
        refuse(turn, event.faults)
        return
    turn.become(template=True)
    turn.effects += [KeepTemplate(event.name, event.content, event.at), Say("template_kept")]
    if turn.conversation.dossier is None:
        turn.effects.append(Show("projects", fresh=True))
        return
    turn.effects.append(SendSheet("show", WORD))
    open_page(turn, fresh=True)


def refuse(turn: Turn, faults: tuple[TemplateFault, ...]) -> None:
    turn.effects.append(Say("template_refused", {"count": len(faults)}))
    turn.effects += [
        Say(
            "template_fault",
            {"kind": one.kind, "tag": one.tag, "paragraph": one.paragraph, "hint": one.hint},
        )
        for one in faults[:MOST_TOLD]
    ]
    if len(faults) > MOST_TOLD:
        turn.effects.append(Say("template_more_faults", {"count": len(faults) - MOST_TOLD}))
    again(turn)


def lost(turn: Turn) -> None:
    turn.effects.append(Say("template_lost"))
    again(turn)


def again(turn: Turn) -> None:
    if turn.conversation.dossier is None:
        turn.effects.append(Show("projects", fresh=True))
    else:
        open_page(turn, fresh=True)


def remove(turn: Turn) -> None:
    turn.become(template=False)
    turn.effects += [DropTemplate(), Say("template_removed")]
    open_page(turn)


def send(turn: Turn, own: bool) -> None:
    if not own or turn.conversation.template:
        turn.effects.append(SendTemplate(own))
    open_page(turn, fresh=True)
