"""Photos of answers: none stands in a document unless somebody ticked it (method.md §0.5)."""

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.conversation import Answer, Attachment, Conversation
from bot.domain.dossier import common
from bot.domain.flow import Flow

MOST = 12  # in the documents of one dossier
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")  # of a picture sent as a file


def is_photo(file: Attachment) -> bool:
    return file.kind == "photo" or (
        file.kind == "document" and file.name.lower().endswith(SUFFIXES)
    )


def photos(answer: Answer) -> tuple[Attachment, ...]:
    return tuple(one for one in answer.attachments if is_photo(one))


def photo(answer: Answer, message: int) -> Attachment | None:
    """The photo that came with that message."""
    return next((one for one in photos(answer) if one.message == message), None)


def with_photo(answer: Answer, changed: Attachment) -> Answer:
    """The same answer, with something else said of one of its photos."""
    kept = (changed if one.bare == changed.bare else one for one in answer.attachments)
    return replace(answer, attachments=tuple(kept))


def caption(answer: Answer, shown: Attachment) -> str:
    """What it shows: as it was told for the documents, else the words that came with it."""
    came = (one.text for one in answer.fragments if one.message and one.message == shown.message)
    return shown.caption or next(came, "")


def ticked(flow: Flow, conversation: Conversation) -> Iterator[tuple[str, Answer, Attachment]]:
    """(question, answer, photo), in the order of the flow; of a shared dossier, those of every side that
    kept none to itself."""
    for question in flow.questions:
        for answer in _said(conversation, question):
            for one in photos(answer):
                if one.shown:
                    yield question, answer, one


def _said(conversation: Conversation, question: str) -> Iterator[Answer]:
    if conversation.together:
        yield from (one.answer for one in common(conversation.together, question))
    elif question in conversation.answers:
        yield conversation.answers[question]
