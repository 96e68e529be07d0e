"""Gettext catalogues, read as they are written: « locale/en/LC_MESSAGES/filrouge.po », French msgids.

What a catalogue lacks is said in French.
"""

import gettext
import io
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from bot.domain.languages import right_to_left

FRENCH = "fr"  # the language of authorship: its words are the msgids
_PATH = re.compile(r"locale/([\w-]+)/LC_MESSAGES/filrouge\.po")
_COMPLETE = re.compile(r"^# complete: true$", re.MULTILINE)
_FILLED = re.compile(r"%\(\w+\)s")

Sources = Mapping[str, str | bytes]  # the templates' folder


class _French(gettext.NullTranslations):
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """French counts none and one alike."""
        return msgid1 if abs(n) < 2 else msgid2


def languages(sources: Sources, *, complete: bool = False) -> tuple[str, ...]:
    """Those the interface is told in, French first; `complete`: those declared so."""
    found = ((code, str(text)) for code, text in _catalogues(sources))
    return (FRENCH, *(code for code, text in found if not complete or _COMPLETE.search(text)))


def catalogue(sources: Sources, language: str) -> gettext.NullTranslations:
    """French itself, and a language that has none, have an empty one."""
    return _read(dict(_catalogues(sources)).get(language, ""), language)


def _catalogues(sources: Sources) -> Iterator[tuple[str, str]]:
    for name, text in sorted(sources.items()):
        if (found := _PATH.fullmatch(name)) and isinstance(text, str):
            yield found[1].replace("_", "-"), text


def _isolated(said: Any) -> Any:
    """What is filled in keeps its own direction: a name in Latin letters does not turn the words around."""
    if isinstance(said, str):
        return _FILLED.sub("\u2068\\g<0>\u2069", said)
    return type(said)(_isolated(one) for one in said)


@lru_cache(maxsize=32)
def _read(text: str, language: str) -> gettext.NullTranslations:
    if not text:
        return _French()
    catalog = read_po(io.StringIO(text), language.replace("-", "_"))
    for one in catalog:
        if isinstance(one.string, list | tuple) and not all(one.string):
            one.string = ""  # a count half translated is said in French
        elif right_to_left(language):
            one.string = _isolated(one.string)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    read = Translations(compiled)
    read.add_fallback(_French())
    return read
