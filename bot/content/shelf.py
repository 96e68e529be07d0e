"""The flows in use, read whole: each in every language it is told in, with what goes with it."""

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar

from bot.content.files import (
    content_files,
    inspect,
    kind_of,
    layout_of,
    load_cases,
    load_glossary,
    load_layout,
    missing_layout,
    read_flow,
    told,
    translations,
)
from bot.content.findings import Finding
from bot.content.source import Source, read_source
from bot.content.templates import flows_folder
from bot.domain.flow import Flow
from bot.domain.flows import Book
from bot.domain.sheet.layout import Layout
from bot.errors import ContentError

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Shelf:
    """What was read. `faults`: one line each, of what could not be."""

    books: list[Book] = field(default_factory=list)
    sources: list[tuple[Source, Flow]] = field(default_factory=list)  # originals, as they were read
    faults: list[str] = field(default_factory=list)


def read_shelf(paths: Iterable[Path], *, draft: bool = False) -> Shelf:
    """The flows of these files, in that order, each followed by its translations.

    A `draft` may have no layout yet: its sheet then lists its answers, step by step.
    """
    collecting = gc.isenabled()
    gc.disable()  # what is read stays: the collector would walk through it again and again for nothing
    try:
        return _read(paths, draft)
    finally:
        if collecting:
            gc.enable()


def _read(paths: Iterable[Path], draft: bool) -> Shelf:
    shelf = Shelf()

    @cache
    def beside(read: Callable[[Path, str], tuple[T, ...]], path: Path, code: str) -> tuple[T, ...]:
        """What several flows share is read once in a language."""
        return _kept(shelf, read, path, code) or ()

    for path in paths:
        if not draft and (lacking := _kept(shelf, missing_layout, path)):
            shelf.faults.append(str(lacking))
        source = _kept(shelf, read_source, path)
        flow = source and _kept(shelf, lambda one: read_flow(one).sound(), source)
        if source and flow:
            shelf.sources.append((source, flow))
            for one in (flow, *_told(shelf, path, flow)):
                cases = beside(load_cases, _beside(path, "cases.yaml"), one.language)
                terms = beside(load_glossary, _beside(path, "glossary.yaml"), one.language)
                shelf.books.append(Book(one, _layout(shelf, path, one), cases, terms))
    shelf.books = _watchful(shelf.books)
    return shelf


def _watchful(books: list[Book]) -> list[Book]:
    """What may point at somebody is not about a flow: one that lists no words for it borrows the first's."""
    signs = next((one.flow.signs for one in books if one.flow.signs), ())
    return [
        one if one.flow.signs else replace(one, flow=replace(one.flow, signs=signs))
        for one in books
    ]


def stray_translations(folder: Path) -> tuple[Finding, ...]:
    """Files beside the flows that say they are translations and are read by nothing: their language
    does not exist, or their original is not there."""
    files = content_files(folder)
    read = {one for path in files for one in translations(path).values()}
    strays = [one for one in files if one not in read and kind_of(read_source(one)) == "overlay"]
    return tuple(one for path in strays for one in inspect(path) if one.severity == "error")


def _layout(shelf: Shelf, path: Path, flow: Flow) -> Layout | None:
    page = layout_of(path, flow.flow)
    return _kept(shelf, load_layout, page, flow) if page.is_file() else None


def _told(shelf: Shelf, path: Path, flow: Flow) -> Iterator[Flow]:
    """A flow in every language that it is translated into."""
    for code in translations(path):
        if code != flow.language and (read := _kept(shelf, told, path, flow, code)):
            yield read


def _beside(flow: Path, name: str) -> Path:
    """The file of that name beside a flow, else the one that came with the program."""
    beside = flow.with_name(name)
    return beside if beside.exists() else flows_folder() / name


def _kept(shelf: Shelf, read: Callable[P, T], *given: P.args, **named: P.kwargs) -> T | None:
    try:
        return read(*given, **named)
    except ContentError as fault:
        shelf.faults += [one for one in str(fault).splitlines() if one not in shelf.faults]
        return None
