"""One transition under way: the conversation as it becomes, and the effects so far."""

from dataclasses import replace
from typing import Any

from bot.domain.agenda import NO_ANSWER, Agenda
from bot.domain.conversation import Answer, Conversation, Effect, RecordAnswer
from bot.domain.flow import Flow


class Turn:
    """The only mutable thing of the domain; it lives for one `transition`."""

    def __init__(self, flow: Flow, conversation: Conversation, at: float) -> None:
        self.flow = flow
        self.conversation = conversation
        self.at = at
        self.effects: list[Effect] = []

    def agenda(self) -> Agenda:
        return Agenda(self.flow, self.conversation)

    def answer(self, question: str) -> Answer:
        return self.conversation.answers.get(question, NO_ANSWER)

    def record(self, question: str, answer: Answer) -> None:
        self.become(answers={**self.conversation.answers, question: answer})
        self.effects.append(RecordAnswer(question, answer, self.conversation.revision, self.at))

    def become(self, **changes: Any) -> None:
        """Replace fields of the conversation; an unknown name is a TypeError."""
        self.conversation = replace(self.conversation, **changes)
