"""« Mettre dans la fiche »: a photo of an answer, ticked for the documents or taken out, and its caption."""

from dataclasses import replace

from bot.domain import photos
from bot.domain.conversation import Ask, Attachment, PhotoTicked, Say, SendPhoto, Show, Toast
from bot.domain.engine.turn import Turn

PAGE = "photos"
CAPTION = "caption"  # the page that asks for one; of `Conversation.awaiting`, "caption:Q5:123"


def tick(turn: Turn, event: PhotoTicked) -> None:
    answer = turn.answer(event.question)
    found = photos.photo(answer, event.message)
    if found is None:
        turn.effects += [Toast("stale"), Ask()]
        return
    if found.shown == event.on:
        turn.effects += [Toast("already_noted"), Show(PAGE, event.question)]
        return
    full = len(list(photos.ticked(turn.flow, turn.conversation))) >= photos.MOST
    if event.on and full:
        turn.effects += [Say("photos_full", {"limit": photos.MOST}), Show(PAGE, event.question)]
        return
    turn.record(event.question, photos.with_photo(answer, replace(found, shown=event.on)))
    if event.on:
        turn.effects.append(SendPhoto(found.file))
        if not photos.caption(answer, found):
            ask_caption(turn, f"{event.question}:{event.message}")
            return
    turn.effects.append(Show(PAGE, event.question))


def ask_caption(turn: Turn, which: str) -> None:
    """The next words are a caption; without a photo there, they are an answer as ever."""
    _, found = _named(turn, which)
    if found is None:
        turn.effects += [Toast("stale"), Ask()]
        return
    turn.become(awaiting=f"{CAPTION}:{which}")
    turn.effects.append(Show(CAPTION, which))


def awaits_caption(turn: Turn) -> bool:
    return turn.conversation.awaiting.startswith(f"{CAPTION}:")


def describe(turn: Turn, text: str) -> bool:
    """Take a text as the caption that was asked for; False when its photo is gone."""
    question, found = _named(turn, turn.conversation.awaiting.partition(":")[2])
    turn.become(awaiting="")
    if found is None:
        return False
    answer = turn.answer(question)
    turn.record(question, photos.with_photo(answer, replace(found, caption=text.strip())))
    turn.effects += [Say("caption_kept"), Show(PAGE, question, fresh=True)]
    return True


def _named(turn: Turn, which: str) -> tuple[str, Attachment | None]:
    """« Q5:123 »: a question, and the message that brought the photo."""
    question, _, message = which.rpartition(":")
    number = int(message) if message.isascii() and message.isdigit() else 0
    return question, photos.photo(turn.answer(question), number)
