"""What every card and page reads of a conversation, computed once per reply."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from babel.dates import format_date

from bot.domain import dossier, sentence, strengths, vigilance
from bot.domain.agenda import NO_ANSWER, Agenda
from bot.domain.conditions import Facts, compared, quoted
from bot.domain.conversation import Answer, At, Conversation, Member, Side, Voice
from bot.domain.dossier import Act
from bot.domain.flow import Case, Question, Rule, Strength
from bot.domain.flows import Book, Flows
from bot.domain.reading import role, stage
from bot.domain.vigilance import Points, Raised
from bot.domain.wording import Wording
from bot.render.catalogue import FRENCH
from bot.render.words import Words, shorten

BAR = 10
FULL, EMPTY = "▰", "▱"


@dataclass(frozen=True, slots=True)
class Notice:
    """The facts of the privacy policy, from the configuration; "" when the operator did not say."""

    operator: str = ""
    contact: str = ""
    retention: str = ""
    retention_days: int = 0  # a dossier that sleeps is purged after them; 0: never
    sealed: bool = False  # what is written is, on the disk
    backup_days: float | None = None  # how long a copy is kept; 0: for ever; None: none is made


NO_NOTICE = Notice()
FRENCH_ALONE = {FRENCH: True}


class View:
    def __init__(
        self,
        book: Book,
        conversation: Conversation,
        words: Words,
        notice: Notice = NO_NOTICE,
        formats: frozenset[str] = frozenset(),
        flows: Flows | None = None,
        languages: Mapping[str, bool] = FRENCH_ALONE,
        invited: str = "",
        address: str = "",
    ) -> None:
        flow = book.flow
        self.flow = flow
        self.flows = flows or Flows.of(book)
        self.languages = languages  # that a person may choose, and whether they are whole
        self.conversation = conversation
        self.words = words
        self.book = book
        self.terms = book.terms
        self.notice = notice
        self.formats = formats
        self.invited = (
            invited  # the token of the invitation just made or opened, "" when not at hand
        )
        self.address = address  # what opens it
        self.agenda = Agenda(flow, conversation)
        self.wording = Wording(flow, conversation.answers, self.agenda.read, conversation.revealed)

    @cached_property
    def cases(self) -> Mapping[int, Case]:
        return {case.number: case for case in self.book.cases}

    # --- names ---------------------------------------------------------------------------------

    def name(self, question: str) -> str:
        """A question as people call it: « Q4 » when its id is its number, or its title."""
        if question == f"Q{self.flow.number(question)}" and question not in self.flow.parents:
            return question
        found = self.flow.questions.get(question)
        parent = self.flow.parents.get(question)
        if found and parent and not found.title:
            return self.name(parent)
        return self.wording.title(found) if found else question

    def called(self, question: str, most: int = 0) -> str:
        """Its name within a sentence: « Q4 », or its title between quotes, of `most` characters."""
        name = self.name(question)
        if name == question:
            return name
        return self.words.word("quoted", text=shorten(name, most) if most else name)

    @cached_property
    def project_name(self) -> str:
        return shorten(self.conversation.answers.get(self.flow.roles.name, NO_ANSWER).text, 80)

    def answered(self, question: Question) -> str:
        """An answer in one line: options in the person's words, or the beginning of the text."""
        return self.in_line(question, self.conversation.answers.get(question.id, NO_ANSWER))

    def in_line(self, question: Question, answer: Answer) -> str:
        chosen = [self.wording.answer(question, one) for one in answer.options]
        return self._joined(chosen) or shorten(" ".join(answer.text.split()), 80)

    def _joined(self, options: list[str]) -> str:
        """Options may hold commas."""
        return self.words.word("joint").join(one for one in options if one)

    def figures(self, question: str) -> list[dict[str, str]]:
        """The reference figures that an answer calls for: never without their limits."""
        asked = self.flow.questions.get(question)
        answer = self.conversation.answers.get(question, NO_ANSWER)
        if not asked or not self.flow.figures_note or not answer.given:
            return []
        return [
            {"label": self.wording.figure(asked, one), "value": one.value}
            for one in self.flow.figures
            if question in one.useful_for and (not one.option or one.option in answer.options)
        ]

    @cached_property
    def date(self) -> str:
        """The day of the last act, in words; "" when unknown."""
        if not self.conversation.at:
            return ""
        return long_date(self.conversation.at, self.words.language)

    # --- the dossier, whoever answered ---------------------------------------------------------

    @cached_property
    def read(self) -> Facts:
        """What rules read: the answers that the dossier retains."""
        if self.conversation.together is None:
            return self.agenda.read
        return dossier.read(self.flow, self.conversation)

    @cached_property
    def retained(self) -> Mapping[str, Answer]:
        return dossier.retained(self.flow, self.conversation)

    def may(self, act: Act) -> bool:
        return dossier.may(self.conversation.together, act)

    def own(self, question: str) -> str:
        """A question as the dossier names it, in the words of my side: « our country », « theirs »."""
        together = self.conversation.together
        return dossier.from_side(self.flow, question, together.me.side) if together else question

    def place(self, side: Side, words: str = "{ici}") -> str:
        """A side by the name of its territory. `words`: how it is said, « À {ici} »."""
        together = self.conversation.together
        here = together.me.side if together else dossier.HOME
        return self.wording.text(words if side == here else words.replace("{ici}", "{la_bas}"))

    def who(self, voice: Voice | Member) -> str:
        """An author or a member: by the name they agreed to, else by their role; and their side."""
        role = voice.role.value if voice.role else "gone"
        return f"{voice.name or self.words.word(f'as_{role}')}, {self.place(voice.side)}"

    # --- progress ------------------------------------------------------------------------------

    @cached_property
    def settled(self) -> int:
        answers = self.conversation.answers
        return sum(answers.get(one, NO_ANSWER).given for one in self.flow.counted)

    def gauge(self, items: tuple[At, ...]) -> str:
        """The bar of what is settled among them."""
        return self.bar(self.agenda.done(items), len(items))

    def bar(self, done: int, total: int) -> str:
        full = round(BAR * done / total) if total else 0
        return FULL * full + EMPTY * (BAR - full)

    # --- points and strengths --------------------------------------------------------------------

    @cached_property
    def stage(self) -> str:
        return stage(self.flow, self.conversation.answers)

    @cached_property
    def role(self) -> str:
        return role(self.flow, self.conversation.answers)

    @cached_property
    def raised(self) -> tuple[Raised, ...]:
        return vigilance.raised(self.flow, self.read)

    @cached_property
    def points(self) -> Points:
        return vigilance.points(
            self.flow,
            self.raised,
            role=self.role,
            stage=self.stage,
            handled=self.conversation.handled,
        )

    def step_points(self, step: str) -> tuple[Raised, ...]:
        return vigilance.step_points(
            self.flow,
            self.raised,
            step,
            role=self.role,
            stage=self.stage,
            handled=self.conversation.handled,
        )

    @cached_property
    def strengths(self) -> tuple[Strength, ...]:
        return strengths.strengths(
            self.flow,
            self.read,
            self.raised,
            stage=self.stage,
            handled=self.conversation.handled,
        )

    def some_strengths(self, most: int, step: str | None = None) -> list[dict[str, str]]:
        chosen = strengths.pick(self.flow, self.strengths, most, step)
        return [
            {"phrase": self.wording.text(one.phrase), "why": _capital(self.wording.text(one.why))}
            for one in chosen
        ]

    def point(self, raised: Raised) -> dict[str, object]:
        """A point as it is said: because of which answers, what it risks, the first step, where seen."""
        rule = raised.rule
        spoken = [self.flow.rules_by_id[one] for one in rule.refers if one in self.flow.rules_by_id]
        risk = rule.why or next((one.why for one in spoken if one.why), "")
        return {
            "id": rule.id,
            "title": self.wording.text(rule.title),
            "because": self.because(raised),
            "advice": self.wording.text(rule.advice),
            "risk": self.wording.text(risk),
            "first_step": self.wording.text(rule.first_step),
            "seen": self.seen(rule, spoken),
        }

    def because(self, raised: Raised) -> list[str]:
        """What was answered that raises the point: the options that it names, no others. Where it
        comes from a difference, what each side said."""
        return [
            f"{said} ({self.wording.title(self.flow.questions[one])})"
            for one, options in quoted(raised.condition, self.read).items()
            if one in self.flow.questions
            for said in self._said(one, options, compared(raised.condition))
        ]

    def _said(
        self, question: str, options: frozenset[str], compared: frozenset[str]
    ) -> Iterator[str]:
        found, together = self.flow.questions[question], self.conversation.together
        if together and question in compared:
            for side in dossier.SIDES:
                voice = dossier.of_side(together, question, side, common=True)
                if voice:
                    said = self.quote(self.in_line(found, voice.answer))
                    yield self.words.word("labelled", name=self.place(side), said=said)
            return
        answer = self.retained.get(question, NO_ANSWER)
        kept = replace(answer, options=tuple(one for one in answer.options if one in options))
        yield self.quote(self.in_line(found, kept) or self.in_line(found, answer))

    def quote(self, text: str) -> str:
        return self.words.word("quoted", text=text)

    def seen(self, rule: Rule, spoken: list[Rule]) -> str:
        numbers = rule.cases or next((one.cases for one in spoken if one.cases), ())
        return next((self.cases[one].title for one in numbers if one in self.cases), "")

    # --- the sentence --------------------------------------------------------------------------

    @cached_property
    def sentence(self) -> str:
        """The project in one sentence: the person's own, else the one that the answers make."""
        own = self.retained.get(self.flow.roles.sentence, NO_ANSWER).text
        if own or not self.flow.first_page:
            return own
        return sentence.sentence(
            self.flow,
            self.read,
            stage=self.stage,
            values={"name": self.project_name},
            words=self.wording.text,
        )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def long_date(at: float, language: str) -> str:
    """« 21 novembre 2026 »."""
    day = datetime.fromtimestamp(at, UTC).date()
    return str(format_date(day, "long", locale=language.replace("-", "_")))
