"""The other flows of the method (its chapter 7): nothing lost, each rule by example, short for a phone.

`tests/instruments/<flow>/ids.yaml` was read from the reference text, not from `flows/`; `rules.yaml`
gives, for each point and strength, answers that raise it and close ones that do not.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content import (
    inspect,
    layout_of,
    load_cases,
    load_flow,
    load_layout,
    read_shelf,
    translations,
)
from bot.domain.check import check_layout
from bot.domain.conditions import Facts, parse, reads_missing
from bot.domain.conversation import (
    Answer,
    Conversation,
    Fragment,
    Member,
    QuestionOpened,
    Review,
    Role,
    Side,
    Together,
    Voice,
)
from bot.domain.dignity import passages
from bot.domain.flow import LEVELS, Cell, Flow, Question
from bot.domain.reading import facts
from bot.domain.sheet import Entry, Layout, Part, Plan, Section, Sheet, build
from bot.domain.sheet.layout import Kind
from bot.domain.strengths import strengths
from bot.domain.translation import texts
from bot.domain.vigilance import Raised, raised
from bot.domain.wording import BUTTON_LENGTH
from tests.play import ROOT, Play, walk
from tests.play import flow as six_steps

FOLDER = Path(__file__).parent / "instruments"
NAMES = sorted(path.name for path in FOLDER.iterdir())
FIRST_STEP = 86  # characters: the longest of the six steps

DIFFERS = "differs"

Answers = Mapping[str, list[str]]


@cache
def flow(name: str, language: str | None = None) -> Flow:
    return load_flow(ROOT / "flows" / f"{name}.yaml", language)


@cache
def data(name: str, what: str) -> dict[str, Any]:
    path = FOLDER / name / f"{what}.yaml"
    return yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}


def asked(name: str) -> tuple[Question, ...]:
    return tuple(one for step in flow(name).steps for one in step.questions)


def closed(name: str) -> tuple[Question, ...]:
    """Questions and details; the cells of a table are told by its rows and columns."""
    return tuple(
        one
        for question in asked(name)
        for one in (question, *question.details)
        if not isinstance(one, Cell)
    )


def every_flow(what: str) -> list[Any]:
    """(flow, id) of each entry of that part of its ids."""
    return [
        pytest.param(name, one, id=f"{name}-{one}")
        for name in NAMES
        for one in data(name, "ids").get(what, ())
    ]


# --- nothing of the reference is lost ------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_flow_and_its_sheet_have_no_fault_and_no_warning(name: str) -> None:
    path = ROOT / "flows" / f"{name}.yaml"
    assert [str(one) for one in inspect(path)] == []
    assert [str(one) for one in inspect(layout_of(path, name))] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_questions_are_those_of_the_reference_in_its_order(name: str) -> None:
    assert reference(name, (one.id for one in closed(name))) == data(name, "ids")["questions"]


def reference(name: str, ids: Iterable[str]) -> list[str]:
    """Without what the flow adds to its reference, listed as such."""
    return [one for one in ids if one not in data(name, "ids").get("added", ())]


@pytest.mark.parametrize(("name", "question"), every_flow("options"))
def test_the_options_and_their_words_are_those_of_the_reference(name: str, question: str) -> None:
    kept, found = data(name, "ids"), flow(name).questions[question]
    assert [one.id for one in found.options] == kept["options"][question]
    assert [one.label for one in found.options] == kept["labels"][question]
    assert found.choose == kept["choose"][question]


@pytest.mark.parametrize(("name", "question"), every_flow("rows"))
def test_the_rows_and_what_is_proposed_for_them_are_those_of_the_reference(
    name: str, question: str
) -> None:
    kept, found = data(name, "ids"), flow(name).questions[question]
    assert [one.id for one in found.columns] == kept["columns"][question]
    told = {one.id: [one.title, *one.proposals.values()] for one in found.rows}
    assert told == kept["rows"][question]


@pytest.mark.parametrize("name", NAMES)
def test_the_points_are_those_of_the_reference_with_their_rank_and_levels(name: str) -> None:
    found = {
        rule.id: [rule.nature, rule.rank, *(level.level for level in rule.levels)]
        for rule in flow(name).rules
    }
    assert {one: found[one] for one in reference(name, found)} == data(name, "ids")["rules"]
    assert set(data(name, "ids").get("added", ())) <= {*found, *flow(name).questions}


@pytest.mark.parametrize("name", NAMES)
def test_every_question_and_point_is_whole(name: str) -> None:
    for rule in flow(name).rules:
        assert all((rule.advice, rule.why, rule.source)), rule.id
        assert 0 < len(rule.first_step) <= FIRST_STEP, rule.id
    for strength in flow(name).strengths:
        assert strength.phrase.endswith("."), strength.id
        assert strength.why.endswith("."), strength.id
    for question in asked(name):
        assert question.title, question.id
        rated = question.id in data(name, "ids").get("bare", ())
        assert rated or question.seeks, question.id
        assert rated or len(question.rich) >= 3, question.id


@pytest.mark.parametrize("name", NAMES)
def test_the_identity_is_asked_in_the_words_of_the_six_steps(name: str) -> None:
    for question in flow(name).identity:
        known = six_steps().questions[question.id]
        assert (question.ask, question.title, question.tell) == (
            known.ask,
            known.title,
            known.tell,
        )
        assert question.options == known.options
        assert (question.choose, question.kind) == (known.choose, known.kind)


# --- in English too ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_english_words_are_complete_and_fit_a_phone(name: str) -> None:
    path = translations(ROOT / "flows" / f"{name}.yaml")["en"]
    assert [str(one) for one in inspect(path)] == []
    assert "\ncomplete: true\n" in path.read_text("utf-8")
    french, english = flow(name), flow(name, "en")
    assert len(list(texts(french))) == len(list(texts(english)))
    for question in english.questions.values():
        assert all(len(one.label) <= BUTTON_LENGTH for one in question.options), question.id


# --- every rule and strength by example ----------------------------------------------------------


def read(name: str, answers: Answers) -> Facts:
    """« differs » lists the questions that the two sides do not answer alike."""
    given = {key: Answer(tuple(options)) for key, options in answers.items() if key != DIFFERS}
    differs = frozenset(answers.get(DIFFERS, ()))
    return replace(facts(flow(name), given), differs=differs)


def found(name: str, rule: str, answers: Answers) -> Raised | None:
    everything = raised(flow(name), read(name, answers))
    return next((one for one in everything if one.rule.id == rule), None)


def said(name: str, answers: Answers) -> set[str]:
    known = read(name, answers)
    everything = raised(flow(name), known)
    return {one.id for one in strengths(flow(name), known, everything, stage="", handled=())}


def examples() -> Iterator[Any]:
    for name in NAMES:
        for rule in flow(name).rules:
            for level in LEVELS:
                conditions = [
                    one.when
                    for one in rule.levels
                    if one.level == level and not reads_missing(parse(one.when))
                ]
                sets = data(name, "rules")[rule.id].get(level, [])
                sets = sets if isinstance(sets, list) else [sets]
                assert len(sets) == len(conditions), (rule.id, level)
                for when, answers in zip(conditions, sets, strict=True):
                    yield pytest.param(name, rule.id, level, when, answers, id=f"{rule.id}-{when}")


@pytest.mark.parametrize(("name", "rule", "level", "when", "answers"), list(examples()))
def test_answers_raise_each_condition_of_a_point(
    name: str, rule: str, level: str, when: str, answers: Answers
) -> None:
    one = found(name, rule, answers)
    assert one, f"{rule} n’est pas levé par {answers}"
    assert (one.level, one.condition) == (level, parse(when))


@pytest.mark.parametrize(
    ("name", "rule"), [(name, rule.id) for name in NAMES for rule in flow(name).rules]
)
def test_close_answers_raise_nothing(name: str, rule: str) -> None:
    assert found(name, rule, data(name, "rules")[rule]["silent"]) is None


@pytest.mark.parametrize(
    ("name", "strength"), [(name, one.id) for name in NAMES for one in flow(name).strengths]
)
def test_a_strength_is_said_and_close_answers_do_not_say_it(name: str, strength: str) -> None:
    example = data(name, "rules")[strength]
    assert strength in said(name, example["raised"])
    assert strength not in said(name, example["silent"])


# --- the sheet of each ---------------------------------------------------------------------------


def sheet(name: str, answers: Mapping[str, Answer], **options: Any) -> Sheet:
    return build(
        flow(name),
        Conversation(dossier=1, answers=answers),
        layout=layout(name),
        cases=load_cases(ROOT / "flows" / "cases.yaml"),
        **options,
    )


def layout(name: str) -> Layout:
    return load_layout(layout_of(ROOT / "flows" / f"{name}.yaml", name), flow(name))


def section(made: Sheet, name: str) -> Section | None:
    return next((one for one in made.sections if one.id == name), None)


def entries(made: Sheet, name: str) -> list[Entry]:
    kept = section(made, name)
    groups = kept.groups if kept else ()
    return [one for group in groups for one in group.items if isinstance(one, Entry)]


@pytest.mark.parametrize("name", NAMES)
def test_the_sheet_prints_every_answer_of_the_flow(name: str) -> None:
    answers = {
        one.id: Answer(tuple(o.id for o in one.options)[:1], (Fragment(f"Texte {one.id}."),))
        for one in closed(name)
    }
    made = sheet(name, answers)
    printed = {text for one in made.sections for text in words(one)}
    missing = [one for one in answers if f"Texte {one}." not in printed]
    assert missing == []


def words(one: Section) -> Iterator[str]:
    for group in one.groups:
        for item in group.items:
            if isinstance(item, Entry):
                yield from deep(item)


def deep(entry: Entry) -> Iterator[str]:
    yield from entry.paragraphs
    for line in entry.table.lines if entry.table else ():
        yield from (text for cell in line.cells for text in cell.split("\n"))
    for part in entry.parts:
        yield from deep(part)


# --- the survey of the CIAT, as points of comparison ----------------------------------------------


def test_the_survey_is_quoted_as_it_was_printed() -> None:
    kept = data("ciat", "ids")
    shares = {one.id: (one.value, one.detail) for one in flow("ciat").figures}
    for question, options in kept["shares"].items():
        for option, (all_, centres, others) in options.items():
            told = (f"{all_} %", f"MDA {centres} %, autres {others} %")
            assert shares[f"{question}.{option}"] == told
    for statement, (all_, centres, others) in kept["means"].items():
        told = (all_, f"MDA {centres}, autres {others}")
        assert shares[statement.replace("_", ".", 1)] == told


def test_the_statements_are_those_of_the_survey_scored_from_one_to_three() -> None:
    for question, statement in data("ciat", "ids")["statements"].items():
        found = flow("ciat").questions[question]
        assert statement in found.ask
        assert [one.label[0] for one in found.options] == ["1", "2", "3"]


def test_a_figure_never_goes_without_its_limits() -> None:
    answers = {"CX1_dynamise": Answer(("n3",)), "CX2": Answer(("projet_voisins",))}
    limits, first, second = entries(sheet("ciat", answers), "comparaison")
    assert "28 structures" in limits.paragraphs[0]
    assert "sans valeur statistique" in limits.paragraphs[0]
    assert rows(first) == [
        (
            "Coopérer réveille le territoire",
            "3 · Tout à fait d’accord",
            "2,68",
            "MDA 2,75, autres 2,63",
        )
    ]
    assert rows(second)[0] == ("Projet entre voisines", "×", "79 %", "MDA 67 %, autres 88 %")
    assert rows(second)[1] == ("Une volonté commune", "", "75 %", "MDA 75 %, autres 81 %")


def rows(entry: Entry) -> list[tuple[str, ...]]:
    assert entry.table
    return [(line.title, *line.cells) for line in entry.table.lines]


def test_without_an_answer_there_is_nothing_to_compare() -> None:
    assert section(sheet("ciat", {}), "comparaison") is None


def test_the_handbook_prints_its_five_gestures_and_marks_those_chosen() -> None:
    printed = entries(sheet("ciat", {"VM": Answer(("garder_mesure",))}), "vademecum")
    assert len(printed) == 5
    assert [one.label for one in printed if one.label.endswith("✓")] == ["Garder la mesure ✓"]


# --- the review of the situation, side by side ------------------------------------------------------


def test_alone_a_territory_reads_its_own_ratings() -> None:
    (first,) = entries(sheet("etat-des-lieux", {"EL_P1": Answer(("fort",))}), "comparaison")
    assert first.label == "La dimension politique"
    assert rows(first) == [("Qui est responsable", "Point fort")]


def test_two_territories_stand_side_by_side_without_what_one_keeps_to_itself() -> None:
    me = Member(1, Role.OWNER, "ici")
    voices = {
        "EL_P1": (voice(1, "ici", "fort"), voice(2, "la_bas", "faible")),
        "EL_P2": (voice(3, "la_bas", "moyen"),),
        "EL_T4": (voice(4, "ici", "inconnu"), replace(voice(5, "la_bas", "fort"), private=True)),
    }
    made = build(
        flow("etat-des-lieux"),
        Conversation(dossier=1, together=Together(me, (me,), voices)),
        layout=layout("etat-des-lieux"),
    )
    politics, technique = entries(made, "comparaison")
    assert rows(politics) == [
        ("Qui est responsable", "Point fort", "Point faible"),
        ("Du national au local", "", "Moyen"),
    ]
    assert rows(technique) == [("L’effet sur les personnes", "Nous ne savons pas", "")]


def voice(number: int, side: Side, rating: str) -> Voice:
    return Voice(number, number, side, Answer((rating,)))


def test_every_path_is_on_the_sheet_and_not_the_first_ones_alone() -> None:
    weak = {one.id: Answer(("faible",)) for one in asked("etat-des-lieux") if one.options}
    made = sheet("etat-des-lieux", weak)
    paths = section(made, "pistes")
    assert paths
    assert len(paths.groups[0].items) == len(weak) == 19


# --- the interview ------------------------------------------------------------------------------------


def test_each_theme_of_the_interview_says_which_question_of_the_six_steps_it_sheds_light_on() -> (
    None
):
    for theme, fed in data("entretien", "ids")["feeds"].items():
        seeks = flow("entretien").questions[theme].seeks
        for question in fed:
            assert question in six_steps().counted
            assert question.removeprefix("Q") in seeks, theme


# --- walked from one end to the other ------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_flow_is_walked_to_its_review_in_depth(name: str, language: str) -> None:
    play = Play(flow(name, language))
    play.send("/start")
    play.click("J’accepte et je commence", "En profondeur")
    walk(play, Review)
    assert play.conversation.finished
    asked_of = [one.id for one in closed(name) if not one.when]
    assert all(play.answered(one).given for one in asked_of)


def test_every_flow_looks_for_what_may_point_at_somebody() -> None:
    paths = [ROOT / "flows" / f"{name}.yaml" for name in ("six-etapes", "entretien")]
    shelf = read_shelf(paths)
    interview = next(one.flow for one in shelf.books if one.flow.flow == "entretien")
    said = Answer(fragments=(Fragment("La directrice de l’école de Kayes nous a reçus."),))
    assert passages(interview, {"GE1": said})
    assert not passages(flow("entretien"), {"GE1": said})  # alone, it has no words for it


@pytest.mark.parametrize(("kind", "heads"), [("figures", 3), ("ratings", 2)])
def test_a_table_of_the_sheet_has_its_heads(kind: Kind, heads: int) -> None:
    section = Plan("a", "t", kind, (Part("CX2"),), columns=("Nous",))
    (fault,) = check_layout(Layout("ciat", (), (section,)), flow("ciat"))
    assert fault.message == f"une rubrique « {kind} » a {heads} titres de colonnes, pas 1"
    assert fault.path == ("sections", 0, "columns")


def test_a_figure_is_told_in_english_as_english_is_written() -> None:
    play = Play(flow("ciat", "en"))
    play.conversation = replace(play.conversation, language="en")
    play.send("/start")
    play.click("I agree", "The essentials")
    play.act(QuestionOpened("CX2"))
    play.click("A shared will", "The wish to do better", "Continue")
    assert "A shared will: 75%; The wish to do better: 71%" in play.text
    assert "no statistical value" in play.text
