"""What is asked, in which order: the items of each rhythm, what is settled, what comes next.

An item is an `At`: the card of a question, or its invitation to write. Nothing is compulsory and the
order is only a proposal (method.md §0.4 G): a skipped or answered item is settled.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain

from bot.domain.conditions import Facts
from bot.domain.conversation import Answer, At, Conversation, Rhythm
from bot.domain.flow import Flow, Question, Step
from bot.domain.once import once
from bot.domain.plan import Plan, plan
from bot.domain.reading import SIDE, applies, facts

MOST_FOLLOW_UPS = 2
NO_ANSWER = Answer()


class Agenda:
    """The walk through a flow for one conversation as it stands."""

    def __init__(self, flow: Flow, conversation: Conversation) -> None:
        self.flow = flow
        self.conversation = conversation
        self.answers = conversation.answers
        self.read: Facts = facts(flow, conversation.answers)
        first = conversation.rhythm is Rhythm.FIRST_PAGE and flow.first_page
        self.page = first.questions if first else ()  # the first page, while it is the rhythm
        # Whatever may change what is asked: the rest is as in an empty dossier.
        self.met = {SIDE, *self.answers, *conversation.told, *conversation.follow_ups}

    def walk(self) -> tuple[At, ...]:
        """Every item that applies, in order; in the rhythm of the first page, those of the page."""
        return self._listed(self.page) if self.page else self._everything()

    def first(self) -> At | None:
        """What is unsettled first, in the whole flow."""
        return next((one for one in self._everything() if not self.settled(one)), None)

    def part(self, item: At) -> tuple[At, ...]:
        """What is walked through with an item: the header, the first page, a step, else the identity."""
        question, step = item.question, self.flow.step_of.get(item.question)
        if question in self.flow.header:
            return self.header()
        if question in self.page and not (step and step.annex):
            return self.walk()
        return self.of_step(step) if step else self._listed(self._identity())

    def header(self) -> tuple[At, ...]:
        """« Compléter l'en-tête »; where nothing is left for it, what the identity asks."""
        return self._listed(self.flow.header or self._identity())

    def of_step(self, step: Step) -> tuple[At, ...]:
        items: list[At] = []
        for one in self._plans[step.id]:
            items += one.blank if one.reads.isdisjoint(self.met) else self.planned(one)
        return tuple(items)

    def of_table(self, table: Question) -> tuple[At, ...]:
        """Its cells, row by row."""
        return self._listed(one.id for one in table.details)

    def settled(self, item: At) -> bool:
        if item.question not in self.met:
            return False
        answer = self.answers.get(item.question, NO_ANSWER)
        if item.telling:
            return bool(answer.fragments) or item.question in self.conversation.told
        return answer.skipped or answer.given

    def pending(self, items: tuple[At, ...]) -> tuple[At, ...]:
        return tuple(item for item in items if not self.settled(item))

    def done(self, items: tuple[At, ...]) -> int:
        """How many of them are settled."""
        met = self.met
        return sum(self.settled(item) for item in items if item.question in met)

    def after(self, item: At) -> At | None:
        """The next unsettled item of its part: further in it, then earlier."""
        items = self.part(item)
        place = next((place for place, one in enumerate(items) if one == item), -1)
        ahead = (*items[place + 1 :], *items[: max(place, 0)])
        return next((one for one in ahead if not self.settled(one)), None)

    def untold(self) -> tuple[At, ...]:
        """What the deepest rhythm would still ask: the list behind /manque."""
        return tuple(one for one in self._everything() if not self._answered(one.question))

    def _everything(self) -> tuple[At, ...]:
        parts = (self.of_step(step) for step in self.flow.steps if not step.annex)
        return tuple(chain(self._listed(self._identity()), *parts))

    def _identity(self) -> Iterable[str]:
        """The identity questions that open the walk: those of the first page, else all but the header."""
        if page := self.flow.first_page:
            return [one for one in page.questions if self.flow.step_of[one] is None]
        every = ((one.details or (one,)) for one in self.flow.identity)
        return [one.id for group in every for one in group if one.id not in self.flow.header]

    def _listed(self, questions: Iterable[str]) -> tuple[At, ...]:
        return tuple(At(one) for one in questions if self.asked(one))

    @cached_property
    def _plans(self) -> Mapping[str, tuple[Plan, ...]]:
        return plans(self.flow)[self.conversation.rhythm is Rhythm.IN_DEPTH]

    def planned(self, plan: Plan) -> list[At]:
        """A question with its details and, in depth, its free text and follow-ups; of one that was
        skipped, what was answered all the same."""
        question, read = plan.question, self.read
        if plan.when and not plan.when.holds(read):
            return []
        items = [item for item, when in plan.items if when is None or when.holds(read)]
        if self._skipped(question):
            return [
                one for one in items if one.question == question or self._answered(one.question)
            ]
        return [*items, *plan.telling, *self._follow_ups(plan)]

    def asked(self, question: str) -> bool:
        """A question whose condition holds and whose own question was not skipped."""
        if not applies(self.flow.questions[question], self.read):
            return False
        parent = self.flow.parents.get(question)
        return not parent or not self._skipped(parent) or self._answered(question)

    def _skipped(self, question: str) -> bool:
        answer = self.answers.get(question, NO_ANSWER)
        return answer.skipped and not answer.given

    def _answered(self, question: str) -> bool:
        return self.answers.get(question, NO_ANSWER).given

    def _follow_ups(self, plan: Plan) -> list[At]:
        """Those shown, which stay, then the next ones that apply: conditional first, two in all."""
        shown, read = self.conversation.follow_ups.get(plan.question, ()), self.read
        chosen = [one for one in plan.follow_ups if one.question in shown] if shown else []
        for item, when in plan.fresh:
            if len(chosen) >= MOST_FOLLOW_UPS:
                break
            if item.question not in shown and (when is None or when.holds(read)):
                chosen.append(item)
        return chosen[:MOST_FOLLOW_UPS]


@once
def plans(flow: Flow) -> Mapping[bool, Mapping[str, tuple[Plan, ...]]]:
    """In depth or not, of every question of a step, in the order shown. Most of a walk is made of
    questions that nobody met yet."""
    nobody = Agenda(flow, Conversation())

    def made(question: Question, in_depth: bool) -> Plan:
        one = plan(question, in_depth)
        return replace(one, blank=tuple(nobody.planned(one)))

    return {
        in_depth: {
            step.id: tuple(made(one, in_depth) for one in step.ordered()) for step in flow.steps
        }
        for in_depth in (False, True)
    }
