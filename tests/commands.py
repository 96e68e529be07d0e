"""`filrouge COMMAND` in a process of its own, forked by the nursery: its imports are made once."""

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.play import ROOT


class Commands:
    """One after the other."""

    def __init__(self) -> None:
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(
        self, arguments: list[str], env: dict[str, str], cwd: Path, text: str
    ) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory() as folder:
            given, log, errors = (Path(folder) / one for one in ("input", "log", "errors"))
            given.write_text(text, encoding="utf-8")
            order = {"argv": arguments, "env": env, "cwd": str(cwd), "input": str(given)}
            code = self._obey({**order, "log": str(log), "errors": str(errors)})
            said, wrong = (one.read_text(encoding="utf-8") for one in (log, errors))
        return subprocess.CompletedProcess(arguments, code, said, wrong)

    def _obey(self, order: dict[str, object]) -> int:
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._nursery.stdin.write(json.dumps(order).encode() + b"\n")
        self._nursery.stdin.flush()
        while line := self._nursery.stdout.readline():
            told = json.loads(line)
            if "code" in told:
                return int(told["code"])
        raise AssertionError("the nursery is gone")


@cache
def commands() -> Commands:
    return Commands()


def filrouge(
    *arguments: str, db: Path, env: dict[str, str] | None = None, text: str = ""
) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FILROUGE_")}
    environment = {**kept, "FILROUGE_DB": str(db), "PYTHONPATH": str(ROOT), **(env or {})}
    return commands().run(list(arguments), environment, db.parent, text)


def one_line(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode != 0
    assert "Traceback" not in result.stderr + result.stdout
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]
