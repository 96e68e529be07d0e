"""A room of forty against the strict double, 100 ms a call: taps of one second, then a whole workshop.

What the bucket of thirty messages a second imposes is worked out from the taps themselves: a tap whose
turn has not come waits for it, and the rest is ours. Polling imposes something too: a tap waits for the
next poll, which is a whole round trip after the last one; by webhook it comes at once.
"""

import asyncio
import os
import statistics
import time
from pathlib import Path
from typing import Any

from bot.telegram.pace import BURST, OVERALL
from tests.double import TelegramDouble
from tests.meeting import Meeting

LATENCY = 0.1
REST = 3.0  # seconds for the buckets to fill again
FULL = bool(os.environ.get("BENCH_FULL"))
PEOPLE = 40
QUESTIONS = ("Q8", "Q10", "Q17", "Q12")
KINDS = (  # Telegram's limits, webhooks
    ("no limit", False, False),
    ("no limit, webhook", False, True),
    ("30 a second", True, False),
)
Figures = dict[str, Any]


async def room(folder: Path) -> Figures:
    folder.mkdir(parents=True, exist_ok=True)
    found: Figures = {}
    for name, limits, by_webhook in KINDS:
        found[name] = await _taps(folder / f"{name}.sqlite3", limits, by_webhook)
    found["workshop"] = await _workshop(folder / "workshop.sqlite3")
    return found


async def _taps(db: Path, limits: bool, by_webhook: bool) -> Figures:
    async with (
        TelegramDouble(token="42:BENCH", rate_limits=limits) as telegram,
        Meeting(
            telegram, db, by_webhook=by_webhook, FILROUGE_RATE_LIMIT=str(limits).lower()
        ) as meeting,
    ):
        await meeting.gather(PEOPLE)
        telegram.faults.latency = LATENCY
        rounds = []
        for name in QUESTIONS if FULL else QUESTIONS[:2]:
            await meeting.ask(name)
            await asyncio.sleep(REST)
            acts, waits = await meeting.answer(1.0, words=False)
            last = max(acts)
            await meeting.counted()
            tally = time.monotonic() - last
            imposed = _imposed(acts, limits, by_webhook)
            rounds.append((waits, imposed, tally))
            await meeting.close()
            await asyncio.sleep(REST)
        waits = [one for found, _, _ in rounds for one in found]
        beyond = [  # rank by rank: which tap waits longest depends on when a poll falls
            wait - by
            for found, imposed, _ in rounds
            for wait, by in zip(sorted(found), sorted(imposed), strict=True)
        ]
        return {
            "taps": len(waits),
            "p50": _ms(statistics.median(waits)),
            "p95": _ms(_p95(waits)),
            "imposed p95": _ms(_p95([one for _, imposed, _ in rounds for one in imposed])),
            "beyond p95": _ms(_p95(beyond)),
            "tally": _ms(max(one for _, _, one in rounds)),
            "refused": len(telegram.refused),
            "lost": meeting.lost(),
        }


async def _workshop(db: Path) -> Figures:
    """Forty people, four questions, one third of them on the web page, Telegram's limits enforced."""
    started = time.monotonic()
    async with (
        TelegramDouble(token="42:BENCH", rate_limits=True) as telegram,
        Meeting(telegram, db, FILROUGE_RATE_LIMIT="true") as meeting,
    ):
        await meeting.gather(PEOPLE, web_every=3)
        telegram.faults.latency = LATENCY
        for name in QUESTIONS:
            await meeting.ask(name)
            await meeting.answer(5.0)
            await meeting.counted()
            await meeting.close()
        await meeting.finish()
        return {
            "people": PEOPLE,
            "on the web": sum(bool(one.page) for one in meeting.phones),
            "contributions": sum(1 + bool(x.text) for one in meeting.phones for x in one.given),
            "lost": meeting.lost(),
            "refused": len(telegram.refused),
            "seconds": round(time.monotonic() - started),
        }


def _imposed(acts: list[float], limits: bool, by_webhook: bool) -> list[float]:
    """What nobody can do anything about; where several do, the bucket alone."""
    if limits:
        return _by_bucket(acts)
    return [0.0] * len(acts) if by_webhook else _by_polling(acts)


def _by_polling(acts: list[float]) -> list[float]:
    """For each tap, the wait of a perfect poller: one poll a round trip, held while nothing comes."""
    poll, waits = 0.0, {}
    for act in sorted(acts):
        if act > poll:  # those before it left with it
            poll = max(act, poll + LATENCY)
        waits[act] = poll - act
    return [waits[act] for act in acts]


def _by_bucket(acts: list[float]) -> list[float]:
    """For each tap, the wait of a perfect bucket that serves them in their order."""
    tokens, at = BURST, min(acts)
    waits = {}
    for act in sorted(acts):
        now = max(act, at)
        tokens = min(BURST, tokens + (now - at) * OVERALL)
        leaves = now if tokens >= 1 else now + (1 - tokens) / OVERALL
        tokens = min(BURST, tokens + (leaves - now) * OVERALL) - 1
        at = leaves
        waits[act] = leaves - act
    return [waits[act] for act in acts]


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
