"""What people are told, may take away and have deleted; what the person who runs the bot is warned of."""

import asyncio
import io
import json
import logging
import os
import sqlite3
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot import cli, config, upkeep
from bot.config import Settings
from bot.domain import conversation as c
from bot.errors import ConfigError
from bot.render.reply import Wanted
from bot.render.view import Notice
from bot.render.words import Words
from bot.service import personal
from bot.service.conversations import Conversations, Document
from bot.service.outbound import Outbound
from bot.service.ports import Inbound, Key
from bot.service.retention import Retention
from bot.store import SqliteStore, keys
from tests.commands import filrouge

ANNA = Key("telegram", 7, 7)
SECRET = "<b>Cormoran</b> & « goéland »\nsur deux lignes"
PHOTO = c.Attachment("photo", "../plan <1>.jpg", "f1", 9, message=20)
PLACE = c.Attachment("location", message=21, place=(14.79, -16.92))


@cache
def library() -> cli.Library:
    return cli.library(Settings(_env_file=None))


def settings(folder: Path, **values: Any) -> Settings:
    return Settings(_env_file=None, db=folder / "d.sqlite3", **values)


class Someone:
    """Acts as the Telegram door would."""

    def __init__(self, conversations: Conversations, key: Key = ANNA) -> None:
        self.conversations, self.key = conversations, key
        self.messages = 0

    async def act(self, event: c.Event) -> Outbound:
        outbound = await self.conversations.handle(Inbound(self.key, event))
        await self.conversations.shown(outbound, None)
        return outbound

    async def begins(self) -> None:
        await self.act(c.Started(at=time.time()))
        await self.act(c.ConsentGiven(time.time()))
        await self.act(c.RhythmChosen(c.Rhythm.ESSENTIAL, time.time()))

    async def writes(self, text: str) -> Outbound:
        self.messages += 1
        return await self.act(c.TextGiven(text, self.messages, at=time.time()))

    async def gives(self, file: c.Attachment) -> Outbound:
        return await self.act(c.AttachmentGiven(file, at=time.time()))

    async def personal(self) -> Document:
        now = await self.conversations.store.conversation(self.key)
        return await self.conversations.make(self.key, now, Wanted("person", "json"), time.time())


@asynccontextmanager
async def house(folder: Path, **values: Any) -> AsyncIterator[tuple[Someone, SqliteStore]]:
    async with cli.opened(settings(folder, **values), library()) as (conversations, store, _):
        yield Someone(conversations), store


def opened(document: Document) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(document.content)) as whole:
        assert whole.testzip() is None
        return {name: whole.read(name) for name in whole.namelist()}


# --- /mesdonnees -------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", keys.fresh()], ids=["clear", "sealed"])
async def test_a_person_takes_away_everything_to_read_and_to_load(tmp_path: Path, key: str) -> None:
    async with house(tmp_path, key=key or None) as (anna, store):
        await anna.begins()
        await anna.writes(SECRET)
        question = (await store.conversation(ANNA)).noted
        await anna.act(c.QuestionOpened(question, at=time.time()))
        await anna.gives(PHOTO)
        await anna.gives(PLACE)
        ((number, _, _),) = await store.pending_files()
        await store.keep_file(number, b"\xff\xd8octets")
        await store.freeze(1, '{"dossier": {"id": 1}}', time.time())
        await store.set_aside("telegram", 99, '{"text": "héron"}', "ValueError", key=ANNA)
        document = await anna.personal()
    assert (document.name, document.media_type) == ("mes-donnees.zip", "application/zip")
    assert "ce fichier" in document.caption
    files = opened(document)
    (photo,) = [name for name in files if name.startswith("fichiers/")]
    assert files[photo] == b"\xff\xd8octets"
    assert ".." not in photo
    assert "<" not in photo
    data = json.loads(files["mes-donnees.json"])
    assert data["schema"] == personal.SCHEMA
    assert data["person"] | {"consented_at": ""} == {
        "door": "telegram", "id": 7, "language": "", "consented": True, "consented_at": "",
    }  # fmt: skip
    (dossier,) = data["dossiers"]
    assert SECRET in json.dumps(dossier["answers"], ensure_ascii=False).replace("\\n", "\n")
    assert data["files"][0]["file"] == photo
    assert data["files"][1]["place"] == [14.79, -16.92]
    assert data["history"]
    assert data["versions"][0]["document"] == {"dossier": {"id": 1}}
    assert "héron" in data["set_aside"][0]["content"]
    page = files["mes-donnees.html"].decode()
    assert "&lt;b&gt;Cormoran&lt;/b&gt; &amp; « goéland »" in page
    assert f'href="{photo}"' in page
    assert "14.79" in page
    assert "héron" in page
    assert "Version 1 figée" in page
    assert "http" not in page


async def test_the_page_says_what_could_not_be_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal, "MOST_BYTES", 10)
    async with house(tmp_path) as (anna, store):
        await anna.begins()
        await anna.gives(c.Attachment("document", "lourd.pdf", "f1", 1))
        await anna.gives(c.Attachment("document", "léger.pdf", "f2", 1))
        await anna.gives(c.Attachment("document", "perdu.pdf", "f3", 1))
        await anna.gives(c.Attachment("document", "attendu.pdf", "f4", 1))
        first, second, third, _ = [number for number, _, _ in await store.pending_files()]
        await store.keep_file(first, b"x" * 11)
        await store.keep_file(second, b"x" * 9)
        await store.keep_file(third, None)
        files = opened(await anna.personal())
    page = files["mes-donnees.html"].decode()
    assert len(files) == 3
    assert "lourd.pdf (trop lourd" in page
    assert "perdu.pdf (n’a pas pu" in page
    assert "attendu.pdf (pas encore" in page


async def test_a_stranger_has_nothing_to_take_away(tmp_path: Path) -> None:
    async with house(tmp_path) as (anna, _):
        with pytest.raises(Exception, match="rien n’est gardé"):
            await anna.personal()


async def test_texts_that_no_encoding_carries_are_sent_too(tmp_path: Path) -> None:
    async with house(tmp_path) as (anna, _):
        await anna.begins()
        await anna.writes("seul \ud800 ici \x00")
        files = opened(await anna.personal())
    assert "seul" in json.dumps(json.loads(files["mes-donnees.json"]))


# --- dossiers that sleep -----------------------------------------------------------------------


def aged(db: Path, days: float) -> None:
    then = time.time() - days * 86_400
    with closing(sqlite3.connect(db, isolation_level=None)) as base:
        base.execute("UPDATE dossier SET changed = ?1, seen = ?1", (then,))


async def test_a_sleeping_dossier_is_announced_then_purged(tmp_path: Path) -> None:
    db = settings(tmp_path).db
    async with house(tmp_path) as (anna, store):
        await anna.begins()
        await anna.writes("Eau potable")
        retention = Retention(anna.conversations, 365)
        assert await retention.due(time.time()) == []
        aged(db, 340)
        (told,) = await retention.due(time.time())
        assert "Eau potable" in told.reply.text
        assert "30 jours" in told.reply.text
        assert told.reply.fresh
        assert told.reply.rows
        assert await retention.due(time.time()) == []
        await anna.conversations.shown(told, 5)
        assert await retention.due(time.time() + 31 * 86_400) == []
        assert await store.personal_data(ANNA) is None


async def test_an_announcement_not_shown_is_due_at_the_next_start(tmp_path: Path) -> None:
    async with house(tmp_path) as (anna, _):
        await anna.begins()
        aged(settings(tmp_path).db, 340)
        (told,) = await Retention(anna.conversations, 365).due(time.time())
        (due,) = await anna.conversations.due()
        assert due.reply == told.reply


async def test_opening_the_dossier_from_the_announcement_keeps_it(tmp_path: Path) -> None:
    async with house(tmp_path) as (anna, store):
        await anna.begins()
        aged(settings(tmp_path).db, 340)
        retention = Retention(anna.conversations, 365)
        (told,) = await retention.due(time.time())
        await anna.act(told.reply.rows[0][0].event)
        assert await retention.due(time.time() + 31 * 86_400) == []
        assert await store.personal_data(ANNA)


async def test_nothing_is_purged_unless_asked(tmp_path: Path) -> None:
    async with house(tmp_path) as (anna, store):
        await anna.begins()
        aged(settings(tmp_path).db, 10_000)
        assert await Retention(anna.conversations, 0).due(time.time()) == []
        assert await store.personal_data(ANNA)


def test_a_retention_too_short_to_be_announced_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILROUGE_RETENTION_DAYS", "20")
    with pytest.raises(ConfigError, match="FILROUGE_RETENTION_DAYS"):
        config.load()


# --- /privacy ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (Notice(), ["pas encore indiqué son nom", "n’est pas chiffré", "jusqu’à ce que vous les"]),
        (
            Notice("Réseau & Co", "a@b.fr", sealed=True),
            ["Réseau &amp; Co", "a@b.fr", "est chiffré"],
        ),
        (Notice(retention_days=730), ["supprimé après 730 jours", "un mois avant"]),
        (Notice(retention="dix ans"), ["</b> : dix ans."]),
        (Notice(backup_days=30), ["30 jours de plus"]),
        (Notice(backup_days=1), ["un jour de plus"]),
        (Notice(backup_days=0), ["plus longtemps"]),
    ],
)
def test_the_policy_states_the_configuration(notice: Notice, said: list[str]) -> None:
    page = Words(library().templates).page("privacy", notice=notice)
    assert [one for one in said if one not in page] == []
    assert len(page) < 4000


def test_the_policy_is_that_of_the_settings(tmp_path: Path) -> None:
    told = upkeep.notice(
        settings(tmp_path, key=keys.fresh(), backups=tmp_path, backups_days=0, backups_keep=7)
    )
    assert told.sealed
    assert told.backup_days == 7
    assert upkeep.notice(settings(tmp_path)).backup_days is None


# --- what is said at start-up ------------------------------------------------------------------


def test_what_is_missing_is_said_once_each(tmp_path: Path) -> None:
    said = upkeep.remarks(settings(tmp_path))
    words = ("FILROUGE_OPERATOR", "chiffrées", "sauvegarde")
    assert [word for word, line in zip(words, said, strict=True) if word not in line] == []
    assert all("\n" not in one for one in said)
    whole = settings(
        tmp_path, operator="Nous", contact="a@b", key=keys.fresh(), backups=tmp_path / "copies"
    )
    assert upkeep.remarks(whole) == []


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_what_others_can_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kept = settings(tmp_path, operator="N", contact="c", key=keys.fresh(), backups=tmp_path / "s")
    for name, mode in (("d.sqlite3", 0o644), (".env", 0o640)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    (tmp_path / "s").mkdir(mode=0o755)
    said = upkeep.remarks(kept)
    assert len(said) == 3
    assert [one for one in said if "chmod 700" in one and str(tmp_path / "s") in one]
    assert [one for one in said if "chmod 600 .env" in one]


async def test_the_chores_copy_and_seal_beside_the_bot(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with house(tmp_path) as (anna, _):
        await anna.begins()
        await anna.writes("Cormoran")
    folder = tmp_path / "copies"
    kept = settings(tmp_path, key=keys.fresh(), backups=folder)
    async with cli.opened(kept, library()) as (_, store, _), upkeep.chores(kept, store):
        for _ in range(500):
            if "ce qui n’était pas chiffré" in caplog.text and "sauvegarde" in caplog.text:
                break
            await asyncio.sleep(0.01)
    assert b"Cormoran" not in kept.db.read_bytes()
    assert "ce qui n’était pas chiffré" in caplog.text
    assert len(list(folder.glob("d-*.sqlite3"))) == 1


def test_a_key_file_others_can_read_stops_everything(tmp_path: Path) -> None:
    file = tmp_path / "cle"
    file.write_text(keys.fresh())
    file.chmod(0o644)
    result = filrouge("chat", db=tmp_path / "d", env={"FILROUGE_KEY_FILE": str(file)}, text="1\n")
    assert result.returncode == 1
    assert "chmod 600" in result.stderr
    assert not (tmp_path / "d").exists()
