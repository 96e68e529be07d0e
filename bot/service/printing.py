"""How a document is made, without a store or a clock: it can be done in a process apart.

What is the same for every document is in the `Printer`, which travels there once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.conversation import Attachment, Conversation
from bot.domain.flow import Flow
from bot.domain.flows import Book, Flows
from bot.domain.sheet import DocumentKind, Sheet, build, with_annexes
from bot.domain.versions import brought_up
from bot.errors import FilrougeError
from bot.service.editions import Standing
from bot.service.ports import Exporter, OwnTemplates, Picture, Table, Templates

Messages = Callable[[Sheet, Templates], list[str]]
Questionnaire = Callable[[Flow, Templates], bytes]
Pictures = Mapping[Attachment, bytes]  # a photo of an answer -> what documents print
UNNUMBERED = Standing()


@dataclass(frozen=True, slots=True)
class Brief:
    """What a document holds, beside the dossier. `annex`: the annex of the flow too; `annexed`: the other
    dossiers of the project whose sheets are joined to this one."""

    document: DocumentKind
    at: float
    annex: bool = False
    standing: Standing = UNNUMBERED
    pictures: Pictures | None = None
    annexed: tuple[Conversation, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Printer:
    """Every format of the sheet of every flow."""

    flows: Flows
    exporters: Mapping[str, Exporter]
    messages: Messages
    templates: Templates
    questionnaire: Questionnaire | None = None
    own: OwnTemplates | None = None
    code: Callable[[str], bytes] | None = None  # an address as a picture to scan
    photo: Callable[[bytes], bytes] | None = None  # a file as it came -> what documents print

    def book(self, conversation: Conversation) -> Book:
        """The flow of a dossier in the language of its sheet."""
        return self.flows.book(conversation.flow, conversation.sheet_language)

    def sheet(self, conversation: Conversation, brief: Brief) -> Sheet:
        book = self.book(conversation)
        sheet = build(
            book.flow,
            brought_up(book.flow, conversation),
            layout=book.layout,
            cases=book.cases,
            date=day(brief.at),
            document=brief.document,
            include_annex=brief.annex,
            since=brief.standing.since,
            version=brief.standing.version,
            pictures=brief.pictures,
        )
        joined = Brief(brief.document, brief.at)
        return with_annexes(sheet, [self.sheet(one, joined) for one in brief.annexed])

    def export(self, form: str, conversation: Conversation, brief: Brief) -> bytes:
        """The bytes of one format. Raises FilrougeError when there is no such one."""
        return self._exporter(form).export(self.sheet(conversation, brief), self.templates)

    def told(self, conversation: Conversation, brief: Brief) -> list[str]:
        """The sheet as messages for a chat."""
        return self.messages(self.sheet(conversation, brief), self.templates)

    def said(self, form: str, conversation: Conversation, at: float) -> str:
        """What a picture shows, in words; "" for what is not one."""
        exporter = self._exporter(form)
        if not isinstance(exporter, Picture):
            return ""
        return exporter.alternative(self.sheet(conversation, Brief("work", at)), self.templates)

    def table(
        self, form: str, conversations: Sequence[Conversation], at: float, *, annex: bool = False
    ) -> bytes:
        """A row for each dossier. Raises FilrougeError when the format is no table."""
        exporter = self._exporter(form)
        if not isinstance(exporter, Table):
            raise FilrougeError(f"le format « {form} » ne réunit pas plusieurs dossiers")
        sheets = [self.sheet(one, Brief("work", at, annex)) for one in conversations]
        return exporter.table(sheets, self.templates)

    def data(self, conversation: Conversation) -> str:
        """The whole dossier as JSON: what a version keeps."""
        return self.export("json", conversation, Brief("work", 0, annex=True)).decode()

    def blank(self, flow: str, language: str) -> bytes:
        """The questionnaire to fill in by hand."""
        if self.questionnaire is None:
            raise FilrougeError("le questionnaire à imprimer n’existe pas ici")
        return self.questionnaire(self.flows.flow(flow, language), self.templates)

    def to_fill(self, template: bytes, conversation: Conversation, brief: Brief) -> bytes:
        """What `OwnTemplates.filled` takes, for a person's own Word template."""
        return self._own.to_fill(template, self.sheet(conversation, brief), self.templates)

    def prepared(self, photo: bytes) -> bytes:
        """Raises FilrougeError for what is not a photo."""
        if self.photo is None:
            raise FilrougeError("les photos ne s’impriment pas ici")
        return self.photo(photo)

    def scanned(self, address: str) -> bytes:
        """A picture that a phone reads."""
        if self.code is None:
            raise FilrougeError("les images à scanner ne se font pas ici")
        return self.code(address)

    def to_check(self, template: bytes) -> bytes:
        """What `OwnTemplates.faults` takes."""
        return self._own.to_check(template, self.flows.flow(), self.templates)

    @property
    def _own(self) -> OwnTemplates:
        if self.own is None:
            raise FilrougeError("les modèles Word ne se prennent pas ici")
        return self.own

    def _exporter(self, form: str) -> Exporter:
        exporter = self.exporters.get(form)
        if exporter is None:
            raise FilrougeError(f"le format « {form} » n’existe pas")
        return exporter


def day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
