"""French typography for printed formats: no-break spaces where a space already stands."""

import re

_NARROW = re.compile(r" (?=[;!?»])")
_WIDE = re.compile(r" (?=:(?:\s|$))|(?<=«) ")
_NUMBER = re.compile(r"(?<=\d) (?=\d{3}\b|[€%])")


def typeset(text: str) -> str:
    """The same text; only spaces change, so that no sign begins a line."""
    text = _NARROW.sub("\u202f", text)
    text = _NUMBER.sub("\u202f", text)
    return _WIDE.sub("\u00a0", text)
