"""The sentence that presents a project: method.md §4bis.2."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conditions import Facts
from bot.domain.conversation import Answer, Fragment
from bot.domain.flow import FirstPage, Flow, Piece, Place, Question, Roles, Sentence, Step, Unnamed
from bot.domain.names import fill, place
from bot.domain.reading import facts
from bot.domain.sentence import sentence
from bot.domain.wording import Wording

SIX_STEPS = Path(__file__).parents[1] / "flows" / "six-etapes.yaml"
US = (Place("chez nous", "de chez nous", "chez nous"), Place("chez eux", "de chez eux", "chez eux"))
NAMED = "answered I_ici and answered I_la_bas"
FORM = Sentence(
    limit=240,
    drop=("sequel", "proof", "second_goal"),
    templates=(
        Piece("{name} : un projet entre {ici} et {la_bas}, avec {public}.", "not answered Q3"),
        Piece("À {ici}, {drive} {goal}[ et {second_goal}][, {sequel}].", "I_la_bas has [seul]"),
        Piece(
            "À {ici} et à {la_bas}, {drive} {goal}[ et {second_goal}][, {proof}][, {sequel}]"
            "[ ; {gain}].",
            NAMED,
        ),
        Piece("Entre deux territoires, {drive} {goal}[ et {second_goal}][, {proof}][, {sequel}]."),
    ),
    drives=(
        Piece("nous appuyons une idée pour", "I_role in [reseau] and I_stade in [idee]"),
        Piece("nous voulons", "I_stade in [idee]"),
        Piece("nous préparons un projet pour", "I_stade in [montage]"),
        Piece("nous agissons pour", "I_stade in [en_cours]"),
    ),
    goals=(
        Piece("accompagner {public}", "Q3 has [accompagner]"),
        Piece(
            "faire vivre un service utile à {public}",
            "Q3 has [consolider]",
            second="faire vivre un service qui leur soit utile",
        ),
        Piece(
            "agir avec {public} avant la rupture",
            "Q3 has [prevenir]",
            second="agir avant la rupture",
        ),
        Piece("aider {public}", "Q3 has [aider]"),
    ),
    publics=(
        Piece("des jeunes", "I_public has [jeunes]"),
        Piece("des femmes", "I_public has [femmes]"),
        Piece("des personnes âgées", "I_public has [agees]"),
    ),
    anyone="des habitants",
    proofs=(
        Piece("à partir d’une étude faite avec des habitants", "Q4 in [croise] and Q5 in [a]"),
        Piece("à partir d’une étude des deux territoires", "Q4 in [croise]"),
    ),
    sequels=(Piece("et un acteur local prendra la suite", "Q12 has [transfert]"),),
    gains=(
        Piece("à {la_bas}, des habitants en profitent", "Q16 has [publics] and side in [abroad]"),
        Piece("à {ici}, des habitants en profitent", "Q16 has [publics]"),
    ),
)
FULL = {
    "I_stade": "montage",
    "I_ici": "autre",
    "I_la_bas": "autre",
    "I_public": "jeunes",
    "Q3": "consolider accompagner",
    "Q4": "croise",
    "Q12": "transfert",
    "Q16": "publics",
}


def build(form: Sentence = FORM) -> Flow:
    slots = {name: f"I_{name}" for name in Roles.__slots__ if not name.endswith("_roles")}
    roles = Roles(**{**slots, "stage": "I_stade"}, abroad_roles=(), network_roles=())
    questions = tuple(Question(id=f"Q{n}", ask="?") for n in range(1, 20))
    return Flow(
        flow="petit",
        version=1,
        language="fr",
        title="",
        identity=(),
        steps=(Step("etape1", "", questions, number=1),),
        roles=roles,
        unnamed=Unnamed(*US),
        unnamed_network=Unnamed(*US),
        tell="",
        first_page=FirstPage((), form),
    )


def write(
    answers: Mapping[str, str],
    *,
    name: str = "",
    here: str = "Valombre",
    there: str = "Oued-Sel",
    stage: str = "montage",
    form: Sentence = FORM,
) -> str:
    options = {question: frozenset(chosen.split()) for question, chosen in answers.items()}
    return sentence(
        build(form),
        Facts({"side": frozenset({"france"}), **options}),
        stage=stage,
        values={"name": name},
        words=lambda text: fill(text, place(here), place(there), US),
    )


def test_two_named_territories_say_everything() -> None:
    assert write(FULL, form=replace(FORM, limit=400)) == (
        "À Valombre et à Oued-Sel, nous préparons un projet pour accompagner des jeunes et faire "
        "vivre un service qui leur soit utile, à partir d’une étude des deux territoires, et un "
        "acteur local prendra la suite ; à Valombre, des habitants en profitent."
    )


def test_what_was_not_answered_leaves_no_trace() -> None:
    assert write({"I_ici": "autre", "I_la_bas": "autre", "Q3": "prevenir"}) == (
        "À Valombre et à Oued-Sel, nous préparons un projet pour agir avec des habitants avant la "
        "rupture."
    )


def test_a_territory_without_a_name_is_not_named() -> None:
    half = {key: chosen for key, chosen in FULL.items() if key != "I_la_bas"}
    assert write(half, there="") == (
        "Entre deux territoires, nous préparons un projet pour accompagner des jeunes et faire "
        "vivre un service qui leur soit utile, à partir d’une étude des deux territoires, et un "
        "acteur local prendra la suite."
    )


def test_a_project_with_no_goal_is_presented_by_its_name() -> None:
    assert write({"I_public": "agees femmes jeunes"}, name="l'atelier") == (
        "L'atelier : un projet entre Valombre et Oued-Sel, avec des jeunes et des femmes."
    )


@pytest.mark.parametrize("answers", [{}, {"Q3": "autre", "I_ici": "autre", "I_la_bas": "autre"}])
def test_without_a_goal_to_quote_nor_a_name_there_is_still_a_sentence(
    answers: dict[str, str],
) -> None:
    text = "Un projet entre Valombre et Oued-Sel, avec des habitants."
    assert write(answers) == text
    assert write(answers, name="Cap") == f"Cap : u{text[1:]}"


def test_goals_come_in_the_order_of_the_list_and_the_second_needs_its_own_words() -> None:
    named = {"I_ici": "autre", "I_la_bas": "autre"}
    assert "pour accompagner des habitants et faire vivre un service qui" in write(
        named | {"Q3": "prevenir consolider accompagner"}
    )
    assert write(named | {"Q3": "aider accompagner"}).endswith("accompagner des habitants.")


def test_the_stage_given_is_the_one_said_even_when_the_person_did_not_tell_it() -> None:
    unknown = {key: value for key, value in FULL.items() if key != "I_stade"}
    assert "nous préparons un projet pour" in write(unknown)
    assert "nous agissons pour" in write(unknown, stage="en_cours")
    assert "nous appuyons une idée pour" in write(unknown | {"I_role": "reseau"}, stage="idee")


def test_the_gain_of_the_french_territory_is_said_of_the_right_place() -> None:
    assert write(FULL | {"side": "abroad"}).endswith("; à Oued-Sel, des habitants en profitent.")


def test_a_single_territory_says_nothing_of_another() -> None:
    assert write(FULL | {"I_la_bas": "seul"}) == (
        "À Valombre, nous préparons un projet pour accompagner des jeunes et faire vivre un "
        "service qui leur soit utile, et un acteur local prendra la suite."
    )


def test_a_long_sentence_loses_its_pieces_one_by_one() -> None:
    marks = ("prendra la suite", "une étude", "qui leur soit utile")
    longest = replace(FORM, limit=400)
    for lost in range(1, 4):
        shorter = replace(FORM, limit=len(write(FULL, form=longest)) - 1)
        text = write(FULL, form=shorter)
        assert [mark in text for mark in marks] == [index >= lost for index in range(3)]
        assert text.endswith("à Valombre, des habitants en profitent.")
        longest = shorter
    assert write(FULL, form=replace(FORM, limit=10)) == text


def test_a_flow_without_a_first_page_has_no_sentence() -> None:
    flow = replace(build(), first_page=None)
    assert sentence(flow, Facts(), stage="", values={}, words=str) == ""


@given(
    st.text(max_size=60),
    st.text(alphabet="{}[]() .abnamegoliticsu:\0\n", max_size=40),
    st.booleans(),
)
def test_a_name_is_copied_as_it_is_never_read(wild: str, tricky: str, told: bool) -> None:
    for name in (wild, tricky, "{ici} [, {goal}] {name}"):
        text = write({"Q3": "prevenir"} if told else {}, name=name)
        assert text[0] == text[0].upper()[:1] or not text[0].isalpha()
        assert text.endswith(".")
        assert "  " not in text
        kept = " ".join(name.split())
        if not told and kept.strip(" ,;:"):
            tail = " : un projet entre Valombre et Oued-Sel, avec des habitants."
            assert text.removesuffix(tail)[1:].endswith(kept.lstrip(" ,;:")[1:])


@given(st.dictionaries(st.sampled_from([*FULL]), st.sampled_from([*FULL.values()])), st.text())
def test_any_answers_make_a_sentence(answers: dict[str, str], name: str) -> None:
    text = write(answers, name=name, here="{name} [x]")
    assert text.endswith(".")
    assert "  " not in text
    assert not {"{drive}", "{goal}", "{proof}", "{public}"} & {*text.split()}


def test_the_example_of_the_method() -> None:
    from bot.content import load_flow

    flow = load_flow(SIX_STEPS)
    chosen = {
        "I_role": "collectivite_fr",
        "I_stade": "montage",
        "I_public": "jeunes",
        "Q3": "accompagner_personnes consolider_dispositif",
        "Q4": "partenaire_seul",
        "Q4_habitants": "hab_absents",
        "Q6": "un_redige_autre_valide",
        "Q10": "convention quelques_personnes",
        "Q12": "pas_prevu",
        "Q16": "publics_locaux",
    }
    answers = {question: Answer(tuple(options.split())) for question, options in chosen.items()}
    for question, name in ((flow.roles.here, "Valombre"), (flow.roles.there, "Oued-Sel")):
        answers[question] = Answer(fragments=(Fragment(name),))
    text = sentence(
        flow,
        facts(flow, answers),
        stage="montage",
        values={"name": "Passerelle"},
        words=Wording(flow, answers).text,
    )
    assert text.replace("\u00a0", " ").replace("\u202f", " ") == (
        "À Valombre et à Oued-Sel, nous préparons un projet pour accompagner des jeunes et faire "
        "vivre un service qui leur soit utile ; à Valombre, des habitants en profitent directement."
    )
