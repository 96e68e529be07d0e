"""A facilitator's pages of points of vigilance and of « qui, quoi, avant quand », to the end."""

from bot.domain.workshop import desk as rules
from bot.domain.workshop.events import DeskOpened, PointPut, WordsAwaited, WorkshopFinished
from bot.render.reply import Body, Button
from bot.render.rooms.live import back
from bot.render.rooms.short import LONGEST_LABEL, actions_in_short
from bot.render.rooms.view import RoomView
from bot.render.words import shorten


def points(view: RoomView, _: str) -> Body:
    room, word = view.room, view.words.word
    awaiting = room.desk.awaiting if room.desk else ""
    found = rules.raised(view.flow, room)
    put = room.workshop.point
    titles = [made for one in found if (made := rules.point(view.flow, room, one.rule.id))]
    text = view.words.page(
        "room_points",
        points=titles,
        put=put,
        actions=actions_in_short(room.workshop.actions),
        awaiting=awaiting,
    )
    rows: list[tuple[Button, ...]] = []
    if not awaiting:
        rows = [
            (Button(shorten(one.title, LONGEST_LABEL), DeskOpened(room.id, f"point:{one.rule}")),)
            for one in titles
        ]
        if put:
            rows.append((Button(word("room_point_off"), PointPut(room.id, "")),))
        rows.append((Button(word("room_action"), WordsAwaited(room.id, "action")),))
    return Body(text, (*rows, back(view)))


def point(view: RoomView, rule: str) -> Body:
    room, word = view.room, view.words.word
    found = rules.point(view.flow, room, rule)
    if found is None:
        return points(view, "")
    put = room.workshop.point
    on = bool(put and put.rule == rule)
    text = view.words.page("room_point", point=found, put=on)
    return Body(
        text,
        (
            (
                Button(
                    word("room_point_off" if on else "room_point_on"),
                    PointPut(room.id, "" if on else rule),
                ),
            ),
            (Button(word("room_action"), WordsAwaited(room.id, f"action:{rule}")),),
            (Button(word("room_points"), DeskOpened(room.id, "points")),),
            back(view),
        ),
    )


def finish(view: RoomView, _: str) -> Body:
    room, workshop, word = view.room, view.room.workshop, view.words.word
    text = view.words.page(
        "room_finish",
        open=[view.named(one) for one in workshop.questions if one not in workshop.outcomes],
        actions=len(workshop.actions),
    )
    return Body(
        text,
        (
            (Button(word("room_points"), DeskOpened(room.id, "points")),),
            (Button(word("room_confirm_finish"), WorkshopFinished(room.id)),),
            back(view),
        ),
    )
