"""The web page in a real browser: nothing to reproach in axe-core, nothing to scroll sideways.

`make test-browser` installs Chromium's companion, axe-core; without either these tests are skipped.
FILROUGE_SCREENSHOTS=folder keeps what was seen.
"""

import io
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pypdf import PdfReader

from bot.domain.sheet import DocumentKind
from bot.export import FORMATS
from tests.browser.chromium import Page, browser, program
from tests.samples import PICTURES, SAMPLES, TEMPLATES, sheet

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESK = 320, 1280
KEPT = os.environ.get("FILROUGE_SCREENSHOTS", "")
HEAVIEST = 150_000
EVERYTHING = "{resultTypes: ['violations']}"
COLOURS = "{resultTypes: ['violations'], runOnly: ['cat.color']}"  # all that the dark changes

pytestmark = [
    pytest.mark.skipif(not program(), reason="Chromium n’est pas installé (make test-browser)"),
    pytest.mark.skipif(not AXE.is_file(), reason="axe-core n’est pas installé (make test-browser)"),
    pytest.mark.timeout(180),
]
each_document = pytest.mark.parametrize("document", ["show", "work"])
each_sample = pytest.mark.parametrize("sample", SAMPLES)


@pytest_asyncio.fixture
async def page() -> AsyncIterator[Page]:
    async with browser(program()) as opened:
        yield opened


def written(folder: Path, sample: str, document: DocumentKind) -> Path:
    made = sheet(SAMPLES[sample], document, include_annex=True, ideas=True, pictures=PICTURES)
    path = folder / f"{sample}-{document}.html"
    path.write_bytes(FORMATS["html"].export(made, TEMPLATES))
    return path


def kept(name: str, content: bytes) -> None:
    if KEPT:
        Path(KEPT).mkdir(parents=True, exist_ok=True)
        (Path(KEPT) / name).write_bytes(content)


async def seen(page: Page, name: str) -> None:
    if KEPT:
        kept(name, await page.picture())


@each_document
@each_sample
async def test_a_page_has_no_fault_and_nothing_beyond_the_edge(
    page: Page, tmp_path: Path, sample: str, document: DocumentKind
) -> None:
    path = written(tmp_path, sample, document)
    assert path.stat().st_size < HEAVIEST
    for width in (PHONE, DESK):
        for dark in (False, True):
            await page.show(path, width=width, dark=dark, phone=width == PHONE)
            tone = "dark" if dark else "light"
            await seen(page, f"{path.stem}-{width}-{tone}.png")
            assert await page.run("document.documentElement.scrollWidth") <= width
            assert await beyond(page) == []
            assert await unseen(page) == []
            assert await faults(page, COLOURS if dark else EVERYTHING) == []


@each_document
@each_sample
async def test_a_page_prints_on_a4_with_its_title(
    page: Page, tmp_path: Path, sample: str, document: DocumentKind
) -> None:
    path = written(tmp_path, sample, document)
    await page.show(path, width=DESK, dark=True)
    made = await page.printed()
    kept(f"{path.stem}.pdf", made)
    reader = PdfReader(io.BytesIO(made))
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)
    assert reader.metadata is not None
    assert reader.metadata.title


async def faults(page: Page, asked: str) -> list[str]:
    """What axe-core finds: one line per place, with what to mend."""
    await page.run(AXE.read_text(encoding="utf-8"))
    found = await page.run(f"axe.run({asked}).then(told => JSON.stringify(told.violations))")
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {node['target']}"
        for one in json.loads(found)
        for node in one["nodes"]
    ]


async def unseen(page: Page) -> list[str]:
    """Pictures that the browser did not draw."""
    return list(
        await page.run("[...document.images].filter(one => !one.naturalWidth).map(one => one.alt)")
    )


async def beyond(page: Page) -> list[str]:
    """Elements that leave the window on either side, without a scroll bar of their own."""
    return list(
        await page.run(
            """[...document.querySelectorAll("body *")].filter(one => {
              const box = one.getBoundingClientRect();
              return box.width && (box.right > innerWidth + 1 || box.left < -1);
            }).map(one => one.outerHTML.slice(0, 120))"""
        )
    )
