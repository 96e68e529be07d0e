"""The file a translator fills: every text of a flow between quotes, the original as a comment beside it.

It is the overlay of `overlay.py`, in the order of the original; what is translated already is kept.
"""

import dataclasses
import json
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from bot.content.document import Document
from bot.content.languages import countries
from bot.content.overlay import Overlay
from bot.domain.check import Path
from bot.domain.flow import Flow, Option
from bot.domain.translation import TEXTS, Words, handle, holders, texts

_WIDTH = 100
_REPEATED = 10  # elements of a list worth translating once for all its places

_HEAD = """\
# Traduction de « {title} ».
#
# Écrivez chaque texte entre ses guillemets ; l’original est à côté, après « # ». Ce qui reste vide
# sera montré dans la langue de l’original. Gardez {{ici}}, {{la_bas}} et les autres mots entre
# accolades ; n’ajoutez et n’effacez aucune ligne. Pour un guillemet dans un texte : \\".
# Vérifiez avec « filrouge check » ; quand tout est traduit, mettez « complete: true ».

flow: {flow}
language: {language}
translates: {translates}  # la version de l’original que suit cette traduction
complete: {complete}
"""


@dataclass(frozen=True, slots=True)
class Skeleton:
    text: str
    done: int  # texts translated
    total: int


def skeleton(original: Flow, document: Document, overlay: Overlay) -> Skeleton:
    """The file of a translation. `document`: the original's, for the order of its fields."""
    known = {path for path, _ in texts(original)}
    words = {**_named(original, overlay.language), **overlay.words}
    head = _HEAD.format(
        title=original.title,
        flow=_scalar(original.flow),
        language=overlay.language,
        translates=overlay.translates or original.version,
        complete=str(overlay.complete).lower(),
    )
    ...
