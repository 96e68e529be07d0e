"""How long one dossier takes to leave a base: `python -m tests.bench.exporting DB` prints JSON."""

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path

from bot.cli import library
from bot.config import Settings
from bot.domain.versions import brought_up
from bot.export import json_
from bot.store import SqliteStore

TIMES = 60
WARM = 10


async def main(path: Path) -> None:
    read = library(Settings(_env_file=None))
    spent = []
    async with SqliteStore.open(path, *read.snapshots) as store:
        for _ in range(TIMES):
            started = time.perf_counter()
            record = await store.dossier(1)
            assert record
            json_.document(read.flow, brought_up(read.flow, record.conversation), complete=True)
            spent.append(time.perf_counter() - started)
    print(json.dumps({"export_ms": round(statistics.median(spent[WARM:]) * 1000, 2)}))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
