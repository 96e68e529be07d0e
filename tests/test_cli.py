"""An operator's mistake gets one readable line and an exit code that is not 0, never a traceback."""

import json
import shutil
from pathlib import Path

import pytest

from bot.store import single_bot
from tests.commands import filrouge, one_line
from tests.play import ROOT


def test_the_bot_without_a_token_says_where_to_get_one(tmp_path: Path) -> None:
    assert "@BotFather" in one_line(filrouge("bot", db=tmp_path / "d.sqlite3"))


def test_an_empty_token_counts_as_none(tmp_path: Path) -> None:
    line = one_line(filrouge("bot", db=tmp_path / "d.sqlite3", env={"FILROUGE_TOKEN": ""}))
    assert "jeton" in line


def test_a_second_instance_is_refused(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    with single_bot(db):
        line = one_line(filrouge("bot", db=db, env={"FILROUGE_TOKEN": "42:TEST"}))
    assert "Un autre Fil rouge" in line


def test_an_unreadable_flow_is_told_line_by_line(tmp_path: Path) -> None:
    flow = tmp_path / "faux.yaml"
    flow.write_text("flow: faux\nversion: un\nsteps: []\nzut: 1\n", encoding="utf-8")
    result = filrouge("bot", "--flow", str(flow), db=tmp_path / "d", env={"FILROUGE_TOKEN": "42:T"})
    assert result.returncode == 1
    assert "faux.yaml:" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_flow_names_those_that_exist(tmp_path: Path) -> None:
    line = one_line(filrouge("chat", db=tmp_path / "d", env={"FILROUGE_FLOW": "sept-etapes"}))
    assert "six-etapes" in line


def test_an_unwritable_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "un-fichier").write_text("x")
    line = one_line(
        filrouge("chat", db=tmp_path / "d", env={"FILROUGE_DB": "un-fichier/d.sqlite3"})
    )
    assert "un-fichier" in line


def test_a_database_that_does_not_exist_is_said_by_commands_that_only_read(tmp_path: Path) -> None:
    assert "n’existe pas encore" in one_line(filrouge("projects", db=tmp_path / "rien.sqlite3"))


def test_a_database_that_is_not_one_is_left_as_it_is(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    db.write_bytes(b"ceci n'est pas une base" * 100)
    line = one_line(filrouge("chat", db=db))
    assert "laissé" in line
    assert db.read_bytes() == b"ceci n'est pas une base" * 100


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    line = one_line(filrouge("chat", db=tmp_path / "d", env={"FILROUGE_LOG_LEVEL": "BAVARD"}))
    assert line.startswith("FILROUGE_LOG_LEVEL")


def test_an_unknown_dossier_is_said(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    filrouge("chat", db=db, text="1\n")
    assert "filrouge projects" in one_line(filrouge("export", "99", db=db))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pas du json", "JSON"),
        ('{"answers": {"Q99": {}}}', "Q99"),
        ('{"answers": {"Q4": {"options": ["croisé"]}}}', "croise"),
        ("[]", "objet JSON"),
    ],
)
def test_answers_that_cannot_be_read_are_told_by_their_path(
    tmp_path: Path, text: str, told: str
) -> None:
    answers = tmp_path / "r.json"
    answers.write_text(text, encoding="utf-8")
    result = filrouge("try", str(answers), db=tmp_path / "d")
    assert result.returncode == 1
    assert "r.json" in result.stderr
    assert told in result.stderr


def test_try_gives_the_example_of_the_method(tmp_path: Path) -> None:
    answers = {
        "identity": {"I_role": ["collectivite_fr"], "I_stade": ["montage"], "I_public": ["jeunes"]},
        "answers": {
            "Q3": {"options": ["accompagner_personnes", "consolider_dispositif"]},
            "Q4": {"options": ["partenaire_seul"], "details": {"Q4_habitants": ["hab_absents"]}},
            "Q6": {"options": ["un_redige_autre_valide"]},
            "Q10": {"options": ["convention", "quelques_personnes"]},
            "Q12": {"options": ["pas_prevu"]},
            "Q16": {"options": ["publics_locaux"]},
        },
    }
    path = tmp_path / "r.json"
    path.write_text(json.dumps(answers), encoding="utf-8")
    made = json.loads(filrouge("try", str(path), db=tmp_path / "d").stdout)
    shown = {
        one["id"]: one["shown"]
        for one in made["vigilance"]
        if one.get("shown") in ("first", "next")
    }
    assert shown == {"V2.10": "first", "V2.17": "first", "X5": "first", "V3.20": "next"}
    assert [one["id"] for one in made["strengths"]] == ["F3.7"]


def test_a_flow_without_a_sheet_is_one_line_and_is_offered_only_if_asked(tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    shutil.copytree(ROOT / "flows", flows)
    for sheet in (flows / "sheet").glob("evaluation.*"):  # its translation says nothing alone
        sheet.unlink()
    env, db = {"FILROUGE_FLOWS": str(flows)}, tmp_path / "d.sqlite3"
    checked = filrouge("check", db=db, env=env)
    assert checked.returncode == 1
    assert "evaluation.yaml:1:1: ce parcours n’a pas de fiche" in checked.stdout
    assert "ce parcours n’a pas de fiche" in one_line(filrouge("chat", db=db, env=env))
    lenient = filrouge("chat", db=db, env={**env, "FILROUGE_LENIENT": "1"}, text="/start\n")
    assert lenient.returncode == 0
    assert "Bonjour" in lenient.stdout


def test_check_finds_nothing_wrong_with_what_we_ship(tmp_path: Path) -> None:
    result = filrouge("check", db=tmp_path / "d")
    assert result.returncode == 0
    assert "Traceback" not in result.stderr


def test_the_graph_names_every_question(tmp_path: Path) -> None:
    drawn = filrouge("graph", db=tmp_path / "d").stdout
    assert drawn.startswith("flowchart")
    assert all(f"Q{number} ·" in drawn for number in range(1, 21))


def test_a_backup_opens_as_a_database(tmp_path: Path) -> None:
    db = tmp_path / "d.sqlite3"
    filrouge("chat", db=db, text="1\n1\nSauvé\n")
    copy = tmp_path / "copie.sqlite3"
    assert filrouge("backup", str(copy), db=db).returncode == 0
    assert "Sauvé" in filrouge("projects", db=copy).stdout
