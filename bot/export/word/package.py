"""A .docx as a file somebody sent: its size, its parts, what it links to. Nothing of it is trusted.

Run apart (`apart`): even reading it may exhaust a process.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from bot.export.word.faults import Fault, quoted

MOST_BYTES = 5_000_000
MOST_ENTRIES = 400
MOST_UNPACKED = 40_000_000
MOST_RATIO = 150  # of an entry larger than a few thousand bytes; XML packs 10 to 30 times
SMALL = 100_000

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FORBIDDEN = {  # the end of a relationship's type -> why
    "vbaProject": "macro",
    "wordVbaData": "macro",
    "keyMapCustomizations": "macro",
    "attachedToolbars": "macro",
    "extensibility": "macro",
    "ui": "macro",
    "control": "macro",
    "activeXControlBinary": "macro",
    "webextension": "macro",
    "webextensiontaskpanes": "macro",
    "oleObject": "embedded",
    "aFChunk": "embedded",
    "subDocument": "external",
    "externalLink": "external",
}
ATTACHED = "attachedTemplate"  # common: where somebody's Word keeps its models
_HARMLESS_LINKS = ("http://", "https://", "mailto:", "#")
FIELDS = frozenset(  # those that neither fetch nor run anything
    {
        "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "DATE", "TIME", "CREATEDATE", "SAVEDATE",
        "PRINTDATE", "TITLE", "SUBJECT", "AUTHOR", "DOCPROPERTY", "FILENAME", "TOC", "PAGEREF", "REF",
        "NOTEREF", "STYLEREF", "HYPERLINK", "SEQ", "TC", "XE", "INDEX", "SYMBOL", "NUMWORDS",
        "NUMCHARS", "LISTNUM", "ADVANCE",
    }
)  # fmt: skip
_OLD_WORD = b"\xd0\xcf\x11\xe0"


def opened(content: bytes) -> tuple[dict[str, bytes], list[Fault]]:
    """Every part, unpacked within bounds; or why it is not."""
    if len(content) > MOST_BYTES:
        return {}, [Fault("too_big", hint=str(MOST_BYTES // 1_000_000))]
    if content.startswith(_OLD_WORD):
        return {}, [Fault("old_word")]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            if fault := _bomb(entries):
                return {}, [fault]
            return {one.filename: package.read(one) for one in entries if not one.is_dir()}, []
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return {}, [Fault("not_word")]


def opened_anyhow(content: bytes) -> tuple[dict[str, bytes], list[Fault]]:
    """The parts of what was just made: our own packing, whose texts may well pack tightly."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(one.file_size for one in package.infolist()) > MOST_UNPACKED:
            return {}, [Fault("bomb")]
        return {one: package.read(one) for one in package.namelist()}, []


def looked_at(parts: dict[str, bytes]) -> list[Fault]:
    """What makes a template unacceptable, whatever its tags say."""
    if "[Content_Types].xml" not in parts or "word/document.xml" not in parts:
        return [Fault("not_word")]
    types = parts["[Content_Types].xml"]
    if b"macroEnabled" in types or any("vbaproject" in one.lower() for one in parts):
        return [Fault("macro")]
    if MAIN.encode() not in types:
        return [Fault("not_docx")]
    faults: dict[Fault, None] = {}
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            for fault in _part(name, content):
                faults[fault] = None
    return list(faults)


def _bomb(entries: list[zipfile.ZipInfo]) -> Fault | None:
    if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > MOST_UNPACKED:
        return Fault("bomb")
    names = [one.filename for one in entries]
    if len(set(names)) != len(names) or any(one.flag_bits & 1 for one in entries):
        return Fault("not_word")
    packed = any(
        one.file_size > SMALL and one.file_size > MOST_RATIO * max(one.compress_size, 1)
        for one in entries
    )
    return Fault("bomb") if packed else None


def _part(name: str, content: bytes) -> Iterator[Fault]:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        yield Fault("entities" if b"<!ENTITY" in content else "not_word")
        return
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        yield Fault("entities")
        return
    if name.endswith(".rels"):
        yield from _links(root)
    else:
        yield from _field_codes(root)


def _links(root: Any) -> Iterator[Fault]:
    for one in root.iter("{*}Relationship"):
        kind = (one.get("Type") or "").rsplit("/", 1)[-1]
        target = one.get("Target") or ""
        if kind in _FORBIDDEN:
            yield Fault(_FORBIDDEN[kind], hint=quoted(target))
        elif (one.get("TargetMode") or "").lower() == "external":
            harmless = kind == "hyperlink" and target.lower().startswith(_HARMLESS_LINKS)
            if not harmless and kind != ATTACHED:  # that one is taken off: `unattached`
                yield Fault("external", hint=quoted(target))
        elif ".." in target.split("/")[1:-1] or "://" in target:
            yield Fault("external", hint=quoted(target))


def _field_codes(root: Any) -> Iterator[Fault]:
    """Word's own fields: INCLUDEPICTURE, DDE and their like reach outside of the document."""
    open_codes: list[str] = []
    for one in root.iter(f"{_W}fldChar", f"{_W}instrText", f"{_W}fldSimple"):
        if one.tag == f"{_W}fldSimple":
            yield from _code(one.get(f"{_W}instr") or "")
        elif one.tag == f"{_W}instrText":
            if open_codes:
                open_codes[-1] += one.text or ""
            else:
                yield from _code(one.text or "")
        else:
            match one.get(f"{_W}fldCharType"):
                case "begin":
                    open_codes.append("")
                case "separate" if open_codes:
                    yield from _code(open_codes[-1])
                    open_codes[-1] = ""
                case "end" if open_codes:
                    yield from _code(open_codes.pop())
    for code in open_codes:
        yield from _code(code)


def _code(code: str) -> Iterator[Fault]:
    first = re.match(r"\s*([A-Za-z]*)", code)
    name = first[1].upper() if first else ""
    if code.strip() and (name not in FIELDS or re.search(r"\{[{%#]", code)):
        yield Fault("field_code", tag=quoted(code))


def unattached(parts: dict[str, bytes]) -> bytes:
    """The package again, no longer attached to a template on somebody's disk or server."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            rels, settings = name.endswith(".rels"), name.endswith("settings.xml")
            package.writestr(name, _without_attached(part) if rels or settings else part)
    return made.getvalue()


def _without_attached(part: bytes) -> bytes:
    if ATTACHED.encode() not in part:
        return part
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    for one in list(root.iter("{*}Relationship", "{*}" + ATTACHED)):
        if one.tag.endswith(ATTACHED) or (one.get("Type") or "").endswith(ATTACHED):
            one.getparent().remove(one)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made
