"""What a turn costs, beside other robots: `python -m tests.bench [--json FILE] [--only PART]`.

Everything compared is measured in one run, in turns, on one machine: believe the ratios, not the
figures. BENCH_FULL=1 for the large sizes. (c) needs aiogram, in an environment of its own:
BENCH_AIOGRAM names its Python.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from bot.telegram.pace import BURST, OVERALL
from tests.bench import fill
from tests.bench.deciding import deciding as decide
from tests.bench.engines import KINDS
from tests.bench.engines import engines as compared
from tests.bench.machine import Robot, Street, ours
from tests.bench.room import room
from tests.play import ROOT

FULL = bool(os.environ.get("BENCH_FULL"))
AIOGRAM = Path(os.environ.get("BENCH_AIOGRAM", ".venv/bench/bin/python")).absolute()
NAMES = {
    "ours": "Fil rouge",
    "bare": "(a) python-telegram-bot, « ok »",
    "handler": "(b) ConversationHandler + pickle",
    "aio": "(c) aiogram + SQLite FULL",
}
Figures = dict[str, Any]


def rivals() -> list[str]:
    return [one for one in NAMES if one != "aio" or AIOGRAM.exists()]


def robot(name: str, street: Street, folder: Path, **settings: str) -> Robot:
    """One of the four, in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    if name == "ours":
        return ours(street, folder, **settings)
    questions = folder / "questions.json"
    fill.questions(questions)
    arguments = [street.url, *([str(questions), str(folder)] if name != "bare" else [])]
    if name == "aio":
        script = ROOT / "tests" / "bench" / "rivals" / "aio.py"
        return Robot(street, [str(AIOGRAM), str(script), *arguments], folder, PYTHONPATH="")
    command = [sys.executable, "-m", f"tests.bench.rivals.{name}", *arguments]
    return Robot(street, command, folder)


# --- the parts ---------------------------------------------------------------------------------------


async def turns(folder: Path) -> Figures:
    """Turns a second and processor a turn, no network latency, 64 people at once."""
    rounds, each = (9, 2000) if FULL else (5, 1000)
    got: dict[str, list[Figures]] = {name: [] for name in rivals()}
    async with AsyncExitStack() as stack:
        robots = {}
        for name in got:
            street = await stack.enter_async_context(Street())
            made = robot(name, street, folder / name)
            robots[name] = await stack.enter_async_context(made)
            await robots[name].measured(people=[1, 64], turns=400)  # warm
        for number in range(rounds):
            for name, one in robots.items():
                first = 100 * number + 1
                await one.measured(people=[first, first + 63], turns=64)
                got[name].append(await one.measured(people=[first, first + 63], turns=each))
    figures: Figures = {name: _medians(runs) for name, runs in got.items()}
    figures["ratios"] = {
        f"{measure}: Fil rouge / {name}": _ratio(got["ours"], got[name], measure)
        for measure in ("turns_per_second", "cpu_ms")
        for name in got
        if name != "ours"
    }
    return figures


async def deciding(folder: Path) -> Figures:
    """What the engine and the rendering cost of a turn, without a store or a network."""
    return decide(times=40 if FULL else 15)


async def network(folder: Path) -> Figures:
    """A hundred people act in one instant; each call to Telegram takes 100 ms."""
    figures: Figures = {}
    for name in ("ours", "ours, limiter on", *(one for one in rivals() if one != "ours")):
        limited = name.endswith("on")
        async with Street() as street:
            place = folder / name.replace(", ", "-").replace(" ", "-")
            base = name.partition(",")[0]
            async with robot(base, street, place):
                await street.walk(people=[1, 100], each=6 if base == "ours" else 1)
                if not limited:
                    figures[name] = await _instants(street)
            if limited:
                async with robot(base, street, place, FILROUGE_RATE_LIMIT="true"):
                    figures[name] = await _instants(street, pause=6)
    return figures


async def _instants(street: Street, pause: float = 0.5) -> Figures:
    await street.order("latency", seconds=0.1)
    await asyncio.sleep(pause)
    tapped = await street.instant(people=[1, 100], kind="tap")
    await asyncio.sleep(pause)
    written = await street.instant(people=[1, 100], kind="text")
    return {"tapping": tapped, "writing": written}


async def sleeping(folder: Path) -> Figures:
    """Dossiers that nobody touches: start, memory, turns and one export, for each size of the base."""
    sizes = [0, 10_000, *([100_000] if FULL else [])]
    figures: Figures = {}
    got: dict[int, list[Figures]] = {size: [] for size in sizes}
    async with AsyncExitStack() as stack:
        robots: dict[int, Robot] = {}
        for size in sizes:
            place = folder / str(size)
            place.mkdir(parents=True)
            answers = await asyncio.to_thread(fill.fill, place / "d.sqlite3", max(1, size))
            street = await stack.enter_async_context(Street())
            starts = []
            for _ in range(3):
                async with ours(street, place) as one:
                    starts.append(one.ready_in)
            robots[size] = await stack.enter_async_context(ours(street, place))
            figures[str(size)] = {
                "answers": answers,
                "file_mb": round((place / "d.sqlite3").stat().st_size / 2**20, 1),
                "start_s": round(min(starts), 2),
                "export_ms": 1e9,
            }
        for _ in range(3):  # in turns, as all that is compared
            for size in sizes:
                made = await _script("tests.bench.exporting", str(folder / str(size) / "d.sqlite3"))
                spent = json.loads(made)["export_ms"]
                figures[str(size)]["export_ms"] = min(spent, figures[str(size)]["export_ms"])
        await asyncio.sleep(3)
        for size, one in robots.items():
            figures[str(size)]["memory_mb"] = round(one.memory(), 1)
            await one.measured(people=[1, 16], turns=200)
        for _ in range(7):
            for size, one in robots.items():
                got[size].append(await one.measured(people=[1, 16], turns=400))
    for size, runs in got.items():
        figures[str(size)] |= _medians(runs)
    figures["ratios"] = {
        f"{measure}: {size} / 0": round(figures[str(size)][measure] / figures["0"][measure], 3)
        for size in sizes[1:]
        for measure in ("start_s", "memory_mb", "p50", "cpu_ms", "export_ms")
    }
    return figures


async def memory(folder: Path) -> Figures:
    """At rest, and along ten thousand turns."""
    async with Street() as street, robot("ours", street, folder) as one:
        await asyncio.sleep(2)
        along = {0: round(one.memory(), 1)}
        for number in range(1, 11):
            await street.walk(people=[number * 100, number * 100 + 63], turns=1000)
            along[number * 1000] = round(one.memory(), 1)
    return {"along_mb": along, "last_half_mb": round(along[10_000] - along[5_000], 1)}


async def exports(folder: Path) -> Figures:
    """Twenty people who take their time: alone, then while ten others export PDFs."""
    seconds = 20 if FULL else 8
    calm: Figures = {"people": [1, 20], "think": 0.4, "seconds": seconds}
    figures: Figures = {}
    async with Street() as street, robot("ours", street, folder) as one:
        await street.walk(people=[1, 30], each=25)
        figures["alone"] = await one.measured(**calm)
        for name, pause in (("a PDF each, a second apart", 1.0), ("PDFs without a pause", 0.0)):
            order = street.order("export", people=[21, 30], seconds=seconds + 1, pause=pause)
            exporting = asyncio.create_task(order)
            await asyncio.sleep(1)
            figures[name] = {**await one.measured(**calm), **await exporting}
    return figures


async def engines(folder: Path) -> Figures:
    return await compared(folder, full=FULL)


PARTS: dict[str, Callable[[Path], Awaitable[Figures]]] = {
    one.__name__: one
    for one in (turns, deciding, network, sleeping, memory, exports, room, engines)
}


async def _script(module: str, *arguments: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, stdout=subprocess.PIPE
    )
    out, _ = await process.communicate()
    return out


def _medians(runs: list[Figures]) -> Figures:
    kept = ("turns_per_second", "cpu_ms", "calls_per_turn", "p50", "p95", "p99")
    middle = {one: round(statistics.median(run[one] for run in runs), 2) for one in kept}
    whole = ("turns", "taps", "texts", "lost")
    return {**middle, **{one: sum(run[one] for run in runs) for one in whole}}


def _ratio(ours_: list[Figures], theirs: list[Figures], measure: str) -> float:
    """The median of the rounds: what disturbs the machine disturbs both sides of a round."""
    pairs = zip(ours_, theirs, strict=True)
    return round(statistics.median(one[measure] / other[measure] for one, other in pairs), 2)


# --- what is printed ---------------------------------------------------------------------------------


def table(rows: list[tuple[object, ...]]) -> str:
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    lines = (
        "  ".join(
            str(cell).rjust(width) if i else str(cell).ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(lines)


def shown(part: str, figures: Figures) -> str:
    return {
        "turns": _turns,
        "deciding": _deciding,
        "network": _network,
        "sleeping": _sleeping,
        "memory": _memory,
        "exports": _exports,
        "room": _room,
        "engines": _engines,
    }[part](figures)


def _turns(figures: Figures) -> str:
    ratios = figures["ratios"]
    lines = [f"{ratio:>7}  {name}" for name, ratio in ratios.items()]
    head = ("", "turns/s", "CPU ms/turn", "calls/turn", "p50 ms", "p95 ms", "taps", "texts", "lost")
    rows = [head] + [
        (
            label,
            round(figures[name]["turns_per_second"]),
            *(figures[name][one] for one in ("cpu_ms", "calls_per_turn", "p50", "p95")),
            *(figures[name][one] for one in ("taps", "texts", "lost")),
        )
        for name, label in NAMES.items()
        if name in figures
    ]
    return "\n".join([*lines, "", table(rows)])


def _deciding(figures: Figures) -> str:
    decided, rendered = figures["decide_us"], figures["render_us"]
    return f"{figures['turns']} turns in depth: {decided} µs to decide, {rendered} to render"


def _network(figures: Figures) -> str:
    rows: list[tuple[object, ...]] = [
        ("100 people, 100 ms a call", "tap p50", "tap p95", "text p50", "text p95", "answered")
    ]
    for name, found in figures.items():
        tap, text = found["tapping"], found["writing"]
        answered = f"{tap['answered']}+{text['answered']}"
        rows.append(
            (NAMES.get(name, name), tap.get("p50"), tap.get("p95"), text.get("p50"),
             text.get("p95"), answered)
        )  # fmt: skip
    bucket = [100 + max(0.0, (part - BURST) / OVERALL * 1000) for part in (50, 95)]
    rows.append(
        (
            f"what {OVERALL:.0f} a second after {BURST:.0f} impose",
            *(round(one) for one in (*bucket, *bucket)),
            "",
        )
    )
    return table(rows)


def _sleeping(figures: Figures) -> str:
    names = ("answers", "file_mb", "start_s", "memory_mb", "p50", "p95", "cpu_ms", "export_ms")
    rows: list[tuple[object, ...]] = [("sleeping dossiers", *names)]
    sizes = [one for one in figures if one != "ratios"]
    rows += [(size, *(figures[size][one] for one in names)) for size in sizes]
    lines = [f"{ratio:>7}  {name}" for name, ratio in figures["ratios"].items()]
    return "\n".join([*lines, "", table(rows)])


def _memory(figures: Figures) -> str:
    along = figures["along_mb"]
    return f"MB after so many turns: {along}\nover the last 5,000: {figures['last_half_mb']:+} MB"


def _exports(figures: Figures) -> str:
    names = ("turns", "p50", "p95", "p99", "max")
    rows: list[tuple[object, ...]] = [("twenty calm people, ms", "PDFs", *names)]
    for name, found in figures.items():
        beside = name if name == "alone" else f"beside ten: {name}"
        rows.append((beside, found.get("exports", 0), *(found[one] for one in names)))
    first = figures["alone"]["p99"]
    ratios = (f"{one['p99'] / first:>7.2f}  p99: {name} / alone" for name, one in figures.items())
    return "\n".join([*list(ratios)[1:], "", table(rows)])


def _room(figures: Figures) -> str:
    names = ("taps", "p50", "p95", "imposed p95", "beyond p95", "tally", "refused", "lost")
    limits = [
        (one, *(figures[one][name] for name in names)) for one in figures if one != "workshop"
    ]
    whole = figures["workshop"]
    return "\n".join(
        [
            table([("forty taps in a second, ms", *names), *limits]),
            "",
            table([tuple(whole), tuple(whole.values())]),
        ]
    )


def _engines(figures: Figures) -> str:
    names = ("turns_per_second", "cpu_ms", "p50", "p95", "p99", "start_s", "lost")
    head = (
        "64 people at once, by webhook",
        "turns/s",
        "CPU ms/turn",
        "p50",
        "p95",
        "p99",
        "start s",
        "lost",
    )
    rows = [head, *((one, *(figures[one][name] for name in names)) for one in KINDS)]
    asleep = figures["sleeping"]
    return (
        f"{asleep['answers']} answers of {asleep['dossiers']} dossiers asleep, moved to PostgreSQL"
        f" and verified in {asleep['moved_in_s']} s\n\n{table(rows)}"
    )


async def run(options: argparse.Namespace) -> Figures:
    figures: Figures = {"full": FULL, "load": os.getloadavg(), "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory(prefix="bench", ignore_cleanup_errors=True) as folder:
        for name, part in PARTS.items():
            if options.only and name not in options.only:
                continue
            started = time.monotonic()
            figures[name] = await part(Path(folder) / name)
            spent = time.monotonic() - started
            print(f"\n=== {name} ({spent:.0f} s)\n{shown(name, figures[name])}", flush=True)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument("--only", nargs="+", choices=list(PARTS))
    options = parser.parse_args()
    if not AIOGRAM.exists():
        print(f"(c) is left out: no {AIOGRAM.name} in an environment with aiogram")
    figures = asyncio.run(run(options))
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
