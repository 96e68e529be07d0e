"""A dossier goes out as JSON and comes back the same; all of them make one table."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import dossier
from bot.export import json_
from tests.commands import filrouge, one_line
from tests.samples import CROSSED, FLOW, FULL, ORDINARY, SCRIPTS, SECRET


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


def test_the_sample_has_every_case_of_a_shared_dossier() -> None:
    together = CROSSED.together
    assert together is not None
    assert {"Q2", "Q14"} <= set(dossier.to_choose(FLOW, together))
    data = json_.document(FLOW, CROSSED)
    adopted = {key: one["adopted"] for key, one in data["voices"].items()}
    assert adopted == {"Q2": "", "Q3": "", "Q4": "written", "Q9": "", "Q14": "", "Q16": "open"}
    assert data["voices"]["Q14"]["choice"] == {"how": "picked", "author": 2}
    assert data["members"][-1] == {"side": "ici", "role": "gone"}
    assert "Un élu qui n’a rien dit" not in json_.dump(data).decode()


@pytest.mark.parametrize("finished", [False, True])
def test_a_dossier_of_two_territories_comes_back_with_its_voices(
    tmp_path: Path, finished: bool
) -> None:
    db, path = tmp_path / "d.sqlite3", written(tmp_path, replace(CROSSED, finished=finished))
    brought = filrouge("import", str(path), db=db)
    assert brought.returncode == 0, brought.stderr
    assert brought.stderr.strip() == "Dossier 1 créé."
    before, after = json.loads(path.read_text(encoding="utf-8")), exported(db, 1)
    before["dossier"]["id"] = after["dossier"]["id"]  # type: ignore[index]
    assert after == before
    assert before["voices"]["Q4"]["said"][2]["text"] == "منظور التعاونية"


def test_members_that_came_with_a_file_are_listed_as_such(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    filrouge("import", str(written(tmp_path, CROSSED)), db=db)
    shown = filrouge("chat", db=db, text="/inviter\n5\n").stdout
    assert "(responsable du dossier) (vous)" in shown
    assert "Le directeur de la coopérative (membre) (repris d’un fichier)" in shown
    assert "À choisir : Q2, Q14." in shown


def test_private_words_neither_leave_nor_come_back(tmp_path: Path) -> None:
    path = written(tmp_path, CROSSED)
    assert SECRET not in path.read_text(encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8"))["voices"].get("Q7") is None


def test_what_waits_for_the_other_side_does_not_leave_before_it_answered() -> None:
    assert CROSSED.together is not None
    blind = replace(CROSSED, together=replace(CROSSED.together, blind=True))
    assert "tient les comptes" in json_.dump(json_.document(FLOW, CROSSED)).decode()
    assert "tient les comptes" not in json_.dump(json_.document(FLOW, blind)).decode()


def test_voices_that_do_not_hold_together_are_told(tmp_path: Path) -> None:
    data = json_.document(FLOW, CROSSED)
    data["members"][0]["role"] = "reader"
    data["voices"]["Q4"]["said"][1]["author"] = 40
    path = tmp_path / "d.json"
    path.write_bytes(json_.dump(data))
    told = filrouge("import", str(path), db=tmp_path / "d.sqlite3")
    assert told.returncode != 0
    assert "members : le premier doit être « owner »" in told.stderr
    assert "voices.Q4.said[1].author" in told.stderr
    assert "Traceback" not in told.stderr


def test_an_answer_changed_in_the_file_against_its_voices_is_told(tmp_path: Path) -> None:
    data = json_.document(FLOW, CROSSED)
    del data["voices"]["Q2"]["choice"]
    data["answers"]["Q2"] = {"options": [], "text": "Autre chose"}
    path = tmp_path / "d.json"
    path.write_bytes(json_.dump(data))
    assert "voices.Q2" in one_line(filrouge("import", str(path), db=tmp_path / "d.sqlite3"))


def test_voices_of_an_older_file_stay_in_it_and_this_is_said(tmp_path: Path) -> None:
    data = json_.document(FLOW, CROSSED)
    del data["members"]
    path = tmp_path / "d.json"
    path.write_bytes(json_.dump(data))
    brought = filrouge("import", str(path), db=tmp_path / "d.sqlite3")
    assert brought.returncode == 0, brought.stderr
    assert "Dossier 1" in brought.stderr
    assert "y reste (6 question(s))" in brought.stderr


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
