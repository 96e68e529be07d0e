"""A reply as plain lines: Telegram's few tags become indentation, or bold where a terminal shows it."""

import re
from html import unescape

from bot.render.reply import Reply

_QUOTE = re.compile(r"<blockquote[^>]*>(.*?)</blockquote>", re.S)
_TAG = re.compile(r"<(/?)(\w+)[^>]*>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CONTROL_ENTITY = re.compile(  # « &#27; », « &#x1b; », and not « &#39; », an apostrophe
    r"&#(?:[xX]0*(?:[01]?[0-9a-fA-F]|7[fF])(?![0-9a-fA-F])|0*(?:[12]?[0-9]|3[01]|127)(?![0-9]));?"
)
BOLD, END = "\x1b[1m", "\x1b[0m"


def plain(html: str, *, bold: bool = False) -> str:
    """The text of a reply. Control characters, which could drive a terminal, are taken out."""
    quoted = _QUOTE.sub(
        lambda found: _indented(found[1]), _CONTROL.sub("", unescape_controls(html))
    )

    def tag(found: re.Match[str]) -> str:
        if not bold or found[2] not in ("b", "strong"):
            return ""
        return END if found[1] else BOLD

    return unescape(_TAG.sub(tag, quoted)).strip("\n")


def unescape_controls(html: str) -> str:
    """Numeric entities of control characters are dropped before they can become characters."""
    return _CONTROL_ENTITY.sub("", html)


def screen(reply: Reply, *, bold: bool = False) -> str:
    """Everything a reply shows, its buttons numbered in reading order."""
    labels = [button.label for row in reply.rows for button in row]
    numbered = [f"  {number:>2}. {label}" for number, label in enumerate(labels, 1)]
    parts = [f"({reply.toast})" if reply.toast else "", plain(reply.text, bold=bold)]
    return "\n\n".join(one for one in (*parts, "\n".join(numbered)) if one)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip("\n").splitlines())
