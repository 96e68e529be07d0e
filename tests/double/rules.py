"""What Telegram accepts in a text, a keyboard, a list of commands. Pure functions that refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .entities import Entity, parse_html, utf16_length
from .errors import bad_request

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_RAW_BYTES = 1 << 15
MAX_ENTITIES = 100
MAX_CALLBACK_BYTES = 64
MAX_ROW = 8
MAX_BUTTONS = 100
MAX_TOAST = 200

Warn = Callable[[str], None]

_REPLACED = re.compile("[\0-\x09\x0b\x0c\x0e-\x1f]")
_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_EMPTY = re.compile("[\\s\u200b-\u200f\u2060-\u2064\ufeff\u00ad\u2800\u3164]*")
_COMMAND = re.compile("[a-z0-9_]{1,32}")
_LANGUAGE = re.compile("[a-z]{2}")


class Formatted(NamedTuple):
    """A text as people see it, its entities, and the source it was written in."""

    text: str
    entities: list[Entity]
    source: str


def format_text(raw: str, parse_mode: str, entities: list[Entity] | None) -> Formatted:
    """Parse, clean and trim, in the order of the server. The result may be empty."""
    try:
        size = len(raw.encode())
    except UnicodeEncodeError:
        raise bad_request("Strings must be encoded in UTF-8") from None
    if size > MAX_RAW_BYTES:
        raise bad_request("Text is too long")
    mode = parse_mode.lower()
    if mode == "html":
        text, found = parse_html(raw)
    elif mode in ("", "none"):
        text, found = raw, [dict(entity) for entity in entities or []]
    elif mode in ("markdown", "markdownv2"):
        raise NotImplementedError("the double reads HTML only")
    else:
        raise bad_request("Unsupported parse_mode")
    text = _REMOVED.sub("", _REPLACED.sub(" ", text))
    return _trim(text, found, raw)


def _trim(text: str, entities: list[Entity], source: str) -> Formatted:
    if _EMPTY.fullmatch(text):
        return Formatted("", [], source)
    text = text.rstrip(" \n")
    size = utf16_length(text)
    kept = []
    for entity in entities:
        entity["length"] = min(entity["length"], size - entity["offset"])
        if entity["length"] > 0:
            kept.append(entity)
    lead = len(text) - len(text.lstrip(" \n"))
    if kept:
        lead = min(lead, kept[0]["offset"])
    for entity in kept:
        entity["offset"] -= lead
    return Formatted(text[lead:], kept, source)


def message_text(raw: str, parse_mode: str, entities: list[Entity] | None, warn: Warn) -> Formatted:
    if not raw:
        raise bad_request("Message text is empty")
    formatted = format_text(raw, parse_mode, entities)
    if not formatted.text:
        raise bad_request("Text must be non-empty")
    if len(formatted.text) > MAX_TEXT:
        raise bad_request("Message is too long")
    return _checked(formatted, warn)


def caption(raw: str, parse_mode: str, entities: list[Entity] | None, warn: Warn) -> Formatted:
    formatted = format_text(raw, parse_mode, entities)
    if len(formatted.text) > MAX_CAPTION:
        raise bad_request("Message caption is too long")
    return _checked(formatted, warn)


def _checked(formatted: Formatted, warn: Warn) -> Formatted:
    if len(formatted.entities) > MAX_ENTITIES:
        warn(f"{len(formatted.entities)} entities: Telegram ignores those after {MAX_ENTITIES}")
    return formatted


def inline_keyboard(markup: dict[str, Any], warn: Warn) -> list[list[dict[str, Any]]]:
    """The rows Telegram keeps of an inline keyboard."""
    rows = markup["inline_keyboard"]
    shape = 'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(shape)
    kept = []
    for row in rows:
        if len(row) > MAX_ROW:
            warn(f"a row of {len(row)} buttons: Telegram keeps {MAX_ROW}")
        kept.append([_inline_button(button) for button in row][:MAX_ROW])
    if sum(map(len, kept)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return [row for row in kept if row]


def _inline_button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise _bad_button("InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise _bad_button('Can\'t find field "text"')
    if not isinstance(button["text"], str):
        raise _bad_button('Field "text" must be of type String')
    actions = [key for key in button if key not in ("text", "style", "icon_custom_emoji_id")]
    if not any(button[key] or key.startswith("switch_inline") for key in actions):
        raise _bad_button("Text buttons are unallowed in the inline keyboard")
    if not button["text"].strip():
        raise bad_request("Inline keyboard button text must be non-empty")
    if data := button.get("callback_data"):
        if not isinstance(data, str):
            raise _bad_button('Field "callback_data" must be of type String')
        if len(data.encode()) > MAX_CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    if url := button.get("url"):
        _check_url(url)
    app_url = (button.get("web_app") or {}).get("url", "https://")
    if not app_url.startswith("https://"):
        reason = "Only HTTPS links are allowed"
        raise bad_request(f"Inline keyboard button Web App URL '{app_url}' is invalid: {reason}")
    return button


def _bad_button(reason: str) -> Exception:
    return bad_request(f"Can't parse inline keyboard button: {reason}")


def _check_url(url: str) -> None:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    good = parts.scheme == "tg" or (
        parts.scheme in ("http", "https") and "." in (parts.hostname or "") and " " not in url
    )
    if not good:
        raise bad_request(f"Inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def commands(items: Any) -> list[dict[str, str]]:
    """A command menu; the wording of the last two refusals is ours, the refusals are not."""
    if not isinstance(items, list):
        raise bad_request("Expected an Array of BotCommand")
    kept = []
    for item in items:
        if not isinstance(item, dict):
            raise bad_request("Can't parse BotCommand: expected an Object")
        for field in ("command", "description"):
            if field not in item:
                raise bad_request(f"Can't parse BotCommand: Can't find field \"{field}\"")
        name = item["command"].strip().removeprefix("/")
        description = item["description"].strip()
        if not name:
            raise bad_request("Command must be non-empty")
        if len(name) > 32:
            raise bad_request("Command length must not exceed 32")
        if not description:
            raise bad_request("Command description must be non-empty")
        if len(description) > 256:
            raise bad_request("Command description length must not exceed 256")
        if not _COMMAND.fullmatch(name):
            raise bad_request("BOT_COMMAND_INVALID")
        kept.append({"command": name, "description": description})
    if len(kept) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return kept


def language(code: str) -> str:
    if code and not _LANGUAGE.fullmatch(code):
        raise bad_request("Invalid language code specified")
    return code
