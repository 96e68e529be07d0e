"""What a room answered, as bars; and who is there."""

from bot.domain.workshop.state import Asked
from bot.domain.workshop.tally import Tally, presence
from bot.render.rooms.view import RoomView
from bot.render.view import EMPTY, FULL

BAR, SMALL_BAR = 10, 8


def bars(asked: Asked | None, counted: Tally) -> list[dict[str, object]]:
    most = max(counted.votes.values(), default=0)
    return [
        {
            "id": one.id,
            "label": one.label,
            "count": counted.votes[one.id],
            "bar": _bar(counted.votes[one.id], most, BAR),
            "share": counted.votes[one.id] / most if most else 0.0,
        }
        for one in (asked.options if asked else ())
    ]


def group_bars(view: RoomView, counted: Tally) -> list[dict[str, object]]:
    """By group, in quarters and without figures: five people crossed with an option may be one.

    `shares`: of each option, of the one that most of the group chose.
    """
    asked = view.room.workshop.asked
    found: list[dict[str, object]] = []
    for group, votes in counted.by_group.items():
        most = max(votes.values(), default=0)
        bars = [
            {
                "label": one.label,
                "bar": _bar(round(_coarse(votes[one.id], most) * 4), 4, SMALL_BAR),
            }
            for one in (asked.options if asked else ())
            if votes[one.id]
        ]
        shares = {one: _coarse(count, most) for one, count in votes.items()}
        found.append({"name": view.group(group), "bars": bars, "shares": shares})
    return found


def present(view: RoomView) -> list[dict[str, object]]:
    if not view.room.workshop.groups:
        return []
    counted = presence([one for one in view.room.seats if not one.away])
    return [{"name": view.group(group), "count": count} for group, count in sorted(counted.items())]


def _coarse(count: int, most: int) -> float:
    """In quarters: a finer bar of a group of five would tell each of them."""
    return max(1, round(4 * count / most)) / 4 if count and most else 0.0


def _bar(count: int, most: int, wide: int) -> str:
    full = max(1, round(wide * count / most)) if count and most else 0
    return FULL * full + EMPTY * (wide - full)
