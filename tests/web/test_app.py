"""The small web: one application, served in its caller's loop, that tells nothing of what it fails on."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import aiohttp
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import ConfigError
from bot.web import app


async def _ok(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _fails(_: Request) -> Response:
    raise RuntimeError("mot-secret")


async def _framed(_: Request) -> Response:
    return PlainTextResponse("ok", headers={"Cache-Control": "max-age=60"})


@pytest.fixture
async def url() -> AsyncIterator[str]:
    routes = [
        Route("/ok", _ok, methods=["GET"]),
        Route("/fails", _fails),
        Route("/framed", _framed),
    ]
    async with app.served(app.application(routes), "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


async def answer(address: str, method: str = "GET", **more: Any) -> tuple[int, str, dict[str, str]]:
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.request(method, address, **more) as got,
    ):
        headers = {name.lower(): value for name, value in got.headers.items()}
        return got.status, await got.text(), headers


async def test_a_page_is_answered_with_careful_headers(url: str) -> None:
    status, text, headers = await answer(f"{url}/ok")
    assert (status, text) == (200, "ok\n")
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers


async def test_a_page_may_say_its_own_headers(url: str) -> None:
    _, _, headers = await answer(f"{url}/framed")
    assert headers["cache-control"] == "max-age=60"


async def test_an_unknown_page_and_a_wrong_method_are_told(url: str) -> None:
    assert (await answer(f"{url}/rien"))[0] == 404
    assert (await answer(f"{url}/ok", "POST"))[0] == 405


async def test_a_page_that_fails_says_nothing_of_what_it_read(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, text, _ = await answer(f"{url}/fails")
    assert status == 500
    assert "mot-secret" not in text + caplog.text
    assert "RuntimeError" in caplog.text
    assert (await answer(f"{url}/ok"))[0] == 200


async def test_an_address_already_taken_is_one_clear_line() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match="FILROUGE_WEB") as caught:
            async with app.served(app.application([]), "127.0.0.1", port):
                pass
    assert "\n" not in str(caught.value)


async def test_stopping_ends_with_an_answer_that_never_ends() -> None:
    async def endless(_: Request) -> Response:
        await asyncio.Event().wait()
        return Response()

    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        asyncio.timeout(40),
        app.served(app.application([Route("/", endless)]), "127.0.0.1", 0) as port,
    ):
        asking = asyncio.create_task(session.get(f"http://127.0.0.1:{port}/"))
        await asyncio.sleep(0.1)
    assert await asyncio.gather(asking, return_exceptions=True)
