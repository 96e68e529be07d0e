"""A dossier goes out as JSON and comes back the same; all of them make one table."""

import csv
import io
import json
from pathlib import Path

import pytest

from bot.export import json_
from tests.samples import FLOW, FULL, ORDINARY, SCRIPTS, TOGETHER
from tests.test_cli import filrouge, one_line


def written(folder: Path, conversation: object, name: str = "d.json") -> Path:
    path = folder / name
    path.write_bytes(json_.dump(json_.document(FLOW, conversation)))  # type: ignore[arg-type]
    return path


def exported(db: Path, dossier: int) -> dict[str, object]:
    data: dict[str, object] = json.loads(
        filrouge("export", str(dossier), "--format", "json", "--annex", db=db).stdout
    )
    return data


@pytest.mark.parametrize(
    "conversation", [ORDINARY, FULL, SCRIPTS], ids=["ordinary", "full", "scripts"]
)
def test_export_import_export_is_identical(tmp_path: Path, conversation: object) -> None:
    db, path = tmp_path / "d.sqlite3", written(tmp_path, conversation)
    brought = filrouge("import", str(path), db=db)
    assert brought.returncode == 0, brought.stderr
    assert "Dossier 1" in brought.stderr
    before, after = json.loads(path.read_text(encoding="utf-8")), exported(db, 1)
    before["dossier"]["id"] = after["dossier"]["id"]  # type: ignore[index]
    assert after == before


def test_what_an_import_leaves_in_the_file_is_said(tmp_path: Path) -> None:
    brought = filrouge("import", str(written(tmp_path, TOGETHER)), db=tmp_path / "d.sqlite3")
    assert brought.returncode == 0, brought.stderr
    assert "Dossier 1" in brought.stderr
    assert "reste dans le fichier (3 question(s))" in brought.stderr


def test_a_second_import_is_a_second_dossier_and_a_table_has_both(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    for number, conversation in enumerate((ORDINARY, SCRIPTS)):
        filrouge("import", str(written(tmp_path, conversation, f"{number}.json")), db=db)
    table = tmp_path / "tous.csv"
    made = filrouge("export", "--all", "--format", "csv", "-o", str(table), db=db)
    assert made.returncode == 0, made.stderr
    text = table.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert [row["Dossier"] for row in rows] == ["1", "2"]
    assert rows[0]["Projet"] == "Les jardins des deux rives"


def test_what_was_imported_can_be_gone_on_with_in_the_terminal(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    filrouge("import", str(written(tmp_path, ORDINARY)), db=db)
    assert "Les jardins des deux rives" in filrouge("chat", db=db, text="/start\n").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("export",), "--all"),
        (("export", "1", "--all", "--format", "csv"), "--all"),
        (("export", "--all", "--format", "pdf"), "pdf"),
    ],
)
def test_what_cannot_be_put_together_is_said(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    db = tmp_path / "d.sqlite3"
    filrouge("import", str(written(tmp_path, ORDINARY)), db=db)
    assert told in one_line(filrouge(*arguments, db=db))


def test_a_file_that_cannot_be_read_creates_nothing(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text('{"answers": {"Q99": {}}}', encoding="utf-8")
    assert "Q99" in one_line(filrouge("import", str(path), db=tmp_path / "d.sqlite3"))
    assert not (tmp_path / "d.sqlite3").exists()
