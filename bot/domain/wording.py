"""The words of a flow as one reader sees them: variants by role and side, territories by their names."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.domain.conditions import Facts, parse
from bot.domain.conversation import Answer
from bot.domain.flow import OTHER, Cell, Figure, Flow, Option, Place, Question, Variant
from bot.domain.names import fill, grammar, place
from bot.domain.reading import facts, role

BUTTON_LENGTH = 28  # characters that a phone shows whole on one row
SHORT_NAME = 9  # the longest territory name that fits in a button
NAMED, THERE = "{", "{la_bas"

_SENTENCE = re.compile(r"(?<=[.?!…]) +")


@dataclass(frozen=True, slots=True)
class Choice:
    """An option as shown: its index among the question's options, and its words."""

    index: int
    id: str
    label: str
    help: str = ""


class Wording:
    """Everything a reader reads of a flow goes through here. Pure; cheap to build."""

    def __init__(
        self,
        flow: Flow,
        answers: Mapping[str, Answer],
        read: Facts | None = None,
        revealed: Container[str] = (),
    ) -> None:
        self.flow = flow
        self.revealed = revealed
        self.answers = answers
        self.read = read or facts(flow, answers)
        roles = flow.roles
        network = role(flow, answers) in roles.network_roles
        words = flow.unnamed_network if network else flow.unnamed
        self.unnamed = (words.ici, words.la_bas)
        self.alone = roles.single_territory in self.read.options.get(roles.there, ())

    @cached_property
    def here(self) -> Place | None:
        return self._place(self.flow.roles.here)

    @cached_property
    def there(self) -> Place | None:
        return self._place(self.flow.roles.there)

    @cached_property
    def _short(self) -> tuple[Place | None, Place | None]:
        roles = self.flow.roles
        return (
            self._short_place(roles.here_short, self.here),
            self._short_place(roles.there_short, self.there),
        )

    def text(self, text: str) -> str:
        """A text of the flow with the territories' names; with one territory, without the other."""
        if NAMED not in text:
            return text
        if self.alone and THERE in text:
            text = without_there(text, self.flow.language)
        return fill(text, self.here, self.there, self.unnamed, self.flow.language)

    def ask(self, question: Question) -> str:
        """The question, in the words of the first variant that changes it."""
        return self.text(next((v.ask for v in self._variants(question) if v.ask), question.ask))

    def title(self, question: Question) -> str:
        if isinstance(question, Cell) and question.column:
            return f"{self.row(question)} · {self.text(question.column.title)}"
        return self.text(question.title or question.ask)

    def row(self, cell: Cell) -> str:
        """The title of a cell's row; a row that was added has the name it was given."""
        named = self.answers.get(cell.row) if cell.row in self.flow.questions else None
        return " ".join(named.text.split()) if named and named.text else self.text(cell.heading)

    def label(self, question: Question, option: Option) -> str:
        """An option's words, at most BUTTON_LENGTH characters as far as names allow."""
        return self._label(option, self._variants(question))

    def _label(self, option: Option, variants: tuple[Variant, ...]) -> str:
        told = (v.labels[option.id] for v in variants if option.id in v.labels)
        words = next(told, option.label) if variants else option.label
        if NAMED not in words:
            return words
        if self.alone and THERE in words:
            words = without_there(words, self.flow.language)
        short = fill(words, *self._short, self.unnamed, self.flow.language)
        if len(short) <= BUTTON_LENGTH:
            return short
        return fill(words, None, None, self.unnamed, self.flow.language)

    def answer(self, question: Question, option: str) -> str:
        """A chosen option in the reader's words, names written whole; the slug if it is gone."""
        found = question.option(option)
        if not found:
            return "" if option == OTHER else option
        words = next(
            (
                v.labels[option]
                for v in self._variants(question)
                if option in v.labels and not v.only
            ),
            found.label,
        )
        return self.text(words)

    def figure(self, question: Question, figure: Figure) -> str:
        """What a reference figure counts: its own words, else those of its option."""
        return self.text(figure.label) or self.answer(question, figure.option)

    def choices(self, question: Question) -> tuple[Choice, ...]:
        """The options to show as buttons, in order."""
        variants = self._variants(question)
        shown = list(enumerate(question.options))
        only = _only(variants)
        if only:
            shown = [one for one in shown if one[1].id in only]
        elif question.buttons:
            chosen = self.read.options.get(question.id, frozenset())
            shown = [one for one in shown if one[0] < question.buttons or one[1].id in chosen]
        first = next((v.first for v in variants if v.first), ())
        if first:
            shown.sort(key=lambda one: one[1].id not in first)
        labels = [self._label(option, variants) for _, option in shown]
        return tuple(
            Choice(index, option.id, label, self.text(option.help))
            for (index, option), label in zip(shown, labels, strict=True)
            if label or not self.alone  # an option about a second territory has nothing to say
        )

    def only(self, question: Question) -> tuple[str, ...]:
        """The options shown alone by the variant in force, () when all are or were asked for."""
        return _only(self._variants(question))

    def _variants(self, question: Question) -> tuple[Variant, ...]:
        """Those in force."""
        if not question.variants:
            return ()
        revealed = question.id in self.revealed
        return tuple(
            variant
            for variant in question.variants
            if parse(variant.when).holds(self.read) and not (variant.only and revealed)
        )

    def _place(self, question: str) -> Place | None:
        answer = self.answers.get(question)
        written = " ".join(answer.text.split()) if answer else ""
        return place(written, self.flow.language) if written else None

    def _short_place(self, question: str, whole: Place | None) -> Place | None:
        short = self._place(question) or whole
        return short if short and len(short.name) <= SHORT_NAME else None


def _only(variants: tuple[Variant, ...]) -> tuple[str, ...]:
    return next((one.only for one in variants if one.only), ())


def without_there(text: str, language: str = "fr") -> str:
    """A text for a project of one territory: « et à {la_bas} » falls, then sentences that need it."""
    text = re.sub(grammar(language).beside, "", text)
    return " ".join(one for one in _SENTENCE.split(text) if THERE not in one)
