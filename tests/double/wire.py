"""The wire: how parameters arrive, how answers leave, how a connection dies."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from .errors import Refusal, bad_request
from .files import MAX_UPLOAD, Upload
from .world import Call, Request


def build_request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> Any:
    """aiohttp's request, with room for the largest upload Telegram takes."""
    loop = asyncio.get_running_loop()
    room = MAX_UPLOAD + 65536
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=room)


async def read(http: web.BaseRequest) -> Request:
    """Parameters come in the url, urlencoded, as JSON or multipart; all four are Telegram's."""
    params: dict[str, Any] = dict(http.query)
    kind = http.content_type
    if kind == "multipart/form-data":
        files = {}
        for name, value in (await http.post()).items():
            if isinstance(value, web.FileField):
                content = value.file.read()
                files[name] = Upload(value.filename, content, value.content_type)
            else:
                params[name] = value
        return Request(params, files)
    body = await http.read()
    if kind == "application/json" and body:
        try:
            decoded = json.loads(body)
        except ValueError:
            decoded = None
        if not isinstance(decoded, dict):
            raise Refusal(400, "Bad Request: can't parse JSON object")
        params.update((k, v) for k, v in decoded.items() if v is not None)
    elif body:
        try:
            params.update(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
        except UnicodeDecodeError:
            raise bad_request("Strings must be encoded in UTF-8") from None
    return Request(params)


def refuse(call: Call, refusal: Refusal) -> web.Response:
    call.status, call.description = refusal.code, refusal.description
    return reply(refusal.body(), refusal.code)


def reply(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(
        status=status, body=json.dumps(body).encode(), content_type="application/json"
    )


def connected(http: web.BaseRequest) -> bool:
    return http.transport is not None and not http.transport.is_closing()


def drop(http: web.BaseRequest) -> web.Response:
    if http.transport:
        http.transport.abort()
    return web.Response()
