"""The commands on dossiers and on the file that holds them."""

import argparse
import asyncio
import sys
import time
from dataclasses import replace

from bot import config, upkeep
from bot.cli import method
from bot.cli.house import existing, library, opened, text_of, told_in, written
from bot.console import door
from bot.domain.conversation import Conversation
from bot.errors import ConfigError
from bot.export import json_
from bot.service.bringing import bring
from bot.service.documents import Documents
from bot.service.ports import DossierRecord, Store
from bot.store import Keeping, keys

TO_READ = ("docx", "html", "md", "pdf", "txt")
EVERY = "tous"


def import_(options: argparse.Namespace) -> int:
    settings = config.load()
    read = library(settings, options.flow)
    text = text_of(options.file)
    flow, brought = method.conversation_of(read, options.file, text)

    async def run() -> int:
        async with opened(settings, read) as (_, store, _):
            return await bring(flow, store, door.KEY, brought, time.time())

    print(f"Dossier {asyncio.run(run())} créé.", file=sys.stderr)
    if brought.together is None and (apart := json_.load(text).get("voices")):
        print(
            "Ce fichier vient d’une version plus ancienne : ce que chaque côté a répondu y reste"
            f" ({len(apart)} question(s)), le nouveau dossier a ce que le groupe avait retenu."
            " Gardez le fichier.",
            file=sys.stderr,
        )
    return 0


def projects(options: argparse.Namespace) -> int:
    settings = existing(config.load())

    async def run() -> None:
        read = library(settings)
        async with opened(settings, read) as (_, store, _):
            for one in await store.dossiers():
                day = time.strftime("%Y-%m-%d", time.localtime(one.changed))
                name = one.name or "—"
                if one.flow != read.flow.flow:
                    name += f" · {read.flows.flow(one.flow).title}"
                archived = "  (aux archives)" if one.archived else ""
                print(f"{one.id:>5}  {day}  {one.answers:>3} réponses  {name}{archived}")

    asyncio.run(run())
    return 0


def export(options: argparse.Namespace) -> int:
    settings = existing(config.load())
    if options.dossier is None and options.annex and (options.annex[-1] or "").isdecimal():
        options.dossier, options.annex[-1] = int(options.annex[-1]), ""  # « --annex 3 »
    security, joined = "" in options.annex, [one for one in options.annex if one]
    if options.all == (options.dossier is not None):
        raise ConfigError("Donnez le numéro d’un dossier, ou --all pour les réunir tous.")

    async def run() -> bytes:
        read = library(settings)
        async with opened(settings, read) as (_, store, documents):
            if options.all:
                return await documents.table(
                    options.format, time.time(), annex=security, language=options.language
                )
            record = await store.dossier(options.dossier)
            if record is None:
                raise ConfigError(
                    f"Le dossier {options.dossier} n’existe pas : « filrouge projects » les liste."
                )
            conversation = record.conversation
            if options.language:
                language = told_in(read.flows, record.flow, options.language)
                conversation = replace(conversation, sheet_language=language)
            return await documents.export(
                conversation,
                options.document,
                options.format,
                time.time(),
                annex=security,
                since=options.since,
                annexed=await _annexed(
                    store,
                    documents,
                    replace(record, conversation=conversation),
                    joined,
                    options.format,
                ),
            )

    written(options.output, asyncio.run(run()))
    return 0


async def _annexed(
    store: Store, documents: Documents, record: DossierRecord, joined: list[str], form: str
) -> tuple[Conversation, ...]:
    """The dossiers of the same project that are to be annexed, by the flows that were named."""
    if not joined:
        return ()
    if form not in TO_READ:
        raise ConfigError(
            f"Un parcours s’annexe aux documents à lire ({', '.join(TO_READ)}), pas au format {form}."
        )
    lines = await store.dossiers()
    project = next(one.project for one in lines if one.id == record.id)
    beside = {one.flow: one.id for one in lines if one.project == project and one.id != record.id}
    for one in joined:
        if one not in (EVERY, *beside):
            known = ", ".join(beside) or "aucun autre"
            raise ConfigError(
                f"Le projet n’a pas de dossier « {one} » à annexer (parcours présents : {known})."
            )
    wanted = [number for flow, number in beside.items() if EVERY in joined or flow in joined]
    return await documents.others(record.conversation, wanted)


def backup(options: argparse.Namespace) -> int:
    settings = existing(config.load())
    keeping = Keeping(options.to, options.keep, options.days) if options.to else None
    print(upkeep.back_up(settings, options.file, keeping), file=sys.stderr)
    return 0


def restore(options: argparse.Namespace) -> int:
    print(upkeep.bring_back(config.load(), options.file), file=sys.stderr)
    return 0


def move(options: argparse.Namespace) -> int:
    def told(table: str, rows: int) -> None:
        print(f"{table} : {rows}", file=sys.stderr)

    said = upkeep.move_house(config.place(options.source), config.place(options.target), told)
    print(said, file=sys.stderr)
    return 0


def key(_: argparse.Namespace) -> int:
    print(keys.fresh())
    return 0


def seal(_: argparse.Namespace) -> int:
    settings = existing(config.load())
    print(upkeep.seal(settings, library(settings).snapshots), file=sys.stderr)
    return 0
