"""What the commands share: the content read, the database open, the parts wired by hand."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import content, upkeep
from bot.config import Settings
from bot.domain.flow import Case, Flow
from bot.domain.sheet import Layout
from bot.errors import ConfigError, ContentError
from bot.export import FORMATS, own_template, questionnaire, telegram
from bot.render.replies import Renderer
from bot.render.words import Words
from bot.service.conversations import Conversations
from bot.service.documents import Documents, Run
from bot.service.printing import Printer
from bot.store import FlowSnapshot, SqliteStore


@dataclass(frozen=True, slots=True)
class Library:
    """The content in use."""

    flow: Flow
    cases: tuple[Case, ...]
    layout: Layout | None
    templates: dict[str, str]
    documents: dict[str, bytes]  # the Word templates
    templates_folder: Path
    snapshot: FlowSnapshot


def library(settings: Settings, flow_file: Path | None = None) -> Library:
    """Read flow, cases and templates. Raises ContentError with every fault."""
    path = flow_file or flow_path(settings)
    source = content.read_source(path)
    flow = content.read_flow(source).sound()
    beside = path.with_name("cases.yaml")
    shipped = content.flows_folder() / "cases.yaml"
    cases = content.load_cases(beside if beside.exists() else shipped)
    page = content.layout_of(path, flow.flow)
    layout = content.load_layout(page, flow) if page.is_file() else None
    folder = settings.templates or content.templates_folder()
    templates = content.load_templates(folder)
    name = flow.roles.name
    return Library(
        flow,
        cases,
        layout,
        templates,
        content.load_documents(folder),
        folder,
        FlowSnapshot(flow.flow, source.hash, source.text, name, tuple(flow.questions)),
    )


def flow_path(settings: Settings) -> Path:
    folder = settings.flows or content.flows_folder()
    if folder.is_file():
        return folder
    path = folder / f"{settings.flow}.yaml"
    if path.exists():
        return path
    known = ", ".join(one.stem for one in content.find_flows(folder)) or "aucun"
    raise ContentError(
        f"{folder} : le parcours « {settings.flow} » n’existe pas (parcours présents : {known})"
    )


@asynccontextmanager
async def opened(
    settings: Settings, library: Library, run: Run = asyncio.to_thread
) -> AsyncIterator[tuple[Conversations, SqliteStore, Documents]]:
    """The whole house, on its database. `run`: where documents are made."""
    async with SqliteStore.open(
        settings.db, library.snapshot, codec=upkeep.codec(settings)
    ) as store:
        words = Words(library.templates)
        printer = Printer(
            library.flow,
            FORMATS,
            telegram.messages,
            {**library.templates, **library.documents},
            cases=library.cases,
            layout=library.layout,
            questionnaire=questionnaire.export,
            own=own_template,
        )
        documents = Documents(printer, store, run)
        renderer = Renderer(
            library.flow, words, library.cases, upkeep.notice(settings), documents.formats
        )
        yield Conversations(library.flow, store, renderer, documents), store, documents


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path} : le fichier n’est pas en UTF-8.") from None


def existing(settings: Settings) -> Settings:
    if not settings.db.exists():
        raise ConfigError(
            f"La base {settings.db} n’existe pas encore : « filrouge chat » ou « filrouge bot » la"
            " crée ; FILROUGE_DB en désigne une autre."
        )
    return settings


def written(output: Path | None, made: bytes) -> None:
    """In the file named, or on standard output."""
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(made)
    else:
        output.write_bytes(made)
