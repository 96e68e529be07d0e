"""Before a document leaves: its header completed or not, its passages reread, then it is made."""

from bot.domain.conversation import Conversation, SendSheet, Show
from bot.domain.dignity import Passage, passages
from bot.domain.dossier import printed
from bot.domain.engine import moving
from bot.domain.engine.turn import Turn
from bot.domain.flow import Flow

MESSAGE = "message"  # the sheet as messages in the chat
BLANK = "blank"  # the questionnaire to fill in by hand: nobody's dossier
FROZEN = "frozen"  # « Figer cette version »
SINCE = "since"  # the working document, with what changed since the last version
ANNEXED = "+"  # « show+ »: with the sheets of the project's other dossiers
PICTURES = frozenset({"png", "first_page"})


def send_sheet(turn: Turn, document: str, form: str) -> None:
    """What is wanted, after asking once about the header, and about each passage to reread."""
    if document not in (BLANK, FROZEN):
        if form != MESSAGE and document != SINCE and form not in PICTURES and _headless(turn):
            turn.become(ended=turn.conversation.ended | {moving.HEADER})
            turn.effects.append(Show("header", f"{document}:{form}"))
            return
        if unread(turn.flow, turn.conversation):
            turn.effects.append(Show("dignity", f"{document}:{form}", fresh=form == MESSAGE))
            return
    turn.effects.append(SendSheet(document, form))
    if form == MESSAGE:
        after = "versions" if document == FROZEN else "export"
        turn.effects.append(Show(after, fresh=True))


def keep_passage(turn: Turn, key: str, document: str, form: str) -> None:
    """« Garder »; without a key, « Tout garder ». What was not judged yet is shown next."""
    left = {one.key for one in unread(turn.flow, turn.conversation)}
    turn.become(reread=turn.conversation.reread | (left & {key} if key else left))
    send_sheet(turn, document, form)


def unread(flow: Flow, conversation: Conversation) -> list[Passage]:
    """Passages that may point at somebody and that nobody judged yet."""
    found = passages(flow, printed(flow, conversation))
    return [one for one in found if one.key not in conversation.reread]


def _headless(turn: Turn) -> bool:
    """Whether the header is untouched and its completion was not proposed yet."""
    header, conversation = turn.flow.header, turn.conversation
    untouched = not any(question in conversation.answers for question in header)
    return bool(header) and untouched and moving.HEADER not in conversation.ended
