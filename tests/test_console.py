"""The conversation in a terminal: real command, real database, lines in and plain text out."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from bot.console.plain import plain
from tests.commands import filrouge

FILROUGE = [sys.executable, "-m", "bot"]
FIRST_PAGE = "1\n1\nJeunes et métiers\n3\n1\nen Savoie\nOued-Sel\n2\n2\n1,2\n"


def run(db: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return filrouge(*(arguments or ("chat",)), db=db, text=text)


def test_a_conversation_is_kept_and_resumed_where_it_was(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    first = run(db, FIRST_PAGE)
    assert first.returncode == 0
    assert "Rien n’est gardé avant votre accord." in first.stdout
    assert "Créer, renforcer un service ✓" in first.stdout
    assert "Traceback" not in first.stderr + first.stdout
    again = run(db, "1\n")
    assert again.returncode == 0
    assert "Vous avez un dossier en cours : Jeunes et métiers." in again.stdout
    assert "Reprendre à Q3" in again.stdout


def test_the_export_has_what_was_said(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    run(db, FIRST_PAGE + "Un mot sur ce que nous voulons <b> & {{ici}}\n")
    made = run(db, "", "export", "1", "--format", "json")
    data = json.loads(made.stdout)
    assert data["identity"]["I_nom"] == "Jeunes et métiers"
    assert data["identity"]["I_role"] == ["association_ong"]
    assert data["answers"]["Q3"] == {
        "options": ["accompagner_personnes", "consolider_dispositif"],
        "text": "Un mot sur ce que nous voulons <b> & {{ici}}",
    }
    assert "Jeunes et métiers" in run(db, "", "projects").stdout


def test_a_clumsy_person_is_never_lost(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    lines = [
        "99",
        "/start",
        "/start",
        "/start",
        "bonjour",
        "1",
        "/zut",
        "/aide",
        "/fiche",
        "0",
        "1,99",
    ]
    lines += ["x" * 10_000, "\x1b[31mrouge\x07", "/supprimer", "/pause", "", "   ", "👩‍🌾"]
    result = run(db, "\n".join(lines))
    assert result.returncode == 0
    assert "Traceback" not in result.stderr + result.stdout
    assert "\x1b[31m" not in result.stdout
    assert "La commande /zut n’existe pas ici." in result.stdout


def test_bytes_that_are_not_utf8_do_no_harm(tmp_path: Path) -> None:
    env = {**os.environ, "FILROUGE_DB": str(tmp_path / "d.sqlite3"), "PYTHONPATH": str(Path.cwd())}
    result = subprocess.run(
        [*FILROUGE, "chat"],
        input=b"1\n1\nProjet \xff\xfe\n",
        capture_output=True,
        env=env,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0
    assert b"Traceback" not in result.stderr


def test_ctrl_c_in_the_middle_keeps_everything(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    master, slave = pty.openpty()
    env = {**os.environ, "FILROUGE_DB": str(db), "PYTHONPATH": str(Path.cwd()), "TERM": "xterm"}
    process = subprocess.Popen(
        [*FILROUGE, "chat"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=env,
        start_new_session=True,
    )
    os.close(slave)
    _until(master, "commence")
    for line, awaited in (
        ("1\n", "quel rythme"),
        ("1\n", "Quel nom"),
        ("Mon projet\n", "Vous représentez"),
    ):
        os.write(master, line.encode())
        _until(master, awaited)
    process.send_signal(signal.SIGINT)
    said = _until(master, "Ce qui est noté est gardé")
    assert process.wait(20) == 0
    assert "Traceback" not in said
    os.close(master)
    assert "Mon projet" in run(db, "", "projects").stdout


def test_a_reader_who_goes_away_ends_the_conversation_quietly(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    process = subprocess.Popen(
        [*FILROUGE, "chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "FILROUGE_DB": str(db), "PYTHONPATH": str(Path.cwd())},
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()
    process.stdin.write(FIRST_PAGE.encode())
    process.stdin.close()
    assert process.wait(20) == 0
    assert process.stderr.read() == b""


def _until(terminal: int, awaited: str, timeout: float = 20) -> str:
    seen, end = "", time.monotonic() + timeout
    while awaited not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            seen += os.read(terminal, 65536).decode("utf-8", "replace")
    assert awaited in seen, seen
    return seen


def test_an_apostrophe_is_printed_and_a_control_character_is_not() -> None:
    assert plain("l&#39;eau, l&#x27;air") == "l'eau, l'air"
    assert plain("a&#27;b&#x1b;c&#x00007f;d&#0009;e&#127;f") == "abcdef"
