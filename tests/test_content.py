"""Content files: strict YAML, every fault at its place, in one run, in French."""

import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import (
    Source,
    content_files,
    find_flows,
    flow_hash,
    flows_folder,
    inspect,
    load_cases,
    load_flow,
    load_glossary,
    load_templates,
    read_flow,
    read_source,
    schema,
    templates_folder,
)
from bot.content import compose as composing
from bot.content.document import read_document
from bot.errors import ContentError

SMALL = Path(__file__).parent / "data" / "small.yaml"

Edit = Callable[..., Path]


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edit:
    """The small flow with some of its words replaced, as `flows/small.yaml` under the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flows").mkdir()

    def edit(*pairs: tuple[str, str]) -> Path:
        text = SMALL.read_text("utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        return written(text)

    def written(text: str | bytes) -> Path:
        data = text.encode() if isinstance(text, str) else text
        Path("flows/small.yaml").write_bytes(data)
        return Path("flows/small.yaml")

    edit.written = written  # type: ignore[attr-defined]
    return edit


def faults(path: Path) -> list[str]:
    with pytest.raises(ContentError) as error:
        load_flow(path)
    return str(error.value).splitlines()


def place(text: str, word: str, after: str = "") -> str:
    """« line:column » of a word in a text, from 1."""
    at = text.index(word, text.index(after))
    return f"{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"


def test_a_sound_flow_loads_without_a_word() -> None:
    flow = load_flow(SMALL)
    assert flow.flow == "petit"
    assert [question.id for question in flow.steps[0].ordered()] == ["Q8", "Q4"]
    assert inspect(SMALL) == ()


def test_a_fault_in_a_condition_names_the_line_the_column_and_the_mend(edited: Edit) -> None:
    path = edited(("Q4 in [croise] and", "Q4 in [croisé] and"))
    # « é » is no letter of an id: the parser itself points at it
    assert len(faults(path)) == 1
    path = edited(("Q4 in [croise] and", "Q4 in [crose] and"))
    text = path.read_text("utf-8")
    expected = "point solide F2.1: « crose » n’est pas une option de Q4 (croise ?)"
    assert faults(path) == [f"flows/small.yaml:{place(text, 'crose')}: {expected}"]


def test_the_path_is_written_as_given_when_it_is_not_under_here(edited: Edit) -> None:
    path = edited(("version: 1", "version: un")).resolve()
    assert faults(path)[0].startswith("flows/small.yaml:2:10: ")
    elsewhere = path.parent / "elsewhere"
    elsewhere.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(elsewhere)
        assert faults(path)[0].startswith(f"{path}:2:10: ")


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ("title: Une", "titel: Une", "titel", "champ inconnu « titel » (title ?)"),
        (
            "ask: Quelle place",
            "aks: Quelle place",
            "aks",
            "question Q8: champ inconnu « aks » (ask ?)",
        ),
        (
            "        ask: Quelle place pour les habitants ?\n",
            "",
            "id: Q8",
            "question Q8: il manque « ask »",
        ),
        (
            "choose: many",
            "choose: mani",
            "mani",
            "question Q8: « mani » n’est pas admis : one, many (many ?)",
        ),
        (
            "exclusive: true",
            "exclusive: oui",
            "oui}",
            "question Q8: il faut true ou false, pas « oui »",
        ),
        (
            "exclusive: true",
            "exclusive: yes",
            "yes}",
            "question Q8: il faut true ou false, pas « yes »",
        ),
        ("version: 1", "version: deux", "deux", "version: il faut un nombre entier, pas « deux »"),
        (
            "version: 1",
            "version: 1.5",
            "1.5",
            "version: il faut un nombre entier, pas le nombre 1.5",
        ),
        (
            "title: Personne",
            "title: 2024",
            "2024",
            "règle V2.4: il faut un texte, pas le nombre 2024 : mettez des guillemets",
        ),
        (
            "label: Aucune",
            "label: {ici}",
            "{ici}, ex",
            "question Q8: il faut un texte, pas des lignes « clé: valeur » : mettez des guillemets",
        ),
        ("title: Personne", "title:", "title:\n", "règle V2.4: il faut un texte, pas du vide"),
        (
            "header: [I_nom, I_pays]",
            "header: I_nom",
            "I_nom\nstages",
            "header: il faut une liste, pas « I_nom »",
        ),
    ],
)
def test_each_structural_fault_is_one_clear_line(
    edited: Edit, old: str, new: str, where: str, message: str
) -> None:
    path = edited((old, new))
    line, column = place(path.read_text("utf-8"), where).split(":")
    (fault,) = faults(path)
    assert fault.endswith(f": {message}")
    if where != "title:\n":  # an empty value stands after its key
        assert fault.startswith(f"flows/small.yaml:{line}:{column}: ")
    else:
        assert fault.startswith(f"flows/small.yaml:{line}:")


def test_structural_faults_and_cross_checks_come_in_one_run(edited: Edit) -> None:
    path = edited(
        ("version: 1", "version: un"),
        ("order: [Q8, Q4]", "order: [Q8, Q9]"),
        ("refers: [V2.3]", "refers: [V2.33]"),
        ("ask: Quelle place", "aks: Quelle place"),
        ('when: "Q8 only [absente]"', 'when: "Q8 only [absente"'),
    )
    assert [fault.split(": ", 1)[1] for fault in faults(path)] == [
        "version: il faut un nombre entier, pas « un »",
        "étape etape1: l’ordre oublie Q4",
        "étape etape1: « Q9 » n’est pas une question de cette étape",
        "question Q8: champ inconnu « aks » (ask ?)",
        "règle X1: « V2.33 » n’est pas une règle (V2.3 ?)",
        "règle V2.4: condition illisible : il manque « ] »",
    ]


def test_a_hundred_faults_are_a_hundred_sorted_lines(edited: Edit) -> None:
    kinds = (
        ("  - id: W{0}\n    titre: Oubli {0}\n    advice: a\n    source: s\n", "champ inconnu"),
        ("  - id: W{0}\n    title: t\n    advice: 12\n    source: s\n", "il faut un texte"),
        ("  - id: V2.3\n    title: t\n    advice: a\n    source: s\n", "déjà pris"),
        ("  - id: W{0}\n    title: t\n    advice: a\n    rank: D\n    source: s\n", "admis"),
    )
    level = '    levels: [{level: info, when: "%s"}]\n'
    rules = []
    for number in range(50):
        rule, _ = kinds[number % 4]
        condition = ("Q99 in [croise]", "Q4 in [croises]", "Q4 in croise", "Q4 and Q8")[
            number // 2 % 4
        ]
        rules.append(rule.format(number) + level % condition)
    path = edited(("strengths:\n", "".join(rules) + "strengths:\n"))
    found = faults(path)
    assert len(found) == 100
    positions = [tuple(map(int, fault.split(":")[1:3])) for fault in found]
    assert positions == sorted(positions)
    assert len({line for line, _ in positions}) == 100


def test_one_misspelt_container_does_not_flood_the_rest(edited: Edit) -> None:
    assert len(faults(edited(("steps:\n", "etapes:\n")))) == 2  # unknown field, and missing `steps`
    assert len(faults(edited(("steps:\n", "stesp:\n")))) == 1


def test_faults_under_a_misspelt_field_keep_their_place(edited: Edit) -> None:
    path = edited(("steps:\n", "stesp:\n"), ("    title: Diagnostic", "    titel: 12"))
    text = path.read_text("utf-8")
    assert [fault.split(": ", 1) for fault in faults(path)] == [
        [f"flows/small.yaml:{place(text, 'stesp')}", "champ inconnu « stesp » (steps ?)"],
        [
            f"flows/small.yaml:{place(text, 'titel')}",
            "étape etape1: champ inconnu « titel » (title ?)",
        ],
        [
            f"flows/small.yaml:{place(text, '12', 'titel')}",
            "étape etape1: il faut un texte, pas le nombre 12 : mettez des guillemets",
        ],
    ]


BOMB = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20)
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (BOMB, "5:5:", "démesuré"),
        ("flow: &a [*a]\n", "1:11:", "« *a » se contient lui-même"),
        ("flow: *a\n", "1:7:", "« *a » ne renvoie à rien"),
        ("flow: " + "[" * 5000 + "]" * 5000, "1:46:", "trop de niveaux imbriqués"),
        ("- " * 5000, "1:81:", "trop de niveaux imbriqués"),
        ("flow: " + "{a: " * 3000, "1:", "trop de niveaux imbriqués"),
        ("flow: x\n\ttitle: y\n", "2:1:", "tabulation : indentez avec des espaces"),
        ("flow: x\nsteps:\n  \t- id: y\n\t- id: z", "3:3:", "(et sur 1 autres lignes)"),
        ("flow: x\nflow: y\n", "2:1:", "« flow » est écrit deux fois (déjà ligne 1)"),
        ("flow: x\nroles: {a: 1, a: 2}\n", "2:15:", "« a » est écrit deux fois"),
        ("flow: !!python/object/apply:os.system [ls]\n", "1:7:", "étiquette « !!python/object"),
        ("flow: !secret x\n", "1:7:", "étiquette « !secret » refusée"),
        ("flow: x\n---\nflow: y\n", "2:1:", "un seul document par fichier"),
        ("flow: [a, b\ntitle: x\n", "2:", ""),
        ('flow: "a\n', "1:7:", "guillemet ouvert ici et jamais refermé"),
        ("flow: a: b\n", "1:8:", "mettez ce texte entre guillemets"),
        ("flow: a\n  title: b\n", "2:8:", "mettez ce texte entre guillemets"),
        ("steps:\n - a\n  - b\n- c\n", "4:1:", "alignement"),
        ("flow: @x\n", "1:7:", "mettez des guillemets"),
        ("flow: %x\n", "1:7:", "mettez des guillemets"),
        ("flow: x\n{ici}: y\n", "2:1:", "une clé est un simple mot"),
        ('flow: "a\\0b"\n', "1:7:", "caractère invisible (U+0000)"),
        ("flow: a\x07b\n", "1:8:", "caractère invisible (U+0007)"),
        ("flow: a\u2028b\n", "1:8:", "caractère invisible (U+2028)"),
        ("", "1:1:", "ce fichier est vide"),
        ("# rien\n", "1:1:", "ce fichier est vide"),
        ("un texte\n", "1:1:", "il faut des lignes « clé: valeur », pas « un texte »"),
        ("- a\n", "1:1:", "il faut des lignes « clé: valeur », pas une liste"),
        (
            "flow: é\n".encode("latin-1"),
            "1:7:",
            "octet 0xE9 illisible : enregistrez le fichier en UTF-8",
        ),
        ("flow: x\n".encode("utf-16"), "1:1:", "enregistrez le fichier en UTF-8"),
        (
            b"title: a\nflow: '" + b"x" * 5_000_000 + b"'\n",
            "1:1:",
            "fichier trop gros (plus de 2 Mo)",
        ),
        (b"\x00\x01\x02", "1:1:", "caractère invisible (U+0000)"),
    ],
)
@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_bad_input_is_one_clear_line(
    edited: Edit,
    monkeypatch: pytest.MonkeyPatch,
    loader: str,
    text: str | bytes,
    line: str,
    words: str,
) -> None:
    """`loader`: with libyaml and without it, because PyYAML may be installed either way."""
    monkeypatch.setattr(composing, "_LOADER", getattr(yaml, loader, yaml.SafeLoader))
    found = faults(edited.written(text))  # type: ignore[attr-defined]
    matching = [one for one in found if one.startswith(f"flows/small.yaml:{line}") and words in one]
    assert len(matching) == 1, found
    assert "\n".join(found).isprintable() or len(found) > 1


def test_a_file_of_too_many_elements_is_said(edited: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composing, "MOST_NODES", 1_000)
    (found,) = faults(edited.written("[" + "a," * 1_500 + "]"))  # type: ignore[attr-defined]
    assert found.startswith("flows/small.yaml:1:")
    assert "démesuré (plus de 1000 éléments)" in found


@pytest.mark.parametrize(
    "text", [BOMB, "flow: " + "[" * 5000, "flow: x\n\tt: y\n", "flow: [a, b\nt: x"]
)
def test_unreadable_yaml_says_only_that(edited: Edit, text: str) -> None:
    assert len(faults(edited.written(text))) == 1  # type: ignore[attr-defined]


YAMLISH = st.lists(
    st.sampled_from(
        [
            *"-:?[]{},#&*!|>'\"%@` \n\t\\é",
            "a",
            "flow: ",
            "  ",
            "\n- ",
            "&a ",
            "*a",
            "<<",
            "\\UFFFFFFFF",
        ]
    )
).map("".join)


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@settings(deadline=None)
@given(text=st.text() | YAMLISH)
def test_no_text_raises_anything_but_a_content_error(loader: str, text: str) -> None:
    source = Source(Path("x.yaml"), text, "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(composing, "_LOADER", getattr(yaml, loader, yaml.SafeLoader))
        assert read_flow(source).findings


def _paths(data: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs = data.items() if isinstance(data, dict) else enumerate(data)  # type: ignore[arg-type]
    return [
        found
        for key, one in pairs
        for found in (
            [(*path, key)] + (_paths(one, (*path, key)) if isinstance(one, dict | list) else [])
        )
    ]


_SOUND = read_document(read_source(SMALL)).data
_PLACES = _paths(_SOUND)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(_PLACES),
            st.sampled_from(["drop", "rename", "replace"]),
            st.sampled_from(
                [None, 0, True, 1.5, "", "x", "Q4 in [", [], {}, ["x"], {"id": "x"}, [[]]]
            ),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_is_wrong_in_a_flow_every_fault_has_its_place(edits: list[Any]) -> None:
    data = copy.deepcopy(_SOUND)
    for path, act, value in edits:
        holder: Any = data
        try:
            for step in path[:-1]:
                holder = holder[step]
            if act == "replace":
                holder[path[-1]] = value
            else:
                taken = holder.pop(path[-1])
                if act == "rename" and isinstance(holder, dict):
                    holder[f"{path[-1]}s"] = taken
        except (LookupError, TypeError, AttributeError):
            continue  # an earlier edit took it away
    text = json.dumps(data, ensure_ascii=False, indent=1)
    for finding in read_flow(Source(Path("x.yaml"), text, ""), thorough=True).findings:
        assert 1 <= finding.line <= text.count("\n") + 1
        assert finding.column >= 1
        assert "\n" not in str(finding)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="ce fichier n’existe pas"):
        load_flow(tmp_path / "absent.yaml")
    with pytest.raises(ContentError, match="lecture impossible"):
        load_flow(tmp_path)


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(edited: Edit) -> None:
    text = SMALL.read_text("utf-8").replace("\n", "\r\n")
    path = edited.written("\ufeff" + text)  # type: ignore[attr-defined]
    assert load_flow(path) == load_flow(SMALL)
    assert flow_hash(path) == flow_hash(SMALL)
    assert flow_hash(SMALL) == hashlib.sha256(SMALL.read_bytes()).hexdigest()


def test_only_true_and_false_are_booleans(edited: Edit) -> None:
    words = ("oui", "yes", "on", "no", "off", "Y")
    for word in words:
        assert load_flow(edited(("title: Personne", f"title: {word}"))).rules[2].title == word
    assert load_flow(edited(("exclusive: true", "exclusive: True"))).steps


def test_anchors_are_allowed_and_faults_in_them_are_placed_where_they_are_written(
    edited: Edit,
) -> None:
    path = edited(
        ("        ask: Et les habitants ?", "        ask: &ask Et les habitants ?"),
        ("ask: Quelle place pour les habitants ?", "ask: *ask"),
    )
    assert load_flow(path).questions["Q8"].ask == "Et les habitants ?"


def test_a_condition_over_several_lines_is_placed_at_its_beginning(edited: Edit) -> None:
    path = edited(('when: "Q8 only [absente]"}', 'when: "Q8 only\n          [absent]"}'))
    text = path.read_text("utf-8")
    (fault,) = faults(path)
    assert fault.startswith(f"flows/small.yaml:{place(text, chr(34) + 'Q8 only')}: règle V2.4: ")


def test_files_are_told_apart_by_what_they_say_they_are(edited: Edit) -> None:
    path = edited()
    path.with_name("cases.yaml").write_text("cases: []\n", "utf-8")
    path.with_name("small.en.yaml").write_text("flow: petit\n", "utf-8")
    path.with_name("notes.txt").write_text("flow: petit\n", "utf-8")
    names = [one.name for one in content_files(path.parent)]
    assert names == ["cases.yaml", "small.en.yaml", "small.yaml"]
    assert find_flows(path.parent) == (path,)
    with pytest.raises(ContentError, match="ce dossier n’existe pas"):
        find_flows(Path("absent"))


CASE = (
    "cases:\n"
    "  - {id: a-b, number: 4, title: t, carrier: c, carrier_type: commune, carrier_country: FR,\n"
    "     lesson: l, years: {start: 2010, end: 2012}, illustrates: [Q4]}\n"
)


OTHER_FLOW = (
    "flow: other\nversion: 1\nlanguage: fr\ntitle: t\ntell: t\n"
    "steps:\n  - {id: s, number: 1, title: t, questions: [{id: QUESTION, ask: a}]}\n"
)


def test_cases_are_read_and_checked_with_the_flow_beside_them(edited: Edit) -> None:
    path = edited().with_name("cases.yaml")
    path.write_text(CASE, "utf-8")
    assert load_cases(path)[0].years.end == 2012
    assert inspect(path) == ()
    path.write_text(CASE.replace("[Q4]", "[Q44]").replace("end: 2012", "end: 2001"), "utf-8")
    assert [str(one).split(": ", 1)[1] for one in inspect(path)] == [
        "coopération a-b: la fin vient avant le début",
        "coopération a-b: « Q44 » n’est pas une question (Q4 ?)",
    ]
    other = OTHER_FLOW.replace("QUESTION", "Q44")  # it cites no case: the library is not its own
    path.with_name("other.yaml").write_text(other, "utf-8")
    assert "« Q44 » n’est pas une question" in str(inspect(path)[-1])
    path.write_text(CASE.replace("number: 4", "number: 5"), "utf-8")
    assert "pas de coopération n° 4" in str(inspect(path.with_name("small.yaml"))[0])


def test_the_glossary_is_read(tmp_path: Path) -> None:
    path = tmp_path / "glossary.yaml"
    path.write_text(
        "terms:\n  - {id: exclusion, term: Exclusion, definition: Une suite de ruptures.}\n",
        "utf-8",
    )
    assert load_glossary(path)[0].term == "Exclusion"
    path.write_text("terms:\n  - {term: a, definition: b}\n  - {term: a, definition: c}\n", "utf-8")
    with pytest.raises(ContentError, match=r":3:12: mot a: « a » est défini deux fois"):
        load_glossary(path)


def test_templates_are_read_by_their_name(tmp_path: Path) -> None:
    (tmp_path / "sheet").mkdir()
    (tmp_path / "sheet" / "show.md.j2").write_text("# {{ title }}\n", "utf-8")
    (tmp_path / "sheet" / "show.typ").write_text("#let x = 1\n", "utf-8")
    (tmp_path / "font.ttf").write_bytes(b"\x00\xff")
    assert load_templates(tmp_path) == {
        "sheet/show.md.j2": "# {{ title }}\n",
        "sheet/show.typ": "#let x = 1\n",
    }
    (tmp_path / "bad.j2").write_bytes(b"\xe9")
    (tmp_path / "worse.j2").write_bytes(b"\xe8")
    with pytest.raises(ContentError) as error:
        load_templates(tmp_path)
    assert len(str(error.value).splitlines()) == 2


def test_the_schema_accepts_what_the_model_accepts(edited: Edit) -> None:
    whole = json.loads(json.dumps(schema()))
    small = read_document(read_source(SMALL)).data
    assert isinstance(small, dict)
    jsonschema.validate(small, whole)
    with pytest.raises(jsonschema.ValidationError, match="titel"):
        jsonschema.validate({**small, "titel": "x"}, whole)


def test_the_schema_kept_in_the_repository_is_the_models() -> None:
    kept = flows_folder() / "schema" / "flow.schema.json"
    assert json.loads(kept.read_text("utf-8")) == schema(), "lancez filrouge check --schema"


def test_the_content_that_comes_with_the_program_has_no_error() -> None:
    flows = find_flows(flows_folder())
    assert flows
    for path in content_files(flows_folder()):
        errors = [str(one) for one in inspect(path) if one.severity == "error"]
        assert not errors, "\n".join(errors)
    assert templates_folder().name == "templates"


@pytest.mark.parametrize("name", ["small", "shipped"])
def test_a_flow_reads_the_same_without_libyaml(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = SMALL if name == "small" else find_flows(flows_folder())[0]
    quick = load_flow(path)
    monkeypatch.setattr(composing, "_LOADER", yaml.SafeLoader)
    assert load_flow(path) == quick


def test_a_stored_text_of_a_flow_can_be_read_again() -> None:
    source = read_source(SMALL)
    assert read_flow(source).sound() == load_flow(SMALL)
