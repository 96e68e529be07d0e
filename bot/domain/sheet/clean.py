"""What a person wrote, made safe for every printed format. The JSON export keeps it untouched.

Nothing readable is taken away: only what no format can carry (lone surrogates, control characters,
non-characters) and what would scramble its neighbours (bidirectional overrides and embeddings).
"""

import re
import unicodedata

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_NO_CHARACTER = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)
_BREAK = re.compile("\r\n|[\r\u2028\u2029\x85]")
_BLANKS = re.compile("[\t ]+")


def clean(text: str) -> str:
    """The same words, with line breaks as `\\n` and nothing that cannot be printed."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    whole = _UNPRINTABLE.sub("", _BREAK.sub("\n", whole))
    return _NO_CHARACTER.sub("\ufffd", whole)


def line(text: str) -> str:
    """A text on one line."""
    return " ".join(clean(text).split())


def paragraphs(text: str) -> tuple[str, ...]:
    """The lines that a person wrote, empty ones left out."""
    lines = (_BLANKS.sub(" ", one).strip() for one in clean(text).split("\n"))
    return tuple(one for one in lines if one)


def rightwards(text: str) -> bool:
    """Whether the first letter is one of a script that runs from right to left."""
    strong = (kind for one in text if (kind := unicodedata.bidirectional(one)) in ("L", "R", "AL"))
    return next(strong, "L") != "L"


def excerpt(text: str, most: int) -> str:
    """The beginning of a text, cut between two words where there is one to cut at."""
    if len(text) <= most:
        return text
    cut = text[:most]
    head, space, _ = cut.rpartition(" ")
    return f"{head if space and len(head) > most // 2 else cut} […]"
