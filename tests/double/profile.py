"""Methods about the bot itself: its identity, commands, descriptions, menu and webhook."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from . import rules
from .errors import Refusal, bad_request
from .world import Request, World

SCOPES = {
    *("default", "all_private_chats", "all_group_chats", "all_chat_administrators"),
    *("chat", "chat_administrators", "chat_member"),
}
WEBHOOK_PORTS = {None, 80, 88, 443, 8443}

_SECRET = re.compile(r"[A-Za-z0-9_-]*")


def get_me(world: World, request: Request) -> dict[str, Any]:
    abilities = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
    return {**world.bot, **dict.fromkeys(abilities, False)}


def _scope(request: Request) -> str:
    scope = request.params.get("scope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in SCOPES:
        raise bad_request("Can't parse BotCommandScope: Unsupported type specified")
    where = [str(scope[name]) for name in ("chat_id", "user_id") if name in scope]
    return ":".join([str(kind), *where])


def _key(request: Request) -> tuple[str, str]:
    return _scope(request), rules.language(request.text("language_code"))


def set_my_commands(world: World, request: Request) -> bool:
    world.profile.scoped_commands[_key(request)] = rules.commands(
        request.params.get("commands") or []
    )
    return True


def get_my_commands(world: World, request: Request) -> list[dict[str, str]]:
    return world.profile.scoped_commands.get(_key(request), [])


def delete_my_commands(world: World, request: Request) -> bool:
    world.profile.scoped_commands.pop(_key(request), None)
    return True


def words(
    store: str, name: str, limit: int
) -> tuple[Callable[[World, Request], bool], Callable[[World, Request], dict[str, str]]]:
    """The setter and the getter of a text per language. (Telegram's words when too long: ours.)"""

    def put(world: World, request: Request) -> bool:
        language = rules.language(request.text("language_code"))
        text = request.text(name).strip()
        if len(text) > limit:
            raise bad_request(f"BOT_{name.upper()}_TOO_LONG")
        texts: dict[str, str] = getattr(world.profile, store)
        if text:
            texts[language] = text
        else:
            texts.pop(language, None)
        return True

    def get(world: World, request: Request) -> dict[str, str]:
        texts: dict[str, str] = getattr(world.profile, store)
        language = rules.language(request.text("language_code"))
        return {name: texts.get(language, texts.get("", ""))}

    return put, get


def set_menu_button(world: World, request: Request) -> bool:
    button = request.params.get("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("Can't parse menu button: MenuButton has unsupported type")
    world.profile.menu_buttons[request.params.get("chat_id")] = button
    return True


def get_menu_button(world: World, request: Request) -> dict[str, Any]:
    buttons = world.profile.menu_buttons
    return buttons.get(request.params.get("chat_id")) or buttons.get(None) or {"type": "default"}


def set_webhook(world: World, request: Request) -> bool:
    url, secret = request.text("url"), request.text("secret_token")
    if not url:
        return delete_webhook(world, request)
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.port not in WEBHOOK_PORTS:
        reason = "Webhook can be set up only on ports 80, 88, 443 or 8443"
        raise bad_request(f"bad webhook: {reason}")
    _forget_pending(world, request)
    allow(world, request)
    world.webhook = {
        "url": url,
        "secret_token": secret,
        "max_connections": request.number("max_connections", 40),
    }
    conflict = Refusal(409, "Conflict: terminated by setWebhook request")
    world.updates.interrupt(conflict)
    return True


def delete_webhook(world: World, request: Request) -> bool:
    _forget_pending(world, request)
    world.webhook = {}
    return True


def _forget_pending(world: World, request: Request) -> None:
    if request.flag("drop_pending_updates"):
        world.updates.clear()


def allow(world: World, request: Request) -> None:
    """Omitted: as before. An empty list: all but the three that are never sent by default."""
    wanted = request.params.get("allowed_updates")
    if wanted is None or wanted == "":
        return
    if isinstance(wanted, str):
        wanted = json.loads(wanted)
    if isinstance(wanted, list):
        world.updates.allowed = wanted


def get_webhook_info(world: World, request: Request) -> dict[str, Any]:
    info: dict[str, Any] = {
        "url": world.webhook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending),
    }
    if world.updates.allowed:
        info["allowed_updates"] = world.updates.allowed
    return info


def get_chat(world: World, request: Request) -> dict[str, Any]:
    chat = world.chat(request)
    return {**chat.json, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": {}}


def log_out(world: World, request: Request) -> bool:
    world.logged_out = True
    return True


def close(world: World, request: Request) -> bool:
    return True


_set_name, _get_name = words("names", "name", 64)
_set_description, _get_description = words("descriptions", "description", 512)
_set_short, _get_short = words("short_descriptions", "short_description", 120)

METHODS: dict[str, Callable[[World, Request], Any]] = {
    "getme": get_me,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "setmyname": _set_name,
    "getmyname": _get_name,
    "setmydescription": _set_description,
    "getmydescription": _get_description,
    "setmyshortdescription": _set_short,
    "getmyshortdescription": _get_short,
    "setchatmenubutton": set_menu_button,
    "getchatmenubutton": get_menu_button,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "getchat": get_chat,
    "logout": log_out,
    "close": close,
}
