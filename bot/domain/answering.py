"""How an answer changes: an option set, words joined, moved, corrected, a skip. Values in, values out."""

import unicodedata
from dataclasses import replace

from bot.domain.conversation import Answer, Attachment, Fragment
from bot.domain.flow import Question


def with_option(question: Question, answer: Answer, option: str, on: bool) -> Answer:
    """One choice replaces; several add up in the question's own order, exclusive options alone."""
    if question.choose == "one":
        return replace(answer, options=(option,) if on else (), skipped=False)
    kept = {one for one in answer.options if one != option}
    if on:
        exclusive = {one.id for one in question.options if one.exclusive}
        kept = {option} if option in exclusive else kept - exclusive | {option}
    ordered = tuple(one.id for one in question.options if one.id in kept)
    return replace(answer, options=ordered, skipped=False)


def with_text(answer: Answer, fragment: Fragment) -> Answer:
    return replace(answer, fragments=(*answer.fragments, fragment), skipped=False)


def with_line(answer: Answer, fragment: Fragment) -> Answer:
    """A one-line answer: the newest replaces the former and any option."""
    return replace(answer, options=(), fragments=(fragment,), skipped=False)


def with_attachment(answer: Answer, attachment: Attachment) -> Answer:
    return replace(answer, attachments=(*answer.attachments, attachment), skipped=False)


def corrected(answer: Answer, message: int, text: str) -> Answer:
    fragments = tuple(
        replace(one, text=text) if one.message == message else one for one in answer.fragments
    )
    return replace(answer, fragments=fragments)


def split(answer: Answer, messages: tuple[int, ...]) -> tuple[Answer, tuple[Fragment, ...]]:
    """The answer without the fragments of these messages, and those fragments."""
    moved = tuple(one for one in answer.fragments if one.message in messages)
    kept = tuple(one for one in answer.fragments if one.message not in messages)
    return replace(answer, fragments=kept), moved


def named_option(question: Question, text: str, labels: dict[str, str]) -> str:
    """The option whose label a person wrote instead of pressing it, "" if none."""
    wanted = _plain(text)
    return next((slug for slug, label in labels.items() if _plain(label) == wanted), "")


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip().rstrip(".").casefold())
    return "".join(one for one in decomposed if not unicodedata.combining(one))
