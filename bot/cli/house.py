"""What the commands share: the content read, the database open, the parts wired by hand."""

import asyncio
import logging
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import __version__, content, upkeep
from bot.config import Settings
from bot.domain.flow import Flow
from bot.domain.flows import Flows, identity
from bot.domain.languages import spoken
from bot.errors import ConfigError, ContentError
from bot.export import FORMATS, own_template, photos, qr, questionnaire, telegram
from bot.export.room import Papers
from bot.render.replies import Renderer
from bot.render.rooms import Addresses, RoomRenderer
from bot.render.words import Vocabulary
from bot.service.conversations import Conversations
from bot.service.documents import Documents
from bot.service.operation import Operation
from bot.service.ports import Run
from bot.service.printing import Printer
from bot.service.workshops import Workshops
from bot.store import FlowSnapshot, SqlStore, open_store

log = logging.getLogger(__name__)

TELEGRAM = "telegram"  # the door of the admins
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104  # every address of this machine


@dataclass(frozen=True, slots=True)
class Library:
    """The content in use."""

    flows: Flows
    snapshots: tuple[FlowSnapshot, ...]
    templates: dict[str, str | bytes]
    templates_folder: Path

    def text(self, name: str) -> str:
        """A text of the templates' folder."""
        found = self.templates.get(name, "")
        return found if isinstance(found, str) else ""

    @property
    def flow(self) -> Flow:
        """The flow offered first."""
        return self.flows.flow()


def library(settings: Settings, flow_file: Path | None = None) -> Library:
    """Read flows and templates. Raises ContentError with every fault; what is sound serves when
    `lenient` was asked for."""
    draft = bool(flow_file or (settings.flows and settings.flows.is_file()))
    shelf = content.read_shelf(flow_paths(settings, flow_file), draft=draft)
    folder = settings.templates or content.templates_folder()
    if not draft:
        flows = flow_path(settings).parent
        shelf.faults += map(
            str, (*content.stray_translations(flows), *content.stray_catalogues(folder))
        )
    if shelf.faults and not (settings.lenient and shelf.books):
        raise ContentError("\n".join(shelf.faults))
    for one in shelf.faults:
        log.error("laissé de côté : %s", one)
    return Library(
        Flows.of(*shelf.books),
        tuple(_snapshot(source, flow) for source, flow in shelf.sources),
        {**content.load_templates(folder), **content.load_documents(folder)},
        folder,
    )


def _snapshot(source: content.Source, flow: Flow) -> FlowSnapshot:
    shared = identity(flow)
    former = (old for old, present in flow.former.items() if present in shared)
    return FlowSnapshot(
        flow.flow,
        source.hash,
        source.text,
        flow.roles.name,
        tuple(flow.questions),
        (*shared, *former),
    )


def flow_path(settings: Settings) -> Path:
    """The file of the flow offered first."""
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


def flow_paths(settings: Settings, flow_file: Path | None = None) -> list[Path]:
    """Every flow of the folder, the one offered first in front; one alone when a file was named."""
    first = flow_file or flow_path(settings)
    if flow_file or (settings.flows and settings.flows.is_file()):
        return [first]
    return [first, *(one for one in content.find_flows(first.parent) if one != first)]


@asynccontextmanager
async def opened(
    settings: Settings, library: Library, run: Run = asyncio.to_thread
) -> AsyncIterator[tuple[Conversations, SqlStore, Documents]]:
    """The whole house, on its database. `run`: where documents are made."""
    async with open_store(
        settings.database, *library.snapshots, codec=upkeep.codec(settings)
    ) as store:
        printer = Printer(
            library.flows,
            FORMATS,
            telegram.messages,
            library.templates,
            questionnaire=questionnaire.export,
            own=own_template,
            code=qr.png,
            photo=photos.prepared,
        )
        documents = Documents(printer, store, run)
        vocabulary = Vocabulary(library.templates)
        renderer = Renderer(library.flows, vocabulary, upkeep.notice(settings), documents.formats)
        admins = frozenset((TELEGRAM, one) for one in settings.admins)
        operation = Operation(store, renderer, __version__, admins)
        await operation.begin()
        rooms = RoomRenderer(library.flows, vocabulary, Addresses(web=wall_root(settings)))
        workshops = Workshops(store, rooms, Papers(library.templates), run)
        conversations = Conversations(
            library.flows, store, renderer, documents, operation, workshops
        )
        yield conversations, store, documents


def wall_root(settings: Settings) -> str:
    """Where phones of the room reach its pages: what was said, else this machine on its network."""
    address = settings.wall
    if settings.wall_url or address is None:
        return settings.wall_url
    host = address.host if address.host not in ANYWHERE else _own_address()
    return f"http://{host}:{address.port}"


def _own_address() -> str:
    """The address by which others reach this machine. No packet leaves: a route is looked up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # an address for documentation: nobody is there
            return str(asked.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def told_in(flows: Flows, flow: str, written: str) -> str:
    """A language that a flow is told in, from its code as a person typed it."""
    known = tuple(flows.books.get(flow, ()))
    found = spoken(content.language_code(written), known)
    if not found:
        raise ConfigError(
            f"Le parcours « {flow} » n’existe pas en « {written} » (langues : {', '.join(known)})."
        )
    return found


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path} : le fichier n’est pas en UTF-8.") from None


def existing(settings: Settings) -> Settings:
    if settings.server is None and not settings.db.exists():
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
