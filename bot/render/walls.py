"""What a page of the web shows of a room: the wall for everybody, a phone's page without Telegram.

The wall shows what a facilitator let through, and no more: `scene` is the only place that chooses.
"""

from dataclasses import replace

from markupsafe import Markup

from bot.domain.languages import right_to_left
from bot.domain.workshop.state import Outcome, Phase, Room
from bot.domain.workshop.tally import tally
from bot.render.rooms import RoomRenderer
from bot.render.rooms.figures import bars, group_bars
from bot.render.rooms.phones import TABLES
from bot.render.rooms.short import in_short
from bot.render.words import shorten

SHOWN_IDEAS, BESIDE = 6, 3  # contributions at once; with a tally or an adopted text, one row
MANY = 6  # answers: more of them are written smaller
LONGEST_IDEA = 220
LONGEST_OUTCOME = 320  # of what the room retains, and of each side of a disagreement
LONGEST_CLOCK = 99 * 60 + 59  # seconds


class WallRenderer:
    def __init__(self, rooms: RoomRenderer) -> None:
        self.rooms = rooms

    def wall(self, room: Room, now: float, qr: str, live: str, version: int) -> str:
        """A whole page of HTML. `qr`: the SVG of the room's address, "" without one; `live`: where
        its events are."""
        words = self.rooms.words(room)
        return words.document(
            "web/wall.html.j2",
            language=words.language,
            right_to_left=right_to_left(words.language),
            qr=Markup(qr),  # noqa: S704  # drawn by us
            live=live,
            version=version,
            **self.scene(room, now),
        )

    def scene(self, room: Room, now: float) -> dict[str, object]:
        workshop, asked = room.workshop, room.workshop.asked
        if workshop.black:
            return {"scene": "black", "workshop": workshop}
        counted = tally(room)
        addresses = self.rooms.addresses
        outcome = (
            in_short(workshop.outcomes.get(asked.question), LONGEST_OUTCOME) if asked else None
        )
        options = len(asked.options) if asked else 0
        most = BESIDE if workshop.shown or outcome or options else SHOWN_IDEAS
        approved = [one for one in room.texts() if one.approved][-most:]
        return {
            "scene": self._scene(room),
            "many": options > MANY,
            "workshop": workshop,
            "asked": asked,
            "present": counted.present,
            "answered": counted.answered,
            "bars": bars(asked, counted) if workshop.shown else [],
            "groups": group_bars(self.rooms.view(room), counted) if workshop.shown else [],
            "ideas": [shorten(" ".join(one.text.split()), LONGEST_IDEA) for one in approved],
            "point": workshop.point,
            "outcome": outcome,
            "retained": retained(outcome),
            "outcomes": [
                {"name": one.asked.name, "said": retained(one), "disagreed": one.disagreed}
                for one in workshop.outcomes.values()
            ],
            "left": max(0, min(round(workshop.until - now), LONGEST_CLOCK)),
            "join": addresses.join(workshop.way_in)
            .removeprefix("https://")
            .removeprefix("http://"),
        }

    def _scene(self, room: Room) -> str:
        workshop = room.workshop
        if workshop.phase is Phase.FINISHED:
            return "finished"
        if workshop.point:
            return "point"
        return "question" if workshop.asked else "waiting"

    # --- without Telegram --------------------------------------------------------------------

    def entry(self, room: Room | None, says: str = "") -> str:
        """Where the QR code leads: into Telegram, or in by this very page."""
        words = self.rooms.words(room)
        code = room.workshop.code if room else ""
        return words.document(
            "web/entry.html.j2",
            language=words.language,
            right_to_left=right_to_left(words.language),
            workshop=room.workshop if room else None,
            says=says,
            telegram=self.rooms.addresses.telegram(code),
            groups=self._groups(room) if room else [],
            tables=TABLES,
        )

    def _groups(self, room: Room) -> list[tuple[str, str]]:
        view = self.rooms.view(room)
        return [(one, view.group(one)) for one in room.workshop.groups]

    def seat(self, room: Room, here: str, version: int, says: str = "") -> str:
        """The page of one phone, at the address `here`: the question in hand as a form."""
        workshop, asked = room.workshop, room.workshop.asked
        vote = next((one for one in room.given if one.kind == "vote"), None)
        outcome = workshop.outcomes.get(asked.question) if asked else None
        words = self.rooms.words(room)
        return words.document(
            "web/seat.html.j2",
            language=words.language,
            right_to_left=right_to_left(words.language),
            workshop=workshop,
            asked=asked,
            here=here,
            live=f"{here}/direct",
            version=version,
            says=says,
            chosen=vote.options if vote else (),
            ideas=[one for one in room.given if one.kind == "text"],
            outcome=outcome,
            retained=retained(outcome),
        )

    def note(self, room: Room | None, key: str) -> str:
        """A notice as plain words; "" for one that is not ours."""
        words = self.rooms.words(room)
        if key.startswith("toast_"):
            return words.word(key)
        return words.plain(key) if key else ""


def retained(outcome: Outcome | None) -> list[str]:
    if outcome is None or outcome.disagreed:
        return []
    chosen = [one.label for one in outcome.asked.options if one.id in outcome.options]
    return [*chosen, *([outcome.text] if outcome.text else [])]


def own(room: Room, seat: int) -> Room | None:
    """The whole room as that seat meets it."""
    found = next((one for one in room.seats if one.id == seat), None)
    given = tuple(one for one in room.given if one.seat == seat)
    return replace(room, seat=found, given=given, seats=()) if found else None
