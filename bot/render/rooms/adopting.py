"""A facilitator's page once a question is closed: what the room retains."""

from dataclasses import replace

from bot.domain.workshop.events import AnswerAdopted, OptionKept, WordsAwaited, WordsPicked
from bot.domain.workshop.state import Phase
from bot.domain.workshop.tally import tally
from bot.render.reply import Body, Button
from bot.render.rooms.live import back, live
from bot.render.rooms.short import LONGEST_SAID, idea
from bot.render.rooms.view import RoomView
from bot.render.words import shorten

LONGEST_PICK = 250  # of a contribution that may be picked


def adopt(view: RoomView, _: str) -> Body:
    room, workshop, word = view.room, view.room.workshop, view.words.word
    asked, draft = workshop.asked, workshop.draft
    if asked is None or workshop.phase is not Phase.CLOSED:
        return live(view, "")
    awaiting = room.desk.awaiting if room.desk else ""
    counted = tally(room)
    texts = [one for one in room.texts() if one.text][-8:]
    text = view.words.page(
        "room_adopt",
        asked=asked,
        draft=replace(
            draft,
            text=shorten(draft.text, LONGEST_SAID),
            side=shorten(draft.side, LONGEST_SAID),
        ),
        awaiting=awaiting,
        options=[one.label for one in asked.options if one.id in draft.options],
        ideas=[idea(one, most=LONGEST_PICK) for one in texts],
    )
    rows: list[tuple[Button, ...]] = []
    if not awaiting:
        for place, option in enumerate(asked.options):
            on = option.id in draft.options
            label = f"{option.label} ({counted.votes.get(option.id, 0)}){' ✓' if on else ''}"
            rows.append((Button(label, OptionKept(room.id, workshop.turn, place, not on)),))
        for one in texts:
            on = one.number == draft.picked
            label = word("room_picked" if on else "room_pick", number=one.number)
            event = WordsPicked(room.id, workshop.turn, 0 if on else one.number)
            rows.append((Button(label, event),))
        rows += [
            (
                Button(word("room_write"), WordsAwaited(room.id, "text")),
                Button(word("room_disagree"), WordsAwaited(room.id, "side")),
            ),
            (Button(word("room_retain"), AnswerAdopted(room.id, workshop.turn)),),
        ]
    return Body(text, (*rows, back(view)))
