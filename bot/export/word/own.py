"""What is done with a person's template, inside the process apart: checked, then filled."""

from collections.abc import Iterator, Sequence

from bot.export.word import package, tags
from bot.export.word.faults import MOST, Fault, quoted
from bot.export.word.fields import Data
from bot.export.word.filling import Unfillable, fill

__all__ = ["EXHAUSTED", "Unfillable", "faults", "filled", "told"]

EXHAUSTED = Fault("exhausted")


def faults(
    template: bytes, known: Data, picture: bytes, photos: Sequence[bytes] = ()
) -> list[Fault]:
    """Everything wrong with a template, [] when it may be kept. `known`: the fields of the example."""
    parts, found = package.opened(template)
    found = found or package.looked_at(parts)
    if not found:
        found = [
            fault
            for name in sorted(parts, key=lambda one: one != "word/document.xml")
            if _has_tags(name)
            for fault in tags.faults(parts[name], known)
        ]
    if not found:
        found = list(_tried(template, known, picture, photos))
    return list(dict.fromkeys(found))[:MOST]


def _tried(
    template: bytes, known: Data, picture: bytes, photos: Sequence[bytes]
) -> Iterator[Fault]:
    """Filled with one of everything, as both documents, then with nothing at all."""
    nothing: Data = {key: [] for key, one in known.items() if isinstance(one, list)}
    shown = {"a_montrer": not known["a_montrer"]}
    for changed in ({}, shown, nothing):
        try:
            filled(template, known | changed, picture, photos)
        except Unfillable as fault:
            yield told(fault)
            return


def filled(template: bytes, found: Data, picture: bytes, photos: Sequence[bytes] = ()) -> bytes:
    """The document; what comes out is looked at as what came in was."""
    parts, wrong = package.opened(template)
    if wrong:
        raise Unfillable(wrong[0].kind)
    made = fill(package.unattached(parts), found, picture, photos)
    parts, wrong = package.opened_anyhow(made)
    if wrong := wrong or package.looked_at(parts):
        raise Unfillable(wrong[0].kind)
    return made


def told(fault: Unfillable) -> Fault:
    reason = str(fault)
    if reason == "straddles":
        return Fault("straddles", paragraph=quoted(fault.paragraph))
    return Fault("cannot_fill", paragraph=quoted(fault.paragraph), hint=quoted(reason))


def _has_tags(name: str) -> bool:
    stem = name.removeprefix("word/").rstrip("0123456789.xml")
    return name.startswith("word/") and stem in ("document", "header", "footer", "footnotes")
