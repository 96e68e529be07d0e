"""A workshop from its first tap to its end, in small: nothing that somebody gave is lost."""

import asyncio
import json
import sys
from pathlib import Path

from tests.double import TelegramDouble
from tests.meeting import Meeting
from tests.play import ROOT


async def test_a_room_of_eight_loses_nothing_and_breaks_no_limit(tmp_path: Path) -> None:
    db = tmp_path / "fil.sqlite3"
    async with (
        TelegramDouble(token="42:TEST", rate_limits=True) as telegram,
        Meeting(telegram, db, FILROUGE_RATE_LIMIT="true") as meeting,
    ):
        telegram.faults.latency = 0.02
        await meeting.gather(8, web_every=3)
        for name in ("Q8", "Q10"):
            await meeting.ask(name)
            await meeting.answer(0.5)
            await meeting.counted()
            await meeting.close()
        await meeting.finish()
        assert meeting.lost() == 0
        assert not telegram.refused
    made = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "export", "1", "--format", "json",
        env={"FILROUGE_DB": str(db), "PYTHONPATH": str(ROOT), "PATH": ""},
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    exported, _ = await made.communicate()
    answers = json.loads(exported)["answers"]
    assert answers["Q8"]["options"]
    assert answers["Q10"]["options"]


async def test_without_telegram_the_wall_and_the_pages_go_on_and_the_rest_catches_up(
    tmp_path: Path,
) -> None:
    async with (
        TelegramDouble(token="42:TEST") as telegram,
        Meeting(telegram, tmp_path / "fil.sqlite3") as meeting,
    ):
        await meeting.gather(4, web_every=2)
        await meeting.ask("Q8")
        await telegram.stop()
        await meeting.answer(0.1, telegram=False)
        assert "<b>2</b>" in await meeting.projected()
        await telegram.start()
        await meeting.owner.sees("Réponses : 2 sur 4", timeout=60)
        assert meeting.lost() == 0
