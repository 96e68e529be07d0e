"""A Word template of a person's own: announced, given after its check, sent back, taken away.

It serves all of the person's dossiers, or the one in hand alone.
"""

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
THIS_DOSSIER = "dossier"  # the page's argument; awaited, "template:dossier"
MOST_BYTES = 5_000_000
MOST_TOLD = 4  # faults told in one message
WORD = "docx"


def open_page(turn: Turn, scope: str = "", *, fresh: bool = False) -> None:
    """The next document is a template, for the dossier in hand or for all; words are an answer as ever."""
    for_dossier = scope == THIS_DOSSIER
    turn.become(awaiting=f"{AWAITED}:{THIS_DOSSIER}" if for_dossier else AWAITED)
    turn.effects.append(Show(AWAITED, THIS_DOSSIER if for_dossier else "", fresh=fresh))


def awaited(turn: Turn) -> bool:
    return turn.conversation.awaiting.partition(":")[0] == AWAITED


def _scope(turn: Turn) -> str:
    """Of the page that is open."""
    return turn.conversation.awaiting.partition(":")[2]


def announced(turn: Turn, file: Attachment) -> None:
    if file.size > MOST_BYTES:
        limit = str(MOST_BYTES // 1_000_000)
        refuse(turn, (TemplateFault("too_big", hint=limit),))
        return
    dossier = turn.conversation.dossier if _scope(turn) == THIS_DOSSIER else None
    turn.effects += [Say("template_received"), ReadTemplate(file.file, file.name, dossier)]
    open_page(turn, _scope(turn), fresh=True)


def given(turn: Turn, event: TemplateGiven) -> None:
    if event.faults:
        refuse(turn, event.faults)
        return
    alone, here = event.dossier is not None, turn.conversation.dossier
    if not alone:
        turn.become(template=True)
    elif event.dossier == here:
        turn.become(dossier_template=True)
    said = "template_kept_here" if alone else "template_kept"
    turn.effects.append(KeepTemplate(event.name, event.content, event.at, event.dossier))
    turn.effects.append(Say(said))
    if here is None:
        turn.effects.append(Show("projects", fresh=True))
        return
    if event.dossier in (None, here):
        turn.effects.append(SendSheet("show", WORD))
    open_page(turn, THIS_DOSSIER if alone else "", fresh=True)


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
        open_page(turn, _scope(turn), fresh=True)


def remove(turn: Turn, dossier: int) -> None:
    """`dossier`: 0 for the person's own. One of another dossier is left to that dossier."""
    if not dossier:
        turn.become(template=False)
        turn.effects += [DropTemplate(), Say("template_removed")]
    elif dossier == turn.conversation.dossier:
        turn.become(dossier_template=False)
        turn.effects += [DropTemplate(dossier), Say("template_removed_here")]
    open_page(turn)


def send(turn: Turn, own: bool, dossier: int) -> None:
    conversation = turn.conversation
    if not own or (conversation.template and not dossier):
        turn.effects.append(SendTemplate(own))
    elif conversation.dossier_template and dossier == conversation.dossier:
        turn.effects.append(SendTemplate(own, dossier))
    open_page(turn, fresh=True)
