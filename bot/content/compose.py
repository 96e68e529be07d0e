"""Strict YAML as nodes with marks. Depth and size are counted before they hurt.

Scalars follow YAML 1.2's core schema (`oui`, `yes` and `on` are texts). Duplicate keys, tags, bombs
and deep nesting are refused; nothing is ever built but dict, list, str, int, float, bool and None.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.content.source import UNSEEN

MOST_NODES = 200_000  # aliases expanded; the whole method has about twenty thousand
MOST_ALIASES = 1_000
DEEPEST = 40

# libyaml when PyYAML has it (ten times faster), pure Python otherwise: same events.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CORE: tuple[tuple[re.Pattern[str], Callable[[str], object]], ...] = (
    (re.compile(r"(?:~|null|Null|NULL|)"), lambda _: None),
    (re.compile(r"(?:true|True|TRUE)"), lambda _: True),
    (re.compile(r"(?:false|False|FALSE)"), lambda _: False),
    (re.compile(r"[-+]?[0-9]{1,18}"), int),
    (re.compile(r"0o[0-7]{1,18}"), lambda text: int(text[2:], 8)),
    (re.compile(r"0x[0-9a-fA-F]{1,16}"), lambda text: int(text, 16)),
    (re.compile(r"[-+]?[0-9]{0,18}\.[0-9]{1,18}"), float),
)

_SYNTAX = {  # a fragment of what (lib)yaml says -> what helps a person
    "mapping values are not allowed": "« : » dans un texte : mettez ce texte entre guillemets",
    "found unexpected end of stream": "guillemet ouvert ici et jamais refermé",
    "expected ',' or ']'": "liste mal fermée : il manque « , » ou « ] »",
    "expected ',' or '}'": "accolade mal fermée : il manque « , » ou « } »",
    "expected key": "alignement : cette ligne n’est pas en face de ses voisines",
    "expected <block end>": "alignement : cette ligne n’est pas en face de ses voisines",
    "expected '-' indicator": "alignement : cette ligne n’est pas en face des autres tirets",
    "could not find expected ':'": "il manque « : » après ce mot",
    "cannot start any token": "ce caractère ne peut pas commencer un texte : mettez des guillemets",
    "unknown escape character": "« \\ » entre guillemets doubles : écrivez « \\\\ »",
    "block sequence entries are not allowed": "une liste commence à la ligne, en retrait",
    "expected alphabetic or numeric": "« * » ou « & » au début d’un texte : mettez des guillemets",
    "undefined tag handle": "étiquette « ! » refusée : mettez le texte entre guillemets",
    "found duplicate": "écrit deux fois",
}


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the file, from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault of the YAML itself."""

    mark: Mark
    message: str


@dataclass(slots=True)
class Node:
    mark: Mark
    value: object = None  # of a scalar
    text: Mark | None = None
    children: "list[Node] | dict[str, tuple[Mark, Node]] | None" = None
    size: int = 1  # aliases expanded
    height: int = 1


class _Stop(Exception):
    """Reading cannot go on: the trouble is the last one."""


def compose(text: str) -> tuple[Node | None, list[Trouble]]:
    """The root of a YAML text. Troubles are returned, not raised: some leave readable nodes."""
    composer = _Composer(text)
    return composer.whole(), composer.troubles


@dataclass(slots=True)
class _Open:
    """A collection being read; `key` is the one that waits for its value."""

    node: Node
    anchor: str | None
    key: tuple[str, Mark] | None = None
    waits: bool = False


@dataclass(slots=True)
class _Composer:
    """Events to nodes, with a stack instead of recursion: depth is counted before it hurts."""

    text: str
    troubles: list[Trouble] = field(default_factory=list)
    anchors: dict[str, Node | None] = field(default_factory=dict)  # None: still open
    stack: list[_Open] = field(default_factory=list)
    root: Node | None = None
    aliases: int = 0
    lines: list[str] = field(default_factory=list)

    def whole(self) -> Node | None:
        self.lines = self.text.split("\n")
        try:
            for event in yaml.parse(self.text, Loader=_LOADER):
                self.take(event)
        except yaml.MarkedYAMLError as error:
            self.syntax(error)
            return None
        except (
            yaml.YAMLError,
            ValueError,
            OverflowError,
        ) as error:  # « \UFFFFFFFF », without libyaml
            self.trouble(Mark(1, 1), f"ce n’est pas du YAML ({error})")
            return None
        except _Stop:
            return None
        return self.root

    def take(self, event: yaml.Event) -> None:
        mark = _mark(event.start_mark)
        match event:
            case yaml.DocumentStartEvent() if self.root:
                raise self.stop(mark, "un seul document par fichier : « --- » en trop")
            case yaml.AliasEvent():
                self.alias(str(event.anchor), mark)
            case yaml.ScalarEvent():
                self.refuse_tag(event.tag, mark)
                self.refuse_unseen(event.value, mark)
                node = _scalar(event, mark, self.lines)
                self.keep(event.anchor, node)
                self.add(node, event.value)
            case yaml.SequenceStartEvent():
                self.open(event, Node(mark, children=[]))
            case yaml.MappingStartEvent():
                self.open(event, Node(mark, children={}))
            case yaml.CollectionEndEvent():
                closed = self.stack.pop()
                self.keep(closed.anchor, closed.node)
                self.add(closed.node)

    def open(self, event: yaml.CollectionStartEvent, node: Node) -> None:
        self.refuse_tag(event.tag, node.mark)
        if len(self.stack) >= DEEPEST:
            raise self.stop(node.mark, f"trop de niveaux imbriqués (plus de {DEEPEST})")
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Open(node, event.anchor))

    def alias(self, name: str, mark: Mark) -> None:
        self.aliases += 1
        if name not in self.anchors:
            self.trouble(mark, f"« *{name} » ne renvoie à rien : il manque « &{name} » plus haut")
            return self.add(Node(mark))
        target = self.anchors[name]
        if target is None:
            raise self.stop(mark, f"« *{name} » se contient lui-même")
        if self.aliases > MOST_ALIASES or len(self.stack) + target.height > DEEPEST:
            raise self.stop(mark, "trop de renvois « * » : recopiez plutôt le texte")
        return self.add(target, target.value if isinstance(target.value, str) else None)

    def keep(self, anchor: str | None, node: Node) -> None:
        if anchor:
            self.anchors[anchor] = node

    def add(self, node: Node, key: str | None = None) -> None:
        """A finished node goes where the open collection waits; `key`: its text as a key."""
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent.node.children, list):
            parent.node.children.append(node)
        elif not parent.waits:
            parent.key, parent.waits = self.key(node, key), True
            return
        else:
            self.pair(parent, node)
        parent.node.size += node.size
        parent.node.height = max(parent.node.height, node.height + 1)
        if parent.node.size > MOST_NODES:
            raise self.stop(node.mark, f"fichier démesuré (plus de {MOST_NODES} éléments)")

    def key(self, node: Node, text: str | None) -> tuple[str, Mark] | None:
        if text is None or node.children is not None:
            self.trouble(
                node.mark,
                "une clé est un simple mot ; un texte à accolades se met entre guillemets",
            )
            return None
        return text, node.mark

    def pair(self, parent: _Open, node: Node) -> None:
        children = parent.node.children
        if parent.key and isinstance(children, dict):
            name, mark = parent.key
            if name in children:
                first = children[name][0].line
                self.trouble(mark, f"« {name} » est écrit deux fois (déjà ligne {first})")
            else:
                children[name] = (mark, node)
        parent.key, parent.waits = None, False

    def refuse_tag(self, tag: str | None, mark: Mark) -> None:
        if tag:
            written = tag.replace("tag:yaml.org,2002:", "!!")
            self.trouble(
                mark, f"étiquette « {written} » refusée : mettez le texte entre guillemets"
            )

    def refuse_unseen(self, text: str, mark: Mark) -> None:
        """Escapes of double quotes can write what the file itself may not hold."""
        if found := UNSEEN.search(text):
            self.trouble(mark, f"caractère invisible (U+{ord(found[0]):04X}) : effacez-le")

    def syntax(self, error: yaml.MarkedYAMLError) -> None:
        problem = error.problem or ""
        quoted = "quoted scalar" in (error.context or "")
        at = (error.context_mark if quoted else error.problem_mark) or error.context_mark
        known = (words for fragment, words in _SYNTAX.items() if fragment in problem)
        self.trouble(_mark(at), next(known, f"ce n’est pas du YAML ({problem})"))

    def trouble(self, mark: Mark, message: str) -> None:
        self.troubles.append(Trouble(mark, message))

    def stop(self, mark: Mark, message: str) -> _Stop:
        self.trouble(mark, message)
        return _Stop()


def _mark(mark: Any) -> Mark:
    """PyYAML has two classes of marks, from 0, and none on some events."""
    return Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)


def _scalar(event: yaml.ScalarEvent, mark: Mark, lines: list[str]) -> Node:
    written = event.value
    quotes = 1 if event.style in ("'", '"') else 0
    start = mark.column - 1 + quotes
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    as_is = line[start : start + len(written)] == written
    value = _plain(written) if event.style in (None, "") else written
    return Node(mark, value, Mark(mark.line, start + 1) if as_is else None)


def _plain(written: str) -> object:
    for pattern, value in _CORE:
        if pattern.fullmatch(written):
            return value(written)
    return written
