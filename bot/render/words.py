"""The interface's words, out of `templates/`: pages, notices, labels of buttons."""

import re
from collections.abc import Callable, Mapping, MutableMapping
from functools import cached_property
from gettext import NullTranslations
from html import unescape
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup, escape

from bot.domain.languages import spoken
from bot.render.catalogue import FRENCH, Sources, catalogue, languages

_BEFORE, _AFTER = re.compile(r" (?=[:;?!»])"), re.compile(r"(?<=«) ")

LONGEST_QUOTE = 700  # characters of a person's own words shown on a card


class _Pages(Environment):
    """Its globals are set before its first template, and each template is shown with a copy of them:
    jinja2's own, which follow what changes later, cost as much as a page."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


class Words:
    """One language's, compiled once. Values are escaped: nothing that a person wrote is markup."""

    def __init__(self, templates: Sources, language: str = FRENCH) -> None:
        self.language = language
        texts = {name: _lines(one) for name, one in templates.items() if isinstance(one, str)}
        said = catalogue(templates, language)
        self._pages = _Pages(
            loader=DictLoader(texts),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        self._pages.newstyle_gettext = True  # type: ignore[attr-defined]  # by the extension
        self._pages.globals |= {**_sayers(said), "word": self.word}
        self._pages.filters["spaced"] = spaced
        self._labels = self._module("chat/words.j2")
        self._says = self._module("chat/says.j2")
        self._progress = self._module("chat/progress.j2")

    def word(self, key: str, /, **args: str | int) -> str:
        """The label of a button or the text of a toast: plain text."""
        label = getattr(self._labels, key)
        return unescape(str(label(**args) if callable(label) else label))

    def says(self, key: str, /, **args: str | int) -> str:
        """A notice, in Telegram's HTML."""
        return str(getattr(self._says, key)(**args))

    def plain(self, key: str, /, **args: str | int) -> str:
        """The same for a text that is kept: without markup."""
        return unescape(self.says(key, **args))

    def progress(self, key: str, *args: str | int) -> str:
        return str(getattr(self._progress, key)(*args))

    def page(self, name: str, /, **context: object) -> str:
        """A page of `templates/chat/`, in Telegram's HTML, without needless blank lines."""
        text = self._pages.get_template(f"chat/{name}.j2").render(context)
        lines = [line.rstrip() for line in text.strip().splitlines()]
        kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
        return "\n".join(kept)

    def document(self, name: str, /, **context: object) -> str:
        """A whole document of `templates/`, as it is written there."""
        return self._pages.get_template(name).render(context)

    def _module(self, name: str) -> object:
        return self._pages.get_template(name).module


class Vocabulary:
    """The interface's words in every language that has a catalogue."""

    def __init__(self, templates: Sources) -> None:
        self._templates = templates
        self._words: dict[str, Words] = {}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        return languages(self._templates)

    @cached_property
    def complete(self) -> tuple[str, ...]:
        """Those to speak to someone who did not choose."""
        return languages(self._templates, complete=True)

    def understood(self, device: str) -> str:
        """The language in which to speak to someone whose device is set to one; "" when it says none."""
        return device and (spoken(device, self.complete) or FRENCH)

    def words(self, language: str = FRENCH) -> Words:
        if language in self._words:
            return self._words[language]
        known = spoken(language, self.languages) or FRENCH
        if known not in self._words:
            self._words[known] = Words(self._templates, known)
        return self._words[known]


def _sayers(said: NullTranslations) -> dict[str, Callable[..., Markup]]:
    """As jinja2's own « newstyle » ones, at a third of their cost: each value is escaped, once."""

    def filled(words: str, values: Mapping[str, object]) -> Markup:
        if "%" in words:
            words %= {name: escape(value) for name, value in values.items()}
        return Markup(words)  # noqa: S704  # from the catalogue, and what was just escaped

    def gettext(one: str, /, **values: object) -> Markup:
        return filled(said.gettext(one), values)

    def ngettext(one: str, several: str, count: int, /, **values: object) -> Markup:
        return filled(said.ngettext(one, several, count), {"num": count, **values})

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext}


def _lines(template: str) -> str:
    """`trim_blocks` eats the line end after a tag; a translated sentence that ends a line keeps it."""
    return template.replace("{% endtrans %}\n", "{% endtrans %}\n\n")


def spaced(text: str) -> str:
    """For large type: a French sign never begins a line."""
    return _AFTER.sub("\u00a0", _BEFORE.sub("\u00a0", text))


def shorten(text: str, most: int) -> str:
    """A title for a button: whole words, then an ellipsis."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    return (kept.rsplit(" ", 1)[0] if " " in kept else kept).rstrip(" ,:·«") + "…"


def excerpt(text: str, most: int = LONGEST_QUOTE) -> str:
    """The end of a long text is what its author has just written: both ends are shown."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half].rstrip()} […] {text[-half:].lstrip()}"
