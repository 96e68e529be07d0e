"""Photos of an answer: which ones stand in the documents, and what is said of each."""

from bot.domain import photos as album
from bot.domain.agenda import NO_ANSWER
from bot.domain.conversation import PanelOpened, PhotoTicked
from bot.render.cards import resume_row
from bot.render.reply import Body, Button
from bot.render.view import View
from bot.render.words import shorten

LONGEST_CAPTION = 160


def photos(view: View, question: str) -> Body:
    """The photos of one answer, in the order in which they came."""
    answer = view.conversation.answers.get(question, NO_ANSWER)
    found = album.photos(answer)
    lines = [
        {"caption": shorten(album.caption(answer, one), LONGEST_CAPTION), "shown": one.shown}
        for one in found
    ]
    rows = []
    for number, one in enumerate(found, 1):
        of = {"number": number, "total": len(found)}
        tick = Button(
            view.words.word("photo_out" if one.shown else "photo_in", **of),
            PhotoTicked(question, one.message, not one.shown),
        )
        told = Button(
            view.words.word("photo_caption", **of),
            PanelOpened("caption", f"{question}:{one.message}"),
        )
        rows.append((tick, told) if one.shown else (tick,))
    text = view.words.page("photos", q=view.called(question), photos=lines)
    return Body(text, (*rows, resume_row(view)))


def caption(view: View, which: str) -> Body:
    """What a photo shows, asked for once it is ticked."""
    question, _, message = which.rpartition(":")
    answer = view.conversation.answers.get(question, NO_ANSWER)
    found = next((one for one in album.photos(answer) if str(one.message) == message), None)
    if found is None:
        return photos(view, question)
    text = view.words.page("caption", caption=album.caption(answer, found))
    without = Button(view.words.word("without_caption"), PanelOpened("photos", question))
    return Body(text, ((without,), resume_row(view)))
