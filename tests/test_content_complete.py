"""Nothing of the method is lost: the content against the ids and counts taken from its reference text.

`tests/data/ids.yaml` was read from the reference, not from `flows/`, so that an id that disappears
from a flow is seen here. The figures are those of its chapter 10.2.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content import load_glossary
from bot.domain.conversation import Answer, Fragment
from bot.domain.flow import Option, Question, Rule
from bot.domain.wording import BUTTON_LENGTH, Wording
from tests.play import ROOT, cases, flow

IDS: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "data" / "ids.yaml").read_text("utf-8"))


def method_questions() -> tuple[Question, ...]:
    """Q1 to Q20."""
    return tuple(question for step in flow().steps for question in step.questions)


def counted() -> tuple[Question, ...]:
    """Q1 to Q19."""
    return tuple(flow().questions[one] for one in flow().counted)


def details() -> tuple[Question, ...]:
    return tuple(detail for question in method_questions() for detail in question.details)


def options(questions: Iterable[Question]) -> list[str]:
    return [f"{question.id}.{option.id}" for question in questions for option in question.options]


def added(ids: Iterable[str]) -> list[str]:
    """What the format alone adds to the method, left out of the comparison, and listed as such."""
    return [one for one in ids if one not in IDS["added"]]


# --- every id, nothing missing, nothing unknown ------------------------------------------------


def test_the_questions_are_those_of_the_method_in_its_order() -> None:
    assert [question.id for question in method_questions()] == IDS["questions"]


def test_the_closed_details_are_those_of_the_method() -> None:
    assert added(detail.id for detail in details()) == IDS["details"]


def test_the_options_are_those_of_the_method() -> None:
    found = [
        one
        for question in method_questions()
        for one in options((question, *(d for d in question.details)))
    ]
    assert found == IDS["options"]


def test_the_follow_ups_and_the_checklists_are_those_of_the_method() -> None:
    follow_ups = [one.id for question in method_questions() for one in question.follow_ups]
    rich = [one.id for question in method_questions() for one in question.rich]
    assert follow_ups == IDS["follow_ups"]
    assert rich == IDS["rich"]


def test_the_points_and_the_strengths_are_those_of_the_method_in_its_order() -> None:
    assert [rule.id for rule in flow().rules] == [*IDS["rules"], *IDS["compared"]]
    assert [strength.id for strength in flow().strengths] == IDS["strengths"]


def test_each_point_has_as_many_conditions_as_in_the_method() -> None:
    assert {rule.id: len(rule.levels) for rule in of_the_method()} == IDS["levels"]


def test_the_identity_fields_and_their_options_are_those_of_the_method() -> None:
    assert sorted(question.id for question in flow().identity) == sorted(IDS["identity"])
    found = options(question for question in flow().identity if not question.buttons)
    assert sorted(found) == sorted(IDS["identity_options"])


def test_only_what_is_listed_as_added_is_not_of_the_method() -> None:
    known = {*IDS["questions"], *IDS["details"], *IDS["follow_ups"], *IDS["identity"]}
    assert flow().questions.keys() - known == set(IDS["added"])


def of_the_method() -> list[Rule]:
    """The points of the reference: those that compare the two sides of a dossier came after it."""
    return [rule for rule in flow().rules if rule.id not in IDS["compared"]]


# --- the counts of chapter 10.2 ------------------------------------------------------------------


def rules(*families: str) -> int:
    return sum(rule.id.startswith(families) for rule in flow().rules)


COUNTS = {
    "questions comptées": (lambda: len(flow().counted), 19),
    "options de Q1 à Q19": (lambda: len(options(counted())), 107),
    "options de Q20": (lambda: len(flow().questions["Q20"].options), 4),
    "sous-questions de Q1 à Q19": (lambda: len(closed_details()), 8),
    "options des sous-questions": (lambda: len(options(closed_details())), 30),
    "options de la sous-question de Q20": (lambda: len(flow().questions["Q20_reponse"].options), 5),
    "relances de Q1 à Q19": (lambda: sum(len(one.follow_ups) for one in counted()), 93),
    "relances issues de l’annexe 1": (lambda: sum(from_annex_one()), 42),
    "relances de Q20": (lambda: len(flow().questions["Q20"].follow_ups), 3),
    "relances omises si une autre a répondu": (
        lambda: sum(bool(one.unless) for q in method_questions() for one in q.follow_ups),
        4,
    ),
    "éléments de réponse riche": (lambda: sum(len(one.rich) for one in counted()), 80),
    "éléments de réponse riche de Q20": (lambda: len(flow().questions["Q20"].rich), 4),
    "mentions de fiches": (lambda: sum(bool(m.case) for q in counted() for m in q.cases), 108),
    "mentions de fiches de Q20": (lambda: len(flow().questions["Q20"].cases), 4),
    "enseignements de l’étape 1": (lambda: rules("E1."), 10),
    "points V": (lambda: rules("V2.", "V3.", "V4.", "V5.", "V6."), 101),
    "points V2": (lambda: rules("V2."), 21),
    "points V3": (lambda: rules("V3."), 23),
    "points V4": (lambda: rules("V4."), 20),
    "points V5": (lambda: rules("V5."), 15),
    "points V6": (lambda: rules("V6."), 22),
    "points V de rang A": (
        lambda: sum(r.rank == "A" for r in of_the_method() if r.id[0] == "V" and r.id[1] != "S"),
        53,
    ),
    "points VS": (lambda: rules("VS."), 6),
    "règles croisées": (lambda: sum(rule.crossed for rule in of_the_method()), 28),
    "règles croisées qui alertent": (
        lambda: sum(r.crossed and r.levels[0].level == "alerte" for r in of_the_method()),
        11,
    ),
    "conditions": (lambda: sum(len(rule.levels) for rule in of_the_method()), 275),
    "points solides": (lambda: len(flow().strengths), 35),
    "combinaisons": (lambda: sum(one.combination for one in flow().strengths), 5),
    "premiers gestes": (lambda: sum(bool(rule.first_step) for rule in of_the_method()), 145),
    "le premier geste le plus long": (lambda: max(len(r.first_step) for r in of_the_method()), 86),
    "points réservés à certains rôles": (lambda: sum(bool(r.roles) for r in of_the_method()), 10),
    "variantes, dont deux ajoutées pour qu’un réseau ait des boutons courts (Q2, Q15)": (
        lambda: sum(variants(one) for one in method_questions()),
        33 + 2,
    ),
    "questions qui ont une variante": (
        lambda: sum(bool(variants(one)) for one in method_questions()),
        17,
    ),
    "champs d’identité": (lambda: len(flow().identity), 13),
    "ateliers": (lambda: len(flow().workshops), 3),
    "questions des ateliers": (lambda: sum(len(one.questions) for one in flow().workshops), 12),
    "repères chiffrés": (lambda: len(flow().figures), 14),
    "coopérations étudiées": (lambda: len(cases()), 27),
    "mots du glossaire": (lambda: len(load_glossary(ROOT / "flows" / "glossary.yaml")), 58),
}


def closed_details() -> tuple[Question, ...]:
    return tuple(one for question in counted() for one in question.details if one.options)


def from_annex_one() -> list[bool]:
    return ["annexe 1" in one.source for question in counted() for one in question.follow_ups]


def variants(question: Question) -> int:
    return len(question.variants) + sum(len(one.variants) for one in question.details)


@pytest.mark.parametrize("what", COUNTS)
def test_the_counts_are_those_of_the_method(what: str) -> None:
    count, expected = COUNTS[what]
    assert count() == expected


def test_strengths_are_spread_over_the_steps_as_in_the_method() -> None:
    by_step = [sum(one.id.startswith(f"F{step}.") for one in flow().strengths) for step in range(7)]
    assert by_step == [0, 4, 6, 10, 7, 4, 4]


def test_people_can_be_hurt_by_eleven_points() -> None:
    harmful = {rule.id for rule in flow().rules if rule.harm}
    assert harmful == {
        "V2.2", "V2.10", "V2.12", "V3.12", "V5.13", "V6.19", "VS.2", "X6", "X9", "X18", "X20",
    }  # fmt: skip


# --- every entry is whole ------------------------------------------------------------------------


def test_every_point_is_whole() -> None:
    library = {case.number for case in cases()}
    for rule in flow().rules:
        assert rule.title, rule.id
        assert rule.advice, rule.id
        assert rule.first_step, rule.id
        assert rule.crossed or rule.why, rule.id
        assert rule.crossed or rule.source, rule.id
        assert rule.crossed == rule.id.startswith("X"), rule.id
        assert set(rule.cases) <= library, rule.id
        assert not rule.crossed or rule.refers, rule.id
        assert set(rule.refers) <= flow().rules_by_id.keys(), rule.id


def test_every_strength_is_whole() -> None:
    for strength in flow().strengths:
        assert strength.title, strength.id
        assert strength.phrase.endswith("."), strength.id
        assert strength.why.endswith("."), strength.id
        assert strength.combination == bool(strength.replaces), strength.id
        assert set(strength.replaces) <= flow().strengths_by_id.keys(), strength.id


def test_every_question_has_its_help_its_checklist_and_its_cases() -> None:
    for question in method_questions():
        assert question.seeks, question.id
        assert question.sheet, question.id
        assert len(question.rich) >= 4, question.id
        assert len(question.cases) >= 4, question.id
        assert all(option.help for option in question.options), question.id


def test_every_word_of_the_glossary_has_a_definition_and_a_group() -> None:
    words = load_glossary(ROOT / "flows" / "glossary.yaml")
    assert len({one.term for one in words}) == len(words)
    assert all(one.definition.endswith(".") and one.group for one in words)


def test_the_cases_speak_of_questions_publics_and_themes_of_the_flow() -> None:
    publics = {option.id for option in flow().questions["I_public"].options}
    themes = {option.id for option in flow().questions["I_themes"].options}
    for case in cases():
        assert set(case.illustrates) <= flow().questions.keys(), case.id
        assert set(case.author_example_for) <= set(case.illustrates), case.id
        assert set(case.public) <= publics, case.id
        assert set(case.themes) <= themes, case.id


def test_the_cases_and_the_questions_name_each_other() -> None:
    for case in cases():
        starred = {
            question.id
            for question in method_questions()
            for mention in question.cases
            if mention.case == case.number and mention.starred
        }
        assert set(case.author_example_for) == starred, case.id


# --- short enough for a phone --------------------------------------------------------------------

ROLES = [option.id for option in flow().questions["I_role"].options]
NAMES = ["", "Val", "Neuf-Mots", "Une-Commune-Au-Nom-Très-Long"]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("names", NAMES)
def test_no_button_is_longer_than_a_phone_shows(role: str, names: str) -> None:
    home, away = ("ma", "fr") if role == "collectivite_partenaire" else ("fr", "sn")
    answers = {
        "I_role": Answer((role,)),
        "I_territoires_pays_ici": Answer((home,)),
        "I_territoires_pays_la_bas": Answer((away,)),
    }
    for question in ("I_territoires_ici", "I_territoires_la_bas") if names else ():
        answers[question] = Answer(fragments=(Fragment(names),))
    wording = Wording(flow(), answers)
    long = [
        wording.label(question, option)
        for question, option in buttons()
        if len(wording.label(question, option)) > BUTTON_LENGTH
    ]
    assert long == []


def buttons() -> list[tuple[Question, Option]]:
    return [
        (question, option)
        for question in flow().questions.values()
        for option in question.options[: question.buttons or None]
    ]


def test_the_examples_outside_the_library_stand_where_the_method_puts_them() -> None:
    """Its chapter 8; what it says of Morocco without a line for Q12 is left out."""
    places: dict[str, list[str]] = {}
    for question in counted():
        for mention in question.cases:
            if not mention.case:
                assert mention.source, mention.id
                places.setdefault(mention.title, []).append(question.id)
    assert places == IDS["examples"]


def test_the_ids_file_keeps_its_own_counts() -> None:
    text = Path(ROOT / "tests" / "data" / "ids.yaml").read_text("utf-8")
    for line in text.splitlines():
        name, _, count = line.partition(":  # ")
        if count.isdigit():
            assert len(IDS[name]) == int(count), name
