"""`flows/README.md` tells no lies: its examples are executed as a reader would execute them."""

import json
import re
import shutil
from pathlib import Path

import pytest

from bot.content import (
    find_flows,
    flows_folder,
    inspect,
    load_flow,
    load_layout,
    missing_layout,
)
from bot.domain import conversation as c
from bot.domain.engine import transition
from bot.domain.sheet import build
from tests.play import ROOT

GUIDE = (ROOT / "flows" / "README.md").read_text(encoding="utf-8")


def example(name: str) -> str:
    found = re.search(rf"<!-- exemple: {name} -->\n```\w+\n(.*?)```", GUIDE, re.S)
    assert found, name
    return found[1]


FRENCH = shutil.ignore_patterns("*.en.yaml")  # what an author adds is not translated yet


def test_the_rule_of_the_guide_is_sound_and_raised_by_its_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.cli import main

    edited = (
        Path(shutil.copytree(ROOT / "flows", tmp_path / "flows", ignore=FRENCH)) / "six-etapes.yaml"
    )
    method = edited.read_text(encoding="utf-8")
    edited.write_text(
        method.replace("\nrules:\n", "\nrules:\n" + example("règle") + "\n"), encoding="utf-8"
    )
    assert "V2.22" in load_flow(edited).rules_by_id
    assert not [one for one in inspect(edited) if one.severity == "error" or "V2.22" in str(one)]
    answers = tmp_path / "reponses.json"
    answers.write_text(example("réponses"), encoding="utf-8")
    assert main(["try", str(answers), "--flow", str(edited)]) == 0
    raised = {one["id"]: one for one in json.loads(capsys.readouterr().out)["vigilance"]}
    assert raised["V2.22"]["level"] == "attention"
    assert raised["V2.22"]["because"] == ["Q4_habitants", "Q8"]


def test_the_flow_of_the_guide_is_short_and_without_fault(tmp_path: Path) -> None:
    text = example("parcours")
    path = tmp_path / "fete-des-voisins.yaml"
    path.write_text(text, encoding="utf-8")
    assert len(text.splitlines()) <= 33
    assert not [one for one in inspect(path) if one.severity == "error"]
    flow = load_flow(path)
    conversation = c.Conversation(consented=True, dossier=1)
    for event in (
        c.RhythmChosen(c.Rhythm.ESSENTIAL),
        c.TextGiven("La fête", 1),
        c.OptionChosen("F1", 2, 1),
    ):
        conversation, _ = transition(flow, conversation, event)
    assert conversation.place == c.At("repas_cout")
    assert conversation.answers["F1"].options == ("mairie",)


def test_the_flow_of_the_guide_ends_in_the_sheet_of_the_guide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.cli import main

    flows = tmp_path / "flows"
    (flows / "sheet").mkdir(parents=True)
    (flows / "fete-des-voisins.yaml").write_text(example("parcours"), encoding="utf-8")
    assert main(["check", str(flows)]) == 1
    assert "fete-des-voisins.yaml:1:1: ce parcours n’a pas de fiche" in capsys.readouterr().out
    (flows / "sheet" / "fete-des-voisins.yaml").write_text(example("fiche"), encoding="utf-8")
    assert main(["check", str(flows)]) == 0
    flow = load_flow(flows / "fete-des-voisins.yaml")
    layout = load_layout(flows / "sheet" / "fete-des-voisins.yaml", flow)
    answers = {
        "F1": c.Answer(("mairie",)),
        "F2": c.Answer(("autre",)),
        "repas_cout": c.Answer(fragments=(c.Fragment("90 €"),)),
    }
    made = build(flow, c.Conversation(answers=answers), layout=layout)
    assert [one.id for one in made.sections] == ["budget", "invitation", "vigilance"]
    assert made.called == "La fête, en une page"


def test_every_flow_that_is_offered_has_its_sheet() -> None:
    assert [missing_layout(one) for one in find_flows(flows_folder())] == [None] * len(
        find_flows(flows_folder())
    )


def test_the_translation_of_the_guide_is_read_checked_and_completed(tmp_path: Path) -> None:
    from bot.cli import main

    path, overlay = tmp_path / "fete-des-voisins.yaml", tmp_path / "fete-des-voisins.en.yaml"
    path.write_text(example("parcours"), encoding="utf-8")
    overlay.write_text(example("traduction"), encoding="utf-8")
    flow = load_flow(path, "en")
    assert flow.title == "Planning a street party"
    assert flow.questions["F1"].options[1].label == "The town hall"
    assert flow.questions["repas_cout"].title == "Le repas · Cost"
    assert flow.questions["F2"].ask == "Ce que chaque chose coûte, et qui la paie."
    (left,) = inspect(overlay)
    assert (left.severity, "il manque" in left.message) == ("warning", True)
    assert main(["translate", "en", "--flow", str(path)]) == 0
    assert load_flow(path, "en") == flow
    assert 'ask: ""  # Ce que chaque chose coûte, et qui la paie.' in overlay.read_text(
        encoding="utf-8"
    )
