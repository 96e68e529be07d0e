"""The commands of those who write the method."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from bot import config, content
from bot.cli import house
from bot.cli.house import Library, library, text_of, told_in, written
from bot.domain.conversation import Conversation
from bot.domain.flow import Flow
from bot.domain.graph import mermaid
from bot.errors import ContentError
from bot.export import json_, questionnaire


def check(options: argparse.Namespace) -> int:
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
            lacking = content.missing_layout(path)
            if lacking and (path not in named or (path.parent / "sheet").is_dir()):
                findings.insert(0, lacking)
        except ContentError as fault:
            print(fault)
            errors += 1
            continue
        errors += _told(findings)
    if not options.files:
        catalogues = settings.templates or content.templates_folder()
        files += content.find_catalogues(catalogues)
        errors += _told(content.inspect_catalogues(catalogues))
    if errors:
        print(f"{errors} faute{'s' if errors > 1 else ''}", file=sys.stderr)
        return 1
    print(f"{len(files)} fichier{'s' if len(files) > 1 else ''} sans faute", file=sys.stderr)
    return 0


def _told(findings: Iterable[content.Finding]) -> int:
    """Each on its line; how many are errors."""
    errors = 0
    for finding in findings:
        print(finding)
        errors += finding.severity == "error"
    return errors


def graph(options: argparse.Namespace) -> int:
    settings = config.load()
    print(mermaid(content.load_flow(options.flow or house.flow_path(settings))))
    return 0


def translate(options: argparse.Namespace) -> int:
    named = options.flow
    paths = (named,) if named else content.told_with(house.flow_path(config.load()))
    made = [content.translate(path, options.language) for path in paths]
    for path, skeleton in made:
        draft = path.with_name(f"{path.name}.new")
        draft.write_text(skeleton.text, encoding="utf-8")
        draft.replace(path)  # in one move: a translator's work is never half written
        print(f"{path} : {skeleton.done} textes traduits sur {skeleton.total}", file=sys.stderr)
    return 0


def words(options: argparse.Namespace) -> int:
    folder = config.load().templates or content.templates_folder()
    for path, (done, total) in content.update_catalogues(folder, options.language).items():
        print(f"{path} : {done} textes traduits sur {total}", file=sys.stderr)
    return 0


def try_(options: argparse.Namespace) -> int:
    settings = config.load()
    read = library(settings, options.flow)
    text = sys.stdin.read() if str(options.answers) == "-" else text_of(options.answers)
    flow, conversation = conversation_of(read, options.answers, text)
    document = json_.document(flow, conversation, complete=True)
    print(json.dumps(document, ensure_ascii=False, indent=2))
    return 0


def conversation_of(read: Library, path: Path, text: str) -> tuple[Flow, Conversation]:
    """The dossier that a JSON file holds, and its flow: the first one when the file names none.

    Raises ContentError, each line with the file's name.
    """
    try:
        data = json_.load(text)
        head = data.get("dossier")
        named = head.get("flow") if isinstance(head, dict) else None
        flow = read.flows.flow(named if isinstance(named, str) and named in read.flows else "")
        return flow, json_.read(flow, data)
    except ContentError as fault:
        lines = str(fault).splitlines()
        raise ContentError("\n".join(f"{path}: {line}" for line in lines)) from None


def blank_questionnaire(options: argparse.Namespace) -> int:
    read = library(config.load(), options.flow)
    flow = read.flow
    if options.language:
        flow = read.flows.flow(flow.flow, told_in(read.flows, flow.flow, options.language))
    written(options.output, questionnaire.export(flow, read.templates))
    return 0
