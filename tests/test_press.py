"""Documents are made in processes apart, which may be late, broken or old without harm to anyone."""

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from bot.domain.conversation import Conversation
from bot.domain.flows import Book, Flows
from bot.domain.workshop.report import Report
from bot.errors import FilrougeError
from bot.export import FORMATS, own_template, press, questionnaire, telegram
from bot.export.press import Press, parcel
from bot.export.room import Papers
from bot.service.printing import Brief, Printer
from tests.samples import CASES, FLOW, LAYOUT, ORDINARY, TEMPLATES, said

DAY = 1_790_000_000.0
PRINTER = Printer(
    Flows.of(Book(FLOW, LAYOUT, CASES)),
    FORMATS,
    telegram.messages,
    TEMPLATES,
    questionnaire.export,
    own_template,
)


@pytest.fixture
async def one() -> AsyncIterator[Press]:
    """A press of a single process."""
    async with Press(1) as made:
        yield made


async def test_what_comes_from_apart_is_what_would_have_been_made_here(one: Press) -> None:
    for form in ("html", "md", "json", "csv", "txt"):
        made = await one.run(PRINTER.export, form, ORDINARY, Brief("show", DAY))
        assert made == PRINTER.export(form, ORDINARY, Brief("show", DAY))
    pdf = await one.run(PRINTER.export, "pdf", ORDINARY, Brief("work", DAY))
    assert "Les jardins" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    told = await one.run(PRINTER.told, ORDINARY, Brief("show", DAY, standing=standing()))
    assert told == PRINTER.told(ORDINARY, Brief("show", DAY, standing=standing()))
    assert (await one.run(PRINTER.blank, "", "")).startswith(b"%PDF")


async def test_lone_surrogates_go_there_and_come_back(one: Press) -> None:
    odd = Conversation(dossier=1, answers={"I_nom": said(text="seul \ud83d ici")})
    assert await one.run(PRINTER.data, odd) == PRINTER.data(odd)


async def test_what_a_method_is_bound_to_travels_once(one: Press) -> None:
    await one.run(PRINTER.data, ORDINARY)
    order, known = one._shared.order(PRINTER.data, (ORDINARY,), {}, 1)
    assert known == 1
    assert len(order) < 20_000


async def test_a_fault_is_told_by_its_words_when_they_are_ours_by_its_kind_otherwise(
    one: Press,
) -> None:
    with pytest.raises(FilrougeError, match="le format « odt » n’existe pas"):
        await one.run(PRINTER.export, "odt", ORDINARY, Brief("work", DAY))
    with pytest.raises(FilrougeError, match=r"^ValueError$"):
        await one.run(int, "des mots de quelqu’un")
    assert await one.run(len, "encore") == 6


async def test_one_that_is_late_is_stopped_and_the_next_is_served() -> None:
    async with Press(1, late=1.5) as slow:
        assert await slow.run(len, "abc") == 3
        (worker,) = slow._all
        with pytest.raises(FilrougeError, match="trop de temps"):
            await slow.run(signal.pause)
        assert not alive(worker._process.pid)
        assert await slow.run(len, "abc") == 3


async def test_one_that_dies_in_the_middle_is_replaced(one: Press) -> None:
    with pytest.raises(FilrougeError, match="fait tomber"):
        await one.run(os._exit, 3)
    assert await one.run(len, "abc") == 3


async def test_one_that_died_at_rest_is_replaced_without_a_word(one: Press) -> None:
    await one.run(len, "abc")
    (worker,) = one._all
    os.kill(worker._process.pid, signal.SIGKILL)
    await worker._process.wait()
    assert await one.run(len, "abcd") == 4


async def test_whoever_gives_up_waiting_leaves_the_press_sound(one: Press) -> None:
    await one.run(len, "abc")
    gone = asyncio.create_task(one.run(signal.pause))
    await asyncio.sleep(0.05)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await one.run(len, "abcd") == 4


async def test_an_old_one_is_replaced(one: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "OLD", 2)
    pids = {await one.run(os.getpid) for _ in range(4)}
    assert len(pids) == 2


async def test_those_who_rest_long_go(one: Press) -> None:
    pid = await one.run(os.getpid)
    (worker,) = one._all
    one._doze()
    await worker._process.wait()
    assert not alive(pid)
    assert await one.run(os.getpid) != pid


async def test_nobody_is_left_when_the_press_closes() -> None:
    async with Press(2) as two:
        pids = await asyncio.gather(two.run(os.getpid), two.run(os.getpid))
        asking = [asyncio.create_task(two.run(signal.pause)) for _ in range(3)]  # one waits
        await asyncio.sleep(0.05)
    ends = await asyncio.gather(*asking, return_exceptions=True)
    assert all(isinstance(one, FilrougeError) for one in ends)
    assert not two._all
    assert len(set(pids)) == 2
    assert not any(alive(pid) for pid in pids)


async def test_they_give_way_and_see_no_secret(one: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILROUGE_TOKEN", "42:secret")
    assert await one.run(os.nice, 0) == min(19, os.nice(0) + 10)
    assert await one.run(os.getenv, "FILROUGE_TOKEN") is None


def test_an_answer_that_is_none_of_ours_is_refused() -> None:
    for content in (b"", b"null\n", b"[]\n", b"\xff\n", b"{" * 9000):
        with pytest.raises((ValueError, RecursionError)):
            parcel.read_answer(content)
    with pytest.raises(ValueError, match="2000000000"):
        parcel.size_of((2_000_000_000).to_bytes(8, "big"))


def standing() -> object:
    from bot.service.editions import Standing

    return Standing()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


async def test_a_workshop_s_report_is_made_there_too(one: Press) -> None:
    papers = Papers(TEMPLATES)
    made = Report("Atelier", DAY, DAY, 12, 3, False, {}, (), (), "fr")
    assert (await one.run(papers.report, made, "pdf")).startswith(b"%PDF")
