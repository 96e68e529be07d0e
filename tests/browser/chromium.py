"""A headless Chromium driven by its DevTools protocol, over the one WebSocket it opens."""

import asyncio
import base64
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
STARTS_WITHIN = 30  # seconds


def program() -> str:
    """Where Chromium is, "" where it is not."""
    return next((found for one in NAMES if (found := shutil.which(one))), "")


class Page:
    """One tab. Every call is a DevTools command."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self._session = ""

    async def open(self) -> None:
        made = await self.call("Target.createTarget", url="about:blank")
        target = made["targetId"]
        joined = await self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = joined["sessionId"]
        await self.call("Page.enable")

    async def show(
        self, path: Path, *, width: int, dark: bool = False, phone: bool = False
    ) -> None:
        """Load a file in a window of that width, in the light or the dark."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=720,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])
        await self.call("Page.navigate", url=path.as_uri())
        await self.wait("Page.loadEventFired")

    async def visit(self, url: str, *, width: int, height: int) -> None:
        """Load an address in a window of that size."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        await self.call("Page.navigate", url=url)
        await self.wait("Page.loadEventFired")

    async def run(self, script: str) -> Any:
        """The value of an expression, awaited if it promises one."""
        told = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in told:
            raise AssertionError(told["exceptionDetails"])
        return told["result"].get("value")

    async def picture(self) -> bytes:
        """The whole page as PNG."""
        made = await self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(made["data"])

    async def printed(self) -> bytes:
        made = await self.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(made["data"])

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        asked = {"id": self._number, "method": method, "params": params}
        await self._socket.send_json(
            asked | ({"sessionId": self._session} if self._session else {})
        )
        while True:
            told = await self._told()
            if told.get("id") == self._number:
                if "error" in told:
                    raise AssertionError(f"{method}: {told['error']['message']}")
                result: dict[str, Any] = told["result"]
                return result

    async def wait(self, event: str) -> None:
        while (await self._told()).get("method") != event:
            pass

    async def _told(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self._socket.receive_str(timeout=STARTS_WITHIN))
        return message


@asynccontextmanager
async def browser(chromium: str) -> AsyncIterator[Page]:
    """A fresh browser with one tab; it ends with the block."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            chromium,
            *FLAGS,
            f"--user-data-dir={profile}",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            address = await _address(Path(profile) / "DevToolsActivePort")
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(address, max_msg_size=0) as socket,
            ):
                page = Page(socket)
                await page.open()
                yield page
        finally:
            process.terminate()
            await process.wait()


async def _address(port: Path) -> str:
    async with asyncio.timeout(STARTS_WITHIN):
        while not port.exists() or len(lines := port.read_text().splitlines()) < 2:
            await asyncio.sleep(0.05)
    return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
