"""Translations: the same ids, only texts; every fault at its place; a file that is pleasant to fill."""

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import main
from bot.content import (
    Source,
    content_files,
    find_flows,
    flows_folder,
    inspect,
    language_code,
    load_cases,
    load_flow,
    load_glossary,
    load_layout,
    read_flow,
    read_overlay,
    translate,
    translations,
)
from bot.content.document import read_document
from bot.content.overlay import Overlay, read_words
from bot.content.skeleton import skeleton
from bot.content.source import UNSEEN, read_source
from bot.domain.flow import Case, Cases, Flow, Glossary, Signs
from bot.domain.sheet.layout import Layout, Row
from bot.domain.translation import TEXTS, holders, texts
from bot.errors import ContentError

SMALL = Path(__file__).parent / "data" / "small.yaml"
FLOW = load_flow(SMALL)
SHIPPED = flows_folder() / "six-etapes.yaml"

HEAD = "flow: petit\nlanguage: en\ntranslates: 1\n"
QUESTION = """\
steps:
  - id: etape1
    title: Diagnosis
    questions:
      - id: Q4
        ask: "How did you learn about {la_bas}?"
        options:
          - {id: partenaire_seul, label: "Mostly {la_bas}"}
          - {id: croise, label: On both sides}
        variants:
          - when: "side  in [abroad]"
            labels: {partenaire_seul: "Mostly {ici}"}
        cases:
          - {case: 4, shows: a shared diagnosis.}
rules:
  - id: V2.3
    title: One point of view
workshops:
  - id: debut
    questions:
      - {question: Q4, why: one sees who is missing.}
"""

Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    """A translation beside the small flow, in the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("petit.yaml").write_text(SMALL.read_text("utf-8"), "utf-8")

    def write(text: str, name: str = "petit.en.yaml") -> Path:
        Path(name).write_text(text, "utf-8")
        return Path(name)

    return write


def told(path: Path, *, missing: bool = False) -> list[str]:
    """« severity line: message » of each finding, the count of missing texts aside."""
    return [
        f"{one.severity} {one.line}: {one.message}"
        for one in inspect(path)
        if missing or " sur 60" not in one.message
    ]


# --- reading -------------------------------------------------------------------------------------


def test_a_translation_changes_its_texts_and_nothing_else(written: Written) -> None:
    assert told(written(HEAD + QUESTION)) == []
    flow = load_flow(Path("petit.yaml"), "en")
    question = flow.questions["Q4"]
    assert flow.language == "en"
    assert question.ask == "How did you learn about {la_bas}?"
    assert [one.label for one in question.options] == [
        *("On both sides", "Mostly {la_bas}", "Pas encore")
    ]
    assert question.variants[0].labels == {"partenaire_seul": "Mostly {ici}"}
    assert question.cases[0].shows == "a shared diagnosis."
    assert flow.rules_by_id["V2.3"].title == "One point of view"
    assert flow.workshops[0].questions[0].why == "one sees who is missing."
    assert flow.rules_by_id["V2.3"].levels == FLOW.rules_by_id["V2.3"].levels
    assert list(flow.questions) == list(FLOW.questions)


def test_what_is_not_translated_stays_in_the_original(written: Written) -> None:
    written(HEAD + 'title: ""\ntell:\nrules: []\nsteps:\n  - {id: etape1, title: " "}\n')
    flow = load_flow(Path("petit.yaml"), "en")
    assert flow == dataclasses.replace(FLOW, language="en")


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        (None, FLOW.title),
        ("fr", FLOW.title),
        ("fr-CA", FLOW.title),
        ("es", FLOW.title),
        ("en", "A method"),
        ("EN", "A method"),
        ("en_GB", "A method"),
        ("pt", FLOW.title),
        ("pt-br", "Um método"),
    ],
)
def test_the_nearest_translation_beside_the_flow_is_taken(
    written: Written, asked: str | None, title: str
) -> None:
    written(HEAD + "title: A method\n")
    written(
        HEAD.replace("language: en", "language: pt_BR") + "title: Um método\n", "petit.pt-BR.yaml"
    )
    assert load_flow(Path("petit.yaml"), asked).title == title
    assert list(translations(Path("petit.yaml"))) == ["en", "pt-BR"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("zz", "« zz » n’est pas un code de langue"),
        ("eng", "« eng » n’est pas un code de langue (en ?)"),
        ("anglais", "« anglais » n’est pas un code de langue (en ?)"),
        ("en-XX", "« en-XX » n’est pas un code de langue"),
        ("und", "« und » n’est pas un code de langue"),
        ("../en", "« ../en » n’est pas un code de langue"),
    ],
)
def test_a_language_that_does_not_exist_is_refused(code: str, message: str) -> None:
    with pytest.raises(ContentError) as error:
        language_code(code)
    assert str(error.value) == message
    with pytest.raises(ContentError):
        load_flow(SMALL, code)


@pytest.mark.parametrize("code", ["ar", "ary", "mos", "bm", "wo", "pt-BR", "zh-Hant"])
def test_the_languages_of_partners_exist_even_when_little_is_known_of_them(code: str) -> None:
    assert language_code(code.lower().replace("-", "_")) == code


# --- faults --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: Q4", "id: Q44", "error 8: question Q44: « Q44 » n’est pas dans l’original (Q4 ?)"),
        (
            "id: croise",
            "id: croisé",
            "question Q4: « croisé » n’est pas dans l’original (croise ?)",
        ),
        ("id: croise,", "", "error 12: question Q4: il manque « id »"),
        (
            "id: croise",
            "id: partenaire_seul",
            "question Q4: « partenaire_seul » est traduit deux fois",
        ),
        (
            "{partenaire_seul:",
            "{partenaire:",
            "« partenaire » n’est pas dans l’original (partenaire_",
        ),
        ("case: 4", "case: 5", "error 17: question Q4: « 5 » n’est pas dans l’original"),
        ("side  in [abroad]", "side in [abrod]", "dans l’original (side in [abroad] ?)"),
        ("question: Q4", "question: Q8", "atelier debut: « Q8 » n’est pas dans l’original"),
        (
            "    title: One",
            "    levels: []\n    title: One",
            "règle V2.3: une traduction ne change que des textes : effacez « levels »",
        ),
        (
            "{id: croise",
            "{exclusive: true, id: croise",
            "question Q4: une traduction ne change que des textes : effacez « exclusive »",
        ),
        (
            "id: Q4\n",
            'id: Q4\n        when: ""\n',
            "une traduction ne change que des textes : effacez « when »",
        ),
        ("rules:", "version: 2\nrules:", "ne change que des textes : effacez « version »"),
        ("rules:", "roles: {}\nrules:", "ne change que des textes : effacez « roles »"),
        ("ask:", "aks:", "question Q4: champ inconnu « aks » (ask ?)"),
        ("title: Diagnosis", "titel: Diagnosis", "étape etape1: champ inconnu « titel » (title ?)"),
        ("rules:", "reules:", "champ inconnu « reules » (rules ?)"),
        (
            "title: Diagnosis",
            "title: 2024",
            "étape etape1: il faut un texte, pas le nombre 2024 : mettez des guillemets",
        ),
        ("title: Diagnosis", "title: [a]", "étape etape1: il faut un texte, pas une liste"),
        ("title: Diagnosis", "aim: To see", "l’original n’a pas de texte sous « aim »"),
        ("label: On", "help: On", "question Q4: l’original n’a pas de texte sous « help »"),
        ("rules:", "first_page: {}\nrules:", "l’original n’a rien sous « first_page »"),
        ("rules:", "figures: 3\nrules:", "figures: il faut une liste, pas le nombre 3"),
        (
            "  - id: V2.3\n    title: One point of view",
            "  - V2.3",
            "des lignes « clé: valeur », pas",
        ),
        ("Mostly {ici}", "Mostly here", "warning 15: question Q4: la traduction a perdu {ici}"),
        ("about {la_bas}", "about them", "warning 9: question Q4: la traduction a perdu {la_bas}"),
        ("{la_bas}?", "{la_bas} and {icy}?", "seuls {ici} et {la_bas} sont remplacés"),
        ("On both sides", "On both of the two territories", "bouton trop long : 30 caractères"),
        ("flow: petit", "flow: petite", "flow: « petite » n’est pas l’original (petit ?)"),
        ("flow: petit\n", "", "error 1: il manque « flow »"),
        ("language: en\n", "", "il manque « language »"),
        ("language: en", "language: zz", "language: « zz » n’est pas un code de langue"),
        ("language: en", "language: es", "le nom du fichier dit « en », pas « es »"),
        ("language: en", "language: 3", "language: il faut un texte, pas le nombre 3"),
        ("translates: 1\n", "", "il manque « translates »"),
        ("translates: 1", "translates: un", "translates: il faut un nombre entier, pas « un »"),
        ("translates: 1", "complete: oui\ntranslates: 1", "il faut true ou false, pas « oui »"),
        ("rules:", "\trules:", "tabulation : indentez avec des espaces"),
        ("title: Diagnosis", "title: a: b", "mettez ce texte entre guillemets"),
    ],
)
def test_each_fault_of_a_translation_is_one_clear_line(
    written: Written, old: str, new: str, message: str
) -> None:
    text = HEAD + QUESTION
    assert old in text
    found = told(written(text.replace(old, new, 1)))
    assert len(found) == 1, found
    assert message in found[0]


def test_faults_stand_at_their_line_and_column(written: Written) -> None:
    path = written((HEAD + QUESTION).replace("id: croise", "id: crose"))
    (fault,) = [str(one) for one in inspect(path) if one.severity == "error"]
    expected = "question Q4: « crose » n’est pas dans l’original (croise ?)"
    assert fault == f"petit.en.yaml:12:18: {expected}"
    with pytest.raises(ContentError) as error:
        load_flow(Path("petit.yaml"), "en")
    assert str(error.value) == fault


def test_every_fault_is_told_in_one_run(written: Written) -> None:
    text = (HEAD + QUESTION).replace("ask:", "aks:").replace("id: croise", "id: crose")
    text = text.replace("translates: 1", "translates: 2").replace("case: 4", "case: 5")
    assert len(told(written(text))) == 4


def test_a_translation_behind_its_original_says_both_versions(written: Written) -> None:
    path = Path("petit.yaml")
    path.write_text(path.read_text("utf-8").replace("version: 1", "version: 3"), "utf-8")
    (behind,) = told(written(HEAD + QUESTION))
    assert behind.startswith(
        "warning 3: translates: traduit la version 1, l’original est à la version 3"
    )
    assert behind.endswith("translates: 3")


def test_an_id_that_was_renamed_is_suggested(written: Written) -> None:
    path = Path("petit.yaml")
    text = path.read_text("utf-8").replace("id: absente,", "id: hors_jeu, was: [absente],")
    path.write_text(
        text.replace("[absente]", "[hors_jeu]").replace("was: [hors_jeu]", "was: [absente]"),
        "utf-8",
    )
    part = "steps:\n  - {id: etape1, questions: [{id: Q8, options: [{id: absente, label: No}]}]}\n"
    (fault,) = told(written(HEAD + part))
    assert "« absente » n’est pas dans l’original (hors_jeu ?)" in fault


def test_what_is_missing_is_summed_up_until_the_translation_is_said_complete(
    written: Written,
) -> None:
    (summed,) = told(written(HEAD + "title: A method\n"), missing=True)
    first = "tell, étape etape1 (title), question Q4 (ask)…"
    assert summed == f"warning 1: il manque 59 textes sur 60 : {first}"
    path = written(HEAD + "complete: true\n" + QUESTION)
    found = told(path)
    assert len(found) == 60 - 8
    assert "error 12: question Q4: il manque « label » (pas_encore)" in found
    assert "error 20: règle V2.3: il manque « advice »" in found
    assert "error 1: il manque « tell »" in found
    assert "error 9: question Q4_habitants: il manque « ask »" in found
    with pytest.raises(ContentError):
        load_flow(Path("petit.yaml"), "en")


def test_a_fault_is_not_also_a_missing_text(written: Written) -> None:
    text = (HEAD + "complete: true\n" + QUESTION).replace("title: One point of view", "title: 12")
    found = [one for one in told(written(text)) if "règle V2.3" in one and "advice" not in one]
    assert found == [
        "error 21: règle V2.3: il faut un texte, pas le nombre 12 : mettez des guillemets"
    ]


def test_the_sentence_keeps_its_pieces(tmp_path: Path) -> None:
    part = "first_page: {sentence: {templates: [{id: T4, text: '{name}: {but} in {ici} and {la_bas}'}]}}"
    source = Source(tmp_path / "x.en.yaml", f"{HEAD}{part}\n".replace("petit", "six-etapes"), "")
    found = [str(one) for one in read_overlay(source, load_flow(SHIPPED)).findings]
    assert any("la traduction a perdu {public}" in one for one in found)
    assert any("« {but} » n’est pas dans l’original" in one for one in found)


# --- beside which file ---------------------------------------------------------------------------


def test_a_translation_is_checked_and_is_no_flow(written: Written) -> None:
    path = written(HEAD)
    assert content_files(Path()) == (path, Path("petit.yaml"))
    assert find_flows(Path()) == (Path("petit.yaml"),)
    assert main(["check", "petit.yaml", str(path)]) == 0
    written(HEAD + "zut: 1\n")
    assert main(["check", "."]) == 1


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("grand.en.yaml", HEAD, "l’original « grand.yaml » n’est pas à côté de cette traduction"),
        ("anglais.yaml", HEAD, "une traduction porte le nom de l’original et sa langue"),
        ("notes.en.yaml", "notes: []\n", "« notes.yaml » ne se traduit pas"),
        ("petit.es.yaml", "flow: petit\n", "il manque « language »"),
        ("petit.zz.yaml", HEAD.replace("en", "zz"), "« zz » n’est pas un code de langue"),
        ("petit.fr.yaml", HEAD.replace("en", "fr"), "« fr » est la langue de l’original"),
    ],
)
def test_a_translation_without_its_original_is_said(
    written: Written, name: str, text: str, message: str
) -> None:
    Path("notes.yaml").write_text("notes: []\n", "utf-8")
    found = told(written(text, name))
    assert any(message in one for one in found), found


def test_the_faults_of_the_original_are_said_once(written: Written) -> None:
    path = Path("petit.yaml")
    path.write_text(path.read_text("utf-8").replace("version: 1", "version: un"), "utf-8")
    assert told(written(HEAD)) == [
        "error 1: l’original « petit.yaml » a des fautes : corrigez-les d’abord"
    ]


def test_a_translation_given_as_a_flow_is_refused_in_one_line(written: Written) -> None:
    with pytest.raises(ContentError, match=r"^petit.en.yaml:1:1: c’est une traduction"):
        load_flow(written(HEAD + QUESTION))


# --- the file to fill ----------------------------------------------------------------------------


def test_a_new_file_shows_the_original_beside_each_empty_text(written: Written) -> None:
    path, made = translate(Path("petit.yaml"), "en")
    assert path == Path("petit.en.yaml")
    assert '          - {id: croise, label: ""}  # Sur les deux territoires\n' in made.text
    assert '    title: ""  # Un seul regard\n' in made.text
    assert max(map(len, made.text.splitlines())) <= 100
    assert (made.done, made.total) == (2, 60)  # France and Senegal are known by name
    assert "levels" not in made.text
    assert told(written(made.text)) == []
    assert load_flow(Path("petit.yaml"), "en").questions["I_pays"].options[1].label == "Senegal"


def test_the_command_writes_and_completes_the_file_and_keeps_what_is_translated(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    long = " ".join(["A long advice, “quoted” and 'quoted' # again: with all kinds of signs."] * 4)
    written(f"{HEAD}complete: true\nrules:\n  - id: V2.3\n    advice: >-\n      {long}\n")
    assert main(["translate", "en", "--flow", "petit.yaml"]) == 0
    assert "petit.en.yaml : 3 textes traduits sur 60" in capsys.readouterr().err
    text = Path("petit.en.yaml").read_text("utf-8")
    assert "complete: true" in text
    assert "    # Allez voir les deux territoires.\n    advice: >-\n" in text
    source = read_source(Path("petit.en.yaml"))
    assert read_words(source, FLOW).sound().words[("rules", 0, "advice")] == long
    assert main(["translate", "en", "--flow", "petit.yaml"]) == 0
    assert Path("petit.en.yaml").read_text("utf-8") == text
    assert [one.name for one in Path().iterdir()].count("petit.en.yaml.new") == 0


COMPANIONS = {
    "glossary": "terms:\n  - {id: suivi, term: Suivi, definition: Regarder., group: Mots}\n",
    "cases": (
        "cases:\n  - {id: a, number: 1, title: Deux rives, carrier: Ville, carrier_type: commune,"
        " carrier_country: FR, lesson: Se parler., years: {note: deux ans},"
        " partner_territories: [Région du Sud]}\n"
    ),
    "sheet/petit": (
        "sheet: petit\nfirst_page:\n  - {id: ici, title: Ici, parts: [{id: I_nom, label: Nom}]}\n"
        "  - {id: ici, title: Là-bas}\nsections: []\n"
    ),
}


@pytest.fixture
def companion(written: Written) -> Callable[[str, str], Path]:
    """A translation of what goes with a flow, beside its original."""

    def put(name: str, text: str) -> Path:
        Path("sheet").mkdir(exist_ok=True)
        Path(f"{name}.yaml").write_text(COMPANIONS[name], "utf-8")
        path = Path(f"{name}.en.yaml")
        path.write_text(f"language: en\ntranslates: 1\n{text}", "utf-8")
        return path

    return put


def test_what_goes_with_a_flow_is_translated_too(companion: Callable[[str, str], Path]) -> None:
    companion(
        "glossary",
        "complete: true\nterms:\n  - {id: suivi, term: Monitoring, definition: To watch., group: W}\n",
    )
    assert load_glossary(Path("glossary.yaml"), "en")[0].term == "Monitoring"
    companion(
        "cases",
        "complete: true\ncases:\n  - {id: a, title: Two shores, lesson: Talk., years: {note: two years},"
        " partner_territories: [The South]}\n",
    )
    (case,) = load_cases(Path("cases.yaml"), "en")
    assert (case.title, case.carrier, case.years.note) == ("Two shores", "Ville", "two years")
    assert case.partner_territories == ("The South",)
    path = companion(
        "sheet/petit",
        "sheet: petit\ncomplete: true\nfirst_page:\n"
        "  - {id: ici, title: Here, parts: [{id: I_nom, label: Name}]}\n  - {id: ici, title: There}\n",
    )
    layout = load_layout(Path("sheet/petit.yaml"), replace(FLOW, language="en"))
    assert [row.title for row in layout.first_page] == ["Here", "There"]
    assert not any(inspect(one) for one in (path, Path("glossary.en.yaml"), Path("cases.en.yaml")))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("glossary", "terms: [{id: suivit}]\n", "« suivit » n’est pas dans l’original (suivi ?)"),
        ("glossary", "complete: true\nterms: []\n", "mot suivi: il manque « definition »"),
        ("glossary", "translates: 2\n", "écrit deux fois"),
        ("cases", "cases: [{id: a, number: 1}]\n", "effacez « number »"),
        (
            "cases",
            "cases: [{id: a, partner_territories: [A, B]}]\n",
            "il faut une liste d’un texte",
        ),
        ("cases", "complete: true\ncases: []\n", "coopération a: il manque « title »"),
        ("sheet/petit", "sheet: grand\n", "« grand » n’est pas l’original (petit ?)"),
        ("sheet/petit", "complete: true\nsheet: petit\n", "il manque « title »"),
    ],
)
def test_the_faults_of_these_translations_are_one_clear_line_each(
    companion: Callable[[str, str], Path], name: str, text: str, message: str
) -> None:
    found = [str(one) for one in inspect(companion(name, text))]
    assert any(message in one for one in found), found


def test_the_whole_method_is_told_in_english() -> None:
    """The flow, its sheet, the cases and the glossary: complete, and up to date."""
    for original in content_files(flows_folder()):
        if "en" in translations(original):
            (overlay,) = (translations(original)["en"],)
            assert "complete: true" in overlay.read_text("utf-8")
            assert inspect(overlay) == ()


def test_a_file_with_faults_is_left_as_it_is(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(HEAD + "rules:\n  - {id: V9, title: Lost}\n")
    before = path.read_text("utf-8")
    assert main(["translate", "en", "--flow", "petit.yaml"]) == 1
    assert "« V9 » n’est pas dans l’original" in capsys.readouterr().err
    assert path.read_text("utf-8") == before


@pytest.mark.parametrize("language", ["zz", "fr"])
def test_a_language_that_cannot_be_translated_into_is_said(
    written: Written, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    assert main(["translate", language, "--flow", "petit.yaml"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not Path(f"petit.{language}.yaml").exists()


def filled(flow: Flow) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for path, text in texts(flow):
        yield path, f"“{text}”: {len(path)}"


def test_the_whole_method_can_be_translated_text_by_text() -> None:
    flow, document = load_flow(SHIPPED), read_document(read_source(SHIPPED))
    words = dict(filled(flow))
    made = skeleton(flow, document, Overlay("en", flow.version, True, words))
    assert made.done == made.total == len(words)
    read = read_overlay(Source(Path("x.en.yaml"), made.text, ""), flow)
    assert not [one for one in read.findings if one.severity == "error"]
    assert dict(texts(read.sound())) == words
    assert max(len(line) for line in made.text.splitlines() if not line.endswith('"')) <= 104


@pytest.mark.parametrize("name", ["cases.yaml", "glossary.yaml", "sheet/ciat.yaml"])
def test_what_goes_with_the_method_has_its_file_to_fill(tmp_path: Path, name: str) -> None:
    shutil.copytree(flows_folder(), tmp_path / "f", ignore=shutil.ignore_patterns("*.en.yaml"))
    target, empty = translate(tmp_path / "f" / name, "en")
    assert empty.done == 0 < empty.total
    target.write_text(empty.text, "utf-8")
    assert not [one for one in inspect(target) if one.severity == "error"]
    shutil.copy(flows_folder() / target.relative_to(tmp_path / "f"), target)
    _, full = translate(tmp_path / "f" / name, "en")
    target.write_text(full.text, "utf-8")
    assert inspect(target) == (), "what was translated, complete as it was"


def test_the_method_is_prepared_with_what_goes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(flows_folder(), tmp_path / "f")
    monkeypatch.setenv("FILROUGE_FLOWS", str(tmp_path / "f"))
    assert main(["translate", "es"]) == 0
    said = capsys.readouterr().err
    for name in ("six-etapes", "sheet/six-etapes", "cases", "glossary"):
        assert f"{name}.es.yaml : " in said
        assert inspect(tmp_path / "f" / f"{name}.es.yaml")


def test_options_that_two_questions_share_are_translated_once() -> None:
    flow, document = load_flow(SHIPPED), read_document(read_source(SHIPPED))
    made = skeleton(flow, document, Overlay("mos"))  # no names of countries in Mooré: all are empty
    assert made.done == 0
    assert made.text.count('{id: sn, label: ""}') == 1
    text = made.text.replace('{id: sn, label: ""}', '{id: sn, label: "Senegaal"}')
    read = read_overlay(Source(Path("x.mos.yaml"), text, ""), flow).sound()
    for question in ("I_territoires_pays_ici", "I_territoires_pays_la_bas"):
        option = read.questions[question].option("sn")
        assert option
        assert option.label == "Senegaal"


WRITTEN = st.text(st.characters(codec="utf-8"), min_size=1).filter(
    lambda text: text.strip() and not UNSEEN.search(text)
)


@settings(deadline=None, max_examples=60)
@given(st.lists(WRITTEN, min_size=1, max_size=8), st.sampled_from([1, 40]))
def test_whatever_is_translated_is_read_again_as_it_was(said: list[str], times: int) -> None:
    every = [path for path, _ in texts(FLOW)]
    words = {path: " ".join([said[i % len(said)]] * times) for i, path in enumerate(every)}
    made = skeleton(FLOW, read_document(read_source(SMALL)), Overlay("en", 1, False, words))
    source = Source(Path("x.en.yaml"), made.text, "")
    assert read_words(source, FLOW).sound().words == words


def test_the_texts_of_a_new_field_cannot_be_forgotten() -> None:
    """Every text field of the model is said to people, or named here as one that is not."""
    unsaid = {
        *("id", "source", "when", "unless", "choose", "kind", "perspective", "nature", "rank"),
        *("flow", "language", "question", "spent", "received", "option"),
    }
    unsaid_of = {(Layout, "sheet"), (Row, "beside"), (Case, "carrier_type")}
    unsaid_of |= {(Case, "carrier_country"), (Case, "source_lines")}
    left: list[type] = [Flow, Layout, Cases, Glossary]
    seen = set(left)
    while left:
        kind = left.pop()
        hints = get_type_hints(kind)
        for name, hint in hints.items():
            if hint is str and name not in unsaid and (kind, name) not in unsaid_of:
                assert name in TEXTS[kind], f"{kind.__name__}.{name}"
        inner = {
            one for one in TEXTS if any(str(one.__name__) in str(hints[n]) for n in holders(kind))
        }
        left += inner - seen
        seen |= inner
    assert seen == set(TEXTS)
    # What is looked for in people's words is in the language that they write: no translation.
    assert Signs not in TEXTS


def test_reading_a_flow_is_as_before_when_nothing_is_translated() -> None:
    assert read_flow(read_source(SMALL)).sound() == load_flow(SMALL, "en") == FLOW
