"""Answers given under a former version of a flow, read under the present one: nothing is lost.

A question or option renamed in the flow names its former ids (`was`). What no longer exists stays with
the dossier, apart: rules do not read it, the sheet lists it.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.conversation import Answer, Conversation, Together, Voice
from bot.domain.flow import Flow


def brought_up(flow: Flow, conversation: Conversation) -> Conversation:
    """The conversation with its answers under their present ids; the present id wins over a former."""
    if not flow.former and not flow.former_options:
        return conversation
    together = conversation.together
    if together is not None:
        together = _together(flow, together)
    return replace(conversation, answers=renamed(flow, conversation.answers), together=together)


def _together(flow: Flow, together: Together) -> Together:
    """What each member said, and what was retained, likewise."""

    def present(question: str, voice: Voice) -> Voice:
        answers = renamed(flow, {question: voice.answer})
        return replace(voice, answer=next(iter(answers.values())))

    voices = {
        flow.former.get(question, question): tuple(present(question, one) for one in said)
        for question, said in together.voices.items()
        if flow.former.get(question, question) == question
        or flow.former[question] not in together.voices
    }
    adopted = {
        flow.former.get(question, question): replace(one, voice=present(question, one.voice))
        for question, one in together.adopted.items()
        if flow.former.get(question, question) == question
        or flow.former[question] not in together.adopted
    }
    return replace(together, voices=voices, adopted=adopted)


def renamed(flow: Flow, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    kept: dict[str, Answer] = {}
    for question, answer in answers.items():
        present = flow.former.get(question, question)
        if present == question or present not in answers:
            former = flow.former_options.get(present, {})
            options = tuple(dict.fromkeys(former.get(one, one) for one in answer.options))
            kept[present] = replace(answer, options=options)
    return kept


def to_review(flow: Flow, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """The questions whose answer holds an option that the flow no longer has."""
    return tuple(
        question.id
        for question in flow.questions.values()
        if question.options
        and any(not question.option(one) for one in answers.get(question.id, Answer()).options)
    )
