"""What comes in by a door, and the room it is for: links, codes, buttons; then words of those inside."""

from bot.domain.conversation import (
    AttachmentGiven,
    Commanded,
    MessageEdited,
    Started,
    TextGiven,
    UnsupportedGiven,
)
from bot.domain.workshop import events as w
from bot.service.ports import Entrance, Inbound

SEAT, HELPER = "a_", "h_"  # what a deep link begins with

Led = tuple[Entrance, w.RoomEvent]


def named(inbound: Inbound) -> Led | None:
    """What says which room it is for, whoever brings it."""
    key, event, update = inbound.key, inbound.event, inbound.update
    match event:
        case w.SeatTaken(code=code):
            return Entrance(key, "code", code=code, update=update), event
        case _ if isinstance(event, w.RoomEvent):
            number = getattr(event, "workshop", 0)
            return Entrance(key, "workshop", number, update=update), event
        case Started(payload, at) if payload.startswith(SEAT):
            return _by_code(inbound, payload.removeprefix(SEAT), at)
        case Started(payload, at) if payload.startswith(HELPER):
            token = payload.removeprefix(HELPER)
            return Entrance(key, "helper", code=token, update=update), w.HelperJoined(token, at)
        case Commanded("atelier", code, at) if code.strip():
            return _by_code(inbound, code, at)
        case Commanded("atelier", at=at):
            return Entrance(key, "begin", update=update), w.WorkshopAsked(at)
    return None


def inside(inbound: Inbound, *, desk: bool) -> Led | None:
    """What somebody who is in a room says to it. A reply to a card is for what the card shows."""
    key, event = inbound.key, inbound.event
    here = Entrance(key, "here", update=inbound.update)
    if inbound.reply_to is not None:
        return None
    match event:
        case TextGiven(text=text, message=message, at=at):
            return here, w.WordsGiven(text, message, at)
        case MessageEdited(message, text, at) if not desk:  # twice is no harm: perhaps of a dossier
            return Entrance(key, "here"), w.WordsCorrected(message, text, at)
        case AttachmentGiven(at=at) | UnsupportedGiven(at=at) if not desk:
            return here, w.SeatLookedUp(unsupported=True, at=at)
        case Started(payload="", at=at) if not desk:
            return here, w.SeatLookedUp(at=at)
    return None


def _by_code(inbound: Inbound, code: str, at: float) -> Led:
    code = code.strip().upper()
    return Entrance(inbound.key, "code", code=code, update=inbound.update), w.RoomEntered(code, at)
