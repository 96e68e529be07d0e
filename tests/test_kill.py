"""SIGKILL in the middle of a walk: the same question again, every confirmed answer, nothing twice."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bots import BotProcess
from tests.double import Person, TelegramDouble

WALK = [
    ("says", "Jeunes et métiers"),
    ("taps", "Association ou ONG"),
    ("taps", "France"),
    ("says", "en Savoie"),
    ("says", "Oued-Sel"),
    ("taps", "Sénégal"),
    ("taps", "En montage"),
    ("taps", "Accompagner des personnes"),
    ("taps", "Prévenir l’exclusion"),
    ("taps", "Continuer"),
    ("taps", "Jeunes"),
    ("taps", "Continuer"),
    ("taps", "Les deux territoires étudiés"),
    ("taps", "Avis demandé"),
    ("taps", "Tous ensemble"),
    ("taps", "Convention signée"),
    ("taps", "Continuer"),
    ("taps", "Pas encore pensé"),
    ("taps", "Continuer"),
    ("taps", "Ouverture au monde"),
    ("taps", "Continuer"),
]
AFTER = {0: "Vous représentez", 3: "Et l’autre territoire", 4: "Dans quel pays se trouve"}


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble(token="42:TEST") as double:
        yield double


def exported(db: Path) -> dict[str, object]:
    made = subprocess.run(
        [sys.executable, "-m", "bot", "export", "1", "--format", "json"],
        env={"FILROUGE_DB": str(db), "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        check=True,
        timeout=30,
    )
    return json.loads(made.stdout)


async def act(person: Person, verb: str, words: str) -> None:
    """What a person does: they press again when nothing moves."""
    if verb == "says":
        await person.send(words)
    else:
        await person.click(words, timeout=20)


@pytest.mark.timeout(180)
async def test_killed_at_random_instants_a_walk_loses_and_doubles_nothing(
    telegram: TelegramDouble, tmp_path: Path
) -> None:
    chance = random.Random(7)
    bot = BotProcess(telegram, tmp_path / "d.sqlite3")
    await bot.start()
    anna = telegram.person(5, language="fr", first_name="Anna")
    await anna.send("/start")
    await anna.sees("Rien n’est gardé", timeout=20)
    await anna.click("J’accepte")
    await anna.click("La première page", timeout=20)
    await anna.sees("Quel nom donnez-vous", timeout=20)
    kills = 0
    for number, (verb, words) in enumerate(WALK):
        await act(anna, verb, words)
        if number % 4 == 1:
            await asyncio.sleep(chance.random() * 0.15)
            await bot.kill()
            await bot.start()
            kills += 1
        if number in AFTER:
            await anna.sees(AFTER[number], timeout=30)
        else:
            await anna.quiet(0.4)
    await anna.sees("Pas suivant", timeout=30)
    code, logged = await bot.stop()
    assert code == 0, logged
    assert kills == 5
    made = exported(bot.db)
    assert made["identity"]["I_nom"] == "Jeunes et métiers"
    assert made["identity"]["I_territoires_ici"] == "en Savoie"
    answers = made["answers"]
    assert answers["Q3"]["options"] == ["accompagner_personnes", "prevenir"]
    assert answers["Q4"] == {"options": ["croise"], "details": {"Q4_habitants": ["hab_consultes"]}}
    assert answers["Q10"]["options"] == ["convention"]
    assert answers["Q16"]["options"] == ["sensibilisation"]
    # A press answered just before a kill comes again, and Telegram takes no second answer to it.
    refused = [one for one in telegram.refused if one.method != "answerCallbackQuery"]
    assert not refused, refused
    for planted in ("Jeunes et métiers", "Oued-Sel", "Anna", telegram.token):
        assert planted not in logged


@pytest.mark.timeout(60)
async def test_a_wrong_token_ends_the_process_with_one_line(
    telegram: TelegramDouble, tmp_path: Path
) -> None:
    bot = BotProcess(telegram, tmp_path / "d.sqlite3", FILROUGE_TOKEN="43:OTHER")
    await bot.start()
    code, logged = await bot.ended()
    assert code != 0
    assert "jeton" in logged
    assert "43:OTHER" not in logged
    assert "Traceback" not in logged


@pytest.mark.timeout(60)
async def test_a_token_revoked_while_running_ends_the_process_with_one_line(
    telegram: TelegramDouble, tmp_path: Path
) -> None:
    bot = BotProcess(telegram, tmp_path / "d.sqlite3")
    await bot.start()
    anna = telegram.person(5)
    await anna.send("/start")
    await anna.sees("Rien n’est gardé", timeout=20)
    telegram.faults.revoked = True
    await anna.send("encore")
    code, logged = await bot.ended(40)
    assert code != 0
    assert "jeton" in logged
    assert "Traceback" not in logged
