"""A base full of sleeping dossiers: one is begun by the bot's own store, then copied by SQL."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.cli import library
from bot.config import Settings
from bot.domain.conversation import (
    ConsentGiven,
    Continued,
    Event,
    OptionChosen,
    Rhythm,
    RhythmChosen,
    Started,
    TextGiven,
)
from bot.domain.engine import transition
from bot.service.ports import Key
from bot.store import SqliteStore

FIRST = 10_000_000  # people of the archive: none of those who act
ANSWERS = 10  # of each dossier


async def _model(path: Path) -> None:
    """One person with ANSWERS answers, by real turns."""
    read = library(Settings(_env_file=None))
    flow = read.flow
    key = Key("telegram", FIRST, FIRST)
    async with SqliteStore.open(path, *read.snapshots) as store:

        async def act(event: Event) -> None:
            turn = await store.turn(key, lambda one, _: transition(flow, one, event))
            await store.shown(key, turn.number, 1, turn.conversation.revision, "")

        for event in (Started(), ConsentGiven(), RhythmChosen(Rhythm.ESSENTIAL)):
            await act(event)
        for number in range(100):
            conversation = await store.conversation(key)
            if len(conversation.answers) >= ANSWERS:
                return
            question = flow.questions[conversation.place.question]  # type: ignore[union-attr]
            if question.options and question.kind != "line":
                await act(OptionChosen(question.id, conversation.revision, 0, True))
            else:
                await act(TextGiven("Vallée du Niger, avec les habitants", 100 + number, at=1.7e9))
            if question.kind != "line" and question.choose != "one":
                await act(Continued(question.id, conversation.revision))


def fill(path: Path, dossiers: int) -> int:
    """Make the base; how many answers it holds."""
    asyncio.run(_model(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        if dossiers <= 1:
            return ANSWERS
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        db.execute(
            "CREATE TEMP TABLE n AS WITH RECURSIVE c(n) AS"
            " (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) SELECT n FROM c",
            (dossiers - 1,),
        )
        _copy(db, "person", {"id": "id + n", "external_id": "external_id + n"})
        _copy(db, "project", {"id": "id + n"})
        _copy(db, "member", {"project": "project + n", "person": "person + n"})
        _copy(db, "dossier", {"id": "id + n", "project": "project + n"})
        _copy(db, "place", {"person": "person + n", "dossier": "dossier + n"})
        _copy(
            db,
            "conversation",
            {"id": "id + n", "person": "person + n", "chat": "chat + n", "dossier": "dossier + n"},
        )
        _copy(db, "contribution", {"dossier": "dossier + n", "person": "person + n"})
        _copy(db, "adopted", {"dossier": "dossier + n"})
        (answers,) = db.execute("SELECT count(*) FROM adopted").fetchone()
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return int(answers)


def _copy(db: sqlite3.Connection, table: str, changed: dict[str, str]) -> None:
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    changed = {**changed, "mark": "randomblob(16)"}
    values = ", ".join(changed.get(one, one) for one in columns)
    db.execute(f"INSERT INTO {table} SELECT {values} FROM {table}, n ORDER BY n")  # noqa: S608


def questions(path: Path) -> None:
    """The nineteen questions, as data for the other robots."""
    flow = library(Settings(_env_file=None)).flow
    asked = [flow.questions[f"Q{number}"] for number in range(1, 20)]
    data = [
        {"ask": one.ask, "labels": [o.label for o in one.options], "tell": one.tell or one.ask}
        for one in asked
    ]
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")


__all__ = ["fill", "questions"]
