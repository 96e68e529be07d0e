"""The content as files: strict YAML in, the domain's dataclasses out, or every fault, placed."""

from bot.content.catalogues import (
    find_catalogues,
    inspect_catalogues,
    stray_catalogues,
    update_catalogues,
)
from bot.content.files import (
    content_files,
    find_flows,
    inspect,
    layout_of,
    load_cases,
    load_flow,
    load_glossary,
    load_layout,
    missing_layout,
    read_cases,
    read_flow,
    read_glossary,
    read_layout,
    schema,
    told_with,
    translate,
    translations,
)
from bot.content.findings import Finding, Reading
from bot.content.languages import language_code
from bot.content.overlay import read_overlay
from bot.content.shelf import Shelf, read_shelf, stray_translations
from bot.content.source import Source, flow_hash, read_source
from bot.content.templates import flows_folder, load_documents, load_templates, templates_folder

__all__ = [
    "Finding",
    "Reading",
    "Shelf",
    "Source",
    "content_files",
    "find_catalogues",
    "find_flows",
    "flow_hash",
    "flows_folder",
    "inspect",
    "inspect_catalogues",
    "language_code",
    "layout_of",
    "load_cases",
    "load_documents",
    "load_flow",
    "load_glossary",
    "load_layout",
    "load_templates",
    "missing_layout",
    "read_cases",
    "read_flow",
    "read_glossary",
    "read_layout",
    "read_overlay",
    "read_shelf",
    "read_source",
    "schema",
    "stray_catalogues",
    "stray_translations",
    "templates_folder",
    "told_with",
    "translate",
    "translations",
    "update_catalogues",
]
