"""What the room answered, counted: by option, and by group as far as that points at nobody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.workshop.state import Given, Room, Seat

FEWEST = 5  # method.md §0.5: fewer than five people are somebody
REST = ""  # the groups merged


@dataclass(frozen=True, slots=True)
class Tally:
    """`by_group`: group -> option -> how many; groups too small stand together under REST."""

    answered: int  # seats that gave something
    present: int  # seats, those that left after they gave included
    votes: Mapping[str, int]
    paper: int  # hands counted, within the votes
    texts: int
    by_group: Mapping[str, Mapping[str, int]]


def tally(room: Room) -> Tally:
    """Of the question in hand."""
    asked = room.workshop.asked
    votes: Counter[str] = Counter()
    paper = 0
    for one in room.given:
        votes.update(one.options if one.kind == "vote" else ())
        votes.update(one.counts)
        paper += sum(one.counts.values())
    order = [one.id for one in asked.options] if asked else []
    given = {one.seat for one in room.given if one.seat and not one.empty}
    return Tally(
        answered=len(given),
        present=sum(not one.away or one.id in given for one in room.seats),
        votes={one: votes[one] for one in order},
        paper=paper,
        texts=len(room.texts()),
        by_group=_by_group(room.given, room.seats, order),
    )


def presence(seats: Sequence[Seat]) -> Mapping[str, int]:
    """People by group; those too few together, and no detail at all when they are still too few."""
    counted: Counter[str] = Counter()
    for one in seats:
        counted[one.group] += one.people
    merged = _merged(counted)
    found: Counter[str] = Counter()
    for group, people in counted.items():
        found[REST if group in merged else group] += people
    return dict(found)


def _by_group(
    given: Sequence[Given], seats: Sequence[Seat], order: Sequence[str]
) -> Mapping[str, Mapping[str, int]]:
    groups = {one.id: one.group for one in seats}
    voters = Counter(groups.get(one.seat, REST) for one in given if one.kind == "vote")
    merged = _merged(voters)
    found: dict[str, Counter[str]] = {}
    for one in given:
        if one.kind == "vote":
            group = groups.get(one.seat, REST)
            found.setdefault(REST if group in merged else group, Counter()).update(one.options)
    if len(found) < 2:
        return {}
    return {group: {one: votes[one] for one in order} for group, votes in found.items()}


def _merged(sizes: Mapping[str, int]) -> frozenset[str]:
    """The groups that are not told apart: those under five, and the next one while all of them
    together are."""
    merged: set[str] = set()
    together = 0
    for group, size in sorted(sizes.items(), key=lambda one: (one[1], one[0])):
        if size >= FEWEST and (not merged or together >= FEWEST):
            break
        merged.add(group)
        together += size
    return frozenset(merged)
