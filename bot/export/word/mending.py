"""What Word does to a tag while it is typed, undone: curly quotes, guillemets, no-break spaces, dashes."""

import re

_TAG = re.compile(r"\{[{%].*?[}%]\}", re.S)
_SIGNS = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"',
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'",
        "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\u2009": " ", "\u200b": "",
        "–": "-", "—": "-", "−": "-", "…": "...",
    }
)  # fmt: skip
_GUILLEMETS = re.compile(r"[«‹]\s*(.*?)\s*[»›]")


def mended(text: str) -> str:
    """The same text; inside its tags, the signs that Jinja reads."""
    return _TAG.sub(lambda found: mended_tag(found[0]), text)


def mended_tag(tag: str) -> str:
    return _GUILLEMETS.sub(r'"\1"', tag.translate(_SIGNS))
