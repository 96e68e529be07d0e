"""The campaign of `make faults` in miniature: people answer, everything goes wrong, nothing is lost."""

from pathlib import Path

import pytest

from tests.faults.scenarios import play


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("name", "seed"), [("small", 1), ("small", 2), ("posted", 3)])
async def test_killed_under_every_fault_nothing_told_is_lost_and_nobody_waits(
    tmp_path: Path, name: str, seed: int
) -> None:
    outcome = await play(name, seed, tmp_path, kills=2, people=2)
    assert not outcome.violations, "\n\n".join(outcome.violations)
    assert sum(outcome.kills.values()) == 2
    assert outcome.counts["texts_compared"] > 0
