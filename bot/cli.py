"""The composition root: `filrouge COMMAND`. Wires by hand, once; the only place where errors end."""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import __version__, config, content, upkeep
from bot.config import Settings
from bot.console import door
from bot.domain.conversation import Conversation
from bot.domain.flow import Case, Flow
from bot.domain.graph import mermaid
from bot.domain.sheet import Layout
from bot.errors import ConfigError, ContentError, FilrougeError
from bot.export import FORMATS, json_, own_template, questionnaire, telegram
from bot.render.replies import Renderer
from bot.render.words import Words
from bot.service.bringing import bring
from bot.service.conversations import Conversations
from bot.service.documents import Documents
from bot.store import FlowSnapshot, Keeping, SqliteStore, keys, single_bot

log = logging.getLogger(__name__)

USAGE_FAULT, INTERRUPTED, UNFORESEEN = 1, 130, 70


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Every fault is a line on standard error and an exit code that is not 0."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except FilrougeError as fault:
        print(fault, file=sys.stderr)
        return USAGE_FAULT
    except KeyboardInterrupt:
        print("\nInterrompu. Ce qui avait été confirmé est gardé.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as fault:
        print(f"{fault.filename or 'Fichier'} : {fault.strerror or fault}", file=sys.stderr)
        return USAGE_FAULT
    except Exception as fault:  # the one catch-all of this edge
        log.debug("unforeseen", exc_info=True)
        name = type(fault).__name__
        print(
            f"Erreur imprévue ({name}). Relancez avec FILROUGE_LOG_LEVEL=DEBUG pour la décrire.",
            file=sys.stderr,
        )
        return UNFORESEEN


# --- what the commands share -----------------------------------------------------------------------


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
    path = flow_file or _flow_file(settings)
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


def _flow_file(settings: Settings) -> Path:
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
    settings: Settings, library: Library
) -> AsyncIterator[tuple[Conversations, SqliteStore, Documents]]:
    """The whole house, on its database."""
    async with SqliteStore.open(
        settings.db, library.snapshot, codec=upkeep.codec(settings)
    ) as store:
        words = Words(library.templates)
        documents = Documents(
            library.flow,
            store,
            FORMATS,
            telegram.messages,
            {**library.templates, **library.documents},
            cases=library.cases,
            layout=library.layout,
            own=own_template,
            questionnaire=questionnaire.export,
        )
        renderer = Renderer(
            library.flow, words, library.cases, upkeep.notice(settings), documents.formats
        )
        yield Conversations(library.flow, store, renderer, documents), store, documents


def _prepare(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    for noisy in ("httpx", "httpcore", "aiohttp", "telegram", "apscheduler", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)  # httpx logs the token at INFO


# --- commands ----------------------------------------------------------------------------------------


def _chat(options: argparse.Namespace) -> int:
    settings = config.load()
    logging.basicConfig(level=logging.ERROR)
    read = library(settings, options.flow)
    for stream in (sys.stdin, sys.stdout):
        if not stream.isatty():
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # text files
    with asyncio.Runner() as runner:
        house = opened(settings, read)
        conversations, _, _ = runner.run(house.__aenter__())
        console = door.Console(conversations, time.time, Path.cwd())

        def wait(coroutine: Coroutine[None, None, None]) -> None:
            runner.run(coroutine)

        try:
            console.run(sys.stdin, wait)
        except KeyboardInterrupt:
            pass  # leaving is a normal way to end
        finally:
            console.goodbye()
            runner.run(house.__aexit__(None, None, None))
    return 0


def _bot(options: argparse.Namespace) -> int:
    from bot.telegram import app  # the console starts without Telegram's library

    settings = config.load()
    _prepare(settings)
    if settings.token is None:
        raise ConfigError(
            "Il manque le jeton du robot : créez-en un auprès de @BotFather, puis lancez"
            " FILROUGE_TOKEN=… filrouge bot, ou inscrivez-le dans le fichier .env."
        )
    read = library(settings, options.flow)
    access = app.Access(
        settings.token.get_secret_value(),
        settings.api_url,
        settings.db,
        settings.settle,
        settings.rate_limit,
        settings.retention_days,
    )

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for one in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(one, stop.set)
        async with opened(settings, read) as (conversations, store, _):
            for remark in upkeep.remarks(settings):
                log.warning(remark)
            async with upkeep.chores(settings, store):
                await app.run(access, conversations, store, stop=stop)

    with single_bot(settings.db):
        asyncio.run(run())
    return 0


def _check(options: argparse.Namespace) -> int:
    if options.schema:
        print(json.dumps(content.schema(), ensure_ascii=False, indent=2))
        return 0
    settings = config.load()
    folder = settings.flows or content.flows_folder()
    named = options.files or [folder]
    files = [
        one for path in named for one in (content.content_files(path) if path.is_dir() else [path])
    ]
    findings, errors = [], 0
    for path in files:
        try:
            findings = list(content.inspect(path))
        except ContentError as fault:
            print(fault)
            errors += 1
            continue
        for finding in findings:
            print(finding)
        errors += sum(finding.severity == "error" for finding in findings)
    if errors:
        print(f"{errors} faute{'s' if errors > 1 else ''}", file=sys.stderr)
        return USAGE_FAULT
    print(f"{len(files)} fichier{'s' if len(files) > 1 else ''} sans faute", file=sys.stderr)
    return 0


def _graph(options: argparse.Namespace) -> int:
    settings = config.load()
    print(mermaid(content.load_flow(options.flow or _flow_file(settings))))
    return 0


def _translate(options: argparse.Namespace) -> int:
    flow = options.flow or _flow_file(config.load())
    path, skeleton = content.translate(flow, options.language)
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(skeleton.text, encoding="utf-8")
    draft.replace(path)  # in one move: a translator's work is never half written
    print(f"{path} : {skeleton.done} textes traduits sur {skeleton.total}", file=sys.stderr)
    return 0


def _try(options: argparse.Namespace) -> int:
    settings = config.load()
    read = library(settings, options.flow)
    text = sys.stdin.read() if str(options.answers) == "-" else _text(options.answers)
    conversation = _read(read.flow, options.answers, text)
    document = json_.document(read.flow, conversation, complete=True)
    print(json.dumps(document, ensure_ascii=False, indent=2))
    return 0


def _import(options: argparse.Namespace) -> int:
    settings = config.load()
    read = library(settings, options.flow)
    brought = _read(read.flow, options.file, _text(options.file))

    async def run() -> int:
        async with opened(settings, read) as (_, store, _):
            return await bring(read.flow, store, door.KEY, brought, time.time())

    print(f"Dossier {asyncio.run(run())} créé.", file=sys.stderr)
    return 0


def _read(flow: Flow, path: Path, text: str) -> Conversation:
    """The dossier that a JSON file holds. Raises ContentError, each line with the file's name."""
    try:
        return json_.read(flow, json_.load(text))
    except ContentError as fault:
        lines = str(fault).splitlines()
        raise ContentError("\n".join(f"{path}: {line}" for line in lines)) from None


def _projects(options: argparse.Namespace) -> int:
    settings = _existing(config.load())

    async def run() -> None:
        async with opened(settings, library(settings)) as (_, store, _):
            for one in await store.dossiers():
                day = time.strftime("%Y-%m-%d", time.localtime(one.changed))
                archived = "  (aux archives)" if one.archived else ""
                print(f"{one.id:>5}  {day}  {one.answers:>3} réponses  {one.name or '—'}{archived}")

    asyncio.run(run())
    return 0


def _export(options: argparse.Namespace) -> int:
    settings = _existing(config.load())
    if options.all == (options.dossier is not None):
        raise ConfigError("Donnez le numéro d’un dossier, ou --all pour les réunir tous.")

    async def run() -> bytes:
        async with opened(settings, library(settings)) as (_, store, documents):
            if options.all:
                return await documents.table(options.format, time.time(), annex=options.annex)
            record = await store.dossier(options.dossier)
            if record is None:
                raise ConfigError(
                    f"Le dossier {options.dossier} n’existe pas : « filrouge projects » les liste."
                )
            return await documents.export(
                record.conversation,
                options.document,
                options.format,
                time.time(),
                annex=options.annex,
                since=options.since,
            )

    _written(options.output, asyncio.run(run()))
    return 0


def _written(output: Path | None, made: bytes) -> None:
    """In the file named, or on standard output."""
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(made)
    else:
        output.write_bytes(made)


def _questionnaire(options: argparse.Namespace) -> int:
    read = library(config.load(), options.flow)
    _written(options.output, questionnaire.export(read.flow, read.templates))
    return 0


def _backup(options: argparse.Namespace) -> int:
    settings = _existing(config.load())
    keeping = Keeping(options.to, options.keep, options.days) if options.to else None
    print(upkeep.back_up(settings, options.file, keeping), file=sys.stderr)
    return 0


def _restore(options: argparse.Namespace) -> int:
    print(upkeep.bring_back(config.load(), options.file), file=sys.stderr)
    return 0


def _key(_: argparse.Namespace) -> int:
    print(keys.fresh())
    return 0


def _seal(_: argparse.Namespace) -> int:
    settings = _existing(config.load())
    print(upkeep.seal(settings, library(settings).snapshot), file=sys.stderr)
    return 0


def _health(options: argparse.Namespace) -> int:
    from bot.telegram.heartbeat import LATE, age

    since = age(config.load().db, time.time())
    if since is None or since > LATE:
        raise ConfigError("Le robot n’a pas interrogé Telegram récemment.")
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path} : le fichier n’est pas en UTF-8.") from None


def _existing(settings: Settings) -> Settings:
    if not settings.db.exists():
        raise ConfigError(
            f"La base {settings.db} n’existe pas encore : « filrouge chat » ou « filrouge bot » la"
            " crée ; FILROUGE_DB en désigne une autre."
        )
    return settings


# --- the parser ----------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="filrouge", description="Bâtir pas à pas une coopération entre deux territoires."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMANDE")

    def command(name: str, run: Callable[[argparse.Namespace], int], help_: str) -> Any:
        added = commands.add_parser(name, help=help_, description=help_)
        added.set_defaults(run=run)
        return added

    flow = {"type": Path, "metavar": "FICHIER", "help": "un autre parcours que celui fourni"}
    command("chat", _chat, "la conversation dans ce terminal").add_argument("--flow", **flow)
    command("bot", _bot, "le robot Telegram").add_argument("--flow", **flow)
    check = command("check", _check, "vérifier les fichiers de la méthode")
    check.add_argument("files", nargs="*", type=Path, metavar="FICHIER")
    check.add_argument(
        "--schema", action="store_true", help="imprimer le schéma JSON d’un parcours"
    )
    command("graph", _graph, "dessiner le parcours (Mermaid)").add_argument("--flow", **flow)
    words = command("translate", _translate, "préparer ou compléter une traduction de la méthode")
    words.add_argument("language", metavar="LANGUE", help="son code : en, es, pt-BR, ar…")
    words.add_argument("--flow", **flow)
    attempt = command("try", _try, "montrer ce que des réponses soulèvent")
    attempt.add_argument("answers", type=Path, metavar="RÉPONSES.json")
    attempt.add_argument("--flow", **flow)
    brought = command("import", _import, "reprendre un dossier exporté en JSON")
    brought.add_argument("file", type=Path, metavar="DOSSIER.json")
    brought.add_argument("--flow", **flow)
    command("projects", _projects, "lister les dossiers")
    export = command("export", _export, "sortir un dossier dans un format")
    export.add_argument("dossier", type=int, nargs="?", metavar="DOSSIER")
    export.add_argument("--all", action="store_true", help="tous les dossiers, avec --format csv")
    export.add_argument("--format", choices=sorted(FORMATS), default="md")
    export.add_argument("--document", choices=("show", "work"), default="work")
    export.add_argument("--annex", action="store_true", help="avec le contexte de sécurité")
    export.add_argument(
        "--since", type=int, metavar="N", help="avec ce qui a changé depuis la version figée n° N"
    )
    export.add_argument("-o", "--output", type=Path, metavar="FICHIER")
    blank = command("questionnaire", _questionnaire, "le questionnaire à imprimer (PDF)")
    blank.add_argument("--flow", **flow)
    blank.add_argument("-o", "--output", type=Path, metavar="FICHIER")
    copy = command("backup", _backup, "copier la base, même en service")
    copy.add_argument("file", type=Path, nargs="?", metavar="FICHIER")
    copy.add_argument("--to", type=Path, metavar="DOSSIER", help="une copie datée dans ce dossier")
    copy.add_argument("--keep", type=int, default=14, help="combien y restent ; 0 : toutes")
    copy.add_argument(
        "--days", type=float, default=30, help="pendant combien de jours ; 0 : toujours"
    )
    back = command(
        "restore", _restore, "remettre une sauvegarde ; la base présente est mise de côté"
    )
    back.add_argument("file", type=Path, metavar="SAUVEGARDE")
    command("key", _key, "fabriquer une clé de chiffrement (FILROUGE_KEY)")
    command("seal", _seal, "chiffrer dès maintenant tout ce qui ne l’est pas par la première clé")
    command("health", _health, "le robot a-t-il interrogé Telegram récemment")
    return parser
