"""Makes the documents that people ask for, in a thread: the conversations of others go on meanwhile."""

import asyncio
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from bot.domain.conversation import Conversation
from bot.domain.engine import MESSAGE
from bot.domain.flow import Case, Flow
from bot.domain.sheet import DocumentKind, Layout, Sheet, build
from bot.domain.versions import brought_up
from bot.errors import FilrougeError
from bot.render.reply import Wanted
from bot.service.conversations import Document
from bot.service.ports import Exporter, Key, Store

LONGEST_NAME = 60
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")

Messages = Callable[[Sheet, Mapping[str, str]], list[str]]


class Documents:
    """Every format of the sheet of one flow, and a person's own data."""

    def __init__(
        self,
        flow: Flow,
        store: Store,
        exporters: Mapping[str, Exporter],
        messages: Messages,
        templates: Mapping[str, str],
        *,
        cases: Sequence[Case] = (),
        layout: Layout | None = None,
    ) -> None:
        self.flow = flow
        self.store = store
        self.exporters = exporters
        self.messages = messages
        self.templates = templates
        self.cases = tuple(cases)
        self.layout = layout
        self.formats = frozenset(exporters)

    async def make(self, conversation: Conversation, wanted: Wanted, at: float) -> Document:
        kind: DocumentKind = "show" if wanted.document == "show" else "work"
        if wanted.format == MESSAGE:
            sheet = self.sheet(conversation, kind, at)
            return Document(
                texts=tuple(await asyncio.to_thread(self.messages, sheet, self.templates))
            )
        made = await self.export(conversation, kind, wanted.format, at)
        exporter = self.exporters[wanted.format]
        name = _file_name(self._stem(kind), self._title(conversation), at) + exporter.suffix
        return Document(name, made, exporter.media_type)

    async def export(
        self,
        conversation: Conversation,
        document: DocumentKind,
        form: str,
        at: float,
        *,
        annex: bool = False,
    ) -> bytes:
        """The bytes of one format. Raises FilrougeError when they cannot be made."""
        exporter = self.exporters.get(form)
        if exporter is None:
            raise FilrougeError(f"le format « {form} » n’existe pas")
        sheet = self.sheet(conversation, document, at, annex=annex)
        return await asyncio.to_thread(exporter.export, sheet, self.templates)

    def sheet(
        self, conversation: Conversation, document: DocumentKind, at: float, *, annex: bool = False
    ) -> Sheet:
        return build(
            self.flow,
            brought_up(self.flow, conversation),
            layout=self.layout,
            cases=self.cases,
            date=_day(at),
            document=document,
            include_annex=annex,
        )

    async def personal(self, key: Key) -> Document:
        """Everything kept about a person, as one JSON file that a person can also read."""
        data = await self.store.personal_data(key)
        if data is None:
            raise FilrougeError("rien n’est gardé")
        text = json.dumps(asdict(data), ensure_ascii=False, indent=2, default=str)
        content = text.encode("utf-8", "backslashreplace")
        return Document("mes-donnees.json", content, "application/json")

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
