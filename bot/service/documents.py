"""The documents that people ask for: what the store keeps goes to a printer, which works elsewhere.

`run` says where: in a thread, or in the processes of `bot.export.press`.
"""

import asyncio
import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from bot.domain.conversation import Attachment, Conversation, TemplateFault
from bot.domain.dossier import as_retained, in_common
from bot.domain.engine.documents import ANNEXED, BLANK, MESSAGE, SINCE, unread
from bot.domain.photos import ticked
from bot.domain.sheet import DocumentKind
from bot.errors import FilrougeError
from bot.render.reply import Wanted
from bot.render.words import Vocabulary, Words
from bot.service import personal
from bot.service.conversations import Document
from bot.service.editions import LAST, Editions
from bot.service.ports import Edition, KeptFile, Key, Picture, Run, Store
from bot.service.printing import Brief, Printer, day

log = logging.getLogger(__name__)

LONGEST_NAME = 60
NOT_FROZEN = Edition(0, 0.0, "")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")

WORD = "docx"
WITH_PHOTOS = frozenset({"pdf", "html", WORD})
OWN_AT_ONCE = 2  # people's own Word templates: each may take its process to its limits
SAMPLE = "sheet-sample.docx"  # the commented template, in the templates' folder


class Documents:
    """Every format of the sheet of every flow, and a person's own data."""

    def __init__(self, printer: Printer, store: Store, run: Run = asyncio.to_thread) -> None:
        self.printer = printer
        self.store = store
        self.run = run
        self.formats = frozenset(printer.exporters)
        self.editions = Editions(store, self._written)
        self._apart = asyncio.Semaphore(OWN_AT_ONCE)

    async def make(
        self, key: Key, conversation: Conversation, wanted: Wanted, at: float
    ) -> Document:
        if wanted.document == BLANK:
            return await self.blank(conversation.flow, conversation.language)
        match wanted.document:
            case "person":
                return await self.personal(key, at, conversation.language)
            case "code":
                return Document("invitation.png", self.printer.scanned(wanted.name), "image/png")
            case "template":
                return await self.template(key, wanted.dossier, conversation.language)
            case "sample":
                return self.sample(conversation.language)
            case "photo":
                return await self.photo(conversation, wanted.file)
            case "frozen":
                return Document(edition=await self.editions.freeze(conversation, at))
        name = wanted.document.removesuffix(ANNEXED)
        siblings = await self._siblings(conversation) if name != wanted.document else ()
        annexed = tuple(one for one in siblings if not unread(self.printer.book(one).flow, one))
        note = "annex_unread" if len(annexed) < len(siblings) else ""
        kind: DocumentKind = "show" if name == "show" else "work"
        since = LAST if name == SINCE else None
        if since == LAST and not await self.editions.frozen(conversation):
            return Document(edition=NOT_FROZEN)
        brief = await self._brief(conversation, kind, at, since=since, annexed=annexed)
        if wanted.format == MESSAGE:
            texts = await self.run(self.printer.told, conversation, brief)
            told = [self._spoken(conversation).says(note)] if note else []
            return Document(texts=(*texts, *told))
        made = await self._own(key, conversation, wanted.format, brief)
        if not made:
            note = "template_failed" if made == b"" else note
            made = await self._export(conversation, wanted.format, brief)
        exporter = self.printer.exporters[wanted.format]
        said = ""
        if isinstance(exporter, Picture):
            said = await self.run(self.printer.said, wanted.format, conversation, at)
        words = self._spoken(conversation)
        title = self._title(conversation)
        name = _file_name(words.word(f"file_{kind}"), title, at) + exporter.suffix
        return Document(name, made, exporter.media_type, said=said, note=note)

    def _spoken(self, conversation: Conversation) -> Words:
        """The words of the language of the dossier's documents."""
        return self._vocabulary.words(self.printer.book(conversation).flow.language)

    async def _siblings(self, conversation: Conversation) -> tuple[Conversation, ...]:
        """The other dossiers of the project, of those that the person has."""
        lines = conversation.dossiers
        project = next((one.project for one in lines if one.id == conversation.dossier), 0)
        wanted = [
            one.id
            for one in lines
            if project and one.project == project and one.id != conversation.dossier
        ]
        return await self.others(conversation, wanted)

    async def others(
        self, conversation: Conversation, dossiers: Iterable[int]
    ) -> tuple[Conversation, ...]:
        """Dossiers to annex, in the language of the sheet that they join; flows that left aside."""
        records = [await self.store.dossier(one) for one in dossiers]
        return tuple(
            replace(self._common(one.conversation), sheet_language=conversation.sheet_language)
            for one in records
            if one and one.flow in self.printer.flows
        )

    async def _own(
        self, key: Key, conversation: Conversation, form: str, brief: Brief
    ) -> bytes | None:
        """The Word document of the dossier's template, else of the person's own.

        None without one, b"" when it fails.
        """
        own, kept = self.printer.own, None
        if form != WORD or own is None:
            return None
        if conversation.dossier_template:
            kept = await self.store.template(key, conversation.dossier)
        elif conversation.template:
            kept = await self.store.template(key)
        if kept is None:
            return None
        try:
            illustrated = await self._illustrated(conversation, form, brief)
            asked = await self.run(self.printer.to_fill, kept.content, conversation, illustrated)
            async with self._apart:
                return await asyncio.to_thread(own.filled, asked)
        except FilrougeError as fault:
            log.warning("%s : le nôtre le remplace", fault)
            return b""

    async def photo(self, conversation: Conversation, file: str) -> Document:
        """A photo as documents will print it, or why they will not. `file`: the door's handle."""
        for kept in await self._files(conversation):
            if kept.attachment.file == file:
                break
        else:
            return Document(note="photo_pending")
        if kept.state != "kept":
            return Document(note=f"photo_{kept.state}")
        made = await self._prepared(kept)
        if not made:
            return Document(note="photo_unreadable")
        return Document("photo.jpg", made, "image/jpeg", note="photo_shown")

    async def _pictures(self, conversation: Conversation) -> dict[Attachment, bytes]:
        """What can be printed of the photos ticked; one that cannot never breaks a document."""
        flow = self.printer.book(conversation).flow
        shown = {one.bare for _, _, one in ticked(flow, conversation)}
        pictures: dict[Attachment, bytes] = {}
        for kept in await self._files(conversation) if shown else ():
            wanted = kept.attachment in shown and kept.state == "kept"
            if wanted and (made := await self._prepared(kept)):
                pictures[kept.attachment] = made
        return pictures

    async def _prepared(self, kept: KeptFile) -> bytes:
        """b"" for what is not a photo."""
        content = await self.store.file_content(kept.id)
        try:
            made: bytes = await self.run(self.printer.prepared, content or b"")
        except FilrougeError as fault:
            log.warning("fichier %d : %s", kept.id, fault)
            return b""
        return made

    async def _files(self, conversation: Conversation) -> list[KeptFile]:
        return [] if conversation.dossier is None else await self.store.files(conversation.dossier)

    async def check(self, content: bytes) -> tuple[TemplateFault, ...]:
        """What keeps a Word template from being used."""
        own = self.printer.own
        if own is None:
            return (TemplateFault("not_here"),)
        asked = await self.run(self.printer.to_check, content)
        async with self._apart:
            return await asyncio.to_thread(own.faults, asked)

    async def template(self, key: Key, dossier: int | None, language: str = "") -> Document:
        """The person's own Word template, or that of a dossier of theirs, as it was sent."""
        kept = await self.store.template(key, dossier)
        if kept is None:
            raise FilrougeError("aucun modèle Word n’est gardé")
        return self._word("file_template", kept.content, language)

    def sample(self, language: str = "") -> Document:
        """The commented template to begin one's own from."""
        found = self.printer.templates.get(SAMPLE)
        if not isinstance(found, bytes):
            raise FilrougeError("l’exemple de modèle Word manque dans le dossier des modèles")
        return self._word("file_sample", found, language)

    def _word(self, name: str, content: bytes, language: str) -> Document:
        stem = self._vocabulary.words(language).word(name)
        return Document(f"{stem}.docx", content, self.printer.exporters[WORD].media_type)

    async def blank(self, flow: str, language: str) -> Document:
        """The questionnaire to fill in by hand."""
        made = await self.run(self.printer.blank, flow, language)
        name = self.printer.flows.flow(flow).flow
        return Document(f"questionnaire-{name}.pdf", made, "application/pdf")

    async def export(
        self,
        conversation: Conversation,
        document: DocumentKind,
        form: str,
        at: float,
        *,
        annex: bool = False,
        since: int | None = None,
        annexed: Sequence[Conversation] = (),
    ) -> bytes:
        """The bytes of one format. Raises FilrougeError when they cannot be made.

        `since`: with what changed since that version; `annexed`: with the sheets of these dossiers.
        """
        brief = await self._brief(conversation, document, at, annex, since, annexed)
        return await self._export(conversation, form, brief)

    async def _brief(
        self,
        conversation: Conversation,
        document: DocumentKind,
        at: float,
        annex: bool = False,
        since: int | None = None,
        annexed: Sequence[Conversation] = (),
    ) -> Brief:
        standing = await self.editions.standing(conversation, since)
        return Brief(document, at, annex, standing, annexed=tuple(annexed))

    async def _illustrated(self, conversation: Conversation, form: str, brief: Brief) -> Brief:
        """With the photos ticked, where the format prints some."""
        if form not in WITH_PHOTOS:
            return brief
        return replace(brief, pictures=await self._pictures(conversation))

    async def _export(self, conversation: Conversation, form: str, brief: Brief) -> bytes:
        illustrated = await self._illustrated(conversation, form, brief)
        made: bytes = await self.run(self.printer.export, form, conversation, illustrated)
        return made

    async def table(
        self, form: str, at: float, *, annex: bool = False, language: str = ""
    ) -> bytes:
        """Every dossier, one row each. Raises FilrougeError when a format is no table."""
        records = [await self.store.dossier(one.id) for one in await self.store.dossiers()]
        found = [
            replace(one.conversation, sheet_language=language or one.conversation.sheet_language)
            for one in records
            if one and one.flow in self.printer.flows
        ]
        made: bytes = await self.run(self.printer.table, form, found, at, annex=annex)
        return made

    async def _written(self, conversation: Conversation) -> str:
        written: str = await self.run(self.printer.data, self._common(conversation))
        return written

    def _common(self, conversation: Conversation) -> Conversation:
        return in_common(self.printer.book(conversation).flow, conversation)

    async def personal(self, key: Key, at: float, language: str = "") -> Document:
        """Everything kept about a person: to read, to load elsewhere, and their files."""
        data = await self.store.personal_data(key)
        if data is None:
            raise FilrougeError("rien n’est gardé")
        files = await personal.fetched(self.store, key, data)
        flows, words = self.printer.flows, self._vocabulary.words(language)
        made = await asyncio.to_thread(personal.archive, flows, words, key, data, files, at)
        return Document(f"{words.word('file_data')}.zip", made, "application/zip")

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.printer.templates)

    def _title(self, conversation: Conversation) -> str:
        flow = self.printer.book(conversation).flow
        answer = as_retained(flow, conversation).answers.get(flow.roles.name)
        return answer.text if answer else ""


def _file_name(stem: str, title: str, at: float) -> str:
    """« fiche-regie-de-quartier-2026-11-21 »: plain letters, safe on any disk."""
    ascii_ = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    plain = _NOT_PLAIN.sub("-", ascii_).strip("-")[:LONGEST_NAME].rstrip("-")
    return "-".join(one for one in (stem, plain, day(at)) if one)
