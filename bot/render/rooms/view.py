"""What every page of a room reads: the room, the words of its language, its flow, its addresses."""

from collections.abc import Mapping
from functools import cached_property

from bot.domain.flow import Flow
from bot.domain.flows import Flows
from bot.domain.workshop import desk as rules
from bot.domain.workshop.state import SIDES, Room
from bot.render.rooms.addresses import Addresses
from bot.render.rooms.short import LONGEST_LABEL
from bot.render.words import Vocabulary, shorten

NO_LINKS: Mapping[str, str] = {}


class RoomView:
    """One page's. `links`: secrets just drawn, by kind, which are shown once."""

    def __init__(
        self,
        room: Room,
        flows: Flows,
        vocabulary: Vocabulary,
        addresses: Addresses,
        at: float = 0.0,
        links: Mapping[str, str] = NO_LINKS,
    ) -> None:
        self.room = room
        self.words = vocabulary.words(language(room))
        self.addresses = addresses
        self.at = at
        self.links = links
        self._flows = flows

    @cached_property
    def flow(self) -> Flow:
        return self._flows.flow(self.room.conversation.flow, language(self.room))

    def named(self, question: str) -> str:
        """« Q4 · Diagnostic »."""
        asked = rules.in_words(self.flow, self.room, question)
        if asked is None:
            return question
        return asked.title if asked.name == asked.title else f"{asked.name} · {asked.title}"

    def group(self, group: str) -> str:
        """« Élus », or a territory by its name."""
        places = dict(zip(SIDES, self.room.workshop.places, strict=False))
        name = shorten(places.get(group, ""), LONGEST_LABEL)
        return name or self.words.word(f"room_group_{group or 'rest'}")


def language(room: Room | None) -> str:
    """While it is being prepared, that of who prepares it."""
    return (room.workshop.language or room.conversation.language) if room else ""
