"""What is asked, in which order: the items of each rhythm, what is settled, what comes next.

An item is an `At`: the card of a question, or its invitation to write. Nothing is compulsory and the
order is only a proposal (method.md §0.4 G): a skipped or answered item is settled.
"""

from collections.abc import Iterator

from bot.domain.conditions import Facts, parse
from bot.domain.conversation import Answer, At, Conversation, Rhythm
from bot.domain.flow import Flow, FollowUp, Question, Step
from bot.domain.reading import applies, facts

MOST_FOLLOW_UPS = 2
NO_ANSWER = Answer()


class Agenda:
    """The walk through a flow for one conversation as it stands."""

    def __init__(self, flow: Flow, conversation: Conversation) -> None:
        self.flow = flow
        self.conversation = conversation
        self.read: Facts = facts(flow, conversation.answers)

    def walk(self, item: At | None = None) -> tuple[At, ...]:
        """Every item that applies, in order, of the walk that `item` belongs to."""
        flow, question = self.flow, item.question if item else ""
        step = flow.step_of.get(question)
        if step and step.annex:
            return tuple(self._of_step(step))
        if question in flow.header:
            return self.header()
        page = self._first_page() if self.conversation.rhythm is Rhythm.FIRST_PAGE else ()
        if page and (not item or question in page):
            return tuple(self._listed(page))
        identity = self._identity()
        walked = [step for step in flow.steps if not step.annex]
        return (*self._listed(identity), *(one for step in walked for one in self._of_step(step)))

    def header(self) -> tuple[At, ...]:
        """« Compléter l'en-tête »; where nothing is left for it, what the identity asks."""
        return tuple(self._listed(self.flow.header or self._identity()))

    def of_step(self, step: Step) -> tuple[At, ...]:
        return tuple(self._of_step(step))

    def of_table(self, table: Question) -> tuple[At, ...]:
        """Its cells, row by row."""
        return tuple(self._listed([one.id for one in table.details]))

    def settled(self, item: At) -> bool:
        answer = self.conversation.answers.get(item.question, NO_ANSWER)
        if item.telling:
            return bool(answer.fragments) or item.question in self.conversation.told
        return answer.given or answer.skipped

    def pending(self, items: tuple[At, ...]) -> tuple[At, ...]:
        return tuple(item for item in items if not self.settled(item))

    def after(self, item: At) -> At | None:
        """The next unsettled item: further in the step, then earlier in it, then beyond.

        The first page has an order of its own, across steps.
        """
        items = self.walk(item)
        place = items.index(item) if item in items else -1
        later, earlier = self.pending(items[place + 1 :]), self.pending(items[: max(place, 0)])
        if self.conversation.rhythm is Rhythm.FIRST_PAGE:
            return next(iter((*later, *earlier)), None)
        same = [one for one in (*later, *earlier) if self._step(one) == self._step(item)]
        return next(iter((*same, *later, *earlier)), None)

    def untold(self) -> tuple[At, ...]:
        """What the deepest rhythm would still ask: the list behind /manque."""
        items = self._listed(self._identity())
        steps = (step for step in self.flow.steps if not step.annex)
        every = (*items, *(one for step in steps for one in self._of_step(step)))
        return tuple(
            one for one in every if not self.conversation.answers.get(one.question, NO_ANSWER).given
        )

    def _step(self, item: At) -> Step | None:
        return self.flow.step_of.get(item.question)

    def _first_page(self) -> tuple[str, ...]:
        return self.flow.first_page.questions if self.flow.first_page else ()

    def _identity(self) -> list[str]:
        """The identity questions that open the walk: those of the first page, else all but the header."""
        if self.flow.first_page:
            return [one for one in self._first_page() if self.flow.step_of[one] is None]
        every = ((one.details or (one,)) for one in self.flow.identity)
        return [one.id for group in every for one in group if one.id not in self.flow.header]

    def _listed(self, questions: Iterator[str] | tuple[str, ...] | list[str]) -> Iterator[At]:
        return (At(one) for one in questions if self.asked(one))

    def _of_step(self, step: Step) -> Iterator[At]:
        for question in step.ordered():
            yield from self._block(question)

    def _block(self, question: Question) -> Iterator[At]:
        """A question with its details and, in depth, its free text and follow-ups."""
        if not self.asked(question.id):
            return
        yield from (At(one.id) for one in question.details if one.before and self.asked(one.id))
        if question.table:  # its cells, then the table as a whole
            yield from (*self.of_table(question), At(question.id, telling=True))
            return
        yield At(question.id)
        yield from (At(one.id) for one in question.details if not one.before and self.asked(one.id))
        if self.conversation.rhythm is Rhythm.IN_DEPTH and not self._skipped(question.id):
            if question.choose:
                yield At(question.id, telling=True)
            yield from (At(one.id) for one in self._follow_ups(question))

    def asked(self, question: str) -> bool:
        """A question whose condition holds and whose own question was not skipped."""
        if not applies(self.flow.questions[question], self.read):
            return False
        parent = self.flow.parents.get(question)
        return not parent or not self._skipped(parent) or self._answered(question)

    def _skipped(self, question: str) -> bool:
        answer = self.conversation.answers.get(question, NO_ANSWER)
        return answer.skipped and not answer.given

    def _answered(self, question: str) -> bool:
        return self.conversation.answers.get(question, NO_ANSWER).given

    def _follow_ups(self, question: Question) -> Iterator[FollowUp]:
        """Those shown, which stay, then the next ones that apply: conditional first, two in all."""
        shown = self.conversation.follow_ups.get(question.id, ())
        kept = [one for one in question.follow_ups if one.id in shown]
        fresh = [one for one in question.follow_ups if one.id not in shown and self._wanted(one)]
        fresh.sort(key=lambda one: not one.when)
        yield from [*kept, *fresh][:MOST_FOLLOW_UPS]

    def _wanted(self, follow_up: FollowUp) -> bool:
        if follow_up.unless and parse(follow_up.unless).holds(self.read):
            return False
        return not follow_up.when or parse(follow_up.when).holds(self.read)
