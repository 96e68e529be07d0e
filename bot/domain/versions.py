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
    return conversation.becoming(answers=renamed(flow, conversation.answers), together=together)


def _together(flow: Flow, together: Together) -> Together:
    """What each member said, and what was retained, likewise."""

    def present(question: str, voice: Voice) -> Voice:
        answer = _present(flow, flow.former.get(question, question), voice.answer)
        return voice if answer is voice.answer else replace(voice, answer=answer)

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
            kept[present] = _present(flow, present, answer)
    return kept


def _present(flow: Flow, question: str, answer: Answer) -> Answer:
    """Its options under their present ids; itself when none has changed."""
    former = flow.former_options.get(question, {})
    if former.keys().isdisjoint(answer.options):
        return answer
    options = dict.fromkeys(former.get(one, one) for one in answer.options)
    return replace(answer, options=tuple(options))


def to_review(flow: Flow, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """The questions whose answer holds an option that the flow no longer has."""
    return tuple(
        question.id
        for question in flow.questions.values()
        if question.options
        and any(not question.option(one) for one in answers.get(question.id, Answer()).options)
    )
