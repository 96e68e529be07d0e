"""The tags of a template, read paragraph by paragraph: each fault is told where it stands.

A template may print fields, loop over lists, choose; it may not call, compute at length, or define.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from lxml import etree

from bot.export.word.faults import Fault, quoted
from bot.export.word.fields import Data
from bot.export.word.filling import FILTERS, LOOP, PICTURE, TESTS, cage
from bot.export.word.mending import mended_tag

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OPENING = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
_BLOCK = re.compile(
    r"\{%(?P<scope>p|tr|tc|r)?(?:\s+|-\s*)(?P<word>\w+)\s*(?P<rest>.*?)\s*-?%\}", re.S
)
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr,
    nodes.Getitem, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.CondExpr, nodes.Concat, nodes.Add, nodes.Sub, nodes.For, nodes.If, nodes.Assign,
    nodes.Keyword,
)  # fmt: skip
_WORDS = ("for", "endfor", "if", "elif", "else", "endif", "set", "vm")

_UNKNOWN = object()  # a value whose fields cannot be told


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    alone: bool = True  # the only paragraph of its row that says something
    in_table: bool = False


@dataclass(slots=True)
class _Open:
    """A block not closed yet, and the names that it gives to what it holds."""

    word: str
    tag: str
    paragraph: str
    names: Data = field(default_factory=dict)


def faults(part: bytes, known: Data) -> list[Fault]:
    """What is wrong with the tags of one part. `known`: every field, with an item in every list."""
    return list(_Reading(known | {PICTURE: ""}).walk(paragraphs(part)))


def paragraphs(part: bytes) -> Iterator[Paragraph]:
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    for one in root.iter(f"{_W}p"):
        row = next((above for above in one.iterancestors() if above.tag == f"{_W}tr"), None)
        own = "".join(t.text or "" for t in one.iter(f"{_W}t") if _paragraph_of(t) is one)
        whole = own if row is None else "".join(t.text or "" for t in row.iter(f"{_W}t"))
        yield Paragraph(own, whole.strip() == own.strip(), row is not None)


def _paragraph_of(text: Any) -> Any:
    return next((above for above in text.iterancestors() if above.tag == f"{_W}p"), None)


class _Reading:
    """One pass: the blocks still open, and the names that they gave."""

    def __init__(self, known: Data) -> None:
        self.known = known
        self.open: list[_Open] = []
        self.jinja = cage()

    def walk(self, paragraphs: Iterator[Paragraph]) -> Iterator[Fault]:
        for one in paragraphs:
            yield from self._paragraph(one)
        for block in self.open:
            yield Fault(
                "never_closed", quoted(block.tag), quoted(block.paragraph), f"end{block.word}"
            )

    def _paragraph(self, paragraph: Paragraph) -> Iterator[Fault]:
        text, at = paragraph.text, 0
        while found := _OPENING.search(text, at):
            opening = found[0]
            if opening not in _CLOSING:
                yield Fault("unopened", opening, quoted(text))
                at = found.end()
                continue
            closing = _CLOSING[opening]
            end = text.find(closing, found.end())
            again = _OPENING.search(text, found.end())
            if end < 0 or (again and again.start() < end):
                yield Fault(
                    "unclosed",
                    quoted(text[found.start() : found.start() + 40]),
                    quoted(text),
                    closing,
                )
                at = found.end()
                continue
            at = end + len(closing)
            yield from self._tag(text[found.start() : at], paragraph)

    def _tag(self, written: str, paragraph: Paragraph) -> Iterator[Fault]:
        tag = mended_tag(written)
        where = (quoted(written), quoted(paragraph.text))
        if tag.startswith("{#"):
            return
        if tag.startswith("{{"):
            if re.match(r"\{\{(p|r|tr|tc)\s", tag):
                yield Fault("forbidden", *where)
            else:
                yield from self._expression(tag, *where, printed=True)
            return
        block = _BLOCK.fullmatch(tag)
        if not block or block["word"] not in _WORDS:
            yield Fault("unknown_tag", *where, ", ".join(_WORDS))
            return
        yield from _misplaced(block["scope"] or "", paragraph, where)
        yield from self._block(block["word"], block["rest"], where)

    def _block(self, word: str, rest: str, where: tuple[str, str]) -> Iterator[Fault]:
        match word:
            case "for":
                yield from self._for(rest, where)
            case "if":
                yield from self._expression(f"{{% if {rest} %}}{{% endif %}}", *where)
                self.open.append(_Open("if", *where))
            case "elif":
                yield from self._expression(f"{{% if {rest} %}}{{% endif %}}", *where)
                yield from self._inside("if", where)
            case "else":
                yield from self._inside("", where)
            case "endif" | "endfor":
                yield from self._close(word.removeprefix("end"), where)
            case "set":
                yield from self._expression(f"{{% set {rest} %}}", *where)
                if name := re.match(r"\w+", rest):
                    self._names()[name[0]] = _UNKNOWN

    def _for(self, rest: str, where: tuple[str, str]) -> Iterator[Fault]:
        block = _Open("for", *where)
        parsed = self._parsed(f"{{% for {rest} %}}{{% endfor %}}")
        if isinstance(parsed, Fault):
            yield Fault(parsed.kind, *where, parsed.hint)
        else:
            loop = next(parsed.find_all(nodes.For))
            if loop.recursive or not isinstance(loop.target, nodes.Name):
                yield Fault("forbidden", *where)
            else:
                found: list[Fault] = []
                listed = self._value(loop.iter, where, found)
                yield from found
                if listed is not _UNKNOWN and not isinstance(listed, list):
                    yield Fault("not_a_list", *where, _said(loop.iter))
                item = _any_of(listed)
                block.names = {loop.target.name: item, "loop": dict.fromkeys(LOOP, 1)}
                self.open.append(block)
                if loop.test:
                    self._value(loop.test, where, found := [])
                    yield from found
                return
        block.names = {"loop": _UNKNOWN, **dict.fromkeys(re.findall(r"\w+", rest)[:1], _UNKNOWN)}
        self.open.append(block)

    def _close(self, word: str, where: tuple[str, str]) -> Iterator[Fault]:
        if self.open and self.open[-1].word == word:
            self.open.pop()
        elif any(one.word == word for one in self.open):
            yield Fault("crossed", *where, self.open[-1].tag)
            while self.open.pop().word != word:
                pass
        else:
            yield Fault("never_opened", *where, word)

    def _inside(self, word: str, where: tuple[str, str]) -> Iterator[Fault]:
        if not self.open or (word and self.open[-1].word != word):
            yield Fault("never_opened", *where, word or "if")

    # --- what a tag says -----------------------------------------------------------------------

    def _expression(
        self, source: str, tag: str, paragraph: str, *, printed: bool = False
    ) -> Iterator[Fault]:
        parsed = self._parsed(source)
        where = (tag, paragraph)
        if isinstance(parsed, Fault):
            yield Fault(parsed.kind, *where, parsed.hint)
            return
        found: list[Fault] = []
        for child in parsed.body:
            shown = child.nodes if isinstance(child, nodes.Output) else [child]
            for one in shown:
                value = self._value(one, where, found)
                if printed and not found and _is_a_list(value):
                    found.append(Fault("prints_a_list", *where, _said(one)))
        yield from found

    def _parsed(self, source: str) -> nodes.Template | Fault:
        """The tree of one tag, of allowed kinds only."""
        try:
            tree = self.jinja.parse(source)
        except TemplateSyntaxError as error:
            return Fault("syntax", hint=quoted(str(error.message)))
        except RecursionError:
            return Fault("forbidden")
        for node in _all(tree):
            if not isinstance(node, _ALLOWED):
                return Fault("forbidden", hint=type(node).__name__)
            if isinstance(node, nodes.Filter) and node.name not in FILTERS:
                return Fault(
                    "unknown_filter", hint=", ".join(one for one in FILTERS if len(one) > 1)
                )
            if isinstance(node, nodes.Test) and node.name not in TESTS:
                return Fault("forbidden", hint=node.name)
        return tree

    def _value(self, node: Any, where: tuple[str, str], found: list[Fault]) -> Any:
        """What an expression is worth on the example; faults join `found`."""
        match node:
            case nodes.Name():
                return self._named(node.name, where, found) if node.ctx == "load" else _UNKNOWN
            case nodes.Getattr():
                return _inner(self._value(node.node, where, found), node.attr, node, where, found)
            case nodes.Getitem(arg=nodes.Const(value=str() as key)):
                return _inner(self._value(node.node, where, found), key, node, where, found)
            case nodes.Getitem():
                value = self._value(node.node, where, found)
                self._value(node.arg, where, found)
                return _any_of(value)
            case nodes.Filter(name="first" | "last"):
                value = self._value(node.node, where, found)
                return _any_of(value)
            case nodes.Node():
                for child in node.iter_child_nodes():
                    self._value(child, where, found)
        return _UNKNOWN

    def _named(self, name: str, where: tuple[str, str], found: list[Fault]) -> Any:
        for block in reversed(self.open):
            if name in block.names:
                return block.names[name]
        if name in self.known:
            return self.known[name]
        names = [*self.known, *(one for block in self.open for one in block.names)]
        found.append(Fault("unknown_field", *where, _close_to(name, names)))
        return _UNKNOWN

    def _names(self) -> Data:
        return self.open[-1].names if self.open else self.known


def _misplaced(scope: str, paragraph: Paragraph, where: tuple[str, str]) -> Iterator[Fault]:
    text = paragraph.text.strip()
    alone = len(_OPENING.findall(text)) == 2 and text.startswith("{%") and text.endswith("%}")
    if scope in ("tr", "tc") and not paragraph.in_table:
        yield Fault("not_in_table", *where, scope)
    elif scope == "r":
        yield Fault("forbidden", *where)
    elif (scope == "p" and not alone) or (scope == "tr" and not (alone and paragraph.alone)):
        yield Fault("not_alone", *where, scope)


def _inner(value: Any, key: str, node: Any, where: tuple[str, str], found: list[Fault]) -> Any:
    if value is _UNKNOWN:
        return _UNKNOWN
    if isinstance(value, dict) and key in value:
        return value[key]
    names = list(value) if isinstance(value, dict) else []
    base = _said(node.node)
    near = _close_to(key, names)
    kind = "of_a_list" if isinstance(value, list) else "unknown_field"
    found.append(
        Fault(
            kind,
            *where,
            f"{base}.{near}"
            if near and kind == "unknown_field"
            else base
            if kind == "of_a_list"
            else "",
        )
    )
    return _UNKNOWN


def _any_of(listed: Any) -> Any:
    """An item of a list, with the fields of all: those of a section depend on its kind."""
    if not isinstance(listed, list) or not listed:
        return _UNKNOWN
    if not all(isinstance(one, dict) for one in listed):
        return listed[0]
    found: Data = {}
    for one in listed:
        for key, value in one.items():
            former = found.get(key)
            if isinstance(former, list) and isinstance(value, list):
                found[key] = [*former, *value]
            else:
                found.setdefault(key, value)
    return found


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all(child)


def _said(node: Any) -> str:
    match node:
        case nodes.Name():
            return str(node.name)
        case nodes.Getattr():
            return f"{_said(node.node)}.{node.attr}"
        case _:
            return "…"


def _is_a_list(value: Any) -> bool:
    """A list of records, or a record: it has no words of its own. A list of texts is joined."""
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and not isinstance(value[0], str)
    )


def _close_to(name: str, names: list[str]) -> str:
    return next(iter(get_close_matches(name, names, 1, 0.6)), "")
