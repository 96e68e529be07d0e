"""The campaign of `make faults` in miniature: people answer, everything goes wrong, nothing is lost."""

from pathlib import Path

import pytest

from tests.faults.nursery import Nursery
from tests.faults.room import Outcome
from tests.faults.scenarios import play
from tests.faults.workers import Trouble, troubled
from tests.postgres import Server


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("name", "seed"), [("small", 1), ("posted", 3)])
async def test_killed_under_every_fault_nothing_told_is_lost_and_nobody_waits(
    tmp_path: Path, name: str, seed: int
) -> None:
    async with Nursery() as nursery:
        outcome = await play(name, seed, tmp_path, kills=2, people=2, nursery=nursery)
    assert not outcome.violations, "\n\n".join(outcome.violations)
    assert sum(outcome.kills.values()) == 2
    assert outcome.counts["texts_compared"] > 0


@pytest.mark.timeout(400)
async def test_several_workers_and_their_database_may_fall_at_any_instant(
    tmp_path: Path, postgres_apart: Server
) -> None:
    outcome = Outcome("workers", 1)
    async with Nursery() as nursery:
        trouble = Trouble(workers=2, kills=1, restarts=1, silence=1)
        await troubled(outcome, tmp_path, postgres_apart, trouble, people=2, nursery=nursery)
    assert not outcome.violations, "\n\n".join(outcome.violations)
    assert outcome.counts["texts_compared"] > 0
    assert outcome.counts["database_restarts"] == outcome.counts["rolling_restarts"] == 1
