"""`make audit` says what it found, and says plainly when it could look nothing up."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.play import ROOT

SOUND = {"name": "jinja2", "version": "3.1.6", "vulns": []}
SKIPPED = {"name": "yarl", "skip_reason": "Dependency not found on PyPI"}
FAULTY = {
    "name": "aiohttp",
    "version": "3.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1"], "aliases": [], "description": ""}],
}


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        ([SOUND], 0, "1 paquets vérifiés sur 1 (pypi) : aucune faille connue."),
        ([SOUND, SKIPPED], 0, "1 paquets vérifiés sur 2"),
        ([SOUND, FAULTY], 1, "aiohttp 3.0 : PYSEC-1 (corrigé en : 3.1)"),
        ([SKIPPED], 0, "RIEN n'a été vérifié"),
        (None, 0, "RIEN n'a été vérifié"),
    ],
)
def test_what_was_not_looked_up_does_not_count_as_sound(
    tmp_path: Path, answer: list[object] | None, code: int, told: str
) -> None:
    command = tmp_path / "pip-audit"
    text = "" if answer is None else json.dumps({"dependencies": answer})
    command.write_text(f"#!{sys.executable}\nprint({text!r})\n")
    command.chmod(0o755)
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "audit"), str(command), "requirements.lock"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told in done.stdout
    assert done.returncode == code
