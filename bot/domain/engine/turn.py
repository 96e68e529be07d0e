"""One transition under way: the conversation as it becomes, and the effects so far."""

from dataclasses import replace
from typing import Any

from bot.domain import dossier
from bot.domain.agenda import NO_ANSWER, Agenda
from bot.domain.conversation import Answer, Conversation, Effect, RecordAnswer
from bot.domain.flow import OTHER, Cell, Flow, Question


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

    def own(self, question: str) -> bool:
        """Whether what the person walks with is their own answer, not one of their side's."""
        together = self.conversation.together
        if together is None:
            return True
        said = dossier.mine(together, dossier.from_side(self.flow, question, together.me.side))
        return bool(said and said.answer == self.answer(question))

    def record(self, question: str, answer: Answer, *, private: bool = False) -> None:
        """What the person answers. `private`: it says again what is for their side only."""
        self._write(question, answer, private)
        if isinstance(self.flow.questions.get(question), Cell):
            self._mark(self.flow.questions[self.flow.parents[question]])

    def _write(self, question: str, answer: Answer, private: bool = False) -> None:
        """Under the name that the dossier gives the question."""
        asked, adopted = question, True
        if together := self.conversation.together:
            asked = dossier.from_side(self.flow, question, together.me.side)
            private = private or dossier.stays_on_my_side(self.flow, together, asked)
            together, adopted = dossier.answered(
                self.flow, together, asked, answer, self.at, private=private
            )
        self.become(answers={**self.conversation.answers, question: answer}, together=together)
        visit = self.conversation.revision
        self.effects.append(RecordAnswer(asked, answer, visit, self.at, adopted, private))

    def _mark(self, table: Question) -> None:
        """A table counts as answered (the implicit option) while one of its cells is."""
        answer, filled = self.answer(table.id), any(self.answer(c.id).given for c in table.details)
        options = (OTHER,) if filled else ()
        if answer.options != options:
            self._write(table.id, replace(answer, options=options, skipped=False))

    def become(self, **changes: Any) -> None:
        """Replace fields of the conversation; an unknown name is a KeyError."""
        self.conversation = self.conversation.becoming(at=self.at, **changes)
