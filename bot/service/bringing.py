"""A dossier read from a file becomes a new one in the store, in one turn."""

from collections.abc import Sequence

from bot.domain.conversation import Conversation, Effect
from bot.domain.engine.dossiers import bring_in
from bot.domain.engine.turn import Turn
from bot.domain.flow import Flow
from bot.errors import FilrougeError
from bot.service.ports import Key, Store


async def bring(flow: Flow, store: Store, key: Key, brought: Conversation, at: float) -> int:
    """The number of the new dossier. Raises FilrougeError when its owner has no room for it."""
    room = True

    def decide(current: Conversation, _: str) -> tuple[Conversation, Sequence[Effect]]:
        nonlocal room
        turn = Turn(flow, current, at)
        room = bring_in(turn, brought)
        return turn.conversation, turn.effects

    done = await store.turn(key, decide)
    if not room or done.conversation.dossier is None:
        raise FilrougeError("il n’y a plus de place pour un dossier de plus : supprimez-en un")
    return done.conversation.dossier
