"""The campaign: `python -m tests.faults.campaign [--kills 500] [--minutes 30] [--seed 1] [--json FILE]`.

Runs follow one another in a few processes at once, each on a base of its own. Every run prints its
seed; `--only SCENARIO --seed N` plays one again.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests import postgres
from tests.faults.nursery import Nursery
from tests.faults.room import Outcome
from tests.faults.scenarios import ACCIDENTS, KILLED, play
from tests.faults.workers import TROUBLES, troubled

KILLS = 21  # of one run


def plan(kills: int, seed: int) -> list[tuple[str, int]]:
    """Scenarios and seeds: each accident once, and as many runs under each fault as kills ask for."""
    runs = -(-kills // KILLS)
    names = list(KILLED)
    killed = [(names[number % len(names)], seed * 1000 + number) for number in range(runs)]
    accidents = [(name, seed * 1000 + 500 + number) for number, name in enumerate(ACCIDENTS)]
    # For 500 kills of a bot on its file: 200 of workers on PostgreSQL, ten restarts of it.
    many = -(-runs * 5 // 24)
    names = [*(["two_workers", "four_workers"] * many), "silent_database"]
    workers = [(name, seed * 1000 + 700 + number) for number, name in enumerate(names)]
    every = killed + accidents + workers
    random.Random(seed).shuffle(every)
    return every


async def one(name: str, seed: int, people: int, kills: int) -> dict[str, Any]:
    if name in TROUBLES:
        return await one_of_workers(name, seed, people)
    with tempfile.TemporaryDirectory(prefix="faults", ignore_cleanup_errors=True) as folder:
        async with Nursery() as nursery:
            outcome = await play(
                name, seed, Path(folder), kills=kills, people=people, nursery=nursery
            )
    return outcome.json()


async def one_of_workers(name: str, seed: int, people: int) -> dict[str, Any]:
    """On a PostgreSQL of its own."""
    outcome, began = Outcome(name, seed), time.monotonic()
    server = postgres.Server(Path(tempfile.mkdtemp(prefix="faults-pg")))
    try:
        server.set("fsync = off")  # workers and servers die, not the machine
        with tempfile.TemporaryDirectory(prefix="faults", ignore_cleanup_errors=True) as folder:
            async with Nursery() as nursery:
                trouble = TROUBLES[name]
                await troubled(
                    outcome, Path(folder), server, trouble, people=people, nursery=nursery
                )
    finally:
        server.end()
    outcome.seconds = time.monotonic() - began
    return outcome.json()


async def campaign(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Several runs at once; none is begun after the time is up."""
    waiting = plan(options.kills, options.seed)
    until = time.monotonic() + options.minutes * 60
    made: list[dict[str, Any]] = []

    async def work() -> None:
        while waiting and time.monotonic() < until:
            name, seed = waiting.pop(0)
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.faults.campaign", "--only", name,
                "--seed", str(seed), "--people", str(options.people),
                stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            out, _ = await process.communicate()
            lines = out.splitlines()
            if process.returncode not in (0, 1) or not lines:
                made.append({"scenario": name, "seed": seed, "violations": ["the run broke"]})
            else:
                made.append(json.loads(lines[-1]))
            print(_line(made[-1]), flush=True)

    await asyncio.gather(*(work() for _ in range(options.jobs)))
    if waiting:
        print(f"{len(waiting)} runs were not begun: the time was up.")
    return made


def _line(run: dict[str, Any]) -> str:
    verdict = "skipped" if run.get("skipped") else "ok" if not run["violations"] else "FAILED"
    kills = sum(run.get("kills", {}).values())
    return (
        f"{run['scenario']:<16} seed {run['seed']:<7} {kills:>3} kills"
        f"  {run.get('seconds', 0):>6.1f} s  {verdict} {run.get('skipped', '')}"
    )


def total(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The sums of a campaign."""
    kills: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for run in runs:
        kills.update(run.get("kills", {}))
        counts.update(run.get("counts", {}))
    rolled = "rolling_restart_longest_wait_ms"
    if rolled in counts:  # the longest of all, not their sum
        counts[rolled] = max(run.get("counts", {}).get(rolled, 0) for run in runs)
    return {
        "runs": len(runs),
        "kills": sum(kills.values()),
        "kills_by_kind": dict(kills),
        "violations": sum(len(run["violations"]) for run in runs),
        "skipped": {run["scenario"]: run["skipped"] for run in runs if run.get("skipped")},
        "counts": dict(sorted(counts.items())),
        "longest_wait": max((run.get("wait_max", 0) for run in runs), default=0),
    }


def table(runs: list[dict[str, Any]]) -> str:
    """By scenario: runs, kills, what people did, what was wrong."""
    head = ("scenario", "runs", "kills", "acts", "texts", "checked", "again", "twice", "p95", "bad")
    rows: list[tuple[object, ...]] = []
    for name in (*KILLED, *ACCIDENTS, *TROUBLES):
        mine = [run for run in runs if run["scenario"] == name and not run.get("skipped")]
        if not mine:
            continue
        counts = Counter[str]()
        for run in mine:
            counts.update(run.get("counts", {}))
        rows.append(
            (
                name,
                len(mine),
                sum(sum(run.get("kills", {}).values()) for run in mine),
                counts["acts"],
                counts["texts"],
                counts["texts_compared"] + counts["options_compared"],
                counts["pressed_again"],
                counts["shown_twice"],
                f"{max(run.get('wait_p95', 0) for run in mine):.1f} s",
                sum(len(run["violations"]) for run in mine),
            )
        )
    widths = [max(len(str(row[i])) for row in (head, *rows)) for i in range(len(head))]
    return "\n".join(
        "  ".join(str(cell).rjust(width) if i else str(cell).ljust(width)
                  for i, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in (head, *rows)
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.campaign", description=__doc__)
    parser.add_argument("--kills", type=int, default=504)
    parser.add_argument("--minutes", type=float, default=30, help="begin no run after that")
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=[*KILLED, *ACCIDENTS, *TROUBLES])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.only:
        kills = min(options.kills, KILLS)
        run = asyncio.run(one(options.only, options.seed, options.people, kills))
        print(json.dumps(run, ensure_ascii=False))
        return bool(run["violations"])
    runs = asyncio.run(campaign(options))
    sums = total(runs)
    for run in runs:
        for violation in run["violations"]:
            print(f"\n{run['scenario']} (seed {run['seed']}): {violation}")
    print("\n" + table(runs))
    print(json.dumps(sums, ensure_ascii=False, indent=1))
    if options.json:
        report = {"seed": options.seed, "total": sums, "runs": runs}
        options.json.write_text(json.dumps(report, ensure_ascii=False, indent=1), "utf-8")
    return bool(sums["violations"])


if __name__ == "__main__":
    sys.exit(main())
