"""Makes the documents that people ask for, in a thread: the conversations of others go on meanwhile."""

import asyncio
import logging
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property

from bot.domain.conversation import Conversation, TemplateFault
from bot.domain.engine.documents import BLANK, MESSAGE, SINCE
from bot.domain.flow import Case, Flow
from bot.domain.sheet import DocumentKind, Layout, Sheet, build
from bot.domain.versions import brought_up
from bot.errors import FilrougeError
from bot.render.reply import Wanted
from bot.render.words import Words
from bot.service import personal
from bot.service.conversations import Document
from bot.service.editions import LAST, Editions, Standing
from bot.service.ports import Edition, Exporter, Key, OwnTemplates, Picture, Store, Table, Templates

log = logging.getLogger(__name__)

LONGEST_NAME = 60
UNNUMBERED = Standing()
NOT_FROZEN = Edition(0, 0.0, "")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")

Messages = Callable[[Sheet, Templates], list[str]]
Questionnaire = Callable[[Flow, Templates], bytes]
WORD = "docx"
OWN_AT_ONCE = 2  # people's own Word templates: each may take its process to its limits
SAMPLE = "sheet-sample.docx"  # the commented template, in the templates' folder


class Documents:
    """Every format of the sheet of one flow, and a person's own data."""

    def __init__(
        self,
        flow: Flow,
        store: Store,
        exporters: Mapping[str, Exporter],
        messages: Messages,
        templates: Templates,
        *,
        cases: Sequence[Case] = (),
        layout: Layout | None = None,
        questionnaire: Questionnaire | None = None,
        own: OwnTemplates | None = None,
    ) -> None:
        self.flow = flow
        self.store = store
        self.exporters = exporters
        self.messages = messages
        self.templates = templates
        self.cases = tuple(cases)
        self.layout = layout
        self.questionnaire = questionnaire
        self.own = own
        self._apart = asyncio.Semaphore(OWN_AT_ONCE)
        self.formats = frozenset(exporters)
        self.editions = Editions(store, self._frozen)

    async def make(
        self, key: Key, conversation: Conversation, wanted: Wanted, at: float
    ) -> Document:
        if wanted.document == BLANK:
            return await self.blank()
        match wanted.document:
            case "person":
                return await self.personal(key, at)
            case "template":
                return await self.template(key)
            case "sample":
                return self.sample()
            case "frozen":
                return Document(edition=await self.editions.freeze(conversation, at))
        kind: DocumentKind = "show" if wanted.document == "show" else "work"
        since = LAST if wanted.document == SINCE else None
        if since == LAST and not await self.editions.frozen(conversation):
            return Document(edition=NOT_FROZEN)
        standing = await self.editions.standing(conversation, since)
        if wanted.format == MESSAGE:
            sheet = self.sheet(conversation, kind, at, standing=standing)
            return Document(
                texts=tuple(await asyncio.to_thread(self.messages, sheet, self.templates))
            )
        made, note = await self._own(key, conversation, kind, wanted.format, at), ""
        if not made:
            note = "template_failed" if made == b"" else ""
            made = await self.export(conversation, kind, wanted.format, at, since=since)
        exporter = self.exporters[wanted.format]
        name = _file_name(self._stem(kind), self._title(conversation), at) + exporter.suffix
        return Document(
            name, made, exporter.media_type, said=self._said(conversation, wanted, at), note=note
        )

    async def _own(
        self, key: Key, conversation: Conversation, kind: DocumentKind, form: str, at: float
    ) -> bytes | None:
        """The Word document of the person's own template; None without one, b"" when it fails."""
        if form != WORD or self.own is None or not conversation.template:
            return None
        kept = await self.store.template(key)
        if kept is None:
            return None
        sheet = self.sheet(conversation, kind, at)
        try:
            async with self._apart:
                return await asyncio.to_thread(self.own.export, sheet, kept.content, self.templates)
        except FilrougeError as fault:
            log.warning("%s : le nôtre le remplace", fault)
            return b""

    async def check(self, content: bytes) -> tuple[TemplateFault, ...]:
        """What keeps a Word template from being used."""
        if self.own is None:
            return (TemplateFault("not_here"),)
        async with self._apart:
            return await asyncio.to_thread(self.own.check, content, self.flow, self.templates)

    async def template(self, key: Key) -> Document:
        """The person's own Word template, as they sent it."""
        kept = await self.store.template(key)
        if kept is None:
            raise FilrougeError("aucun modèle Word n’est gardé")
        return Document("mon-modele.docx", kept.content, self.exporters[WORD].media_type)

    def sample(self) -> Document:
        """The commented template to begin one's own from."""
        found = self.templates.get(SAMPLE)
        if not isinstance(found, bytes):
            raise FilrougeError("l’exemple de modèle Word manque dans le dossier des modèles")
        return Document("exemple-de-modele.docx", found, self.exporters[WORD].media_type)

    async def blank(self) -> Document:
        """The questionnaire to fill in by hand."""
        if self.questionnaire is None:
            raise FilrougeError("le questionnaire à imprimer n’existe pas ici")
        made = await asyncio.to_thread(self.questionnaire, self.flow, self.templates)
        return Document(f"questionnaire-{self.flow.flow}.pdf", made, "application/pdf")

    async def export(
        self,
        conversation: Conversation,
        document: DocumentKind,
        form: str,
        at: float,
        *,
        annex: bool = False,
        since: int | None = None,
    ) -> bytes:
        """The bytes of one format. Raises FilrougeError when they cannot be made.

        `since`: with what changed since that version.
        """
        exporter = self.exporters.get(form)
        if exporter is None:
            raise FilrougeError(f"le format « {form} » n’existe pas")
        standing = await self.editions.standing(conversation, since)
        sheet = self.sheet(conversation, document, at, annex=annex, standing=standing)
        return await asyncio.to_thread(exporter.export, sheet, self.templates)

    async def table(self, form: str, at: float, *, annex: bool = False) -> bytes:
        """Every dossier of the flow, one row each. Raises FilrougeError when a format is no table."""
        exporter = self.exporters.get(form)
        if exporter is None or not isinstance(exporter, Table):
            raise FilrougeError(f"le format « {form} » ne réunit pas plusieurs dossiers")
        records = [await self.store.dossier(one.id) for one in await self.store.dossiers()]
        sheets = [
            self.sheet(one.conversation, "work", at, annex=annex)
            for one in records
            if one and one.flow == self.flow.flow
        ]
        return await asyncio.to_thread(exporter.table, sheets, self.templates)

    def _frozen(self, conversation: Conversation) -> str:
        made = self.exporters["json"].export(self.sheet(conversation, "work", 0, annex=True), {})
        return made.decode()

    def sheet(
        self,
        conversation: Conversation,
        document: DocumentKind,
        at: float,
        *,
        annex: bool = False,
        standing: Standing = UNNUMBERED,
    ) -> Sheet:
        return build(
            self.flow,
            brought_up(self.flow, conversation),
            layout=self.layout,
            cases=self.cases,
            date=_day(at),
            document=document,
            include_annex=annex,
            since=standing.since,
            version=standing.version,
        )

    async def personal(self, key: Key, at: float) -> Document:
        """Everything kept about a person: to read, to load elsewhere, and their files."""
        data = await self.store.personal_data(key)
        if data is None:
            raise FilrougeError("rien n’est gardé")
        files = await personal.fetched(self.store, key, data)
        made = await asyncio.to_thread(
            personal.archive, self.flow, self._words, key, data, files, at
        )
        return Document("mes-donnees.zip", made, "application/zip")

    @cached_property
    def _words(self) -> Words:
        return Words({name: one for name, one in self.templates.items() if isinstance(one, str)})

    def _said(self, conversation: Conversation, wanted: Wanted, at: float) -> str:
        """What a picture shows, in words; "" for what is not one."""
        exporter = self.exporters[wanted.format]
        if not isinstance(exporter, Picture):
            return ""
        return exporter.alternative(self.sheet(conversation, "work", at), self.templates)

    def _title(self, conversation: Conversation) -> str:
        answer = conversation.answers.get(self.flow.roles.name)
        return answer.text if answer else ""

    @staticmethod
    def _stem(kind: DocumentKind) -> str:
        return "fiche" if kind == "show" else "feuille"


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _file_name(stem: str, title: str, at: float) -> str:
    """« fiche-regie-de-quartier-2026-11-21 »: plain letters, safe on any disk."""
    ascii_ = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    plain = _NOT_PLAIN.sub("-", ascii_).strip("-")[:LONGEST_NAME].rstrip("-")
    return "-".join(one for one in (stem, plain, _day(at)) if one)
