"""Telegram's HTML, read as its server reads it: same tags, same faults, same byte offsets."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from .errors import Refusal, bad_request

Entity = dict[str, Any]

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
SPACES = " \t\r\n\v\0"
END = "\0"  # stands after the last character, so that no index runs out

_STOP = re.compile(r"[<&]")
_BLANK = re.compile(r"[ \t\r\n\v]*")
_TAG_NAME = re.compile(r"[^ \t\r\n\v\0>]*")
_ATTRIBUTE = re.compile(r"[^ \t\r\n\v\0=>/\"']*")
_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot)(?![A-Za-z]));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_USER_LINK = re.compile(r"tg:(?://)?user\?id=(\d+)")


class _Open(NamedTuple):
    tag: str
    attributes: dict[str, str]
    offset: int
    part: int


def utf16_length(text: str) -> int:
    """Entity offsets count UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities; raises Telegram's own 400 for what Telegram refuses."""
    if not _STOP.search(source):
        return source, []
    text = source + END
    parts: list[str] = []
    entities: list[Entity] = []
    opened: list[_Open] = []
    at = offset = 0
    while at < len(source):
        if text[at] == "<":
            if text[at + 1] == "/":
                at = _close(text, at, opened, entities, parts, offset)
            else:
                tag, attributes, at = _open(text, at)
                opened.append(_Open(tag, attributes, offset, len(parts)))
            continue
        part, at = _literal(text, at, len(source))
        parts.append(part)
        offset += utf16_length(part)
    if opened:
        tag = opened[-1].tag
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{tag}"')
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return "".join(parts), entities


def _unparsable(reason: str) -> Refusal:
    return bad_request(f"can't parse entities: {reason}")


def _byte(text: str, at: int) -> int:
    return len(text[:at].encode("utf-8", "surrogatepass"))


def _literal(text: str, at: int, size: int) -> tuple[str, int]:
    if text[at] == "&":
        if found := _REFERENCE.match(text, at):
            char = _decode(found)
            return (char, found.end()) if char else ("&", at + 1)
        return "&", at + 1
    stop = _STOP.search(text, at)
    end = stop.start() if stop else size
    return text[at:end], end


def _decode(found: re.Match[str]) -> str:
    """The character of a reference, or "" where Telegram leaves it as written."""
    hexadecimal, decimal, name = found.groups()
    if name:
        return _NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    too_long = found.end() - found.start() - found[0].endswith(";") >= 10
    if code == 0 or code >= 0x10FFFF or too_long or 0xD800 <= code <= 0xDFFF:
        return ""
    return chr(code)


def _open(text: str, begin: int) -> tuple[str, dict[str, str], int]:
    name = _match(_TAG_NAME, text, begin + 1)
    at = begin + 1 + len(name)
    if text[at] == END:
        raise _unparsable(f"Unclosed start tag at byte offset {_byte(text, begin)}")
    tag = name.lower()
    if tag not in TAGS:
        raise _unparsable(f'Unsupported start tag "{tag}" at byte offset {_byte(text, begin)}')
    attributes, at = _attributes(text, at, tag, begin)
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        where = _byte(text, begin)
        raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
    return tag, attributes, at


def _match(pattern: re.Pattern[str], text: str, at: int) -> str:
    found = pattern.match(text, at)
    return found[0] if found else ""


def _skip_blank(text: str, at: int) -> int:
    return at + len(_match(_BLANK, text, at))


def _attributes(text: str, at: int, tag: str, begin: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    while True:
        at = _skip_blank(text, at)
        if text[at] == ">":
            return found, at + 1
        name = _match(_ATTRIBUTE, text, at)
        if not name:
            where = _byte(text, begin)
            raise _unparsable(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
        at = _skip_blank(text, at + len(name))
        if text[at] == "=":
            at = _skip_blank(text, at + 1)
            found[name], at = _value(text, at, tag, begin)
        elif text[at] == END:
            raise _unparsable(f'Unclosed start tag "{tag}" at byte offset {_byte(text, begin)}')
        else:
            found[name] = "1" if name == "expandable" else ""


def _value(text: str, at: int, tag: str, begin: int) -> tuple[str, int]:
    if text[at] == END:
        raise _unparsable(f'Unclosed start tag "{tag}" at byte offset {_byte(text, begin)}')
    if text[at] in "\"'":
        end = text.find(text[at], at + 1)
        value = _REFERENCE.sub(lambda found: _decode(found) or found[0], text[at + 1 : end])
        at = end + 1
        if end < 0 or text[at] == END:
            raise _unparsable(f"Unclosed start tag at byte offset {_byte(text, begin)}")
        return value, at
    value = _match(_TOKEN, text, at)
    if text[at + len(value)] not in SPACES + ">":
        raise _unparsable(f"Unexpected end of name token at byte offset {_byte(text, at)}")
    if text[at + len(value)] == END:
        raise _unparsable(f"Unclosed start tag at byte offset {_byte(text, begin)}")
    return value.lower(), at + len(value)


def _close(
    text: str,
    begin: int,
    opened: list[_Open],
    entities: list[Entity],
    parts: list[str],
    offset: int,
) -> int:
    if not opened:
        raise _unparsable(f"Unexpected end tag at byte offset {_byte(text, begin)}")
    name = _match(_TAG_NAME, text, begin + 2)
    at = _skip_blank(text, begin + 2 + len(name))
    if text[at] != ">":
        raise _unparsable(f"Unclosed end tag at byte offset {_byte(text, begin)}")
    tag = opened[-1].tag
    if name and name.lower() != tag:
        raise _unparsable(
            f"Unmatched end tag at byte offset {_byte(text, begin)}, "
            f'expected "</{tag}>", found "</{name.lower()}>"'
        )
    start = opened.pop()
    if offset > start.offset:
        inside = "".join(parts[start.part :])
        if entity := _entity(start, inside):
            entities.append({**entity, "offset": start.offset, "length": offset - start.offset})
    return at + 1


def _entity(start: _Open, inside: str) -> Entity | None:
    kind = TAGS[start.tag]
    match start.tag:
        case "a":
            url = start.attributes.get("href") or inside
            if user := _USER_LINK.match(url):
                person = {"id": int(user[1]), "is_bot": False, "first_name": inside}
                return {"type": "text_mention", "user": person}
            # A link Telegram cannot read loses its entity, in silence.
            return {"type": kind, "url": url} if "." in url or "://" in url else None
        case "tg-emoji":
            emoji = start.attributes.get("emoji-id", "")
            if not emoji.isdigit() or not int(emoji):
                raise _unparsable("Invalid custom emoji identifier specified")
            return {"type": kind, "custom_emoji_id": emoji}
        case "blockquote" if start.attributes.get("expandable"):
            return {"type": "expandable_blockquote"}
        case "tg-time":
            unix = start.attributes.get("unix", "")
            return {"type": kind, "unix_time": int(unix)} if unix.isdigit() else None
    return {"type": kind}
