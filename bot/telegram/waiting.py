"""What waits to be shown in one chat, and what a newer reply makes needless. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.service.outbound import Outbound

Waiting = tuple[Outbound, ...]


def joined(waiting: Sequence[Outbound], new: Outbound) -> Waiting:
    """What remains to be shown, in order, when `new` comes: what nobody asked for goes last."""
    left = (_remainder(old) if replaces(new, old) else old for old in waiting)
    kept = [old for old in left if old is not None]
    return tuple(sorted((*kept, new), key=lambda one: one.broadcast))


def first_again(waiting: Sequence[Outbound], outbound: Outbound) -> Waiting:
    """The same when one that was taken could not be shown: it comes first among its like."""
    return tuple(sorted((outbound, *waiting), key=lambda one: one.broadcast))


def _remainder(old: Outbound) -> Outbound | None:
    """The documents that a reply asked for are still to be sent when its card is needless."""
    if not old.reply.wanted:
        return None
    return replace(old, reply=replace(old.reply, text="", rows=(), card=False))


def replaces(new: Outbound, old: Outbound) -> bool:
    """Whether showing `old` would be of no use before `new`.

    There is one card, the newest. Replies to one burst of messages are one reply, the last. Of two
    edits of one message only the second would be seen. What nobody asked for gives way to any newer
    card of its workshop. Any other page was asked for: it is shown.
    """
    both_cards = new.reply.card and old.reply.card
    same_burst = new.settle and old.settle
    same_message = new.tapped is not None and new.tapped == old.tapped and edits(new) and edits(old)
    same_message = same_message and new.broadcast <= old.broadcast  # what was asked for is seen
    return both_cards or same_burst or same_message or _same_room(new, old)


def _same_room(new: Outbound, old: Outbound) -> bool:
    here, there = new.room, old.room
    if here is None or there is None or not old.broadcast:
        return False
    return (here.workshop, here.turn is None) == (there.workshop, there.turn is None)


def edits(outbound: Outbound) -> bool:
    """Shown in place of the message tapped, rather than below."""
    return outbound.tapped is not None and not outbound.reply.fresh
