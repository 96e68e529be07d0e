"""The file a translator fills: every text between quotes, the original as a comment beside it.

It is the overlay of `overlay.py`, in the order of the original; what is translated already is kept.
"""

import json
import re
import textwrap
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.content.document import Document
from bot.content.languages import countries
from bot.content.overlay import OF, Overlay
from bot.domain.check import Path
from bot.domain.check.walk import questions
from bot.domain.flow import Cell, Flow, Option
from bot.domain.translation import TEXTS, Words, handle, holders, plain, texts

_WIDTH = 100
_REPEATED = 10  # options that several questions share are translated once, from this number on
_ROOMY = 3  # lines of an element from which a blank line sets it apart

_PLAIN = re.compile(r"[^\W\d][\w.]*(?:-\w+)*")
_WORDS_OF_YAML = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")  # 1.1 and 1.2
_SPACES = re.compile(r"[ \t\n]+")  # all but the no-break spaces of typography

_HEAD = """\
# Traduction de « {title} ».
#
# Écrivez chaque texte entre ses guillemets ; l’original est à côté, après « # ». Ce qui reste vide
# sera montré dans la langue de l’original. Gardez {{ici}}, {{la_bas}} et les autres mots entre
# accolades ; n’ajoutez et n’effacez aucune ligne. Pour un guillemet dans un texte : \\".
# Vérifiez avec « filrouge check » ; quand tout est traduit, mettez « complete: true ».

{of}language: {language}
translates: {translates}  # la version de l’original que suit cette traduction
complete: {complete}
"""


@dataclass(frozen=True, slots=True)
class Skeleton:
    text: str
    done: int  # texts translated
    total: int


def skeleton(original: Any, document: Document, overlay: Overlay, name: str = "") -> Skeleton:
    """The file of a translation, of a flow or of what goes with it. `document`: the original's, for the
    order of its fields; `name`: what it is called when it has no title."""
    flow = original if isinstance(original, Flow) else None
    words = {**(_countries(flow, overlay.language) if flow else {}), **overlay.words}
    key = OF.get(type(original), "")
    title = _line(getattr(original, "title", "")) or name
    head = _HEAD.format(
        title=title,
        of=f"{key}: {_scalar(getattr(original, key))}\n" if key else "",
        language=_scalar(overlay.language),
        translates=overlay.translates or original.version,
        complete=str(overlay.complete).lower(),
    )
    shared = _shared(flow, words) if flow else Counter[_Options]()
    body = _Writer(document, words, shared).element(original, (), 0)
    total = [path for path, _ in texts(original)]
    done = sum(path in words for path in total)
    return Skeleton("\n".join([head, *body, ""]), done, len(total))


def _countries(flow: Flow, language: str) -> dict[Path, str]:
    """The options that are countries, already named: their id and label are those of CLDR."""
    here, there = countries(flow.language), countries(language)
    return {
        (*path, "options", index, "label"): there[option.id]
        for path, question in questions(flow)
        for index, option in enumerate(question.options)
        if option.id in there and here.get(option.id) == option.label
    }


_Options = tuple[tuple[Option, ...], tuple[str | None, ...]]  # options, and what is said of them


def _shared(flow: Flow, words: Words) -> Counter[_Options]:
    return Counter(
        _said(question.options, (*path, "options"), words)
        for path, question in questions(flow)
        if len(question.options) >= _REPEATED
    )


def _said(options: tuple[Option, ...], path: Path, words: Words) -> _Options:
    names = [(*path, index, name) for index in range(len(options)) for name in TEXTS[Option]]
    return options, tuple(words.get(name) for name in names)


@dataclass(slots=True)
class _Writer:
    """Lines from the left margin; `margin` is where they will stand in the file."""

    document: Document
    words: Words
    shared: Counter[_Options]
    anchors: dict[_Options, str] = field(default_factory=dict)

    def element(self, one: Any, path: Path, margin: int) -> list[str]:
        """Its texts and what it holds; its handle aside."""
        lines: list[str] = []
        for name in self.fields(type(one), path):
            value, here = getattr(one, name), (*path, name)
            if isinstance(value, str):
                lines += self.text(name, value, here, margin)
                continue
            anchor = self.anchor(value, here)
            if anchor.startswith("*"):
                lines.append(f"{name}: {anchor}")
            elif block := self.block(value, here, margin + 2):
                blank = [] if path else [""]
                lines += [*blank, f"{name}: {anchor}".rstrip(), *_indented(block)]
        return lines

    def fields(self, kind: type, path: Path) -> list[str]:
        """What can be said of an element, in the order of the original."""

        def order(name: str) -> tuple[int, int]:
            spot = self.document.spots.get((*path, name))
            return (spot.value.line, spot.value.column) if spot else (0, 0)

        return sorted([*TEXTS[kind], *sorted(holders(kind))], key=order)

    def block(self, value: Any, here: Path, margin: int) -> list[str]:
        if isinstance(value, tuple):
            return self.items(value, here, margin)
        if isinstance(value, Mapping):
            return [
                line
                for key, text in value.items()
                for line in self.text(_scalar(key), text, (*here, key), margin)
            ]
        return self.element(value, here, margin) if value else []

    def items(self, elements: tuple[Any, ...], here: Path, margin: int) -> list[str]:
        lines: list[str] = []
        for index, one in enumerate(elements):
            if isinstance(one, Cell):
                continue
            if isinstance(one, str):  # texts in their order
                said = self.words.get((*here, index), "")
                lines.append(f"- {_quoted(said)}  # {_line(one)}")
                continue
            body = self.element(one, (*here, index), margin + 2)
            if not body:
                continue
            item = _item(one, body, margin)
            lines += ["", *item] if lines and len(item) > _ROOMY else item
        return lines

    def text(self, name: str, original: str, here: Path, margin: int) -> list[str]:
        """The text between quotes, or folded when it is long; the original beside it, or above."""
        if not original.strip():
            return []
        said, comment = self.words.get(here, ""), _line(original)
        entry = f"{name}: {_quoted(said)}"
        if margin + len(entry) + len(comment) + 4 <= _WIDTH:
            return [f"{entry}  # {comment}"]
        width = max(_WIDTH - margin - 2, 40)
        above = [f"# {line}" for line in _wrapped(comment, width)]
        folded = _wrapped(said, width)
        if margin + len(entry) > _WIDTH and " ".join(folded) == said:
            return [*above, f"{name}: >-", *_indented(folded)]
        return [*above, entry]

    def anchor(self, value: Any, here: Path) -> str:
        """« &name » before options that come again, « *name » instead of them; "" otherwise."""
        if here[-1] != "options":
            return ""
        shared = _said(value, here, self.words)
        if self.shared[shared] < 2:
            return ""
        if shared in self.anchors:
            return f"*{self.anchors[shared]}"
        self.anchors[shared] = f"options_{len(self.anchors) + 1}"
        return f"&{self.anchors[shared]}"


def _item(one: object, body: list[str], margin: int) -> list[str]:
    """An element of a list: on one line when it is short."""
    name, _ = handle(one)
    if not name:
        return [f"- {body[0]}", *_indented(body[1:])]
    value = getattr(one, name)
    head = f"{name}: {value if isinstance(value, int) else _scalar(plain(value))}"
    if len(body) == 1:
        entry, _, comment = body[0].rpartition("  # ")
        short = f"- {{{head}, {entry}}}  # {comment}"
        if entry and margin + len(short) <= _WIDTH:
            return [short]
    return [f"- {head}", *_indented(body)]


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _scalar(text: str) -> str:
    """An id or a condition, with quotes when YAML would read something else."""
    bare = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML
    return text if bare else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
