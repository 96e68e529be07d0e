"""Writes `<version>.sql`: a small database as the present program leaves it, with a bit of everything.

Run it just before adding a migration, `python -m tests.store.schemas.write`: the file it makes is the
whole work of testing the step from that schema (tests/store/test_migrations.py reads every one).
Forgotten: `python -m tests.store.schemas.write 3` makes that of schema 3 out of the one before.
"""

import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from bot.domain.conversation import (
    Answer,
    Ask,
    Attachment,
    Conversation,
    CreateDossier,
    Effect,
    Fragment,
    Handling,
    RecordAnswer,
    RecordConsent,
    RecordHandling,
    Say,
)
from bot.service.ports import Key
from bot.store import FlowSnapshot, SqliteStore
from bot.store.schema import MIGRATIONS, VERSION, migrate

HERE = Path(__file__).parent
FLOW = FlowSnapshot("six-etapes", "h1", "flow: six-etapes\n", name="I_nom", questions=("Q1", "Q2"))
ANNA, MARC = Key("telegram", 7, 7), Key("telegram", 8, 8)
PHOTO = Attachment("photo", "plan.jpg", "handle-1", 6, message=12)


async def fill(store: SqliteStore) -> None:
    """Two persons, three dossiers, one archived in spirit only: what a test then looks for."""
    for key, name in ((ANNA, "Jeunes et métiers"), (MARC, "Eau potable")):
        await _act(store, key, RecordConsent(True, 1_000.0), CreateDossier(1_000.0), Ask())
        await _answer(store, key, "I_nom", Answer((), (Fragment(name, 10),)), 1_001.0)
    await _answer(store, ANNA, "Q1", Answer(("croise",), (Fragment("Un mot.", 11),)), 1_002.0)
    await _answer(store, ANNA, "Q2", Answer((), (), (PHOTO,)), 1_003.0)
    for number, _, _ in await store.pending_files():
        await store.keep_file(number, b"octets")
    await _act(store, ANNA, RecordHandling("V1", Handling("planned", "Voir le maire"), 1_004.0))
    await _act(store, ANNA, CreateDossier(1_005.0), Say("noted"), Ask())
    await store.set_aside("telegram", 55, '{"update_id": 55}', "ValueError", key=ANNA)


async def _act(store: SqliteStore, key: Key, *effects: Effect) -> None:
    def decide(one: Conversation, _: str) -> tuple[Conversation, tuple[Effect, ...]]:
        return (one if one.consented else Conversation(consented=True)), effects

    await store.turn(key, decide)


async def _answer(store: SqliteStore, key: Key, question: str, answer: Answer, at: float) -> None:
    await _act(store, key, RecordAnswer(question, answer, 0, at))


async def _made(path: Path) -> None:
    async with SqliteStore.open(path, FLOW) as store:
        await fill(store)


def _brought_up(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript((HERE / f"{version - 1}.sql").read_text("utf-8"))
        migrate(db, path, MIGRATIONS[:version], keep=False)


def _dumped(path: Path) -> str:
    with closing(sqlite3.connect(path)) as db:
        lines = [
            f"PRAGMA {name} = {db.execute(f'PRAGMA {name}').fetchone()[0]};"
            for name in ("application_id", "user_version")
        ]
        return "\n".join([*lines, *db.iterdump(), ""])


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else VERSION
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "fil.db"
        if wanted < VERSION:
            _brought_up(database, wanted)
        else:
            asyncio.run(_made(database))
        (HERE / f"{wanted}.sql").write_text(_dumped(database), encoding="utf-8")
