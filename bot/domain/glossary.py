"""The words of the method: one looked up as people write it, the nearest ones, those that a text uses."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

from bot.domain.flow import Term

MOST_NEAR = 4
_CLOSE = 0.6  # of difflib's ratio: « capitalization » is near « capitalisation »
_ASIDE = re.compile(r"\([^)]*\)")
_BETWEEN = re.compile(r"[,/]| et | and ")


def find(terms: Iterable[Term], written: str) -> Term | None:
    """The term that a person means, by its id, its name or one of its names; None when there is none."""
    wanted = plain(written)
    return next((one for one in terms if wanted in (plain(one.id), *names(one))), None)


def near(terms: Iterable[Term], written: str) -> tuple[Term, ...]:
    """The terms whose names are nearest to what was written, or that speak of it."""
    wanted = plain(written)
    if not wanted:
        return ()
    by_name = {name: one for one in terms for name in names(one)}
    close = difflib.get_close_matches(wanted, by_name, n=MOST_NEAR, cutoff=_CLOSE)
    held = [name for name in by_name if len(wanted) > 2 and (wanted in name or name in wanted)]
    told = [name for name, one in by_name.items() if _uses(plain(one.definition), wanted)]
    found = dict.fromkeys(by_name[name] for name in (*close, *held, *told))
    return tuple(found)[:MOST_NEAR]


def used(terms: Iterable[Term], text: str) -> tuple[Term, ...]:
    """The terms that a text uses."""
    said = plain(text)
    return tuple(one for one in terms if any(_uses(said, name) for name in names(one)))


def names(term: Term) -> tuple[str, ...]:
    """« Insertion, intégration » has two, « Solidarité (logique de) » one; in plain letters."""
    parts = (plain(part) for part in _BETWEEN.split(_ASIDE.sub("", term.term)))
    return tuple(dict.fromkeys(one for one in (plain(term.term), *parts) if one))


def plain(text: str) -> str:
    """Without case, accents or signs, single spaces between words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    letters = (one for one in decomposed if not unicodedata.combining(one))
    return " ".join(re.findall(r"\w+", "".join(letters)))


def _uses(text: str, name: str) -> bool:
    """In the singular or with a plural's « s »."""
    words = r"s? ".join(re.escape(word) for word in name.split())
    return bool(words) and re.search(rf"\b{words}s?\b", text) is not None
