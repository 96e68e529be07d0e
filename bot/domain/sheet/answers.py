"""Answers as entries of a sheet: options in the person's own words, then what they wrote."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from bot.domain.conditions import Facts, parse
from bot.domain.conversation import Answer, Attachment, Conversation, Fragment, Handling
from bot.domain.flow import Flow, Question
from bot.domain.reading import applies
from bot.domain.sheet.clean import clean, excerpt, line, paragraphs, rightwards
from bot.domain.sheet.layout import Part
from bot.domain.sheet.model import Entry, File
from bot.domain.sheet.shorten import beginning
from bot.domain.tables import Table, table
from bot.domain.wording import Wording

NO_ANSWER = Answer()


def printable(conversation: Conversation) -> Conversation:
    """The same conversation with every word fit to print."""
    return replace(
        conversation,
        answers={key: _printable(answer) for key, answer in conversation.answers.items()},
        handled={
            rule: Handling(one.how, line(one.what), line(one.who), line(one.when))
            for rule, one in conversation.handled.items()
        },
    )


def without_annex(flow: Flow, conversation: Conversation) -> Conversation:
    """The conversation as if no annex had been answered: security stays inside (method.md §0.5)."""
    annexes = {key for key, step in flow.step_of.items() if step and step.annex}
    kept = {key: one for key, one in conversation.answers.items() if key not in annexes}
    together = conversation.together
    if together is not None:
        voices = {key: one for key, one in together.voices.items() if key not in annexes}
        adopted = {key: one for key, one in together.adopted.items() if key not in annexes}
        together = replace(together, voices=voices, adopted=adopted)
    return replace(conversation, answers=kept, together=together)


class Answers:
    """Reads a conversation part by part.

    `show`: for a third party, without files, waiting options or answers to follow-ups.
    """

    def __init__(self, wording: Wording, read: Facts, *, show: bool, apart: Container[str]) -> None:
        self.wording = wording
        self.flow: Flow = wording.flow
        self.read = read
        self.show = show
        self.apart = apart  # details that have a place of their own

    def entries(self, parts: Iterable[Part], *, most: int = 0) -> tuple[Entry, ...]:
        """What was answered to the parts that apply; `most`: characters of a text, 0 for all."""
        return tuple(one for part in parts if self._wanted(part) for one in self._said(part, most))

    def _said(self, part: Part, most: int) -> Iterator[Entry]:
        """An answer; of a table in brief, its totals one by one."""
        question = self.flow.questions.get(part.id)
        if question and question.table and part.brief:
            found = table(question, self.wording, self.read)
            for column, total in zip(found.columns, found.totals, strict=True):
                if total:
                    yield Entry(part.id, column.title, paragraphs=(total,))
        elif entry := self.entry(part, most):
            yield entry

    def entry(self, part: Part, most: int = 0) -> Entry | None:
        question = self.flow.questions.get(part.id)
        if not question or not applies(question, self.read):
            return None
        entry = self._own(question)
        if part.brief:
            entry = replace(entry, paragraphs=() if entry.options else entry.paragraphs, files=())
        elif question.table:
            entry = replace(entry, table=self._table(question), files=self._files(question, entry))
        elif not part.alone:
            entry = replace(entry, parts=tuple(self._below(question)))
        if most:
            entry = _shortened(entry, most)
        if part.label:
            entry = replace(entry, label=self.wording.text(part.label))
        return entry if _says(entry) else None

    def words(self, question: str, *, only: frozenset[str] | None = None) -> tuple[str, ...]:
        """The options chosen (among `only`), waiting ones too; failing that, the text's beginning."""
        found = self.flow.questions[question]
        answer = self.wording.answers.get(question, NO_ANSWER)
        if only is not None:
            kept = tuple(one for one in answer.options if one in only)
            answer = replace(answer, options=kept)
        chosen = tuple(word for _, word in self._options(found, answer))
        return chosen or ((excerpt(line(answer.text), 80),) if answer.fragments else ())

    def chosen(self, question: str, answer: Answer) -> tuple[str, ...]:
        """The options of any answer to a question, in words."""
        return tuple(word for _, word in self._options(self.flow.questions[question], answer))

    def waiting(self, question: str) -> bool:
        """Whether the answer leaves the question open (« pas encore »)."""
        found = self.flow.questions[question]
        answer = self.wording.answers.get(question, NO_ANSWER)
        return any((option := found.option(one)) and option.waiting for one in answer.options)

    def other_version(self) -> tuple[Entry, ...]:
        """Answers to questions that the flow no longer has."""
        gone = (
            Entry(
                key,
                key,
                tuple(line(one) for one in answer.options),
                paragraphs(answer.text),
                _files(answer.attachments),
            )
            for key, answer in self.wording.answers.items()
            if key not in self.flow.questions
        )
        return tuple(one for one in gone if _says(one))

    def _own(self, question: Question) -> Entry:
        answer = self.wording.answers.get(question.id, NO_ANSWER)
        options = tuple(
            word for waits, word in self._options(question, answer) if not (self.show and waits)
        )
        texts = paragraphs(answer.text)
        if self.show and question.kind == "organisations" and len(set(map(rightwards, texts))) == 1:
            texts = (" · ".join(texts),)  # on one line, unless they run both ways
        return Entry(
            question.id,
            self.wording.text(question.sheet or question.title or question.ask),
            options,
            texts,
            () if self.show else _files(answer.attachments),
        )

    def _options(self, question: Question, answer: Answer) -> Iterator[tuple[bool, str]]:
        """(leaves the question open, words) of each option chosen, in the order of the flow."""
        order = {option.id: index for index, option in enumerate(question.options)}
        for slug in sorted(
            dict.fromkeys(answer.options), key=lambda one: order.get(one, len(order))
        ):
            option = question.option(slug)
            if word := line(self.wording.answer(question, slug)):
                yield bool(option and option.waiting), word

    def _table(self, question: Question) -> Table | None:
        """The table, if anything is in it; for a third party, without the rows that say nothing."""
        found = table(question, self.wording, self.read)
        if self.show:
            found = replace(found, lines=tuple(one for one in found.lines if one.filled))
        return found if found.filled else None

    def _files(self, table: Question, entry: Entry) -> tuple[File, ...]:
        """What was joined to the table, and to each of its cells."""
        found = (self.wording.answers.get(one.id, NO_ANSWER).attachments for one in table.details)
        cells = [] if self.show else [file for one in found for file in _files(one)]
        return (*entry.files, *cells)

    def _below(self, question: Question) -> Iterator[Entry]:
        details = [one.id for one in question.details if one.id not in self.apart]
        told = () if self.show else question.follow_ups
        for child in (*details, *(one.id for one in told)):
            if entry := self.entry(Part(child)):
                yield entry

    def _wanted(self, part: Part) -> bool:
        if part.work and self.show:
            return False
        return not part.when or parse(part.when).holds(self.read)


def _printable(answer: Answer) -> Answer:
    return replace(
        answer,
        fragments=tuple(Fragment(clean(one.text), one.message) for one in answer.fragments),
        attachments=tuple(replace(one, name=line(one.name)) for one in answer.attachments),
    )


def _files(attachments: Iterable[Attachment]) -> tuple[File, ...]:
    return tuple(File(one.kind, one.name) for one in attachments)


def _shortened(entry: Entry, most: int) -> Entry:
    """A text cut to a few lines, without what hangs below it: the detail has it whole."""
    return replace(entry, paragraphs=tuple(beginning(entry.paragraphs, most)), parts=())


def _says(entry: Entry) -> bool:
    return bool(entry.options or entry.paragraphs or entry.files or entry.parts or entry.table)
